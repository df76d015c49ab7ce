"""A log of JSON lines that never raises once it is open."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from router.decision_log.rotation import RotatedFile
from router.errors import LogError, Problem


class LineLog:
    """Write rows as JSON lines into files of bounded size; what cannot be written is counted in `dropped`."""

    def __init__(self, path: str | PathLike[str], max_bytes: int, backups: int) -> None:
        if max_bytes < 1 or backups < 0:
            raise ValueError(f"max_bytes is {max_bytes} and backups {backups}; expected at least 1 and 0")
        self.path = Path(path)
        self.dropped = 0
        """So many rows were not written."""
        self.failure: Exception | None = None
        """Why the last of them was not."""
        self._lock = threading.Lock()
        self._is_closed = False
        try:
            self._file = RotatedFile(self.path, max_bytes, backups)
            self._open_more()
        except OSError as error:
            raise LogError([Problem(str(self.path), 0, "", f"cannot be written: {error.strerror}")]) from error
        except ValueError as error:
            raise LogError([Problem(str(self.path), 0, "", str(error))]) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. What is written afterwards is dropped."""
        with self._lock:
            self._is_closed = True
            self._file.close()

    def _open_more(self) -> None:
        """Open what else the log needs, or raise OSError or ValueError with the file closed."""

    def _write(self, row: Callable[[], Mapping[str, Any]]) -> None:
        """Write what `row` returns, which begins with its time. Never raises."""
        try:
            text = json.dumps(row(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            line = f"{text}\n".encode(
                "utf-8", "backslashreplace"
            )  # half a surrogate pair becomes the JSON escape for it
            with self._lock:
                if self._is_closed:
                    raise ValueError("the log is closed")
                self._file.append(line)
        except Exception as failure:
            with self._lock:
                self.dropped += 1
                self.failure = failure
