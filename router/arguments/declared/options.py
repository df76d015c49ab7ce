"""Which words may be the values of which holes, and the best choice among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.reads import items
from router.arguments.holes import Hole
from router.arguments.reading import Read
from router.arguments.words import Words

Floats = NDArray[np.float32]
Span = tuple[int, int]
_Way: TypeAlias = "tuple[float, tuple[int, int, _Way] | None]"
"""What some values add up to, the last of them, and the way to it."""
MOST_WAYS = 32


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
        """Return which spans are best for which holes, in order: no two share a word, or a hole that is no list.

        Of the ways to fill the same holes by the words so far, the best is gone on
        with; at most `MOST_WAYS` at each word.
        """
        ends: dict[int, list[tuple[int, int, int]]] = {}
        for s, p in zip(*(each.tolist() for each in np.nonzero(self.scores > 0.0)), strict=True):
            ends.setdefault(int(self.spans[s, 1]), []).append((s, int(self.spans[s, 0]), p))
        once = [0 if hole.is_list else 1 << p for p, hole in enumerate(self.holes)]
        ways: list[dict[int, _Way]] = [{0: (0.0, None)}]  # by the word that comes next, then by the holes filled
        for n in range(len(self.words)):
            here = dict(ways[n])
            for s, first, p in ends.get(n, ()):
                score = float(self.scores[s, p])
                for filled, (before, _) in ways[first].items():
                    total, after = before + score, filled | once[p]
                    if not filled & once[p] and (after not in here or total > here[after][0]):
                        here[after] = total, (s, p, ways[first][filled])
            if len(here) > MOST_WAYS:
                here = dict(sorted(here.items(), key=lambda way: -way[1][0])[:MOST_WAYS])
            ways.append(here)
        way, found = max(ways[-1].values(), key=lambda way: way[0]), []
        while way[1] is not None:
            s, p, way = way[1]
            found.append((s, p))
        return found[::-1]

    def choices(self, p: int, place: Span) -> list[Chosen]:
        """Return words as the value of a hole: a list that is said in a row has one for each item."""
        at = np.flatnonzero((self.spans == place).all(axis=1))[0]
        probability = 1.0 / (1.0 + exp(-float(self.scores[at, p])))
        hole, own = self.holes[p], self.reads[p]
        if own is not None:
            return [Chosen(hole, place, probability, own[place])]
        parts = items(self.words, *place) if hole.is_list else [place]
        return [Chosen(hole, part, probability, None) for part in parts]
