"""The table of tokens in an encoder's folder, of which only the rows that a text needs are read.

A table of 262,144 tokens is more than half of EmbeddingGemma, and an utterance
needs a dozen of its rows. ONNX Runtime maps it, but where a file lies in large
pages, as on Linux it may, each row then counts for hundreds of its neighbours.
Here the runtime is given memory that is as long and empty: the rows of a text
are read into it before the text is encoded, and let go of afterwards.
"""

from __future__ import annotations

import mmap
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import MODEL
from router.encoders.safetensors import arrays_in, is_safetensors
from router.errors import EncoderError

WEIGHTS = f"{MODEL}.data"
"""The file of the weights where they are not in the model's own: both what ONNX calls external data and safetensors."""
TABLES = "token"
"""The arrays of the table have names that begin with this and a dot."""
_PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_ANONYMOUS") else {}
_NOHUGEPAGE = getattr(mmap, "MADV_NOHUGEPAGE", None)
_DONTNEED = getattr(mmap, "MADV_DONTNEED", None)


class Tables:
    """The arrays of a table. May be used by several threads.

    The file stays open: another that takes its name is of another encoder.
    """

    def __init__(self, file: FileIO, arrays: Mapping[str, tuple[int, NDArray[Any]]]) -> None:
        from onnxruntime import OrtValue

        self._file = file
        weakref.finalize(self, file.close)
        self._rows = [_Rows(start, array) for start, array in arrays.values()]
        self._values = {
            name: OrtValue.ortvalue_from_numpy(rows.array) for name, rows in zip(arrays, self._rows, strict=True)
        }
        self._lock, self._users = threading.Lock(), 0

    def give(self, options: Any) -> None:
        """Make a session of these options use them in place of those that it would read. It must not outlive them.

        Nor does it plan its memory for each length of text, which takes 11 MB more at 256 tokens and is no faster.
        """
        options.enable_mem_pattern = False
        for name, value in self._values.items():
            options.add_initializer(name, value)

    @contextmanager
    def holding(self, ids: NDArray[np.int64]) -> Iterator[None]:
        """Hold the rows of these tokens. Of others nothing but zeros is there."""
        with self._lock:
            for each in np.unique(ids).tolist():
                for rows in self._rows:
                    rows.read(self._file, each)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                for rows in self._rows if not self._users else ():
                    rows.forget()


class _Rows:
    """One array, empty until its rows are read."""

    def __init__(self, start: int, array: NDArray[Any]) -> None:
        self._start, self._count, self._size = start, len(array), array[0].nbytes
        self._memory = mmap.mmap(-1, array.nbytes, **_PRIVATE)
        if _NOHUGEPAGE is not None:
            self._memory.madvise(_NOHUGEPAGE)
        self.array = np.frombuffer(self._memory, array.dtype).reshape(array.shape)

    def read(self, file: FileIO, row: int) -> None:
        """Read a row; one that is not there the runtime complains of."""
        if row < self._count:
            at = row * self._size
            self._memory[at : at + self._size] = _read(file, self._start + at, self._size)

    def forget(self) -> None:
        """Give the memory back."""
        if _DONTNEED is not None:
            self._memory.madvise(_DONTNEED)


def _read(file: FileIO, start: int, size: int) -> bytes:
    """Return bytes of a file, whose position processes share after a fork, and threads do anyway."""
    if hasattr(os, "pread"):
        return os.pread(file.fileno(), size, start)
    file.seek(start)
    return file.read(size)


def open_tables(folder: Path) -> Tables | None:
    """Return the table of a folder whose weights are in a safetensors file of their own; None of any other folder."""
    file = folder / WEIGHTS
    if not file.exists() or not is_safetensors(file):
        return None
    with ExitStack() as stack:
        opened = stack.enter_context(FileIO(file))
        whole = np.memmap(opened, np.uint8, mode="r")
        found = {name: array for name, array in arrays_in(file, whole).items() if name.startswith(f"{TABLES}.")}
        for name, array in found.items():
            if not array.size or not array.ndim:
                raise EncoderError(f"{file}: {name!r} has the shape {list(array.shape)}; expected rows")
        tables = Tables(opened, {name: (array.ctypes.data - whole.ctypes.data, array) for name, array in found.items()})
        stack.pop_all()  # it is the tables' to close
        return tables
