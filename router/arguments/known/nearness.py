"""Which values are written most like a phrase that is none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from router.arguments.known.entries import Entry
from router.arguments.known.words import words_of
from router.text import normalize

MOST_NEAREST = 3
"""Values that an unknown phrase is compared with, in a question."""
NEAR = 0.4
"""The share of letter pairs in common from which on a value is near."""


class Nearness:
    """Values by the pairs of neighbouring letters in their words, ends included (Dice's coefficient, 1945)."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._values = tuple(entry.value for entry in entries)
        by_pair: defaultdict[str, list[int]] = defaultdict(list)
        sizes = np.zeros(len(entries), np.int32)
        for number, value in enumerate(self._values):
            pairs = _pairs(normalize(value))
            sizes[number] = len(pairs)
            for pair in pairs:
                by_pair[pair].append(number)
        self._sizes = sizes
        self._by_pair = {pair: np.array(numbers, np.int32) for pair, numbers in by_pair.items()}

    def nearest(self, phrase: str) -> tuple[str, ...]:
        """Return the values that are near a normalised phrase, nearest first and then by alphabet; at most three."""
        pairs = _pairs(phrase)
        having = [self._by_pair[pair] for pair in pairs if pair in self._by_pair]
        if not having:
            return ()
        shared = np.bincount(np.concatenate(having), minlength=len(self._values))
        likeness = 2 * shared / (self._sizes + len(pairs))
        near = np.flatnonzero(likeness >= NEAR)
        ranked = near[np.argsort(-likeness[near], kind="stable")][:MOST_NEAREST]
        return tuple(self._values[number] for number in ranked)


def _pairs(text: str) -> set[str]:
    padded = (f" {word.folded} " for word in words_of(text))
    return {word[place : place + 2] for word in padded for place in range(len(word) - 1)}
