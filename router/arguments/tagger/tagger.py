"""A linear-chain conditional random field that says which words of an utterance fill which parameter.

Lafferty, McCallum and Pereira (2001). A word is outside (label 0), begins a
value of parameter p (label 1 + 2p) or goes on with one (2 + 2p). Its emissions
come from the encoder's vector of the word and from lexical features; both are
linear, so that an utterance costs microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from router.arguments.tagger.features import lexical_features
from router.arguments.words import Words

Value: TypeAlias = tuple[int, int, int]
"""Which of the parameters, and its first and last word."""
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
NEVER = -1e9
"""The log-potential of what the labels rule out: going on with what has not begun."""


@dataclass(frozen=True)
class Tagger:
    """The weights for P parameters; L = 1 + 2 P labels."""

    parameters: tuple[str, ...]
    vector_weights: Floats
    """[D + 1, L]; the last row is the bias. D is 0 where the encoder gives no token vectors."""
    features: tuple[str, ...]
    """The lexical features that were seen, F of them."""
    feature_weights: Floats
    """[F, L]."""
    transitions: Floats
    """[L + 1, L]; the last row is from the beginning of the utterance."""

    def lattice(self, words: Words, vectors: Floats) -> Lattice:
        """Return the potentials of an utterance; `vectors` [n, D] are its words'."""
        emissions = vectors @ self.vector_weights[:-1] + self.vector_weights[-1]
        known = [[self._rows[each] for each in found if each in self._rows] for found in lexical_features(words)]
        for emission, rows in zip(emissions, known, strict=True):
            if rows:
                emission += self.feature_weights[rows].sum(axis=0)
        return Lattice(emissions.astype(np.float64), self._moves)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {feature: row for row, feature in enumerate(self.features)}

    @cached_property
    def _moves(self) -> Doubles:
        return np.where(allowed(len(self.parameters)), self.transitions, NEVER).astype(np.float64)


@dataclass(frozen=True)
class Lattice:
    """The log-potentials of one utterance of n words."""

    emissions: Doubles
    """[n, L]."""
    moves: Doubles
    """[L + 1, L], see `Tagger.transitions`; `NEVER` where it is ruled out."""

    def probabilities(self, values: Sequence[Value]) -> list[float]:
        """Return how likely it is that exactly these words are a value of that parameter, each by itself.

        By the forward and backward sums, scaled at each word (Rabiner, 1989).
        """
        emissions = np.exp(self.emissions - self.emissions.max(axis=1, keepdims=True))
        moves = np.exp(self.moves)
        forward, following = self._forward(emissions, moves), self._following(emissions, moves)
        return [self._probability(value, emissions, moves, forward, following) for value in values]

    def best(self, bonus: Doubles) -> list[Value]:
        """Return the likeliest segmentation: values as (parameter, first word, last word), in order.

        `bonus` [P, n, n] is added to the log-potential of the words from i to j
        as a value of p; minus infinity rules it out.
        """
        n, labels = self.emissions.shape
        begins, goes_on = np.arange(1, labels, 2), np.arange(2, labels, 2)
        steps = self.emissions[:, goes_on] + self.moves[goes_on, goes_on]
        run = np.cumsum(steps, axis=0)
        first_step = self.moves[begins, goes_on] - self.moves[goes_on, goes_on]
        reached = np.full((n, labels), NEVER)  # the best score of the words up to t, the last of them having a label
        outside_from = np.zeros(n, np.intp)
        entered = np.empty((n, len(begins)))  # the best score with which a value of p begins at i
        entered_from = np.empty((n, len(begins)), np.intp)
        began = np.zeros((n, labels), np.intp)
        parameters = np.arange(len(begins))
        for t in range(n):
            before = reached[t - 1][:, None] + self.moves[:-1] if t else self.moves[-1:]
            best_before = before.argmax(axis=0)
            arrived = before[best_before, np.arange(labels)] + self.emissions[t]
            reached[t, 0], outside_from[t] = arrived[0], best_before[0]
            entered[t], entered_from[t] = arrived[begins], best_before[begins]
            reached[t, begins] = arrived[begins] + bonus[:, t, t]
            began[t, begins] = t
            if t:
                ways = entered[:t] + first_step + run[t] - run[:t] + bonus[:, :t, t].T
                start = ways.argmax(axis=0)
                reached[t, goes_on], began[t, goes_on] = ways[start, parameters], start
        return _traced(reached, outside_from, entered_from, began)

    def _forward(self, emissions: Doubles, moves: Doubles) -> Doubles:
        """Return how likely each label [n, L] of a word is after the words up to it."""
        found = np.empty_like(emissions)
        reached = moves[-1]
        for t, here in enumerate(emissions):
            reached = reached * here
            reached /= reached.sum()
            found[t] = reached
            reached = reached @ moves[:-1]
        return found

    def _following(self, emissions: Doubles, moves: Doubles) -> Doubles:
        """Return what the words after each one say of its follower [n, L], up to a factor; ones after the last."""
        found = np.ones_like(emissions)
        for t in range(len(found) - 2, -1, -1):
            found[t] = emissions[t + 1] if t == len(found) - 2 else emissions[t + 1] * (moves[:-1] @ found[t + 1])
            found[t] /= found[t].max()
        return found

    def _probability(
        self, value: Value, emissions: Doubles, moves: Doubles, forward: Doubles, following: Doubles
    ) -> float:
        """Return the share of the paths through the value among those that reach its first word."""
        parameter, first, last = value
        begins, goes_on = 1 + 2 * parameter, 2 + 2 * parameter
        is_last = last == len(emissions) - 1
        through = forward[first].copy()
        all_paths = through
        share = through[begins]
        label = begins
        for t in range(first + 1, last + 1):
            all_paths = (all_paths @ moves[:-1]) * emissions[t]
            share = share * moves[label, goes_on] * emissions[t, goes_on]
            total = all_paths.sum()
            all_paths, share, label = all_paths / total, share / total, goes_on
        if is_last:
            return float(share)
        after = moves[label].copy()
        after[goes_on] = 0.0
        return float(share * (after @ following[last]) / (all_paths @ (moves[:-1] @ following[last])))


def nothing_taught(parameters: Sequence[str], dimensions: int, start: float) -> Tagger:
    """Return a tagger that knows nothing of words, but only how readily a value begins: the log-potential `start`."""
    labels = 1 + 2 * len(parameters)
    weights = np.zeros((dimensions + 1, labels), np.float32)
    weights[-1, 1::2] = start
    nothing = np.zeros((0, labels), np.float32)
    return Tagger(tuple(parameters), weights, (), nothing, np.zeros((labels + 1, labels), np.float32))


def allowed(parameters: int) -> NDArray[np.bool_]:
    """Say which label may follow which [L + 1, L]: a value goes on only where it has begun."""
    labels = 1 + 2 * parameters
    found = np.ones((labels + 1, labels), bool)
    found[:, 2::2] = False
    goes_on = np.arange(2, labels, 2)
    found[goes_on, goes_on] = found[goes_on - 1, goes_on] = True
    return found


def _traced(
    reached: Doubles, outside_from: NDArray[np.intp], entered_from: NDArray[np.intp], began: NDArray[np.intp]
) -> list[Value]:
    values: list[Value] = []
    t, label = len(reached) - 1, int(reached[-1].argmax()) if len(reached) else 0
    while t >= 0:
        if label == 0:
            label = int(outside_from[t])
            t -= 1
            continue
        parameter, start = (label - 1) // 2, int(began[t, label])
        values.append((parameter, start, t))
        label, t = int(entered_from[start, parameter]), start - 1
    return values[::-1]
