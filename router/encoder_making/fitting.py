"""Vectors of tokens whose sums come near to given rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.errors import MissingExtraError

Floats = NDArray[np.float32]

_STEPS = 30
_NEAR = 1e-5
"""It ends where the squared gradient is so small a part of the first."""


def fitted(vectors: Floats, texts: Sequence[Sequence[int]], wanted: Floats, strength: float) -> Floats:
    """Return token vectors [v, D] moved so that the sums over each text's tokens come near to unit rows [n, D].

    Ridge regression towards the vectors as they are: `strength` holds each to
    its place as much as so many texts with it would pull it away. The length
    that a text's sum had divides it, since lengths are not kept. Solved by
    conjugate gradients, all columns at once; tokens of no text stay.
    """
    try:
        from scipy.sparse import csr_array
    except ImportError:
        raise MissingExtraError("scipy", "distill", "fitting to texts") from None
    ids = np.concatenate([np.asarray(text, np.int64) for text in texts])
    ends = np.cumsum([0, *map(len, texts)])
    seen, columns = np.unique(ids, return_inverse=True)
    ones = np.ones(len(ids), np.float32)
    counts = csr_array((ones, columns, ends), shape=(len(texts), len(seen)))
    start = vectors[seen]
    lengths = np.linalg.norm(counts @ start, axis=1)
    sums = counts * (1 / np.where(lengths > 0, lengths, np.inf)).astype(np.float32)[:, None]
    sums = csr_array(sums)
    back = csr_array(sums.T)

    moved = np.zeros_like(start)
    rest = back @ (wanted - sums @ start)
    direction, squared = rest.copy(), np.square(rest).sum(axis=0)
    first = squared.sum()
    for _ in range(_STEPS):
        bent = back @ (sums @ direction) + np.float32(strength) * direction
        step = squared / np.maximum((direction * bent).sum(axis=0), np.finfo(np.float32).tiny)
        moved += step * direction
        rest -= step * bent
        before, squared = squared, np.square(rest).sum(axis=0)
        if squared.sum() <= _NEAR * first:
            break
        direction = rest + squared / np.maximum(before, np.finfo(np.float32).tiny) * direction
    result = vectors.copy()
    result[seen] += moved
    return result


def summed(vectors: Floats, texts: Sequence[Sequence[int]]) -> Floats:
    """Return the unit rows [n, D] of texts; zero where a text has no tokens."""
    return unit(np.stack([vectors[list(text)].sum(axis=0) for text in texts]))


def unit(rows: Floats) -> Floats:
    """Return rows at unit length; one of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    scaled: Floats = (rows / lengths).astype(np.float32)
    return scaled


def principal(rows: Floats, count: int) -> Floats:
    """Return the directions [D, count] in which rows differ most from zero, the first the most."""
    _, directions = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    kept: Floats = directions[:, ::-1][:, :count].astype(np.float32)
    return kept
