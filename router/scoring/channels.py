"""What is measured between an utterance and every tool.

| channel | measures |
|---|---|
| head | the logistic head's logit |
| declaration | similarity to the declaration's wordings |
| nearest | similarity to the most similar example (or to the declaration, without examples) |
| mean | similarity to the direction in which the examples lie on average |
| counter | how much nearer the nearest counterexample is than the nearest example, or 0 |
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

CHANNELS = ("head", "declaration", "nearest", "mean", "counter")
"""The columns of `Channels.measure`."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Channels:
    """The vectors of K tools, ready to be compared with utterances.

    An utterance is a row [embedding, lexical_weight * sketch] of length F; the
    embedding is its first D columns.
    """

    head_weights: Floats
    """[K, F], or [K + 1, F] where the head also knows the class "none of these", which is last."""
    head_biases: Floats
    """[K] or [K + 1]."""
    declarations: Floats
    """[K, F]."""
    prototypes: Floats
    """[P, D], unit rows, sorted by owner; at least one for each tool."""
    owners: NDArray[np.int32]
    """[P], the index of each prototype's tool."""
    examples: NDArray[np.int32]
    """[P], which of its tool's examples each prototype is; -1 for the declaration."""
    counterexamples: Floats
    """[Q, D], unit rows, sorted by owner."""
    counter_owners: NDArray[np.int32]
    """[Q]."""

    @property
    def tools(self) -> int:
        """K, the number of tools."""
        return len(self.declarations)

    @property
    def has_none(self) -> bool:
        """Whether the head knows the class "none of these"."""
        return len(self.head_weights) > self.tools

    def measure(self, rows: Floats) -> tuple[Floats, Floats]:
        """Return the channels [n, K, 5] and the head's logit of "none of these" [n] (0 without that class)."""
        dim = self.prototypes.shape[1]
        embeddings = rows[:, :dim]
        linear = rows @ self._linear
        logits = linear[:, : len(self.head_weights)] + self.head_biases
        nearest = np.maximum.reduceat(embeddings @ self._prototypes, self._starts, axis=1)
        measured = np.empty((len(rows), self.tools, len(CHANNELS)), np.float32)
        measured[:, :, 0] = logits[:, : self.tools]
        measured[:, :, 1] = linear[:, len(self.head_weights) :]
        measured[:, :, 2] = nearest
        measured[:, :, 3] = embeddings @ self._means
        measured[:, :, 4] = 0.0
        if len(self.counterexamples):
            counter = np.maximum.reduceat(embeddings @ self._counterexamples, self._counter_starts, axis=1)
            which = self.counter_owners[self._counter_starts]
            measured[:, which, 4] = np.maximum(counter - nearest[:, which], 0.0)
        return measured, logits[:, -1] if self.has_none else np.zeros(len(rows), np.float32)

    @cached_property
    def _linear(self) -> Floats:
        return np.ascontiguousarray(np.concatenate([self.head_weights, self.declarations]).T)

    @cached_property
    def _prototypes(self) -> Floats:
        return np.ascontiguousarray(self.prototypes.T)

    @cached_property
    def _counterexamples(self) -> Floats:
        return np.ascontiguousarray(self.counterexamples.T)

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.diff(self.owners, prepend=-1))

    @cached_property
    def _counter_starts(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.diff(self.counter_owners, prepend=-1))

    @cached_property
    def _means(self) -> Floats:
        sums = np.add.reduceat(self.prototypes, self._starts, axis=0)
        return np.ascontiguousarray((sums / np.linalg.norm(sums, axis=1, keepdims=True)).T)
