"""A server that is asked in JSON: where it may be, how long it may take, and what becomes of a bad answer."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from router.encoders.http.address import Address, is_loopback
from router.encoders.http.wire import Wire, dig
from router.errors import EncoderError, MissingExtraError

if TYPE_CHECKING:
    import urllib3

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 60.0
"""A server may have to load its model first."""
_BACKOFF_SECONDS = 0.25
"""Waited before a server is asked for the third time; doubled after each."""
_WAIT_SECONDS = 20
"""No longer than this is waited before asking again, whatever the server says."""


class AnswerError(EncoderError):
    """Say that a server refused, with which status and why."""

    def __init__(self, text: str, status: int) -> None:
        self.status = status
        super().__init__(text)


class Server:
    """Ask a wire's server. Connections are kept, and may be used by several threads.

    A request is made again, later each time, when the connection breaks or the
    server is busy, but not when it is silent: whoever speaks waits once.
    Redirects are not followed, and no proxy is used. Without `allow_remote` the
    address must be of this machine. Where it is, so must be each connection,
    whatever a name resolves to by then. A key goes over plain HTTP only to this
    machine.
    """

    def __init__(self, wire: Wire, *, allow_remote: bool = False) -> None:
        self.allow_remote = allow_remote
        self._wire = wire
        self._address = Address.parse(wire.name, wire.url)
        self.is_here = self._address.is_here()
        if not (self.is_here or allow_remote):
            raise EncoderError(
                f"{wire.name} is at {self._address.host!r}, which is not this machine: what people say would leave it."
                " Say allow_remote=True (--allow-remote) if it may."
            )
        safe = self.is_here or self._address.scheme == "https"
        self._headers = {"Accept": "application/json", **(wire.headers if safe else {})}
        self._unsent_key = bool(wire.headers) and not safe
        self._pool, self._process = self._connect(), os.getpid()

    def get(self, path: str) -> Any:
        """Return what the server answers. Raises EncoderError."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return what the server answers. Raises EncoderError."""
        return self._ask("POST", path, json.dumps(body).encode("ascii"))

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        import urllib3

        if self._process != os.getpid():  # after a fork, answers to one process would reach another
            self._pool, self._process = self._connect(), os.getpid()
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        try:
            answer = self._pool.urlopen(method, self._address.path + path, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            reason = getattr(error, "reason", None) or error
            absent = isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)
            told = "nobody answers" if absent else f"the connection failed: {_last_words(reason)}"
            raise EncoderError(self._text(path, told, self._wire.absent if absent else "")) from None
        if answer.status >= 300:
            raise AnswerError(self._refusal(path, answer), answer.status)
        try:
            return json.loads(answer.data)
        except (ValueError, RecursionError):
            told = f"answered what is not JSON: {self._quoted(answer.data)}"
            raise EncoderError(self._text(path, told, "See whether the address is right.")) from None

    def _connect(self) -> urllib3.HTTPConnectionPool:
        """Raises MissingExtraError without urllib3."""
        try:
            import urllib3
        except ImportError:
            raise MissingExtraError("urllib3", "http", f"encoder '{self._wire.name}'") from None
        pools = {"http": urllib3.HTTPConnectionPool, "https": urllib3.HTTPSConnectionPool}
        pool: urllib3.HTTPConnectionPool = pools[self._address.scheme](
            self._address.host,
            self._address.port,
            maxsize=8,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            retries=_impatient(urllib3.Retry)(
                total=4,
                connect=2,
                read=2,
                allowed_methods=None,
                status_forcelist=self._wire.retried,
                backoff_factor=_BACKOFF_SECONDS / 2,
                backoff_max=_WAIT_SECONDS,
                retry_after_max=_WAIT_SECONDS,
                raise_on_status=False,
            ),
        )
        if self.is_here:
            pool.ConnectionCls = _only_here(pool.ConnectionCls)
        return pool

    def _refusal(self, path: str, answer: urllib3.BaseHTTPResponse) -> str:
        if location := answer.headers.get("Location"):
            told = f"redirects to {self._quoted(location.partition('?')[0].encode())}, which is not followed"
            return self._text(path, told, "Write the address that it is at.")
        fix = self._wire.fixes.get(answer.status, "")
        if self._unsent_key and answer.status in (401, 403):
            fix = "The key was not sent, because this is plain HTTP to another machine. Use https."
        told = f"answered {answer.status}: {self._quoted(_message(answer.data))}"
        return self._text(path, told, fix)

    def _text(self, path: str, told: str, fix: str) -> str:
        place = self._hidden(f"{self._address}{path}")
        return f"{self._wire.name}: {place}: {told}{'.' * (not told.endswith('.'))} {fix}".rstrip()

    def _quoted(self, data: bytes) -> str:
        """Return the beginning of what a server says, on one line and without secrets."""
        text = self._hidden(data.decode("utf-8", "replace"))
        return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:1000]).split())[:300]

    def _hidden(self, text: str) -> str:
        for secret in filter(None, self._wire.secrets):
            text = text.replace(secret, "***")
        return text


def _message(data: bytes) -> bytes:
    """Return the words of an error in any of the formats, or all of it."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for path in (("error", "message"), ("error",), ("errors", 0, "message"), ("message",), ("detail",)):
        value = dig(found, *path)
        if isinstance(value, str):
            return value.encode()
    return data


def _last_words(error: Any) -> str:
    """Return what an exception of urllib3 says, without the connection that it names first."""
    text = str(error)
    return text.rpartition("): ")[2] or type(error).__name__


def _impatient(retry: Any) -> Any:
    """Return a kind of retry that does not ask a server again that was silent for as long as it may be."""
    from urllib3.exceptions import ReadTimeoutError

    class Impatient(retry):  # type: ignore[misc]
        def increment(self, *args: Any, error: Exception | None = None, **kwargs: Any) -> Any:
            if isinstance(error, ReadTimeoutError):
                raise error
            return super().increment(*args, error=error, **kwargs)

    return Impatient


def _only_here(connection: Any) -> Any:
    """Return a kind of connection that refuses any peer but this machine, before a byte is sent."""

    class OnlyHere(connection):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            sock = super()._new_conn()
            peer = sock.getpeername()[0]
            if not is_loopback(peer):
                sock.close()
                raise EncoderError(
                    f"{self.host!r} is at {peer} now, which is not this machine: what people say would leave it."
                    " Say allow_remote=True (--allow-remote) if it may."
                )
            return sock

    return OnlyHere
