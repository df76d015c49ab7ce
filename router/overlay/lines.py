"""A file of JSON lines that only grows, and that no crash can spoil."""

from __future__ import annotations

import errno
import json
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from router.errors import OverlayError
from router.overlay.locking import locked

FORMAT = "intent-router-overlay"
VERSION = 1

Read = TypeVar("Read")


def read(path: Path, parse: Callable[[dict[str, Any]], Read]) -> Iterator[Read]:
    """Yield what `parse` makes of each line after the first; nothing if there is no file.

    Warns of a line that is no JSON object, or of which `parse` raises
    ValueError, and of a torn last one, and leaves them out. Raises OverlayError
    for a file that begins as none of this format and version does.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    _check_header(path, data)
    *lines, torn = data.split(b"\n")
    for number, line in enumerate(lines[1:], start=2):
        try:
            parsed = parse(_object(line))
        except ValueError as error:
            warnings.warn(f"{path} line {number} is no correction and is ignored: {error}", stacklevel=3)
        else:
            yield parsed
    if torn:
        warnings.warn(
            f"{path} line {len(lines) + 1} was not written to its end and is ignored; the next correction repairs it",
            stacklevel=3,
        )


def append(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Write lines at the end, all or none, and see that the disk has them, after cutting off a torn one.

    Makes the file, for its owner alone, if there is none; the mode of one that
    is there stays as it is. Raises OverlayError, and changes nothing, for a file
    that begins as none of this format and version does; OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as file, locked(file):
        data = file.read()
        _check_header(path, data)
        end = data.rfind(b"\n") + 1
        new = b"".join(map(_bytes, lines if end else (_HEADER, *lines)))
        if end < len(data):
            file.truncate(end)
        if file.write(new) != len(new):
            file.truncate(end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(file.fileno())
    if not end and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _check_header(path: Path, data: bytes) -> None:
    """Raise OverlayError for what begins as no file of this format and version does, not even a torn one."""
    line, end, _ = data.partition(b"\n")
    if not end:
        if not _bytes(_HEADER).startswith(line):
            raise OverlayError(path, 1, _FOREIGN)
        return
    try:
        header = _object(line)
    except ValueError as error:
        raise OverlayError(path, 1, str(error)) from error
    if header.get("format") != FORMAT:
        raise OverlayError(path, 1, _FOREIGN)
    if header.get("version") != VERSION:
        found = f"has version {header.get('version')!r:.40}; this one reads {VERSION}"
        raise OverlayError(path, 1, f"{found}. It needs a newer intent-router.")


def _object(line: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ValueError("is no JSON object")
    return parsed


def _bytes(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


_HEADER = {"format": FORMAT, "version": VERSION}
_FOREIGN = f"is not the first line of an {FORMAT}. Name another file."
