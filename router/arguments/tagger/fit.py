"""Fit a tagger to marked examples: numpy alone, because a device adds tools too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.arguments.descent import as_shipped, minimized
from router.arguments.tagger.features import FEATURES_OF_A_WORD, lexical_features
from router.arguments.tagger.tagger import NEVER, Doubles, Floats, Tagger, allowed
from router.arguments.words import Words

VECTOR_PENALTY = 0.025
FEATURE_PENALTY = 0.3
TRANSITION_PENALTY = 0.5
"""Half of each times the squares of the weights is added to the negative log-likelihood, see `evals/NOTES.md`."""
LEAST_WEIGHT = 0.03
"""A lexical feature with no weight like this says next to nothing, and is dropped."""
ITERATIONS = 120
HELD_BACK = 1.0
HELD_BACK_BY_RARITY = 0.3
"""In logits; the second times the logarithm of how many examples there are for each that has the parameter."""


@dataclass(frozen=True)
class Marked:
    """An utterance and its values."""

    words: Words
    vectors: Floats
    """[n, D]."""
    values: tuple[tuple[int, int, int], ...]
    """Parameter, first word, last word."""


def fit_tagger(parameters: Sequence[str], examples: Sequence[Marked], iterations: int = ITERATIONS) -> Tagger:
    """Maximise the penalised likelihood of the examples' labels, by L-BFGS (Liu and Nocedal, 1989)."""
    examples = [each for each in examples if len(each.words)]
    problem = _Problem(len(parameters), examples)
    weights = minimized(problem.loss, np.zeros(problem.size), iterations)
    vector_weights, feature_weights, transitions = problem.split(weights)
    vector_weights[-1, 1::2] += _held_back(len(parameters), examples)
    kept = np.flatnonzero(np.abs(feature_weights).max(axis=1, initial=0.0) >= LEAST_WEIGHT)
    return Tagger(
        tuple(parameters),
        as_shipped(vector_weights),
        tuple(problem.features[row] for row in kept),
        as_shipped(feature_weights[kept]),
        as_shipped(np.where(allowed(len(parameters)), transitions, 0.0)),
    )


def _held_back(parameters: int, examples: Sequence[Marked]) -> Doubles:
    """Return what penalties hold back of the evidence that a value begins, in logits [P].

    Weights are shrunk and words outside are many, so values are found too seldom,
    and most of all those of a parameter that few examples have (King and Zeng,
    2001, of rare events).
    """
    having = [sum(any(value[0] == p for value in each.values) for each in examples) for p in range(parameters)]
    return HELD_BACK + HELD_BACK_BY_RARITY * np.log(len(examples) / np.maximum(having, 1))


