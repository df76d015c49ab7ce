"""How far a metric moved between two runs of the same cases, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from router.evaluation.catalogue import Metric
from router.evaluation.columns import Bools, Columns, Ints
from router.evaluation.measures import CONFIDENCE, SEED, statistic
from router.metrics.comparison import mcnemar, swap_test
from router.metrics.intervals import Interval, bootstrap


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a metric moved, on the cases that both reports have."""

    metric: str
    before: float
    after: float
    low: float | None
    """Ends of the 95 % interval of the difference, by a bootstrap over clusters; it holds zero where p is above 0.05.
    None where no resample differs, or the metric has no interval."""
    high: float | None
    p: float | None
    """Two-sided p-value: of the exact test of McNemar where the metric is a share of the same cases before and after
    and no two of them share a cluster, else of a permutation test that swaps before and after in whole clusters."""
    n: int
    least_p: float = 0.0
    """p could not be smaller with so few clusters, however large the difference."""

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before


def difference(metric: Metric, both: Columns) -> Difference | None:
    """Compare a metric on the same n cases, `both` being what came of them before [n] and then after [n].

    None if it cannot be measured on both sides.
    """
    before, after = np.split(np.arange(len(both)), 2)
    values = [statistic(metric, side.take(metric.of(side))) for side in map(both.take, (before, after))]
    if values[0] is None or values[1] is None:
        return None
    asked = metric.of(both)
    value = _value(metric, both, asked)

    def moved(earlier: Ints, later: Ints) -> float | None:
        one, other = value(earlier), value(later)
        return None if one is None or other is None else other - one

    def swapped(which: Bools) -> float | None:
        return moved(np.where(which, after, before), np.where(which, before, after))

    clusters = both.clusters[after]
    p = _exact(metric, both, asked)
    if p is None:
        p = swap_test(swapped, clusters, _differing(metric, both, asked), seed=SEED)
    interval = None
    if metric.has_interval:
        interval = bootstrap(lambda rows: moved(before[rows], after[rows]), clusters, CONFIDENCE, seed=SEED)
    if interval and p > 1 - CONFIDENCE:
        interval = Interval(min(interval.low, 0.0), max(interval.high, 0.0))
    low, high = interval or (None, None)
    either = asked[before] | asked[after]
    least_p = 2.0 ** (1 - len(np.unique(clusters[either])))
    return Difference(metric.name, values[0], values[1], low, high, p, _count(either), least_p)


def _value(metric: Metric, both: Columns, asked: Bools) -> Callable[[Ints], float | None]:
    """Return the function from rows to a metric's value on those that it is about."""
    if not metric.counted:
        return lambda rows: statistic(metric, both.take(rows[asked[rows]]))
    counted = _counted(metric, both, asked)

    def share(rows: Ints) -> float | None:
        n = _count(asked[rows])
        return _count(counted[rows]) / n if n else None

    return share


def _counted(metric: Metric, both: Columns, asked: Bools) -> Bools:
    """Return which of all rows count for a share."""
    assert metric.counted
    counted = np.zeros(len(both), bool)
    counted[asked] = metric.counted(both.take(asked))
    return counted


def _differing(metric: Metric, both: Columns, asked: Bools) -> Bools:
    """Return in which cases [n] there is something else before than after, as far as a metric can see."""
    read = [asked, _counted(metric, both, asked)] if metric.counted else [getattr(both, name) for name in metric.reads]
    different: Bools = np.zeros(len(asked) // 2, bool)
    for column in read:
        one, other = np.split(np.asarray(column), 2)
        different |= np.not_equal(one, other).reshape(len(one), -1).any(axis=1)
    return different


def _exact(metric: Metric, both: Columns, asked: Bools) -> float | None:
    """Return McNemar's p-value; None where the metric is no share of the same cases, or some share a cluster."""
    before, after = np.split(asked, 2)
    if not metric.counted or (before != after).any() or both.take(np.flatnonzero(after) + len(after)).is_clustered:
        return None
    one, other = np.split(_counted(metric, both, asked), 2)
    return mcnemar(_count(one & ~other), _count(other & ~one))


def _count(which: Bools) -> int:
    return int(which.sum())
