"""Whether two routers differ that answered the same rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.metrics.intervals import Interval, bias_corrected, resampled

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Paired:
    """How much one is better than the other, on the same rows."""

    difference: float
    """Over all rows."""
    interval: Interval
    """For the difference, by the bias-corrected bootstrap."""
    p: float
    """Two-sided: twice the share of resamples with the other sign or none, and never below 2 / (draws + 1)."""


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value of McNemar (1947) for the rows that only one of two routers got right.

    Where they differ, either is as likely to be right if neither is better. With
    no such row nothing speaks against that, and p is 1.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    # The largest term of the binomial tail, then the ratios of those below it until they no longer count.
    term = total = 1.0
    for successes in range(fewer, 0, -1):
        term *= successes / (n - successes + 1)
        total += term
        if term < total * 1e-18:
            break
    log_largest = math.lgamma(n + 1) - math.lgamma(fewer + 1) - math.lgamma(n - fewer + 1) - n * math.log(2)
    return min(1.0, 2 * math.exp(log_largest) * total)


def paired_bootstrap(
    difference: Callable[[Ints], float | None],
    clusters: Ints,
    confidence: float = 0.95,
    draws: int | None = None,
    seed: int = 0,
) -> Paired | None:
    """Compare two statistics of the same rows by resampling whole clusters [n] of them.

    `difference` is called with row numbers and returns one statistic minus the
    other over them. Where all rows differ alike, no resample does otherwise: the
    interval has no width and p is the smallest that so many draws can show.
    None where the difference, or half of its resamples, is, and with fewer than
    two clusters.
    """
    overall = difference(np.arange(len(clusters)))
    values = resampled(difference, clusters, draws, seed)
    if overall is None or values is None:
        return None
    against = min(int((values <= 0).sum()), int((values >= 0).sum()))
    p = min(1.0, 2 * (against + 1) / (len(values) + 1))
    return Paired(float(overall), bias_corrected(values, overall, confidence), p)