class _Problem:
    """All utterances at once, padded to the longest."""

    def __init__(self, parameters: int, examples: Sequence[Marked]) -> None:
        self._labels = 1 + 2 * parameters
        self._vectors = np.concatenate([each.vectors for each in examples])
        self._vectors = np.concatenate([self._vectors, np.ones((len(self._vectors), 1), np.float32)], axis=1)
        found = [row for each in examples for row in lexical_features(each.words)]
        rows = {feature: row for row, feature in enumerate(dict.fromkeys(f for row in found for f in row))}
        self.features = tuple(rows)
        self._rows = np.array([[rows[feature] for feature in row] for row in found], np.intp)
        self._order = np.argsort(self._rows, axis=None, kind="stable")
        self._starts = np.searchsorted(self._rows.ravel()[self._order], np.arange(len(rows)))
        gold = np.concatenate([_gold_labels(each) for each in examples])
        self._gold = np.zeros((len(gold), self._labels), np.float32)
        self._gold[np.arange(len(gold)), gold] = 1.0
        lengths = [len(each.words) for each in examples]
        ends = np.cumsum(lengths)
        self._at = np.full((max(lengths), len(examples)), -1)
        self._gold_moves = np.zeros((self._labels + 1, self._labels))
        for n, (end, length) in enumerate(zip(ends, lengths, strict=True)):
            self._at[:length, n] = np.arange(end - length, end)
            own = gold[end - length : end]
            np.add.at(self._gold_moves, ([self._labels, *own[:-1]], own), 1.0)
        self._is_word = self._at >= 0
        self._ruled_out = np.where(allowed(parameters), 0.0, NEVER)
        self._shapes = [
            (self._vectors.shape[1], self._labels),
            (len(rows), self._labels),
            (self._labels + 1, self._labels),
        ]
        self._penalties = (VECTOR_PENALTY, FEATURE_PENALTY, TRANSITION_PENALTY)

    @property
    def size(self) -> int:
        return sum(rows * columns for rows, columns in self._shapes)

    def split(self, weights: Doubles) -> tuple[Doubles, Doubles, Doubles]:
        parts = np.split(weights, np.cumsum([rows * columns for rows, columns in self._shapes])[:-1])
        vectors, features, transitions = (part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True))
        return vectors, features, transitions

    def loss(self, weights: Doubles) -> tuple[float, Doubles]:
        """Return the penalised negative log-likelihood and its gradient."""
        parts = self.split(weights)
        vectors, features = (part.astype(np.float32) for part in parts[:2])
        emissions = self._vectors @ vectors
        for column in range(FEATURES_OF_A_WORD):
            emissions += features[self._rows[:, column]]
        total, marginals, moves = self._sums(emissions, parts[2] + self._ruled_out)
        surplus = (marginals - self._gold).astype(np.float32)
        by_feature = np.repeat(surplus, FEATURES_OF_A_WORD, axis=0)[self._order]
        gradients = [
            self._vectors.T @ surplus,
            np.add.reduceat(by_feature, self._starts, axis=0),
            moves - self._gold_moves,
        ]
        gold = float(np.vdot(emissions, self._gold)) + float(np.vdot(parts[2], self._gold_moves))
        squares = sum(p * float(np.vdot(part, part)) for p, part in zip(self._penalties, parts, strict=True))
        slopes = [
            (gradient + penalty * part).ravel()
            for gradient, penalty, part in zip(gradients, self._penalties, parts, strict=True)
        ]
        return total - gold + 0.5 * squares, np.concatenate(slopes)

    def _sums(self, emissions: Floats, moves: Doubles) -> tuple[float, Doubles, Doubles]:
        """Return the log-partition, the marginals [words, L] and the expected transitions [L + 1, L]."""
        steps, batch = self._at.shape
        at, is_word = self._at, self._is_word[..., None]
        potentials = np.where(is_word, emissions[at], 0.0).astype(np.float64)
        between, start = np.exp(moves[:-1]), moves[-1]
        forward = np.empty((steps, batch, self._labels))
        forward[0] = start + potentials[0]
        for t in range(1, steps):
            top = forward[t - 1].max(axis=1, keepdims=True)
            arrived = np.log(np.exp(forward[t - 1] - top) @ between + _TINY) + top + potentials[t]
            forward[t] = np.where(is_word[t], arrived, forward[t - 1])
        top = forward[-1].max(axis=1, keepdims=True)
        totals = np.log(np.exp(forward[-1] - top).sum(axis=1, keepdims=True)) + top  # [batch, 1]
        backward = np.zeros((batch, self._labels))
        marginals = np.empty((len(emissions), self._labels))
        expected = np.zeros_like(moves)
        for t in range(steps - 1, -1, -1):
            here = self._is_word[t]
            marginals[at[t, here]] = np.exp(forward[t, here] + backward[here] - totals[here])
            if not t:
                break
            ahead = potentials[t] + backward
            top_ahead, top = ahead.max(axis=1, keepdims=True), forward[t - 1].max(axis=1, keepdims=True)
            weighed = np.exp(ahead - top_ahead)
            share = np.where(is_word[t], np.exp(top + top_ahead - totals), 0.0)
            expected[:-1] += (np.exp(forward[t - 1] - top) * share).T @ weighed
            stepped = np.log(weighed @ between.T + _TINY) + top_ahead
            backward = np.where(is_word[t], stepped, backward)
        expected[:-1] *= between
        expected[-1] = marginals[at[0]].sum(axis=0)
        return float(totals.sum()), marginals, expected


def _gold_labels(example: Marked) -> NDArray[np.intp]:
    labels = np.zeros(len(example.words), np.intp)
    for parameter, first, last in example.values:
        labels[first : last + 1] = 2 + 2 * parameter
        labels[first] = 1 + 2 * parameter
    return labels


_TINY = 1e-300
