"""A file of whole lines that is put aside when it is full, so that all of it stays within a size."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

ROW_START = b'{"time":'
"""How every line of a log begins."""
_TAIL = 1 << 20
"""No line is longer: 1 MiB."""


class RotatedFile:
    """Append lines to `path`; when it would pass `max_bytes`, it becomes `path.1`, and so on to `path.BACKUPS`.

    A line is one write to the operating system: if this process is killed, all
    lines before it are whole. Only their owner can read the files that it makes.
    Where the file is deleted or moved meanwhile, a new one is begun. Not safe
    for several threads, nor for several processes.

    Raises OSError if the file cannot be opened, and ValueError if it is there
    and something else than a log.
    """

    def __init__(self, path: Path, max_bytes: int, backups: int) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._backups = backups
        self._file: io.FileIO | None = None
        self._current()

    def append(self, line: bytes) -> None:
        """Write a line with its line end as a whole or not at all.

        Raises OSError, and ValueError for a line that is longer than the file may
        be, or if something else than a log has taken its place.
        """
        if len(line) > self._max_bytes:
            raise ValueError(f"a row of {len(line)} bytes is longer than the log may be")
        file = self._current()
        size = os.fstat(file.fileno()).st_size
        if size and size + len(line) > self._max_bytes:
            file, size = self._rotated(), 0
        if file.write(line) != len(line):
            file.truncate(size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Close the file. To append opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _current(self) -> io.FileIO:
        """Return the file that has the name: another one if somebody deleted or moved it meanwhile."""
        if self._file is not None:
            if _is_at(self._path, self._file):
                return self._file
            self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = _opened(self._path)
        try:
            _cut_torn_line(self._path, file)
        except BaseException:
            file.close()
            raise
        self._file = file
        return file

    def _rotated(self) -> io.FileIO:
        """Put the full file aside and return a new one."""
        self.close()
        names = [self._path, *(numbered(self._path, n) for n in range(1, self._backups + 1))]
        for older, newer in zip(names[:0:-1], names[-2::-1], strict=True):
            if newer.exists():
                newer.replace(older)
        self._path.unlink(missing_ok=True)
        self._file = _opened(self._path)
        return self._file


def numbered(path: Path, n: int) -> Path:
    """Return the name of a file that was put aside; 1 is the newest."""
    return path.with_name(f"{path.name}.{n}")


def _opened(path: Path) -> io.FileIO:
    return open(path, "ab", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600))


def _is_at(path: Path, file: io.FileIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _cut_torn_line(path: Path, file: io.FileIO) -> None:
    """Remove the beginning of a line that a crash left at the end, or the next one would go on with it."""
    size = os.fstat(file.fileno()).st_size
    if not size:
        return
    with path.open("rb") as stream:
        start = stream.read(len(ROW_START))
        stream.seek(max(0, size - _TAIL))
        end = stream.read(_TAIL)
    if not ROW_START.startswith(start):
        raise ValueError("this is no decision log, and nothing is appended to it. Name another file.")
    torn = len(end) - end.rfind(b"\n") - 1
    if torn:
        file.truncate(size - torn)
