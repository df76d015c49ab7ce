"""A key goes to its server and nowhere else."""

import logging
import pickle
from pathlib import Path
from typing import Any

import pytest

from router.declarations import ToolSet
from router.encoders.http import open_http
from router.encoders.http.address import Address
from router.errors import EncoderError
from router.training import train
from tests.encoders.http import servers
from tests.encoders.http.servers import Answer, Request

KINDS = sorted(servers.KEYS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_in_no_log_name_repr_or_fingerprint(
    kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with servers.serving(servers.FORMATS[kind]) as fake, caplog.at_level(logging.DEBUG):
        encoder = servers.open_at(monkeypatch, kind, fake.url)
        encoder.encode(["wake me"])
        monkeypatch.setattr(servers, "SECRET", "sk-another")
        other = servers.open_at(monkeypatch, kind, fake.url)
    assert caplog.records
    shown = [caplog.text, *capfd.readouterr(), encoder.name, repr(encoder), repr(encoder._wire), str(vars(encoder))]
    assert not any("sk-" in text for text in shown)
    assert encoder.fingerprint == other.fingerprint


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_a_server_repeats_is_in_no_error(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def indiscreet(request: Request) -> Any:
        return Answer({"error": {"message": f"bad headers {request.headers}"}}, 401)

    with servers.serving(indiscreet) as fake, pytest.raises(EncoderError, match=r"bad headers.*\*\*\*") as caught:
        servers.open_at(monkeypatch, kind, fake.url)
    assert servers.SECRET not in str(caught.value)
    assert servers.ACCOUNT not in str(caught.value)


@pytest.mark.parametrize("answer", [Answer(servers.SECRET.encode()), Answer("", 307, {"Location": servers.SECRET})])
def test_a_key_is_in_no_other_error_either(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(lambda _: answer) as fake, pytest.raises(EncoderError, match=r"\*\*\*") as caught:
        servers.open_at(monkeypatch, "openai", fake.url)
    assert servers.SECRET not in str(caught.value)


@pytest.mark.parametrize("kind", ["cloudflare", "ollama"])
def test_a_key_is_in_no_bundle(kind: str, everyday: ToolSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.FORMATS[kind]) as fake:
        train(everyday, servers.open_at(monkeypatch, kind, fake.url)).save(tmp_path / "bundle")
    written = [file.read_bytes() for file in (tmp_path / "bundle").rglob("*") if file.is_file()]
    assert written
    for secret in (servers.SECRET, servers.ACCOUNT, fake.url):
        assert not any(secret.encode() in data for data in written)


@pytest.mark.parametrize("key", ["sesame\u2028open", "sesame\nopen", "sésame"])
def test_what_cannot_stand_in_a_header_is_no_key(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(EncoderError, match=r"\$OPENAI_API_KEY is no key") as caught:
        open_http("openai", "http://127.0.0.1:1/v1#x")
    assert "same" not in str(caught.value)


def test_space_around_a_key_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SECRET", " sk-1\n")
    with servers.serving(servers.in_openai_format) as fake:
        servers.open_at(monkeypatch, "openai", fake.url)
    assert fake.requests[0].headers["authorization"] == "Bearer sk-1"


@pytest.mark.parametrize(
    ("kind", "missing", "named"),
    [
        ("gemini", "GOOGLE_API_KEY", "GEMINI_API_KEY or GOOGLE_API_KEY"),
        ("cloudflare", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_TOKEN"),
        ("cloudflare", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_ACCOUNT_ID"),
    ],
)
def test_a_key_that_is_needed_is_asked_for_by_name(
    kind: str, missing: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.point_to(monkeypatch, "http://127.0.0.1:1")
    monkeypatch.delenv(missing)
    with pytest.raises(EncoderError, match=f"{kind}:x needs a key. Set the environment variable {named}"):
        open_http(kind, "x", allow_remote=True)


@pytest.mark.parametrize("kind", ["ollama", "lmstudio", "llamacpp", "openai"])
def test_servers_that_need_no_key_get_none(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.FORMATS[kind]) as fake:
        monkeypatch.setattr(servers, "KEYS", {kind: servers.KEYS[kind]})
        monkeypatch.setattr(servers, "SECRET", "")
        servers.open_at(monkeypatch, kind, fake.url)
    assert not any("authorization" in request.headers for request in fake.requests)


def test_no_key_goes_to_another_machine_in_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Address, "is_here", lambda _: False)
    monkeypatch.setenv("OPENAI_API_KEY", servers.SECRET)
    with (
        servers.serving(lambda _: Answer({"error": "who are you"}, 401)) as fake,
        pytest.raises(EncoderError, match=r"who are you. The key was not sent, because this is plain HTTP.*Use https"),
    ):
        open_http("openai", f"{fake.url}/v1#x", allow_remote=True)
    assert "authorization" not in fake.requests[0].headers


def test_an_encoder_cannot_be_pickled_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.ollama) as fake:
        encoder = servers.open_at(monkeypatch, "ollama", fake.url)
    with pytest.raises(TypeError, match=r"^ollama:all-minilm cannot be pickled, because its key would be in it"):
        pickle.dumps(encoder)
