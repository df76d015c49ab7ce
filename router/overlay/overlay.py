"""Corrections of one person, kept and undone, merged, exported and applied."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from router.corrections import OUT_OF_SCOPE, OutOfScope
from router.decisions import ToolCall
from router.errors import UnknownCorrectionError
from router.overlay.entry import Entry, Undo, from_line, latest, to_line
from router.overlay.export import exported
from router.overlay.lines import append, read
from router.router import Router
from router.text import normalize


class Overlay:
    """A file of corrections: each is on the disk when `learn` returns, and no line is ever changed.

    The file holds what a person said, in plain text: JSON lines. The first
    correction makes it, readable for their account alone where the system knows
    file modes; the mode of a file that is there already stays as it is. After a
    crash at any moment it holds all corrections but, at most, the last; what is
    left of that one is ignored with a warning, and cut off by the next. So is any
    other line that is no correction, but it stays in the file.

    Many threads may use one, and several may write to one file, in several
    processes too where the system has `flock`: on Windows, let one process at a
    time write. What others wrote since an overlay was opened is in the file, and
    not in the overlay.

    Raises OverlayError if the file is no overlay, or one of a newer version;
    OSError if it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._learnt: dict[str, Entry] = {}
        self._undone: set[str] = set()
        self._lock = threading.Lock()
        for parsed in read(self.path, from_line):
            self._take(parsed)

    def __repr__(self) -> str:
        active = sum(not entry.undone for entry in self.entries)
        return f"<Overlay of {active} corrections in {str(self.path)!r}>"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All corrections in order of time, also those that were undone."""
        with self._lock:
            return self._in_order()

    def learn(self, router: Router, utterance: str, tool: str | OutOfScope, note: str = "") -> Router:
        """Write a correction down and return the router that has learnt it.

        Raises what `Router.learn` raises; OSError if the disk refuses; and
        OverlayError if the file is no overlay any more. Nothing is written then.
        """
        learnt = router.learn(utterance, tool)
        before = router.route(utterance)
        called = before.tool if isinstance(before, ToolCall) and before.tool != tool else None
        declarations = router.tools.fingerprint
        with self._lock:
            entry = Entry(
                id=secrets.token_hex(8),
                time=self._now(),
                utterance=normalize(utterance),
                tool=tool,
                note=normalize(note),
                instead_of=called,
                declarations=declarations,
            )
            self._write([entry])
        return learnt

    def undo(self, id: str) -> None:  # noqa: A002 (it is what the entry calls it)
        """Take a correction back, for good. What it replaced counts again. Raises UnknownCorrectionError."""
        with self._lock:
            if id not in self._learnt:
                raise UnknownCorrectionError(self.path, id)
            if id not in self._undone:
                self._write([Undo(id)])

    def merge(self, other: Overlay) -> None:
        """Write down what another overlay has and this one lacks. What either has undone stays undone."""
        with other._lock:
            entries, undone = other._in_order(), {*other._undone}
        with self._lock:
            new = [entry for entry in entries if entry.id not in self._learnt]
            self._write([*new, *map(Undo, sorted(undone - self._undone))])

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

    def _in_order(self) -> tuple[Entry, ...]:
        ordered = sorted(self._learnt.values(), key=lambda entry: (entry.time, entry.id))
        return tuple(replace(entry, undone=entry.id in self._undone) for entry in ordered)

    def _write(self, new: Sequence[Entry | Undo]) -> None:
        """Write down what can be read back, or raise ValueError and write nothing."""
        lines = [to_line(each) for each in new]
        parsed = [from_line(line) for line in lines]
        if lines:
            append(self.path, lines)
        for each in parsed:
            self._take(each)

    def _take(self, parsed: Entry | Undo) -> None:
        if isinstance(parsed, Undo):
            self._undone.add(parsed.id)
        else:
            self._learnt.setdefault(parsed.id, parsed)


def _is_for(entry: Entry, router: Router) -> bool:
    return entry.tool is OUT_OF_SCOPE or entry.tool in router.tools
