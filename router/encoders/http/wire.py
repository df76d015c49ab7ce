"""How a kind of server is asked: what each of their modules fills in."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from router.encoders.protocol import Prefixes
from router.errors import EncoderError


class Asking(Protocol):
    """What a wire needs of a server: JSON in, JSON out."""

    @property
    def allow_remote(self) -> bool:
        """Whether texts may leave this machine."""

    def get(self, path: str) -> Any:
        """Return what the server answers. Raises EncoderError."""

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return what the server answers. Raises EncoderError."""


BUSY = frozenset({429, 502, 503, 504})
"""After these statuses a server is asked again."""
BUSY_ELSEWHERE = BUSY | {500}
"""The same of a server elsewhere, which says 500 for a moment's trouble too."""


@dataclass(frozen=True, kw_only=True)
class Wire(ABC):
    """A model and the server that has it."""

    name: str
    """The encoder's name: `ollama:embeddinggemma`."""
    model: str
    """What the server calls it."""
    url: str
    """Where the server is."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with each request. A key is in here and nowhere else."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Taken out of whatever is quoted from an answer."""
    prefixes: Prefixes = field(default_factory=Prefixes)
    """What the model was trained to see before a text."""
    batch: int = 1
    """So many texts go into one request. With 1, requests also follow one another."""
    retried: frozenset[int] = BUSY
    """After these statuses the server is asked again."""
    identity: str = ""
    """What tells the model beside its name, as far as the server says. It is part of the fingerprint."""
    absent: str = ""
    """What to do where nobody answers."""
    fixes: Mapping[int, str] = field(default_factory=dict)
    """What to do about a status."""

    def identify(self, server: Asking) -> Self:
        """Return this with what the server tells of the model. Raises EncoderError if it has no such model."""
        del server
        return self

    def lacks_model(self, command: str, there: Iterable[str]) -> EncoderError:
        """Return the error where the server has other models only; `command` gets this one."""
        return EncoderError(
            f"{self.name}: {self.url} has no such model. Get it with: {command}"
            f"\nIt has: {', '.join(sorted(there)) or 'none'}."
        )

    @abstractmethod
    def embed(self, server: Asking, texts: Sequence[str]) -> list[Any]:
        """Return what the server answers for each text, in their order. Raises EncoderError."""


def key_from(*variables: str) -> str:
    """Return the first of these environment variables that is set, or an empty string.

    Raises EncoderError, without the value, if it cannot stand in a header.
    """
    for variable in variables:
        if key := os.environ.get(variable, "").strip():
            if not (key.isascii() and key.isprintable()):
                raise EncoderError(f"${variable} is no key: it has a character that is not printable ASCII")
            return key
    return ""


def needed_key(name: str, *variables: str) -> str:
    """Return the key. Raises EncoderError if none of these environment variables is set."""
    if key := key_from(*variables):
        return key
    raise EncoderError(f"{name} needs a key. Set the environment variable {' or '.join(variables)}.")


def bearer(key: str) -> dict[str, str]:
    """Return the header that carries a key, or none without one."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def dig(answer: Any, *path: str | int) -> Any:
    """Return what lies at a path in an answer, or None."""
    for step in path:
        if isinstance(step, str) and isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(step, int) and isinstance(answer, list) and step < len(answer):
            answer = answer[step]
        else:
            return None
    return answer


def listed(answer: Any, *path: str | int) -> list[Any]:
    """Return the list that lies at a path in an answer, empty where there is none."""
    found = dig(answer, *path)
    return found if isinstance(found, list) else []
