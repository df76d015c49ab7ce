"""One correction as it is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from typing import Any

from router.corrections import OUT_OF_SCOPE, Correction, OutOfScope
from router.declarations.wording import shown
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


@dataclass(frozen=True, slots=True)
class Undo:
    """A correction that was taken back."""

    id: str


def latest(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the last of each utterance's corrections, of those that were not undone; `entries` are in order."""
    return tuple({entry.correction.key: entry for entry in entries if not entry.undone}.values())


def to_line(entry: Entry | Undo) -> dict[str, Any]:
    """Return JSON values."""
    if isinstance(entry, Undo):
        return {"undo": entry.id}
    tool = None if isinstance(entry.tool, OutOfScope) else entry.tool
    return {name: getattr(entry, name) for name in _TEXTS} | {"tool": tool, "instead_of": entry.instead_of}


def from_line(line: dict[str, Any]) -> Entry | Undo:
    """Return what a line says. Raises ValueError, which says what is wrong, for what this package never writes."""
    if "undo" in line:
        return Undo(_text(line, "undo"))
    tool = _text_or_none(line, "tool")
    entry = Entry(
        id=_text(line, "id"),
        time=_text(line, "time"),
        utterance=_text(line, "utterance"),
        tool=OUT_OF_SCOPE if tool is None else tool,
        note=_text(line, "note", least=0),
        instead_of=_text_or_none(line, "instead_of"),
        declarations=_text(line, "declarations"),
    )
    time = datetime.fromisoformat(entry.time)
    is_written_so = time.tzinfo == UTC and time.isoformat(timespec="microseconds") == entry.time
    if not is_written_so or time.year == MAXYEAR:  # the next one must be later
        raise ValueError(f"{entry.time!r:.80} is no time in UTC with microseconds")
    return entry


def _text_or_none(line: dict[str, Any], name: str) -> str | None:
    return None if line.get(name, "") is None else _text(line, name)


def _text(line: dict[str, Any], name: str, least: int = 1) -> str:
    if name not in line:
        raise ValueError(f"{name!r} is missing")
    text = line[name]
    if not isinstance(text, str) or len(text) < least:
        raise ValueError(f"{name!r} is {shown(text)}, and no text")
    if normalize(text) != text:
        raise ValueError(f"{text!r:.80} is not normalised")
    return text


_TEXTS = ("id", "time", "utterance", "note", "declarations")
