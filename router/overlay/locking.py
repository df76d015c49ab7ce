"""One writer at a time, as far as the system knows how."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_IN_THIS_PROCESS = threading.Lock()


@contextmanager
def locked(file: IO[bytes]) -> Iterator[None]:
    """Keep others that call this for the same file waiting, in this process and in others.

    An advisory lock (flock) on an open file. Where the system has none (Windows)
    it holds within this process only, and where a file system has none, not at all.
    """
    if fcntl is None:
        with _IN_THIS_PROCESS:
            yield
        return
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)  # not left to closing: a fork may hold the file open
