"""How far a measurement can be trusted.

Rows that come from one situation, such as three ways of saying the same thing,
are not independent. They form a cluster, and whole clusters are resampled
(Davison and Hinkley, "Bootstrap methods and their application", 1997, 3.8);
where every row is a cluster of its own this is the ordinary bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DRAWS = 1000
"""So many resamples place each end of a 95 % interval to about half a percentile."""
FEWEST_DRAWS = 100
"""Of so many, two or three lie beyond each end of such an interval; of fewer, hardly one."""

SAME = 1e-12
"""Two values of a statistic that differ by no more are the same, added up in another order."""

_ROWS = 20_000_000


class Interval(NamedTuple):
    """Where a quantity lies, at some confidence; both ends belong to it."""

    low: float
    high: float


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Return the interval of Wilson (1927) for a proportion of n independent rows."""
    return _wilson(successes / n, n, confidence) if n else None


def percentile_interval(values: Floats, q: float, confidence: float = 0.95) -> Interval | None:
    """Return an interval for the quantile q, in (0, 1), of what the values [n] are a sample of.

    Its ends are two of the values, chosen by the binomial distribution alone,
    exactly: it holds for any distribution and covers at least `confidence`. None
    where there are too few values to have one on either side of the quantile; for
    the 95th percentile at 95 % confidence that is fewer than 72.
    """
    if not 0 < q < 1:
        raise ValueError(f"q is {q!r}. A quantile is between 0 and 1: 0.95 for the 95th percentile.")
    n, tail = len(values), (1 - confidence) / 2
    # How likely it is that so many of the values, 0 to n, lie below the quantile.
    ratios = np.log(np.arange(n, 0, -1) / np.arange(1, n + 1)) + math.log(q / (1 - q))
    logs = np.append(0.0, ratios.cumsum())
    likely = np.exp(logs - logs.max())
    likely /= likely.sum()
    low = int(np.searchsorted(likely.cumsum(), tail, "right")) - 1
    high = n - int(np.searchsorted(likely[::-1].cumsum(), tail, "right"))
    if low < 0 or high >= n:
        return None
    ordered = np.partition(values, (low, high))
    return Interval(float(ordered[low]), float(ordered[high]))


def clustered_share(right: Bools, clusters: Ints, confidence: float = 0.95) -> Interval | None:
    """Return Wilson's interval for the share of rows [n] that are true, of as many rows as their clusters are worth.

    That is n over the design effect (Kish, "Survey sampling", 1965, 8.2): how much
    more the share varies over clusters than it would over independent rows, by
    leaving out each cluster in turn, and at least 1. Where every row is a cluster
    of its own the effect is 1; where all rows agree there is none to be seen, and
    each cluster counts as one row.
    """
    n = len(right)
    if not n:
        return None
    _, places = np.unique(clusters, return_inverse=True)
    sizes, trues, share = np.bincount(places), np.bincount(places, right), float(right.mean())
    if len(sizes) == 1 or share in {0.0, 1.0}:
        return _wilson(share, len(sizes), confidence)
    left_out = (trues - share * sizes) / (n - sizes)
    effect = (n - 1) ** 2 * float(np.square(left_out).sum()) / (n * share * (1 - share))
    return _wilson(share, n / max(effect, 1.0), confidence)


def bootstrap(
    statistic: Callable[[Ints], float | None],
    clusters: Ints,
    confidence: float = 0.95,
    draws: int | None = None,
    seed: int = 0,
) -> Interval | None:
    """Return the middle of a statistic's values over resamples, moved so that their mean is the observed value.

    `statistic` is called with the row numbers of each resample, see `resampled`,
    and with all rows. Moving it takes back what resampling adds, as to a macro F1,
    which loses labels. It does not take back what sampling has added before, so the
    interval is not for a statistic that few rows move far, such as a calibration
    error. The observed value is always in it; an end may leave the range of the
    statistic. None where every resample has the same value, as when all rows are
    right: that is no certainty, and nothing shows how far it is from one.
    """
    values = resampled(statistic, clusters, draws, seed)
    observed = statistic(np.arange(len(clusters)))
    if values is None or observed is None or float(np.ptp(values)) <= SAME:
        return None
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    bias = float(values.mean()) - observed
    return Interval(min(float(low) - bias, observed), max(float(high) - bias, observed))


def resampled(
    statistic: Callable[[Ints], float | None], clusters: Ints, draws: int | None = None, seed: int = 0
) -> Floats | None:
    """Return the statistic's values over resamples of whole clusters, with replacement.

    Each resample is the row numbers of as many clusters as `clusters` [n] names.
    Draws for which the statistic is None are left out. None where fewer than half
    are left, or where there are fewer than two clusters: one alone does not show
    how they vary.
    """
    draws = default_draws(len(clusters)) if draws is None else draws
    values = [value for rows in _resamples(clusters, draws, seed) if (value := statistic(rows)) is not None]
    return np.array(values, np.float64) if values and 2 * len(values) >= draws else None


def default_draws(rows: int) -> int:
    """Return how often to resample so many rows: `DRAWS`, or fewer where all draws together would pass 20 million.

    >>> default_draws(4_500), default_draws(50_000), default_draws(1_000_000)
    (1000, 400, 100)
    """
    return max(FEWEST_DRAWS, min(DRAWS, _ROWS // max(rows, 1)))


def _wilson(share: float, n: float, confidence: float) -> Interval:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(
        (centre - half) / scale if share > 0 else 0.0,
        (centre + half) / scale if share < 1 else 1.0,
    )


def _resamples(clusters: Ints, draws: int, seed: int) -> Iterator[Ints]:
    _, places, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return
    order = np.argsort(places, kind="stable")
    starts = sizes.cumsum() - sizes
    chance = np.random.default_rng(seed)
    for _ in range(draws):
        drawn = chance.integers(len(sizes), size=len(sizes))
        if len(sizes) < len(order):
            lengths = sizes[drawn]
            ends = lengths.cumsum()
            drawn = np.repeat(starts[drawn] - ends + lengths, lengths) + np.arange(ends[-1])
        yield order[drawn]
