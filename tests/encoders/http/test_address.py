import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.encoders.http.address import Address, is_loopback
from router.encoders.http.ollama import url_of_host
from router.errors import EncoderError


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1"),
        ("https://example.org", "https://example.org"),
        ("HTTP://LOCALHOST:80", "http://localhost"),
        ("http://[::1]:1234/v1", "http://[::1]:1234/v1"),
    ],
)
def test_an_address_is_shown_as_a_url(url: str, shown: str) -> None:
    assert str(Address.parse("openai:x", url)) == shown


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://me:sesame@example.org/v1", "'example.org' has a password, a query or a fragment"),
        ("https://example.org/v1?key=sesame", "keys come from the environment"),
        ("ftp://example.org/sesame", "names no server"),
        ("127.0.0.1:8080/sesame", "names no server"),
        ("", "names no server"),
        ("http://example.org:sesame", "cannot be read"),
        ("http://[sesame", "cannot be read"),
    ],
)
def test_another_url_is_refused_and_what_may_be_a_key_is_not_quoted(url: str, problem: str) -> None:
    with pytest.raises(EncoderError, match=problem) as caught:
        Address.parse("openai:x", url)
    assert "sesame" not in str(caught.value)


@given(st.text() | st.text(alphabet="http:/@[]#?.1a").map(lambda text: f"http://{text}"))
def test_any_text_is_an_address_or_an_encoder_error(url: str) -> None:
    try:
        address = Address.parse("openai:x", url)
    except EncoderError:
        return
    assert address == Address.parse("openai:x", str(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1", "localhost"])
def test_loopback_is_here(host: str) -> None:
    assert Address("http", host, 80, "").is_here()


@pytest.mark.parametrize("host", ["192.168.1.2", "8.8.8.8", "0.0.0.0", "::ffff:8.8.8.8", "a..b", "x" * 300])
def test_other_addresses_and_names_of_nothing_are_elsewhere(host: str) -> None:
    assert not Address("http", host, 80, "").is_here()


def test_a_name_is_here_only_if_all_its_addresses_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("127.0.0.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert not Address("http", "both.example", 80, "").is_here()
    del found[1]
    assert Address("http", "both.example", 80, "").is_here()


def test_an_address_with_a_zone_is_read() -> None:
    assert not is_loopback("fe80::1%eth0")


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        (":8000", "http://127.0.0.1:8000"),
        ("[::]:8000", "http://[::1]:8000"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("box", "http://box:11434"),
        (' "box:8000/" ', "http://box:8000"),
        ("http://box", "http://box"),
        ("https://box:1/", "https://box:1"),
    ],
)
def test_ollama_host_means_what_it_means_to_ollama(stated: str, url: str) -> None:
    assert url_of_host(stated) == url
