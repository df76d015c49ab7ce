"""What changed between two reports, case by case, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from router.evaluation.catalogue import METRICS, Metric
from router.evaluation.columns import Bools, Columns, Ints, columns
from router.evaluation.measures import CONFIDENCE, EVERYTHING, SEED, Slice, statistic
from router.evaluation.outcomes import Outcome
from router.evaluation.provenance import Provenance
from router.evaluation.report import Report, SuiteResult, in_slice
from router.metrics.comparison import mcnemar, swap_test
from router.metrics.intervals import Interval, bootstrap

COMPARED = (
    "accuracy",
    "decision_accuracy",
    "macro_f1",
    "coverage",
    "selective_accuracy",
    "false_accept_rate",
    "auroc",
    "aurc",
    "calibration_error",
)
"""The metrics whose differences a comparison shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """What came of a case before and after."""

    before: Outcome
    after: Outcome


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


@dataclass(frozen=True, slots=True)
class SuiteChanges:
    """A suite in two reports. Cases are the same if their id, utterance and intent are."""

    name: str
    cases: int
    """So many are in both."""
    only_before: int
    only_after: int
    fixed: tuple[Change, ...]
    """Decided wrong before and right after; the worst first, as in the next two."""
    broken: tuple[Change, ...]
    still_wrong: tuple[Change, ...]
    differences: tuple[Difference, ...]
    """Of `COMPARED`, as far as they can be measured on both sides."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Two reports, compared."""

    before: Provenance
    after: Provenance
    suites: tuple[SuiteChanges, ...]
    """Those that are in both reports, in the order of the later one."""
    missing: tuple[str, ...]
    """Names of suites that only one of them has."""


def compare(before: Report, after: Report) -> Changes:
    """Compare the suites that both reports have."""
    pairs = [(earlier, suite) for suite in after.suites if (earlier := before.suite(suite.name))]
    names = [{suite.name for suite in report.suites} for report in (before, after)]
    return Changes(
        before.provenance,
        after.provenance,
        tuple(compare_suites(*pair) for pair in pairs),
        tuple(sorted(names[0] ^ names[1])),
    )


def compare_suites(before: SuiteResult, after: SuiteResult) -> SuiteChanges:
    """Compare a suite's outcomes with those of another run of it."""
    shared = list(shared_cases(before, after))
    both = _both(shared)
    found = (difference(METRICS[name], both) for name in COMPARED)
    return SuiteChanges(
        after.name,
        len(shared),
        len(before.outcomes) - len(shared),
        len(after.outcomes) - len(shared),
        fixed=_those(shared, was_right=False, is_right=True),
        broken=_those(shared, was_right=True, is_right=False),
        still_wrong=_those(shared, was_right=False, is_right=False),
        differences=tuple(each for each in found if each),
    )


def slice_difference(
    before: SuiteResult, after: SuiteResult, metric: str, part: Slice = EVERYTHING
) -> Difference | None:
    """Return how far a metric moved on a slice of the cases that both have; None if it cannot be measured on both.

    The slice holds the cases that it holds now: tags and languages may have been others before.
    """
    shared = list(shared_cases(before, after))
    both = _both(shared)
    chosen = in_slice([change.after for change in shared], both.take(np.arange(len(shared), len(both))), metric, part)
    if chosen is None:
        return None
    which, measured = chosen
    return difference(measured, both.take(np.concatenate([which, which])))


def shared_cases(before: SuiteResult, after: SuiteResult) -> Iterator[Change]:
    """Yield what came of each case that both have, in the order of the later one."""
    known: Mapping[object, Outcome] = {_identity(outcome): outcome for outcome in before.outcomes}
    for outcome in after.outcomes:
        if earlier := known.get(_identity(outcome)):
            yield Change(earlier, outcome)


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


def _both(shared: Sequence[Change]) -> Columns:
    """Lay out what came of the cases before, and then after."""
    return columns([*(change.before for change in shared), *(change.after for change in shared)])


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
    halves = (np.split(np.asarray(column), 2) for column in read)
    different = [np.not_equal(one, other).reshape(len(one), -1).any(axis=1) for one, other in halves]
    return np.any(different, axis=0)


def _exact(metric: Metric, both: Columns, asked: Bools) -> float | None:
    """Return McNemar's p-value; None where the metric is no share of the same cases, or some share a cluster."""
    before, after = np.split(asked, 2)
    if not metric.counted or (before != after).any() or both.take(np.flatnonzero(after) + len(after)).is_clustered:
        return None
    one, other = np.split(_counted(metric, both, asked), 2)
    return mcnemar(_count(one & ~other), _count(other & ~one))


def _count(which: Bools) -> int:
    return int(which.sum())


def _those(changes: Iterable[Change], *, was_right: bool, is_right: bool) -> tuple[Change, ...]:
    wanted = (was_right, is_right)
    found = [each for each in changes if (each.before.verdict == "right", each.after.verdict == "right") == wanted]
    return tuple(sorted(found, key=lambda change: change.after.harm, reverse=True))


def _identity(outcome: Outcome) -> object:
    return outcome.case.id, outcome.case.utterance, outcome.case.tools
