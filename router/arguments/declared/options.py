"""Which words may be the values of which holes, and the best choice among them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.reads import items
from router.arguments.holes import Hole
from router.arguments.reading import Read
from router.arguments.words import Words

Floats = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Words that are taken for the value of a hole."""

    hole: Hole
    place: Span
    """Their first and last."""
    probability: float
    read: Read | None
    """None where they are the value themselves, or cannot be read."""


@dataclass(frozen=True)
class Options:
    """S spans of words, and what speaks for each being a value of P holes."""

    words: Words
    holes: Sequence[Hole]
    reads: Sequence[Mapping[Span, Read] | None]
    """By hole, what words can be read as; None for free text."""
    spans: NDArray[np.intp]
    """[S, 2], first and last word, in order."""
    scores: Floats
    """[S, P], log-odds; minus infinity where words cannot be the value."""

    def likely(self) -> list[int]:
        """Return the holes for which some words are likelier a value than not."""
        return [int(p) for p in np.flatnonzero((self.scores > 0.0).any(axis=0))]

    def bonus(self, holes: Sequence[int], n: int) -> NDArray[np.float64]:
        """Return the scores for some holes as a lattice adds them [P, n, n]."""
        bonus = np.full((len(holes), n, n), -np.inf)
        bonus[:, self.spans[:, 0], self.spans[:, 1]] = self.scores[:, holes].T
        return bonus

    def chosen(self) -> list[Chosen]:
        """Return the best values, in order."""
        return [
            each for s, p in self.segments() for each in self.choices(p, (int(self.spans[s, 0]), int(self.spans[s, 1])))
        ]

    def segments(self) -> list[tuple[int, int]]:
        """Return which spans are best for which holes, in order and without overlap."""
        if not len(self.spans):
            return []
        holes = self.scores.argmax(axis=1)
        gains = self.scores[np.arange(len(holes)), holes]
        worth = np.flatnonzero(gains > 0.0)
        places, gained = self.spans[worth].tolist(), gains[worth].tolist()
        starts = [first for first, _ in places]
        following = [bisect_left(starts, last + 1) for _, last in places]
        total = [0.0] * (len(places) + 1)
        for s in range(len(places) - 1, -1, -1):
            total[s] = max(total[s + 1], gained[s] + total[following[s]])
        found, s = [], 0
        while s < len(places):
            if total[s] > total[s + 1]:
                found.append((int(worth[s]), int(holes[worth[s]])))
                s = following[s]
            else:
                s += 1
        return found

    def choices(self, p: int, place: Span) -> list[Chosen]:
        """Return words as the value of a hole: a list that is said in a row has one for each item."""
        at = np.flatnonzero((self.spans == place).all(axis=1))[0]
        probability = 1.0 / (1.0 + exp(-float(self.scores[at, p])))
        hole, own = self.holes[p], self.reads[p]
        if own is not None:
            return [Chosen(hole, place, probability, own[place])]
        parts = items(self.words, *place) if hole.is_list else [place]
        return [Chosen(hole, part, probability, None) for part in parts]
