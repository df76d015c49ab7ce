"""What a router is asked in an evaluation, and what it should answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OUT_OF_SCOPE = "out_of_scope"
"""The intent of an utterance that no tool should answer."""


@dataclass(frozen=True, slots=True)
class Case:
    """An utterance and what should come of it."""

    id: str
    """Names the case in its suite and from one report to the next."""
    utterance: str
    tools: tuple[str, ...]
    """Sorted. None: it is for no tool. One: it is for that tool. More: the router should ask which was meant."""
    arguments: Mapping[str, Any] | None = field(default=None, hash=False)
    """The arguments that the call should have. None: nothing is said of them."""
    tags: tuple[str, ...] = ()
    """What it is a case of, such as `asr`; a gate may look at one tag alone."""
    language: str = ""
    """BCP 47 tag, empty where nothing is said."""
    cluster: str = ""
    """Cases of one cluster are variants of one another and count less than as many that are not."""
    now: datetime | None = None
    """When it is said, aware or naive: what `Router.route` takes "tomorrow" from."""
    line: int = field(default=0, compare=False)
    """1-based line in its file, 0 if it came from elsewhere."""

    @property
    def intent(self) -> str:
        """What should be understood, in one line: a tool, `out_of_scope`, or tools with ` or ` between."""
        return " or ".join(self.tools) or OUT_OF_SCOPE

    def to_dict(self) -> dict[str, Any]:
        """Return the row of a suite file that reads as this case, without what is empty."""
        intent: str | list[str] = list(self.tools) if len(self.tools) > 1 else self.intent
        row: dict[str, Any] = {"id": self.id, "utterance": self.utterance, "intent": intent}
        optional = {"tags": list(self.tags), "language": self.language, "cluster": self.cluster}
        row |= {} if self.arguments is None else {"arguments": dict(self.arguments)}
        row |= {} if self.now is None else {"now": self.now.isoformat()}
        return row | {key: value for key, value in optional.items() if value}


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader must know of a suite before trusting a number."""

    description: str = ""
    source: str = ""
    """Where it comes from."""
    licence: str = ""
    how_made: str = ""
    """Who wrote and labelled it, and how."""
    now: str = ""
    """ISO 8601: when its cases are said that do not say it themselves. Each case that is read from a file has it."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that belong together, and where they come from. Never empty when read from a file."""

    name: str
    cases: tuple[Case, ...] = field(repr=False)
    card: Card = Card()
    file: str = ""
    """As it was given, empty if it came from elsewhere."""

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that change when any case does. Computed anew each time."""
        digest = hashlib.sha256()
        for case in self.cases:
            digest.update(json.dumps(case.to_dict(), sort_keys=True).encode("ascii"))
        return digest.hexdigest()[:12]


def default_id(utterance: str) -> str:
    """Return the id of a case that has none: 10 hexadecimal digits of its utterance's SHA-256.

    So a case keeps its id when others come and go.
    """
    return hashlib.sha256(utterance.encode()).hexdigest()[:10]
