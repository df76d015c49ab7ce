"""What changed between two reports, case by case and metric by metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from router.evaluation.catalogue import METRICS
from router.evaluation.columns import Columns, columns
from router.evaluation.differences import Difference, difference
from router.evaluation.measures import EVERYTHING, Slice
from router.evaluation.outcomes import Outcome
from router.evaluation.provenance import Provenance
from router.evaluation.report import Report, SuiteResult, in_slice

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


def _both(shared: Sequence[Change]) -> Columns:
    """Lay out what came of the cases before, and then after."""
    return columns([*(change.before for change in shared), *(change.after for change in shared)])


def _those(changes: Iterable[Change], *, was_right: bool, is_right: bool) -> tuple[Change, ...]:
    wanted = (was_right, is_right)
    found = [each for each in changes if (each.before.verdict == "right", each.after.verdict == "right") == wanted]
    return tuple(sorted(found, key=lambda change: change.after.harm, reverse=True))


def _identity(outcome: Outcome) -> object:
    return outcome.case.id, outcome.case.utterance, outcome.case.tools
