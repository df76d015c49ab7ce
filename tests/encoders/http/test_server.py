import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from router.encoders.http import HttpEncoder, open_http, server
from router.encoders.http.address import Address
from router.errors import EncoderError, MissingExtraError
from tests.encoders.http import servers
from tests.encoders.http.servers import Answer, Fake, Request

TEXTS = ["wake me at half past six", "play some jazz"]


@pytest.fixture
def fake() -> Iterator[Fake]:
    with servers.serving(servers.in_openai_format) as found:
        yield found


@pytest.fixture
def encoder(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> HttpEncoder:
    return servers.open_at(monkeypatch, "openai", fake.url)


def _first(*answers: Answer) -> Callable[[Request], Any]:
    """Answer so first, and as a server should from then on."""
    left = list(answers)
    return lambda request: left.pop(0) if left else servers.in_openai_format(request)


def test_one_connection_serves_one_request_after_the_other(fake: Fake, encoder: HttpEncoder) -> None:
    for _ in range(5):
        encoder.encode(TEXTS)
    assert len(fake.requests) == 11
    assert len({request.connection for request in fake.requests}) == 1


def test_threads_share_the_connection_without_sharing_an_answer(fake: Fake, encoder: HttpEncoder) -> None:
    texts = [f"remind me of {number}" for number in range(48)]
    expected = {text: encoder.encode([text])[0] for text in texts}
    with ThreadPoolExecutor(8) as pool:
        for text, rows in zip(texts, pool.map(lambda text: encoder.encode([text]), texts), strict=True):
            assert np.array_equal(rows[0], expected[text])
    assert len({request.connection for request in fake.requests}) == 1


def test_a_process_that_was_forked_has_connections_of_its_own(
    fake: Fake, encoder: HttpEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    encoder.encode(TEXTS)
    assert len({request.connection for request in fake.requests}) == 2


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(fake: Fake, encoder: HttpEncoder, status: int) -> None:
    expected = encoder.encode(TEXTS)
    fake.answer = _first(*[Answer({"error": "busy"}, status)] * 4)
    assert np.array_equal(encoder.encode(TEXTS), expected)


def test_a_server_that_stays_busy_is_given_up(fake: Fake, encoder: HttpEncoder) -> None:
    fake.answer = lambda _: Answer({"error": {"message": "Rate limit\nreached"}}, 429)
    before = len(fake.requests)
    with pytest.raises(
        EncoderError, match=r"^openai:all-minilm: http://127.*/v1/embeddings: answered 429: Rate limit r"
    ):
        encoder.encode(TEXTS)
    assert len(fake.requests) - before == 5


def test_each_wait_is_longer_and_none_is_as_long_as_a_server_likes(
    fake: Fake, encoder: HttpEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(server, "_BACKOFF_SECONDS", 0.25)
    monkeypatch.setattr(os, "getpid", lambda: -1)  # connects anew
    fake.answer = _first(*[Answer("busy", 503)] * 4)
    encoder.encode(TEXTS)
    assert waits == [0.25, 0.5, 1.0]
    fake.answer = _first(Answer("busy", 429, {"Retry-After": "86400"}))
    encoder.encode(TEXTS)
    assert waits[3:] == [20]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418])
def test_what_would_be_refused_again_is_asked_once(fake: Fake, encoder: HttpEncoder, status: int) -> None:
    fake.answer = lambda _: Answer({"detail": "no"}, status)
    before = len(fake.requests)
    with pytest.raises(EncoderError, match=f"answered {status}: no"):
        encoder.encode(TEXTS)
    assert len(fake.requests) - before == 1


def test_a_connection_that_breaks_is_made_again(fake: Fake, encoder: HttpEncoder) -> None:
    expected = encoder.encode(TEXTS)
    fake.answer = _first(Answer({"data": [1] * 99}, close_after=9), Answer({}, close_after=0))
    assert np.array_equal(encoder.encode(TEXTS), expected)


def test_a_server_that_always_hangs_up_is_given_up(fake: Fake, encoder: HttpEncoder) -> None:
    fake.answer = lambda _: Answer({"data": [1] * 99}, close_after=9)
    with pytest.raises(EncoderError, match=r"/v1/embeddings: the connection failed: .*IncompleteRead"):
        encoder.encode(TEXTS)


def test_a_server_that_says_nothing_is_given_up_at_once(
    fake: Fake, encoder: HttpEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_READ_SECONDS", 0.05)
    monkeypatch.setattr(os, "getpid", lambda: -1)  # connects anew

    def late(request: Request) -> Any:
        time.sleep(0.2)
        return servers.in_openai_format(request)

    fake.answer = late
    before = len(fake.requests)
    with pytest.raises(EncoderError, match=r"the connection failed: Read timed out"):
        encoder.encode(TEXTS[:1])
    assert len(fake.requests) - before == 1


@pytest.mark.parametrize(
    ("kind", "argument", "fix"),
    [
        ("ollama", "x", "Start it with 'ollama serve', or set OLLAMA_HOST"),
        ("lmstudio", "x", "lms server start"),
        ("llamacpp", "{url}", "llama-server -m MODEL.gguf --embeddings"),
        ("openai", "{url}/v1#x", "See whether it runs"),
    ],
)
def test_where_nobody_answers_it_says_how_to_start_the_server(
    kind: str, argument: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    servers.point_to(monkeypatch, url)
    with pytest.raises(EncoderError, match=f"{url}.*: nobody answers.*{fix}"):
        open_http(kind, argument.format(url=url))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"<html><title>Sign in</title>", "answered what is not JSON: <html><title>Sign in</title>"),
        (b"", "answered what is not JSON: "),
        (b"[" * 100_000, "answered what is not JSON"),
        (b"\xff\xfe\x1b[2J", "answered what is not JSON"),
    ],
)
def test_what_is_not_json_is_an_error(fake: Fake, encoder: HttpEncoder, answer: bytes, told: str) -> None:
    fake.answer = lambda _: Answer(answer)
    with pytest.raises(EncoderError, match=told) as caught:
        encoder.encode(TEXTS)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(fake: Fake, encoder: HttpEncoder, status: int) -> None:
    with servers.serving(servers.in_openai_format) as other:
        fake.answer = lambda _: Answer("", status, {"Location": f"{other.url}/v1/embeddings?key=1"})
        with pytest.raises(EncoderError, match=f"redirects to {other.url}/v1/embeddings, which is not followed"):
            encoder.encode(TEXTS)
        assert not other.requests


