"""What changed between two reports, case by case, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from router.evaluation.catalogue import METRICS, Metric
from router.evaluation.columns import Bools, Columns, Ints, columns
from router.evaluation.measures import CONFIDENCE, EVERYTHING, SEED, Slice, statistic
from router.evaluation.outcomes import Outcome
from router.evaluation.provenance import Provenance
from router.evaluation.report import Report, SuiteResult, in_slice
from router.metrics.comparison import mcnemar, paired_bootstrap

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
    """Ends of the 95 % interval of the difference, by a paired bootstrap over clusters."""
    high: float | None
    p: float | None
    """Two-sided p-value: of the exact test of McNemar where the metric is a share of the same cases before and after
    and no two of them share a cluster, else of the paired bootstrap."""
    n: int

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
    earlier, later = (columns([getattr(change, side) for change in shared]) for side in ("before", "after"))
    found = (difference(METRICS[name], earlier, later) for name in COMPARED)
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
    now = [change.after for change in shared]
    sides = []
    for outcomes in ([change.before for change in shared], now):
        found = columns(outcomes)
        chosen = in_slice(now, found, metric, part)
        if chosen is None:
            return None
        sides.append((found.take(chosen[0]), chosen[1]))
    (earlier, metric_before), (later, metric_after) = sides
    return difference(metric_after, earlier, later, metric_before)


def shared_cases(before: SuiteResult, after: SuiteResult) -> Iterator[Change]:
    """Yield what came of each case that both have, in the order of the later one."""
    known: Mapping[object, Outcome] = {_identity(outcome): outcome for outcome in before.outcomes}
    for outcome in after.outcomes:
        if earlier := known.get(_identity(outcome)):
            yield Change(earlier, outcome)


def difference(
    metric: Metric, before: Columns, after: Columns, metric_before: Metric | None = None
) -> Difference | None:
    """Compare a metric on the same cases, row by row.

    `metric_before` is given where a tool has another number in the columns
    before. None if the metric cannot be measured on both sides.
    """
    of_before = metric_before or metric
    asked = [of_before.of(before), metric.of(after)]
    values = [statistic(of_before, before.take(asked[0])), statistic(metric, after.take(asked[1]))]
    if values[0] is None or values[1] is None:
        return None

    def moved(rows: Ints) -> float | None:
        one = statistic(of_before, before.take(rows[asked[0][rows]]))
        other = statistic(metric, after.take(rows[asked[1][rows]]))
        return None if one is None or other is None else other - one

    paired = paired_bootstrap(moved, after.clusters, CONFIDENCE, seed=SEED)
    low, high = paired.interval if paired else (None, None)
    p = paired.p if paired else None
    if metric.counted and of_before.counted and (asked[0] == asked[1]).all() and not after.is_clustered:
        one, other = of_before.counted(before.take(asked[0])), metric.counted(after.take(asked[1]))
        p = mcnemar(_count(one & ~other), _count(other & ~one))
    return Difference(metric.name, values[0], values[1], low, high, p, _count(asked[0] | asked[1]))


def _count(which: Bools) -> int:
    return int(which.sum())


def _those(changes: Iterable[Change], *, was_right: bool, is_right: bool) -> tuple[Change, ...]:
    wanted = (was_right, is_right)
    found = [each for each in changes if (each.before.verdict == "right", each.after.verdict == "right") == wanted]
    return tuple(sorted(found, key=lambda change: change.after.harm, reverse=True))


def _identity(outcome: Outcome) -> object:
    return outcome.case.id, outcome.case.utterance, outcome.case.tools
