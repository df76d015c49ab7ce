"""One array as the bytes of an `.npy` file that any runtime can read: numbers, little-endian, in C order."""

from __future__ import annotations

import io
import math
import threading
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

_parsing = threading.Lock()
"""numpy parses a header with `ast`, of which CPython 3.11 miscounts the depth in several threads (gh-106905)."""


def dump_npy(array: NDArray[Any]) -> bytes:
    """Return the array in version 1.0 of the format. Raises ValueError if it holds anything but plain numbers.

    >>> load_npy(dump_npy(np.array([[1, 2]], dtype=">i8")))
    array([[1, 2]])
    """
    plain = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    if not _is_portable(plain.dtype):
        raise ValueError(f"holds {array.dtype}; expected booleans or numbers of at most 64 bits")
    stream = io.BytesIO()
    npy.write_array(stream, plain, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def load_npy(data: bytes) -> NDArray[Any]:
    """Return the array as a view of the bytes, which cannot be written to.

    Raises ValueError for anything that `dump_npy` would not give.
    """
    stream = io.BytesIO(data)
    try:
        if npy.read_magic(stream) != (1, 0):
            raise ValueError("not version 1.0 of the npy format")
        with _parsing:
            shape, in_fortran_order, dtype = npy.read_array_header_1_0(stream)
        if in_fortran_order or not _is_portable(dtype):
            raise ValueError(f"holds {dtype} in {'Fortran' if in_fortran_order else 'C'} order")
        if stream.tell() + math.prod(shape) * dtype.itemsize != len(data):
            raise ValueError(f"has not the size of an array of shape {shape}")
        return np.ndarray(shape, dtype, buffer=data, offset=stream.tell())
    except Exception as error:  # there is no telling what numpy raises on a hostile header
        raise ValueError(f"not an array of numbers: {error}") from error


def _is_portable(dtype: np.dtype[Any]) -> bool:
    return dtype.kind in "biuf" and dtype.itemsize <= 8 and dtype == dtype.newbyteorder("<")
