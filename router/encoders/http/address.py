"""Where a server is, and whether that is this machine."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from router.errors import EncoderError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a URL that holds no secret."""

    scheme: str
    """`http` or `https`."""
    host: str
    """A name or a literal address, without brackets."""
    port: int
    path: str
    """What stands before every path that is asked for, without a slash at its end."""

    @classmethod
    def parse(cls, name: str, url: str) -> Address:
        """Read a URL. Raises EncoderError, which does not quote it: what is too much in a URL is often a key."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise EncoderError(f"{name}: its URL cannot be read. Write one such as {_EXAMPLE}.") from error
        if parts.scheme not in _PORTS or not parts.hostname:
            raise EncoderError(f"{name}: its URL names no server. Write one such as {_EXAMPLE}.")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise EncoderError(
                f"{name}: the URL of {parts.hostname!r} has a password, a query or a fragment."
                f" Write one such as {_EXAMPLE}; keys come from the environment."
            )
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path.rstrip("/"))

    def is_here(self) -> bool:
        """Whether this is a loopback address, or a name all of whose addresses are."""
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError):
            return False
        return all(is_loopback(address) for address in found)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def is_loopback(address: str) -> bool:
    """Whether a literal address never leaves the machine: 127.0.0.0/8, ::1, and the former written as IPv6."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)


_EXAMPLE = "'http://127.0.0.1:8080'"
