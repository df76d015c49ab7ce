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

Segment: TypeAlias = tuple[int, int, int]
"""A value: which of the parameters, and its first and last word."""
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
NEVER = -np.inf
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
        row_of = self._rows.get
        found = [(n, row_of(each)) for n, own in enumerate(lexical_features(words)) for each in own]
        known = [(n, row) for n, row in found if row is not None]
        if known:
            owners, rows = np.array(known, np.intp).T
            np.add.at(emissions, owners, self.feature_weights[rows])
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

    def with_untaught(self, count: int, start: float) -> Lattice:
        """Return the lattice with so many more parameters, of which nothing is known.

        To begin one of their values is as likely as to be outside, times
        exp(`start`); to go on costs nothing.
        """
        labels = self.emissions.shape[1]
        begins = labels + 2 * np.arange(count)
        outside = self.emissions[:, :1]
        emissions = np.concatenate([self.emissions, np.repeat(outside, 2 * count, axis=1)], axis=1)
        emissions[:, begins] += start
        moves = np.full((labels + 2 * count + 1, labels + 2 * count), NEVER)
        old, new = [*range(labels), -1], slice(labels, -1)
        moves[old, :labels] = self.moves
        moves[np.ix_(old, begins)] = self.moves[:, :1]
        moves[new, :labels] = self.moves[0]
        moves[new, begins] = self.moves[0, 0]
        moves[begins, begins + 1] = moves[begins + 1, begins + 1] = self.moves[0, 0]
        return Lattice(emissions, moves)

    def probabilities(self, segments: Sequence[Segment]) -> list[float]:
        """Return how likely it is that exactly these words are a value of that parameter, each by itself.

        By the forward and backward sums, scaled at each word (Rabiner, 1989).
        """
        if not segments:
            return []
        emissions = _ratios(self.emissions - self.emissions.max(axis=1, keepdims=True))
        moves = _ratios(self.moves - self.moves.max())
        start, moves = moves[-1], moves[:-1]
        forward, scales = np.empty_like(emissions), np.empty(len(emissions))  # forward: as after the words up to t
        reached = start
        for t, here in enumerate(emissions):
            reached = reached * here
            scales[t] = scale = np.add.reduce(reached)
            forward[t] = reached = reached / scale
            reached = reached @ moves
        backward = np.empty_like(emissions)  # what the words from t on say of the label of t, up to a factor
        following = np.ones(emissions.shape[1])
        for t in range(len(emissions) - 1, -1, -1):
            said = emissions[t] * following
            backward[t] = said = said / np.maximum.reduce(said)
            following = moves @ said
        found = []
        for parameter, first, last in segments:
            begins, goes_on = 1 + 2 * parameter, 2 + 2 * parameter
            share, label = forward[first, begins], begins
            for t in range(first + 1, last + 1):
                share, label = share * moves[label, goes_on] * emissions[t, goes_on] / scales[t], goes_on
            if last + 1 < len(emissions):
                ends = moves[label] * backward[last + 1]
                ends[goes_on] = 0.0
                share = share * ends.sum() / (forward[last] @ moves @ backward[last + 1])
            found.append(float(share))
        return found

    def best(self, bonus: Doubles) -> list[Segment]:
        """Return the likeliest segmentation: values as (parameter, first word, last word), in order.

        `bonus` [P, n, n] is added to the log-potential of the words from i to j
        as a value of p; minus infinity rules it out. The scores of labels are
        those of the semi-Markov Viterbi algorithm (Sarawagi and Cohen, 2004).
        """
        n, labels = self.emissions.shape
        entries = np.array([0, *range(1, labels, 2)])  # where a path can come to from any label
        into = self.moves[:-1, entries].T.copy()
        goes_on = np.arange(2, labels, 2)
        stays = self.moves[goes_on, goes_on]
        run = np.cumsum(self.emissions[:, 2::2] + stays, axis=0)  # [n, P]
        opening = self.moves[goes_on - 1, goes_on] - stays - run
        single = bonus.diagonal(0, 1, 2).T  # [n, P]
        entering = self.emissions[:, entries]
        reached = np.full((n, labels), NEVER)  # the best score of the words up to t, the last of them having a label
        opened = np.empty((labels // 2, n))  # the same of a value that begins at t and goes on, less what `run` adds
        for t in range(n):
            arrived = np.maximum.reduce(into + reached[t - 1], axis=1) if t else self.moves[-1, entries]
            arrived = arrived + entering[t]
            begun = arrived[1:]
            reached[t, 0] = arrived[0]
            reached[t, 1::2] = begun + single[t]
            opened[:, t] = begun + opening[t]
            if t:
                reached[t, 2::2] = np.maximum.reduce(opened[:, :t] + bonus[:, :t, t], axis=1) + run[t]
        came_from = (reached[:-1, None] + into).argmax(axis=2)  # [n - 1, 1 + P]
        return _traced(reached, opened, bonus, came_from)


def nothing_said(words: int) -> Lattice:
    """Return the lattice of so many words that fill nothing, whatever they are."""
    return Lattice(np.zeros((words, 1)), np.zeros((2, 1)))


def allowed(parameters: int) -> NDArray[np.bool_]:
    """Say which label may follow which [L + 1, L]: a value goes on only where it has begun."""
    labels = 1 + 2 * parameters
    found = np.ones((labels + 1, labels), bool)
    found[:, 2::2] = False
    goes_on = np.arange(2, labels, 2)
    found[goes_on, goes_on] = found[goes_on - 1, goes_on] = True
    return found


def _traced(reached: Doubles, opened: Doubles, bonus: Doubles, came_from: NDArray[np.intp]) -> list[Segment]:
    """Return the values on the best path, from its end to its beginning."""
    segments: list[Segment] = []
    t, label = len(reached) - 1, int(reached[-1].argmax()) if len(reached) else 0
    while t >= 0:
        entry, start = (label + 1) // 2, t
        if label:
            parameter = entry - 1
            if label == 2 + 2 * parameter:
                start = int((opened[parameter, :t] + bonus[parameter, :t, t]).argmax())
            segments.append((parameter, start, t))
        t = start - 1
        label = int(came_from[t, entry]) if t >= 0 else 0
    return segments[::-1]


def _ratios(potentials: Doubles) -> Doubles:
    """Return the exponentials of what is at most 0; none but that of `NEVER` is too small to divide by."""
    ratios: Doubles = np.where(np.isneginf(potentials), 0.0, np.exp(np.maximum(potentials, _LEAST)))
    return ratios


_LEAST = -300.0
