"""What every encoder promises, asked of each."""

import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.encoders import (
    AdaptedEncoder,
    Encoder,
    HashingEncoder,
    Prefixes,
    encode_utterance_tokens,
    encode_utterances,
    load_encoder,
)
from router.encoders.cache import CachedEncoder
from router.encoders.http import open_http
from router.encoders.onnx import OnnxEncoder
from router.encoders.protocol import can_give_tokens
from router.encoders.static import StaticEncoder
from tests.encoder_making.small_encoders import write_static
from tests.encoders.conftest import write_tiny_encoder
from tests.encoders.http import llama_server, servers
from tests.encoders.litert.test_litert import write_litert_folder
from tests.encoders.test_layout import write_hub_folder
from tests.encoders.test_mlx import write_mlx_folder
from tests.encoders.test_shipped import IN_TREE

UTTERANCES = [
    "wake me at half past six",
    "Wake me at half past six!",
    "",
    "   ",
    "🔦 on 👩‍👩‍👧‍👦",
    "明日の朝六時半に起こして",
    "Schalte die Straßenbeleuchtung aus, bitte",
    "[SEP] [CLS] [MASK] [PAD] [UNK]",
    "\u0301\u200d\ufeff\x00",
    "turn it up " * 900,
    "x" * 10_000,
]


def _tiny(folder: Path) -> Encoder:
    return OnnxEncoder(write_tiny_encoder(folder / "tiny"))


def _shipped(name: str, _: Path) -> Encoder:
    return load_encoder(name)


def _cached(folder: Path) -> Encoder:
    return CachedEncoder(HashingEncoder(), folder)


def _giving_tokens(folder: Path) -> Encoder:
    return OnnxEncoder(write_tiny_encoder(folder / "tokens", hidden_output="looked_up"))


def _cached_giving_tokens(folder: Path) -> Encoder:
    return CachedEncoder(_giving_tokens(folder), folder)


def _litert(folder: Path) -> Encoder:
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    return load_encoder(f"litert:{write_litert_folder(folder)}")


_OPEN: dict[str, Callable[[Path], Encoder]] = {
    "hashing": lambda _: HashingEncoder(),
    **{name: partial(_shipped, name) for name in IN_TREE},
    "onnx": _tiny,
    "cached": _cached,
    "tokens": _giving_tokens,
    "static tokens": lambda folder: StaticEncoder(write_static(folder / "static")),
    "cached tokens": _cached_giving_tokens,
    "hub": lambda folder: OnnxEncoder(write_hub_folder(folder / "embeddinggemma")),
    "litert": _litert,
    "cut tokens": lambda folder: AdaptedEncoder(_giving_tokens(folder), dimensions=4, prefixes=Prefixes("say: ", "")),
}
_SENTENCE_TRANSFORMERS = {"st": "minilm_source", "gemma": "gemma_folder"}
"""Models in its format, by the fixtures that have them."""


@pytest.fixture(scope="module", params=[*_OPEN, *_SENTENCE_TRANSFORMERS, "mlx", *servers.FORMATS, "llama-server"])
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encoder]:
    """Yield each encoder, opened and used without a network."""
    if request.param in _SENTENCE_TRANSFORMERS:
        source = request.getfixturevalue(_SENTENCE_TRANSFORMERS[request.param])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket.socket, "connect", _refuse)
            yield load_encoder(f"st:{source}")
        return
    if request.param == "mlx":
        pytest.importorskip("mlx_embeddings", reason="mlx-embeddings is not installed")
        folder = write_mlx_folder(request.getfixturevalue("gemma_folder"), tmp_path_factory.mktemp("mlx") / "tiny")
        yield load_encoder(f"mlx:{folder}")
        return
    if request.param == "llama-server":
        with llama_server.running(tmp_path_factory.mktemp("llama") / "log") as url:
            yield open_http("llamacpp", url)
        return
    if request.param in servers.FORMATS:
        with servers.serving(servers.FORMATS[request.param]) as fake, pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", _only_here)
            yield servers.open_at(patch, request.param, fake.url)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _refuse)
        yield _OPEN[request.param](tmp_path_factory.mktemp(request.param))


def _refuse(*_: object) -> None:
    raise AssertionError("an encoder used the network")


def _only_here(host: str, port: int, *_: object, **__: object) -> object:
    assert host == "127.0.0.1", "an encoder used the network"
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]


def test_rows_are_float32_unit_vectors_one_for_each_text(encoder: Encoder) -> None:
    rows = encoder.encode(UTTERANCES)
    assert rows.shape == (len(UTTERANCES), encoder.dim)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    rows = encoder.encode([])
    assert rows.shape == (0, encoder.dim)
    assert rows.dtype == np.float32


