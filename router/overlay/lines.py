"""A file of JSON lines that only grows, and that no crash can spoil."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from router.errors import OverlayError

FORMAT = "intent-router-overlay"
VERSION = 1


def read(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the lines after the first, with their numbers; none if there is no file.

    Warns of a torn last line. Raises OverlayError for anything else that is no
    JSON object, and for a file of another format or version.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    *lines, torn = data.split(b"\n")
    if torn:
        warnings.warn(
            f"{path} line {len(lines) + 1} was not written to its end and is ignored; the next correction repairs it",
            stacklevel=3,
        )
    for number, line in enumerate(lines, start=1):
        try:
            parsed = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise OverlayError(path, number, f"is not JSON: {error}") from error
        if not isinstance(parsed, dict):
            raise OverlayError(path, number, "is no JSON object")
        if number > 1:
            yield number, parsed
        elif parsed.get("format") != FORMAT:
            raise OverlayError(path, number, f"is not the first line of an {FORMAT}")
        elif parsed.get("version") != VERSION:
            found = f"has version {parsed.get('version')!r:.40}; this one reads {VERSION}"
            raise OverlayError(path, number, f"{found}. It needs a newer intent-router.")


def append(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """Write lines at the end and see that the disk has them, after cutting off a torn one.

    Makes the file, for its owner alone, if there is none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        data = file.read()
        end = data.rfind(b"\n") + 1
        file.truncate(end)
        file.seek(end)
        header = [{"format": FORMAT, "version": VERSION}] if end == 0 else []
        file.write(b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in (*header, *lines)))
        file.flush()
        os.fsync(file.fileno())
    if is_new and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
