"""Choices among labels: what was expected against what was predicted.

Labels are integers; a negative one, as -1 for a refusal, is a label like any
other except where a function says otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def share(right: Bools) -> float | None:
    """Return the share of rows [n] that are true: accuracy, and any other proportion."""
    return float(right.mean()) if len(right) else None


def precision(expected: Ints, predicted: Ints, label: int) -> float | None:
    """Return the share of the rows [n] predicted to have the label that have it."""
    return share(expected[predicted == label] == label)


def recall(expected: Ints, predicted: Ints, label: int) -> float | None:
    """Return the share of the rows [n] that have the label that were predicted to."""
    return share(predicted[expected == label] == label)


def f1(expected: Ints, predicted: Ints, label: int) -> float | None:
    """Return the harmonic mean of precision and recall; None where the label is neither expected nor predicted."""
    occurs, guessed = expected == label, predicted == label
    rows = int(occurs.sum()) + int(guessed.sum())
    return 2 * int((occurs & guessed).sum()) / rows if rows else None


def macro_f1(expected: Ints, predicted: Ints) -> float | None:
    """Return the mean F1 over the labels that occur in `expected`, one that was never predicted counting 0.

    Rows [n] predicted to have a label that never occurs lower the recall of
    their own, and have no F1 to be averaged.
    """
    if not len(expected):
        return None
    labels, places, occurrences = np.unique(expected, return_inverse=True, return_counts=True)
    hits = np.bincount(places[expected == predicted], minlength=len(labels))
    known = predicted[np.isin(predicted, labels)]
    guesses = np.bincount(np.searchsorted(labels, known), minlength=len(labels))
    return float((2 * hits / (occurrences + guesses)).mean())


def top_k(expected: Ints, ranked: Ints, k: int) -> float | None:
    """Return the share of rows whose label [n] is among the first k of its ranking [n, m].

    -1 pads a short ranking and is never right.
    """
    if k < 1:
        raise ValueError(f"k is {k!r}. A ranking is looked at to at least its first place: k is 1 or more.")
    found = (ranked[:, :k] == expected[:, None]).any(axis=1)
    return share(found & (expected != -1))


def confusion(expected: Ints, predicted: Ints, labels: int) -> NDArray[np.int64]:
    """Count the rows [n] of each pair of labels: int64 [labels, labels], a row for each expected label.

    Labels are 0 to `labels - 1`; any other is a ValueError.
    """
    for name, column in (("expected", expected), ("predicted", predicted)):
        unknown = column[(column < 0) | (column >= labels)]
        if len(unknown):
            raise ValueError(f"{name} holds the label {unknown[0]}; {labels} labels are 0 to {labels - 1}.")
    return np.bincount(expected * labels + predicted, minlength=labels * labels).reshape(labels, labels)
