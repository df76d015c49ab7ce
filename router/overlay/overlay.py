"""Corrections of one person, kept and undone, merged, exported and applied."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from router.corrections import OUT_OF_SCOPE, OutOfScope
from router.decisions import ToolCall
from router.errors import OverlayError, UnknownCorrectionError
from router.overlay.entry import Entry, from_line, latest, to_line
from router.overlay.export import exported
from router.overlay.lines import append, read
from router.router import Router
from router.text import normalize


class Overlay:
    """A file of corrections: each is on the disk when `learn` returns, and no line is ever changed.

    The file holds what a person said, in plain text: JSON lines that only their
    account can read, where the system knows file modes. It is made by the first
    correction. After a crash at any moment it holds all corrections but, at
    most, the last; what is left of that one is ignored with a warning, and cut
    off by the next. Let one process at a time write to it.

    Raises OverlayError if a line is no correction, or of a newer version.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._learnt: dict[str, Entry] = {}
        self._undone: set[str] = set()
        for number, line in read(self.path):
            self._take(line, number)

    def __repr__(self) -> str:
        active = sum(not entry.undone for entry in self.entries)
        return f"<Overlay of {active} corrections in {str(self.path)!r}>"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All corrections in order of time, also those that were undone."""
        ordered = sorted(self._learnt.values(), key=lambda entry: (entry.time, entry.id))
        return tuple(replace(entry, undone=entry.id in self._undone) for entry in ordered)

    def learn(self, router: Router, utterance: str, tool: str | OutOfScope, note: str = "") -> Router:
        """Write a correction down and return the router that has learnt it.

        Raises what `Router.learn` raises, and nothing is written then; OSError
        if the disk refuses.
        """
        learnt = router.learn(utterance, tool)
        before = router.route(utterance)
        called = before.tool if isinstance(before, ToolCall) and before.tool != tool else None
        entry = Entry(
            id=secrets.token_hex(8),
            time=self._now(),
            utterance=normalize(utterance),
            tool=tool,
            note=normalize(note),
            instead_of=called,
            declarations=router.tools.fingerprint,
        )
        self._write([to_line(entry)])
        return learnt

    def undo(self, id: str) -> None:  # noqa: A002 (it is what the entry calls it)
        """Take a correction back, for good. What it replaced counts again. Raises UnknownCorrectionError."""
        if id not in self._learnt:
            raise UnknownCorrectionError(self.path, id)
        if id not in self._undone:
            self._write([{"undo": id}])

    def merge(self, other: Overlay) -> None:
        """Write down what another overlay has and this one lacks. What either has undone stays undone."""
        new = [to_line(entry) for entry in other.entries if entry.id not in self._learnt]
        undone = [{"undo": id} for id in sorted(other._undone - self._undone)]  # noqa: A001
        self._write([*new, *undone])

    def active(self, router: Router) -> tuple[Entry, ...]:
        """Return the corrections that `apply` teaches: the latest of each utterance, for tools that are declared."""
        return tuple(entry for entry in latest(self.entries) if _is_for(entry, router))

    def skipped(self, router: Router) -> tuple[Entry, ...]:
        """Return the corrections that count but are for tools that are not declared any more."""
        return tuple(entry for entry in latest(self.entries) if not _is_for(entry, router))

    def export(self) -> dict[str, dict[str, list[str]]]:
        """Return what counts as declarations, see `router.overlay.export.exported`."""
        return exported(self.entries)

    def apply(self, router: Router) -> Router:
        """Return a router that has learnt them all, encoded together. Give it the router as it was trained or loaded.

        The latest correction of an utterance counts, and those that are
        `skipped` do not.
        """
        return router.learn_many([(entry.utterance, entry.tool) for entry in self.active(router)])

    def _now(self) -> str:
        """Return the time, later than that of any correction even where the clock was set back."""
        times = [datetime.fromisoformat(entry.time) + timedelta(microseconds=1) for entry in self._learnt.values()]
        return max([datetime.now(UTC), *times]).isoformat(timespec="microseconds")

    def _write(self, lines: list[dict[str, Any]]) -> None:
        if lines:
            append(self.path, lines)
        for line in lines:
            self._take(line, 0)

    def _take(self, line: dict[str, Any], number: int) -> None:
        if undone := line.get("undo"):
            self._undone.add(undone)
            return
        try:
            entry = from_line(line)
        except (LookupError, TypeError, ValueError) as error:
            raise OverlayError(self.path, number, f"is no correction: {error!r}") from error
        self._learnt.setdefault(entry.id, entry)


def _is_for(entry: Entry, router: Router) -> bool:
    return entry.tool is OUT_OF_SCOPE or entry.tool in router.tools
