"""An encoder without a model, for tests and documentation."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from router.encoders.protocol import Prefixes


class HashingEncoder:
    """Hash words and character trigrams into a unit vector: texts that share them are near.

    It knows no meaning, needs numpy only and no file, and gives the same bits in
    every process and on every platform. The signed hashing trick of Weinberger
    et al. 2009, "Feature Hashing for Large Scale Multitask Learning".

    >>> HashingEncoder(dim=8).encode(["wake me at seven"]).shape
    (1, 8)
    """

    name = "hashing"
    prefixes = Prefixes()
    size = 0
    """It has no file."""

    def __init__(self, dim: int = 256) -> None:
        if dim < 1:
            raise ValueError(f"dim is {dim}; expected at least 1")
        self.dim = dim
        self.fingerprint = hashlib.sha256(f"hashing 1 {dim}".encode("ascii")).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"HashingEncoder(dim={self.dim})"

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = np.empty((len(utterances), self.dim), np.float32)
        for row, utterance in zip(rows, utterances, strict=True):
            row[:] = self._encode_one(utterance)
        return rows

    def _encode_one(self, utterance: str) -> NDArray[np.float64]:
        """Return `[dim]`. Sums are of whole numbers, so that their order cannot matter."""
        counts = np.zeros(self.dim, np.int64)
        for feature in _features(utterance):
            hashed = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "little")
            counts[(hashed >> 1) % self.dim] += 1 if hashed & 1 else -1
        if not counts.any():  # no feature, or all cancelled out
            counts[0] = 1
        return counts / math.sqrt(int(np.vdot(counts, counts)))


def _features(utterance: str) -> Iterator[str]:
    """Yield each word, and the trigrams of the word with its ends marked."""
    for word in _WORD.findall(utterance.casefold()):
        yield word
        marked = f"<{word}>"
        for start in range(len(marked) - 2):
            yield marked[start : start + 3]


_WORD = re.compile(r"\w+|[^\w\s]")
