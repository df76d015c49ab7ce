"""Weights in 8 and 4 bits, laid out as ONNX Runtime's operators read them: pure functions of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Precision: TypeAlias = Literal["fp32", "int8", "int4"]

BLOCK = {"int8": 128, "int4": 32}
"""So many weights share a scale."""
_SHRINK = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""In 4 bits it pays to cut a block's greatest weight for the others' sake; these shares of it are tried."""
_ROWS = 4096
"""So many rows are worked on at once."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in blocks that share a scale."""

    values: NDArray[np.uint8]
    """`[rows, blocks, bytes]`; in 4 bits the even places are in the lower half of a byte."""
    scales: NDArray[np.float32]
    """`[rows, blocks]`"""


def matrix_in_blocks(matrix: NDArray[np.float32], precision: Precision) -> Blocks:
    """Quantise `[outputs, inputs]` for MatMulNBits: unsigned, symmetric, the last block of a row filled with zeros.

    In 8 bits the zero point is 128 and the range is ±127, which no x86 kernel
    saturates; in 4 bits it is 8 and the range is -8 to 7, of which the greatest
    weight of a block takes the longer side.
    """
    parts = [_blocks_of(matrix[at : at + _ROWS], precision) for at in range(0, len(matrix), _ROWS)]
    return Blocks(np.concatenate([part.values for part in parts]), np.concatenate([part.scales for part in parts]))


def _blocks_of(matrix: NDArray[np.float32], precision: Precision) -> Blocks:
    size = BLOCK[precision]
    padded = np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % size)))
    blocks = padded.reshape(len(matrix), -1, size)
    if precision == "int8":
        scales = np.abs(blocks).max(axis=2) / np.float32(127)
        return Blocks((_divided(blocks, scales) + 128).astype(np.uint8), scales)
    scales = _best_scales(blocks)
    values = (np.clip(_divided(blocks, scales), -8, 7) + 8).astype(np.uint8)
    return Blocks(np.bitwise_or(values[..., ::2], values[..., 1::2] * np.uint8(16)), scales)


def _best_scales(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scale of each block that loses least: the mean square, of some shares of the greatest weight."""
    peaks = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[..., None], axis=2)[..., 0]
    best = peaks / np.float32(-8)
    least = np.full(peaks.shape, np.inf, np.float32)
    for share in _SHRINK:
        scales = peaks * np.float32(share / -8)
        lost = blocks - np.clip(_divided(blocks, scales), -8, 7) * scales[..., None]
        errors = np.einsum("rbw,rbw->rb", lost, lost)
        best = np.where(errors < least, scales, best)
        least = np.minimum(errors, least)
    return best


def _divided(blocks: NDArray[np.float32], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the nearest whole multiples of the scales; 0 where the scale is."""
    safe = np.where(scales == 0, np.float32(1), scales)
    return np.rint(blocks / safe[..., None])


def rows_in_int8(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise a table with one scale for each row: `[rows, width]` and `[rows, 1]`."""
    scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(127)
    return np.rint(table / np.where(scales == 0, np.float32(1), scales)).astype(np.int8), scales
