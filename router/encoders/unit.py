"""Rows at unit length, each by itself: it depends on its own text only, to the last bit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from router.errors import EncoderError


def unit(row: NDArray[np.float32], source: object, text: str) -> NDArray[np.float32]:
    """Return a row that a model gave, at unit length.

    Raises EncoderError, with where it is from and the text, if it has no length or is not finite.
    """
    length = np.sqrt(np.vdot(row, row))
    if not 0 < length < np.inf:  # also where it is NaN
        raise EncoderError(f"{source}: gave a row of length {length} on {text!r:.80}")
    found: NDArray[np.float32] = row / length
    return found


def unit_or_first(row: NDArray[np.float32], source: object) -> NDArray[np.float32]:
    """Return a sum of vectors, or a part of a row, at unit length; where it is nothing, the first direction.

    Squares are added by numpy itself, so that no library's kernels decide about
    bits. Raises EncoderError if the row is not finite.
    """
    length = math.sqrt(np.square(row).sum())
    if not math.isfinite(length):
        raise EncoderError(f"{source}: gave a row of length {length}")
    if not length:
        row, length = np.eye(1, len(row), dtype=np.float32)[0], 1.0
    return row / np.float32(length)
