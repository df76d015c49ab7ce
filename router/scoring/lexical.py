"""A sketch of an utterance's letters, to stand beside its embedding.

Embeddings blur names and rare words; character n-grams do not. A signed hash
into a small dense vector (the count sketch of Charikar, Chen and
Farach-Colton, 2002; Weinberger et al., 2009) keeps their inner products: on the
public sets in `evals/` 512 dimensions serve as well as 8,192 with TF-IDF.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SKETCH_DIM = 512
"""Length of a sketch."""

_SHIFT = np.uint32(32 - SKETCH_DIM.bit_length())
_LONGEST = 4
_MULTIPLIER = np.uint32(0x9E3779B1)


def sketches(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the sketch of each text: float32 [n, SKETCH_DIM], unit rows, zero for a text without characters.

    Upper and lower case are the same. Texts are normalised already, see
    `router.text`.
    """
    rows = np.zeros((len(texts), SKETCH_DIM), np.float32)
    for row, text in zip(rows, texts, strict=True):
        if text:
            # The highest bits name the place, the next one the sign: both are counted at once.
            counts = np.bincount(_ngram_hashes(text.casefold()) >> _SHIFT, minlength=2 * SKETCH_DIM)
            sums = counts[::2] - counts[1::2]
            row[:] = sums / max(math.sqrt(np.vdot(sums, sums)), 1e-12)
    return rows


def _ngram_hashes(text: str) -> NDArray[np.uint32]:
    """Hash every run of 2 to 4 characters of the text with a space before and after it.

    Multiplicative hashing (Knuth, TAOCP 6.4) over code points, of which the high
    bits are good: 32-bit integer arithmetic only, so that any runtime can repeat it.
    """
    codes = np.frombuffer(f" {text} ".encode("utf-32-le"), "<u4")
    running = codes * _MULTIPLIER
    found = []
    for length in range(2, min(_LONGEST, codes.size) + 1):
        running = (running[:-1] ^ codes[length - 1 :]) * _MULTIPLIER
        found.append(running)
    return np.concatenate(found)
