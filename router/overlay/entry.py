"""One correction as it is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from router.corrections import OUT_OF_SCOPE, Correction, OutOfScope
from router.text import normalize


@dataclass(frozen=True, slots=True)
class Entry:
    """A correction, as it was written down."""

    id: str
    """16 hexadecimal digits that no other correction has, on any device."""
    time: str
    """When it was learnt: ISO 8601, in UTC, with microseconds."""
    utterance: str
    """Normalised, see `router.text`."""
    tool: str | OutOfScope
    note: str
    instead_of: str | None
    """The tool that was called until then, where it was another one."""
    declarations: str
    """The fingerprint of the router's tools then."""
    undone: bool = False

    @property
    def correction(self) -> Correction:
        """What was learnt."""
        return Correction(self.utterance, self.tool)


def latest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the last of each utterance's corrections, of those that were not undone; `entries` are in order."""
    return tuple({entry.correction.key: entry for entry in entries if not entry.undone}.values())


def to_line(entry: Entry) -> dict[str, Any]:
    """Return JSON values."""
    tool = None if isinstance(entry.tool, OutOfScope) else entry.tool
    return {name: getattr(entry, name) for name in _TEXTS} | {"tool": tool, "instead_of": entry.instead_of}


def from_line(line: dict[str, Any]) -> Entry:
    """Return what `to_line` wrote. Raises LookupError, TypeError or ValueError for anything else."""
    texts = {name: line[name] for name in _TEXTS}
    tool, instead_of = line["tool"], line["instead_of"]
    if not all(isinstance(text, str) for text in (*texts.values(), tool or "", instead_of or "")):
        raise TypeError("a value is not text")
    if not texts["utterance"] or normalize(texts["utterance"]) != texts["utterance"]:
        raise ValueError(f"{texts['utterance']!r:.80} is not normalised")
    time = datetime.fromisoformat(texts["time"])
    if time.tzinfo != UTC or time.isoformat(timespec="microseconds") != texts["time"]:
        raise ValueError(f"{texts['time']!r:.80} is no time in UTC with microseconds")
    return Entry(**texts, tool=OUT_OF_SCOPE if tool is None else tool, instead_of=instead_of)


_TEXTS = ("id", "time", "utterance", "note", "declarations")
