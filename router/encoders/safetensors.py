"""Arrays in a safetensors file, mapped into memory: its format is a length, a JSON header and the arrays' bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.errors import EncoderError

_DTYPES = {
    "U8": np.uint8,
    "I8": np.int8,
    "F16": np.float16,
    "F32": np.float32,
    "F64": np.float64,
    "I32": np.int32,
    "I64": np.int64,
}
_LONGEST_HEADER = 1 << 20
_ALIGNED = 64
"""The arrays begin at a multiple of so many bytes."""


def open_arrays(file: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file, read-only; what is not looked at is not read. Raises EncoderError."""
    try:
        whole = np.memmap(file, np.uint8, mode="r")
    except (OSError, ValueError) as error:  # ValueError where it is empty
        raise EncoderError(f"{file}: {getattr(error, 'strerror', None) or error}") from error
    return arrays_in(file, whole)


def is_safetensors(file: Path) -> bool:
    """Whether a file begins as one of this format does."""
    with file.open("rb") as opened:
        begin = opened.read(9)
    return len(begin) == 9 and 0 < int.from_bytes(begin[:8], "little") <= _LONGEST_HEADER and begin[8:] == b"{"


def arrays_in(file: Path, whole: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Return the arrays in the bytes of a file, as views of them. Raises EncoderError."""
    length = int.from_bytes(whole[:8].tobytes(), "little")
    try:
        if length > _LONGEST_HEADER:
            raise ValueError(f"a header of {length} bytes")
        header = json.loads(whole[8 : 8 + length].tobytes())
        header.pop("__metadata__", None)
        data = whole[8 + length :]
        return {name: _array(data, entry) for name, entry in header.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EncoderError(f"{file}: not a safetensors file that can be read: {error}") from error


def _array(data: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    start, end = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if not 0 <= start <= end <= len(data):
        raise ValueError(f"bytes {start} to {end} of {len(data)}")
    if min(shape, default=0) < 0:
        raise ValueError(f"the shape {list(shape)}")
    if entry["dtype"] not in _DTYPES:
        raise ValueError(f"an array of the kind {entry['dtype']!r}; these are known: {', '.join(_DTYPES)}")
    return data[start:end].view(_DTYPES[entry["dtype"]]).reshape(shape)


def write_arrays(file: Path, arrays: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """Write arrays of the kinds that `open_arrays` reads, and return where in the file each begins.

    The same arrays give the same bytes.
    """
    codes = {np.dtype(dtype): code for code, dtype in _DTYPES.items()}
    header: dict[str, Any] = {}
    start = 0
    for name, array in arrays.items():
        offsets = [start, start + array.nbytes]
        header[name] = {"dtype": codes[array.dtype], "shape": list(array.shape), "data_offsets": offsets}
        start += array.nbytes
    text = json.dumps(header).encode("ascii")
    text += b" " * (-(8 + len(text)) % _ALIGNED)
    with file.open("wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for array in arrays.values():
            out.write(np.ascontiguousarray(array).tobytes())
    return {name: 8 + len(text) + entry["data_offsets"][0] for name, entry in header.items()}
