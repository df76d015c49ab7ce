"""A sketch of an utterance's letters, to stand beside its embedding.

Embeddings blur names and rare words; character n-grams do not. A signed hash
into a small dense vector (the count sketch of Charikar, Chen and
Farach-Colton, 2002; Weinberger et al., 2009) keeps their inner products: on the
public sets in `evals/` 512 dimensions serve as well as 8,192 with TF-IDF.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.text import normalize

SKETCH_DIM = 512
"""Length of a sketch."""

_ORDERS = (2, 3, 4)
_FNV_PRIME = np.uint32(16777619)


def sketches(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the sketch of each text: float32 [n, SKETCH_DIM], unit rows, zero for an empty text.

    Two texts with the same letters in the same words are close whatever the
    order of the words. Upper and lower case are the same.
    """
    rows = np.zeros((len(texts), SKETCH_DIM), np.float32)
    for row, text in zip(rows, texts, strict=True):
        hashes = _ngram_hashes(normalize(text).casefold())
        if hashes.size:
            distinct, counts = np.unique(hashes, return_counts=True)
            signs = 1.0 - 2.0 * (distinct >> np.uint32(31))
            row += np.bincount(distinct % SKETCH_DIM, signs * (1.0 + np.log(counts)), SKETCH_DIM)
            row /= max(float(np.sqrt(row @ row)), 1e-12)
    return rows


def _ngram_hashes(text: str) -> NDArray[np.uint32]:
    """Hash every character n-gram that lies in one word, the spaces around the word included.

    FNV-1a over code points, then MurmurHash3's finaliser: 32-bit integer
    arithmetic only, so that any runtime can repeat it.
    """
    if not text:
        return np.empty(0, np.uint32)
    codes = np.frombuffer(f" {text} ".encode("utf-32-le", "replace"), "<u4")
    spaces = np.concatenate(([0], np.cumsum(codes == 32)))
    found = []
    running = np.full(codes.size, 2166136261, np.uint32)
    for order in range(1, max(_ORDERS) + 1):
        running = (running[: codes.size - order + 1] ^ codes[order - 1 :]) * _FNV_PRIME
        if order in _ORDERS and running.size:
            # No space strictly inside the window.
            inside = spaces[order - 1 : codes.size] - spaces[1 : codes.size - order + 2]
            found.append(running[inside == 0])
    hashes = np.concatenate(found)
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes
