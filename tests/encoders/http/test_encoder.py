from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.encoders.http import HttpEncoder
from router.errors import EncoderError
from tests.encoders.http import servers
from tests.encoders.http.servers import Answer, Fake, Request

TEXTS = ["wake me at half past six", "play some jazz"]


@pytest.fixture
def fake() -> Iterator[Fake]:
    with servers.serving(servers.ollama) as found:
        yield found


@pytest.fixture
def encoder(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> HttpEncoder:
    return servers.open_at(monkeypatch, "ollama", fake.url)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "gave 0 rows for 1 texts"),
        ([[1.0] * 64] * 2, "gave 2 rows for 1 texts"),
        ({"0": [1.0] * 64}, "gave 0 rows for 1 texts"),
        ("[" + "1," * 63 + "1]", "gave 0 rows for 1 texts"),
        ([[1.0] * 63], "gave a row of 63 numbers; its rows have 64"),
        ([[1.0] * 65], "gave a row of 65 numbers; its rows have 64"),
        ([[]], r"gave \[\] in place of a list of numbers"),
        ([None], "gave None in place of a list of numbers"),
        (["one"], "gave 'one' in place of a list of numbers"),
        ([["one"] * 64], r".* in place of a list of numbers"),
        ([[[1.0] * 64]], r".* in place of a list of numbers"),
        ([[1.0, [2.0]]], r".* in place of a list of numbers"),
        ([[10**400] * 64], r".* in place of a list of numbers"),
        ([[0.0] * 64], "gave a row of zeros only"),
        ([[float("nan")] * 64], "gave a row of numbers that are not finite"),
        ([[1.0] * 63 + [float("nan")]], "gave a row of numbers that are not finite"),
        ([[1.0] * 63 + [None]], "gave a row of numbers that are not finite"),
        ([[1.0] * 63 + [float("-inf")]], "gave a row of numbers that are not finite"),
    ],
)
def test_anything_but_a_finite_row_for_each_text_is_an_error(
    fake: Fake, encoder: HttpEncoder, rows: Any, told: str
) -> None:
    fake.answer = lambda _: {"embeddings": rows}
    with pytest.raises(EncoderError, match=f"^ollama:all-minilm: {told}"):
        encoder.encode(TEXTS[:1])


@pytest.mark.parametrize(
    "answer", [{}, [], None, "x", {"data": {}}, {"data": [1]}, {"embeddings": [1], "result": 1}, {"embeddings": 5}]
)
@pytest.mark.parametrize("kind", servers.FORMATS)
def test_an_answer_of_another_form_is_an_error(kind: str, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.FORMATS[kind]) as fake:
        encoder = servers.open_at(monkeypatch, kind, fake.url)
        fake.answer = lambda _: answer
        with pytest.raises(EncoderError, match=f"^{kind}:.*: gave (0 rows for 1 texts|None in place|1 in place)"):
            encoder.encode(TEXTS[:1])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["data", "embeddings"]), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_JSON)
def test_any_json_without_a_row_is_an_encoder_error(fake: Fake, encoder: HttpEncoder, answer: Any) -> None:
    fake.answer = lambda _: answer
    with pytest.raises(EncoderError, match=r"^ollama:all-minilm: gave "):
        encoder.encode(TEXTS[:1])


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 0.1, 7, 1e200, 1e308])
def test_rows_of_any_length_are_normalised(fake: Fake, encoder: HttpEncoder, scale: float) -> None:
    expected = encoder.encode(TEXTS)
    fake.answer = lambda request: {
        "embeddings": [[scale * value for value in row] for row in servers.rows(request.body["input"])]
    }
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=1e-6)


def test_a_server_here_gets_one_text_at_a_time(fake: Fake, encoder: HttpEncoder) -> None:
    encoder.encode(TEXTS * 3)
    assert [request.body["input"] for request in fake.requests[2:]] == [[text] for text in TEXTS * 3]


def test_a_text_without_anything_to_see_is_not_sent(fake: Fake, encoder: HttpEncoder) -> None:
    before = len(fake.requests)
    rows = encoder.encode(["", "  \n", "\u2003"])
    assert len(fake.requests) == before
    assert (rows == rows[0]).all()
    assert np.linalg.norm(rows[0]) == 1


def test_a_text_that_is_too_long_is_halved_until_the_server_takes_it(fake: Fake, encoder: HttpEncoder) -> None:
    def strict(request: Request) -> Any:
        if len(request.body["input"][0]) > 300:
            message = "input (612 tokens) is too large to process. increase the physical batch size"
            return Answer({"error": {"code": 500, "message": message, "type": "server_error"}}, 500)
        return servers.ollama(request)

    fake.answer = strict
    text = "remind me " * 1000
    assert np.array_equal(encoder.encode([text])[0], encoder.encode([text[:250]])[0])


def test_a_server_that_calls_every_text_too_long_is_given_up(fake: Fake, encoder: HttpEncoder) -> None:
    fake.answer = lambda _: Answer({"error": "input length exceeds the context length"}, 400)
    before = len(fake.requests)
    with pytest.raises(EncoderError, match="input length exceeds the context length"):
        encoder.encode(["x" * 100_000])
    assert len(fake.requests) - before == 12


def test_a_text_that_is_too_long_costs_its_company_nothing(
    monkeypatch: pytest.MonkeyPatch, encoder: HttpEncoder, fake: Fake
) -> None:
    def strict(request: Request) -> Any:
        if any(len(text) > 300 for text in request.body["input"]):
            return Answer({"error": "input is too long"}, 413)
        return servers.ollama(request)

    fake.answer = strict
    monkeypatch.setattr(encoder, "_batch", 8)
    rows = encoder.encode([TEXTS[0], "y" * 400, TEXTS[1]])
    expected = encoder.encode([TEXTS[0], "y" * 200, TEXTS[1]])
    assert np.array_equal(rows, expected)


def test_it_is_shown_by_name_size_and_fingerprint(encoder: HttpEncoder) -> None:
    assert repr(encoder) == f"<HttpEncoder 'ollama:all-minilm', 64 dims, {encoder.fingerprint}>"
