"""What is measured between an utterance and every tool.

| channel | measures |
|---|---|
| head | the logistic head's logit |
| nearest | similarity to the most similar prototype: the declaration, and the examples that stand for all |
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

CHANNELS = ("head", "nearest")
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
    declaration_sketches: Floats
    """[K, 512], unit rows; the declarations' embeddings are among the prototypes."""
    prototypes: Floats
    """[P, D], unit rows, sorted by owner; at least one for each tool."""
    owners: NDArray[np.int32]
    """[P], the index of each prototype's tool."""
    examples: NDArray[np.int32]
    """[P], which of its tool's examples each prototype is; -1 for the declaration."""

    @property
    def tools(self) -> int:
        """K, the number of tools."""
        return len(self.declaration_sketches)

    @property
    def has_none(self) -> bool:
        """Whether the head knows the class "none of these"."""
        return len(self.head_weights) > self.tools

    def similarities(self, rows: Floats) -> Floats:
        """Return the cosine [n, P] of each utterance to each prototype.

        A row's numbers do not depend on the other rows, to the last bit: dot by
        dot, not as a product of matrices, which BLAS would also spread over
        threads that cost more than they bring for one utterance.
        """
        similarities: Floats = np.vecdot(self.prototypes, rows[:, None, : self.prototypes.shape[1]])
        return similarities

    def measure(self, rows: Floats, similarities: Floats) -> tuple[Floats, Floats]:
        """Return the channels [n, K, 2] and the head's logit of "none of these" [n] (0 without that class).

        `similarities` are those of the same rows. Here too no row depends on another.
        """
        logits = np.vecdot(self.head_weights, rows[:, None]) + self.head_biases
        measured = np.empty((len(rows), self.tools, len(CHANNELS)), np.float32)
        measured[:, :, 0] = logits[:, : self.tools]
        measured[:, :, 1] = np.maximum.reduceat(similarities, self._starts, axis=1)
        return measured, logits[:, -1] if self.has_none else np.zeros(len(rows), np.float32)

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return np.flatnonzero(np.diff(self.owners, prepend=-1))
