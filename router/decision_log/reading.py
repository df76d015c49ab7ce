"""A decision log, read back."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from router.decision_log.entry import Entry, entry_from_dict
from router.decision_log.rotation import numbered
from router.errors import LogError, Problem


def read_log(path: str | os.PathLike[str], malformed: Callable[[Problem], object] | None = None) -> Iterator[Entry]:
    """Yield the entries of a log and of the files that were put aside for it, the oldest first.

    It may be written to meanwhile. A last line that was not finished is left out.
    Any other line that holds no entry is left out too and handed to `malformed`;
    where that is not given, LogError reports all such lines when the rest has been
    read. Raises LogError if there is no such log.
    """
    problems: list[Problem] = []
    report = malformed or problems.append
    with ExitStack() as stack:
        files = _files(Path(path), stack)
        for file, stream in reversed(files):
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n") and stream is files[0][1]:
                    break
                try:
                    yield _entry(line)
                except ValueError as error:
                    report(Problem(str(file), number, "", str(error)))
    if problems:
        raise LogError(problems)


def _files(path: Path, stack: ExitStack) -> list[tuple[Path, BinaryIO]]:
    """Open the files of a log, the newest first, so that one that is renamed meanwhile is met twice and not missed."""
    opened: dict[tuple[int, int], tuple[Path, BinaryIO]] = {}
    n = 0
    try:
        while n <= _last_number(path):
            file = numbered(path, n) if n else path
            n += 1
            try:
                stream = stack.enter_context(file.open("rb"))
            except FileNotFoundError:
                continue
            status = os.fstat(stream.fileno())
            opened.setdefault((status.st_dev, status.st_ino), (file, stream))
        if not opened:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    except OSError as error:
        raise LogError([Problem(str(path), 0, "", f"cannot be read: {error.strerror}")]) from error
    return [*opened.values()]


def _last_number(path: Path) -> int:
    """Return the number of the oldest file that was put aside, 0 if there is none."""
    found = (re.fullmatch(rf"{re.escape(path.name)}\.([1-9][0-9]*)", each.name) for each in path.parent.iterdir())
    return max((int(each[1]) for each in found if each), default=0)


def _entry(line: bytes) -> Entry:
    """Return the entry of a line. Raises ValueError."""
    try:
        data = json.loads(line.decode("utf-8").rstrip(), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"byte 0x{line[error.start]:02x} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(data, dict):
        raise ValueError("is no JSON object")
    return entry_from_dict(data)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"is not JSON: {name} is no number")
