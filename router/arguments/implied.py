"""Values that are meant and not said: "turn off the lights" has `state: off`, "lights out" as well.

For each parameter whose values are listed, a logistic regression on the
utterance's row, fitted to the tool's examples: one class for each value that an
example has, and one for leaving the parameter out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.arguments.descent import Doubles, as_shipped, minimized

Floats = NDArray[np.float32]
INVERSE_PENALTY = 10.0
"""What the head has, see `router.training`."""


@dataclass(frozen=True)
class Implied:
    """What utterances say about one parameter without saying it."""

    values: tuple[Any, ...]
    """V values; a list parameter has lists."""
    weights: Floats
    """[V + 1, F]; the last class leaves it out."""
    biases: Floats
    """[V + 1]."""

    def probabilities(self, row: Floats) -> Doubles:
        """Return the probabilities [V + 1] for the row [F] of an utterance."""
        logits = (self.weights @ row + self.biases).astype(np.float64)
        shares: Doubles = np.exp(logits - logits.max())
        shares /= shares.sum()
        return shares


def fit_implied(rows: Floats, values: Sequence[Any], left_out: Any) -> Implied | None:
    """Fit to the rows [N, F] of examples, each with its value or `left_out`. None if no example has a value."""
    known: list[Any] = []
    for value in values:
        if value is not left_out and value not in known:
            known.append(value)
    if not known:
        return None
    classes = np.array([len(known) if value is left_out else known.index(value) for value in values])
    count = len(known) + 1
    targets = np.eye(count)[classes]

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        table = weights.reshape(count, -1)
        logits = rows @ table[:, :-1].T.astype(np.float32) + table[:, -1]
        top = logits.max(axis=1, keepdims=True)
        totals = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
        surplus = np.exp(logits - totals) - targets
        slope = np.concatenate([surplus.T @ rows, surplus.sum(axis=0)[:, None]], axis=1) * INVERSE_PENALTY
        slope[:, :-1] += table[:, :-1]
        value = INVERSE_PENALTY * float(totals.sum() - (logits * targets).sum())
        return value + 0.5 * float((table[:, :-1] ** 2).sum()), slope.ravel()

    table = minimized(loss, np.zeros(count * (rows.shape[1] + 1)), 100).reshape(count, -1)
    return Implied(tuple(known), as_shipped(table[:, :-1]), as_shipped(table[:, -1]))
