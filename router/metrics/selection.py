"""What is gained by answering only where one is sure: risk against coverage (El-Yaniv and Wiener, 2010)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class RiskCoverage:
    """One point for each distinct confidence, the surest first; rows that are equally sure enter together."""

    coverage: Floats
    """[t], share of rows whose confidence is at least the threshold; rises to 1."""
    risk: Floats
    """[t], share of these that are wrong."""
    thresholds: Floats
    """[t], falling."""


def risk_coverage(confidence: Floats, wrong: Bools) -> RiskCoverage:
    """Return the risk at every coverage that a threshold on the confidence [n] can give; no points without rows."""
    thresholds, rows, errors = _accepted(confidence, wrong)
    return RiskCoverage(rows / max(len(wrong), 1), errors / rows, thresholds)


def aurc(confidence: Floats, wrong: Bools) -> float | None:
    """Return the area under the risk-coverage curve: the mean risk of the k surest rows over k = 1 to n.

    See Geifman and El-Yaniv, "Selective classification for deep neural networks"
    (2017). Rows [n] that are equally sure have no order, so this is the expected
    value over all of them: the errors are spread evenly over such rows.
    """
    if not len(wrong):
        return None
    _, rows, errors = _accepted(confidence, wrong)
    surest = np.arange(1, len(wrong) + 1)
    expected_errors = np.interp(surest, np.append(0, rows), np.append(0.0, errors))
    return float((expected_errors / surest).mean())


def _accepted(confidence: Floats, wrong: Bools) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Return the thresholds [t], falling, and how many rows and errors each accepts."""
    thresholds, places = np.unique(confidence, return_inverse=True)
    rows = np.bincount(places, minlength=len(thresholds))[::-1].cumsum()
    errors = np.bincount(places, wrong, len(thresholds))[::-1].cumsum()
    return thresholds[::-1], rows, errors
