"""Whether probabilities are as good as they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Reliability:
    """What a reliability diagram shows, for each of some bins of equal width."""

    low: Floats
    """[bins], lower edges; a probability on an edge is in the bin above it."""
    high: Floats
    """[bins], upper edges; 1 itself is in the last bin."""
    count: Ints
    """[bins], rows in the bin."""
    probability: Floats
    """[bins], their mean probability; NaN where there are none."""
    right: Floats
    """[bins], the share of them that are right; NaN where there are none."""


def reliability(probabilities: Floats, right: Bools, bins: int = 15) -> Reliability:
    """Compare probabilities [n], in [0, 1], with how often they were right."""
    places = _places(probabilities, bins)
    count = np.bincount(places, minlength=bins)
    rows = np.where(count, count, np.nan)
    edges = _edges(bins)
    return Reliability(
        low=edges[:-1],
        high=edges[1:],
        count=count,
        probability=np.bincount(places, probabilities, bins) / rows,
        right=np.bincount(places, right, bins) / rows,
    )


def calibration_error(probabilities: Floats, right: Bools, bins: int = 15) -> float | None:
    """Return the expected calibration error (Naeini, Cooper and Hauskrecht, 2015) in bins of equal width."""
    if not len(right):
        return None
    gaps = np.bincount(_places(probabilities, bins), probabilities - right, bins)
    return float(np.abs(gaps).sum() / len(right))


def brier(probabilities: Floats, right: Bools) -> float | None:
    """Return the mean squared distance of the probabilities [n] from what came true (Brier, 1950)."""
    return float(np.square(probabilities - right).mean()) if len(right) else None


def _edges(bins: int) -> Floats:
    edges: Floats = np.arange(bins + 1) / bins
    return edges


def _places(probabilities: Floats, bins: int) -> Ints:
    return np.searchsorted(_edges(bins)[1:-1], probabilities, "right")
