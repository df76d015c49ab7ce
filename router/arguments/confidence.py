"""How probable it is that a value is right: from what found it to how often such values are right."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from router.arguments.filler import Filled
from router.scoring.scorer import sigmoid

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Confidence:
    """Platt scaling (1999) of the log-odds that a value was found with, and what else tells right from wrong.

    A router has one that was fitted to its own examples, see `router.training.confidence`.
    """

    log_odds: float = 1.0
    """What the log-odds of the value count for."""
    implied: float = 0.0
    """What it says that no words are the value."""
    length: float = 0.0
    """What the logarithm of the count of its words says."""
    left_over: float = 0.0
    """What the share of the utterance's words that are no value says."""
    bias: float = 0.0

    def applied(self, filled: Filled, text: str) -> Filled:
        """Return what was found in a text with the probabilities that its values are right."""
        if self == AS_FOUND or not filled.values:
            return filled
        logits = evidence(filled, text) @ np.array(astuple(self))
        sure = sigmoid(logits).tolist()
        values = (replace(value, probability=each) for value, each in zip(filled.values, sure, strict=True))
        return replace(filled, values=tuple(values))


AS_FOUND = Confidence()
"""Changes nothing."""


def evidence(filled: Filled, text: str) -> Doubles:
    """Return what speaks for each value that was found in a text, [values, 5], in the order of the fields."""
    words = [match.span() for match in _WORD.finditer(text)]
    spans = {value.span for value in filled.values if value.words}
    used = sum(any(start < end and first < last for start, last in spans) for first, end in words)
    left_over = 1.0 - used / max(len(words), 1)
    rows = []
    for value in filled.values:
        p = min(max(value.probability, _LEAST), 1.0 - _LEAST)
        count = len(value.words.split())
        rows.append((np.log(p / (1.0 - p)), float(count == 0), np.log(max(count, 1)), left_over, 1.0))
    return np.array(rows, np.float64).reshape(-1, 5)


_LEAST = 1e-4
_WORD = re.compile(r"\w+")