def test_a_row_depends_on_its_own_text_only(encoder: Encoder) -> None:
    together = encoder.encode(UTTERANCES)
    backwards = encoder.encode(UTTERANCES[::-1])[::-1]
    many = encoder.encode(UTTERANCES * 3)[len(UTTERANCES) : 2 * len(UTTERANCES)]
    alone = np.concatenate([encoder.encode([utterance]) for utterance in UTTERANCES])
    assert together.tobytes() == backwards.tobytes() == many.tobytes() == alone.tobytes()


def test_texts_may_come_in_any_sequence(encoder: Encoder) -> None:
    assert np.array_equal(encoder.encode(tuple(UTTERANCES[:3])), encoder.encode(UTTERANCES[:3]))


def test_rows_belong_to_the_caller(encoder: Encoder) -> None:
    expected = encoder.encode(UTTERANCES[:1]).copy()
    encoder.encode(UTTERANCES[:1])[:] = 0
    assert np.array_equal(encoder.encode(UTTERANCES[:1]), expected)


def test_different_texts_have_different_rows(encoder: Encoder) -> None:
    a, b = encoder.encode(["wake me at half past six", "play some jazz"])
    assert a @ b < 0.99


def test_threads_get_the_same_rows(encoder: Encoder) -> None:
    expected = encoder.encode(UTTERANCES[:9])
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: encoder.encode(UTTERANCES[:9]), range(24)))
    assert all(np.array_equal(rows, expected) for rows in results)


def test_it_says_what_it_is(encoder: Encoder) -> None:
    assert encoder.name
    assert re.fullmatch("[0-9a-f]{12}", encoder.fingerprint)
    assert encoder.fingerprint == encoder.fingerprint
    assert isinstance(encoder.prefixes, Prefixes)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=4))
def test_any_text_has_a_unit_row_of_its_own(encoder: Encoder, utterances: list[str]) -> None:
    rows = encoder.encode(utterances)
    for row, utterance in zip(rows, utterances, strict=True):
        assert abs(np.linalg.norm(row) - 1) < 1e-5
        assert np.array_equal(row, encoder.encode([utterance])[0])


def test_tokens_come_with_the_row_that_a_text_has_without_them(encoder: Encoder) -> None:
    for utterance in UTTERANCES:
        found = encode_utterance_tokens(encoder, [utterance])[0]
        assert found.row.tobytes() == encode_utterances(encoder, [utterance])[0].tobytes()
        assert found.vectors.dtype == np.float32
        assert len(found.vectors) == len(found.spans)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(UTTERANCES))
def test_tokens_lie_in_the_text_and_in_order(encoder: Encoder, utterance: str) -> None:
    spans = encode_utterance_tokens(encoder, [utterance])[0].spans
    assert spans.shape[1:] == (2,)
    assert (spans[:, 0] < spans[:, 1]).all()
    assert (spans[1:] >= spans[:-1]).all()
    assert ((spans >= 0) & (spans <= len(utterance))).all()


def test_only_some_encoders_give_tokens_and_they_say_so(encoder: Encoder, request: pytest.FixtureRequest) -> None:
    named = request.node.callspec.params["encoder"]
    always = (*IN_TREE, "hub", "static", "mlx", *_SENTENCE_TRANSFORMERS)
    gives = "tokens" in named or named.startswith(always)
    found = encode_utterance_tokens(encoder, ["wake me at half past six"])[0]
    assert can_give_tokens(encoder) is gives
    if gives:
        covered = {place for start, end in found.spans.tolist() for place in range(start, end)}
        assert covered >= {n for n, letter in enumerate("wake me at half past six") if letter != " "}
        assert found.vectors.any(axis=1).all()
    else:
        assert (found.vectors.shape, found.spans.shape) == ((0, 0), (0, 2))


def test_threads_get_the_same_tokens(encoder: Encoder) -> None:
    expected = encode_utterance_tokens(encoder, UTTERANCES[:7])
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            for (one,), other in zip(
                pool.map(lambda text: encode_utterance_tokens(encoder, [text]), UTTERANCES[:7]), expected, strict=True
            ):
                assert one.vectors.tobytes() == other.vectors.tobytes()
                assert np.array_equal(one.spans, other.spans)


def test_what_lies_in_a_folder_says_how_large_it_is(encoder: Encoder) -> None:
    folder: Path | None = getattr(encoder, "folder", None)
    if folder is None:
        pytest.skip("it has no folder, or does not tell")
    assert 0 < encoder.size <= sum(file.stat().st_size for file in folder.rglob("*"))  # type: ignore[attr-defined]
