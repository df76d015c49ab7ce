"""The table of tokens in an encoder's folder, mapped into memory so that it takes none.

A table of 262,144 tokens is more than half of EmbeddingGemma, and an utterance
needs a dozen of its rows. ONNX Runtime maps it too, but where a file lies in
large pages, as on Linux it may, each row then counts 2 MB until in the end the
whole table does. Here rows are mapped in small pages and let go of after use:
they stay in the system's cache of files, which is nobody's memory.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import MODEL
from router.encoders.safetensors import arrays_in, is_safetensors

WEIGHTS = f"{MODEL}.data"
"""The file of the weights where they are not in the model's own: both what ONNX calls external data and safetensors."""
TABLES = "token"
"""The arrays of the table have names that begin with this and a dot."""
_NOHUGEPAGE = getattr(mmap, "MADV_NOHUGEPAGE", None)
_DONTNEED = getattr(mmap, "MADV_DONTNEED", None)


class Tables:
    """The arrays of a table, mapped."""

    def __init__(self, mapping: mmap.mmap, arrays: dict[str, NDArray[Any]]) -> None:
        from onnxruntime import OrtValue

        self._mapping = mapping
        self._values = {name: OrtValue.ortvalue_from_numpy(array) for name, array in arrays.items()}
        if _NOHUGEPAGE is not None:
            mapping.madvise(_NOHUGEPAGE)

    def give(self, options: Any) -> None:
        """Make a session of these options use them in place of those that it would read. It must not outlive them.

        Nor does it plan its memory for each length of text, which takes 11 MB more at 256 tokens and is no faster.
        """
        options.enable_mem_pattern = False
        for name, value in self._values.items():
            options.add_initializer(name, value)

    def release(self) -> None:
        """Let go of what was used. It is read again when it is needed again."""
        if _DONTNEED is not None:
            self._mapping.madvise(_DONTNEED)


def open_tables(folder: Path) -> Tables | None:
    """Return the table of a folder whose weights are in a safetensors file of their own; None of any other folder."""
    file = folder / WEIGHTS
    if not file.exists() or not is_safetensors(file):
        return None
    with file.open("rb") as opened:
        mapping = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = arrays_in(file, np.frombuffer(mapping, np.uint8))
    return Tables(mapping, {name: array for name, array in arrays.items() if name.startswith(f"{TABLES}.")})