def test_proxies_of_the_environment_are_not_used(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.in_openai_format) as proxy:
        for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        servers.open_at(monkeypatch, "openai", fake.url)
        assert not proxy.requests


@pytest.mark.parametrize("url", ["https://example.org/v1", "http://192.168.7.7:8080/v1"])
def test_a_server_elsewhere_needs_permission(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.168.7.7", 80))])
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was asked"))
    with pytest.raises(EncoderError, match=r"openai:x is at .* which is not this machine.*Say allow_remote=True"):
        open_http("openai", f"{url}#x")


@pytest.mark.parametrize("kind", ["cloudflare", "gemini"])
def test_the_services_of_others_need_permission(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "GEMINI_API_KEY"):
        monkeypatch.setenv(variable, servers.SECRET)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("8.8.8.8", 443))])
    with pytest.raises(EncoderError, match=r"which is not this machine.*--allow-remote"):
        open_http(kind, "x")


def test_a_connection_that_would_leave_the_machine_is_not_used(
    fake: Fake, encoder: HttpEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(fake.requests)
    monkeypatch.setattr(server, "is_loopback", lambda _: False)
    monkeypatch.setattr(os, "getpid", lambda: -1)  # connects anew
    with pytest.raises(EncoderError, match=r"'127.0.0.1' is at 127.0.0.1 now, which is not this machine"):
        encoder.encode(TEXTS)
    assert len(fake.requests) == before


def test_a_server_elsewhere_gets_many_texts_at_once(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Address, "is_here", lambda _: False)
    encoder = open_http("openai", f"{fake.url}/v1#x", allow_remote=True)
    texts = [f"remind me of {number}" for number in range(130)]
    rows = encoder.encode(texts)
    assert [len(request.body["input"]) for request in fake.requests] == [1, 64, 64, 2]
    assert np.array_equal(rows[129], encoder.encode(texts[129:])[0])


def test_a_missing_package_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "urllib3", None)
    with pytest.raises(MissingExtraError, match=r"'ollama:x' needs 'urllib3'.*pip install 'intent-router\[http\]'"):
        open_http("ollama", "x")


def test_a_retry_is_logged_without_the_text(fake: Fake, encoder: HttpEncoder, caplog: pytest.LogCaptureFixture) -> None:
    fake.answer = _first(Answer("busy", 503))
    with caplog.at_level(logging.DEBUG):
        encoder.encode(["my secret wish"])
    assert "/v1/embeddings" in caplog.text
    assert "wish" not in caplog.text
