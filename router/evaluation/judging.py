"""What gates make of a report: each passes or fails, and a failure names its worst offenders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from router.errors import GateError
from router.evaluation.cases import Case
from router.evaluation.catalogue import MEMORY, METRICS, better
from router.evaluation.changes import shared_cases, slice_difference
from router.evaluation.columns import Ints
from router.evaluation.differences import Difference
from router.evaluation.gates import Gate
from router.evaluation.measures import Measurement
from router.evaluation.outcomes import Outcome
from router.evaluation.report import Report, SuiteResult, in_slice
from router.evaluation.wording import compared, measured, subject, written_limit

MOST_OFFENDERS = 5
"""A failing gate names so many."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate, applied to one suite."""

    gate: Gate
    suite: str
    passed: bool
    measurement: Measurement
    message: str
    """What was measured and what the limit is, in a sentence or two."""
    offenders: tuple[Outcome, ...] = ()
    """Where it failed: cases that the metric holds against the router, the worst first."""
    difference: Difference | None = None
    """From the baseline, where the gate compares with one."""
    common: str = ""
    """Where the gate compares and the baseline lacks some of the cases: on how many of how many."""


def check_baseline(gates: Iterable[Gate], suites: Mapping[str, Sequence[Case]], baseline: Report | None) -> None:
    """Raise GateError if a gate compares one of these suites with a baseline, and there is none that has it."""
    problems = [
        gate.problem(f"this gate compares suite {name!r} with a baseline, and none was given that has it")
        for gate in gates
        for name, cases in suites.items()
        if gate.no_worse_than_baseline_by is not None and gate.is_about(name, cases)
        if baseline is None or baseline.suite(name) is None
    ]
    if problems:
        raise GateError(problems)


def judge(gates: Sequence[Gate], report: Report, baseline: Report | None = None) -> tuple[GateResult, ...]:
    """Apply each gate to each suite that it is about.

    A gate whose metric could not be measured fails: nobody knows that its limit is
    kept. Raises GateError as `check_baseline` does.
    """
    cases = {suite.name: [outcome.case for outcome in suite.outcomes] for suite in report.suites}
    check_baseline(gates, cases, baseline)
    return tuple(
        _judged(gate, suite, baseline)
        for gate in gates
        for suite in report.suites
        if gate.is_about(suite.name, cases[suite.name])
    )


def _judged(gate: Gate, suite: SuiteResult, baseline: Report | None) -> GateResult:
    measurement = suite.of(gate.metric, gate.slice)
    difference, common = None, ""
    if measurement.value is None:
        passed, said = False, f"was not measured: {measurement.why_not}"
    elif gate.no_worse_than_baseline_by is not None:
        earlier = baseline.suite(suite.name) if baseline else None
        assert earlier is not None, "check_baseline"
        difference = _difference(gate, earlier, suite)
        n, of = sum(1 for _ in shared_cases(earlier, suite)), len(suite.outcomes)
        common = f"on the {n:,} of {of:,} cases in both" if n < of and gate.metric != MEMORY else ""
        passed, said = _compared(gate, difference, common)
        if common and 2 * n < of:
            passed, said = False, f"{said}: too few to compare"
    else:
        passed, said = _limited(gate, measurement)
    return GateResult(
        gate,
        suite.name,
        passed,
        measurement,
        f"{subject(gate.metric, suite.name, gate.slice)} {said}",
        () if passed else tuple(offenders(gate, suite))[:MOST_OFFENDERS],
        difference,
        common,
    )


def offenders(gate: Gate, suite: SuiteResult) -> list[Outcome]:
    """Return the cases that a gate's metric holds against the router: the worst first, or the slowest."""
    chosen = in_slice(suite.outcomes, suite.columns, gate.metric, gate.slice) if gate.metric != MEMORY else None
    if chosen is None:
        return []
    which, metric = chosen
    if metric.name == "slot_f1":
        metric = METRICS["argument_exact_match"]  # the calls it pools: those that are not perfect
    places = np.flatnonzero(which)
    rows = suite.columns.take(places)
    asked = metric.of(rows)
    if metric.quantile:
        return sorted(_at(suite, places), key=lambda outcome: -outcome.milliseconds)
    if metric.counted:
        counted = metric.counted(rows.take(asked))
        wrong = places[asked][counted == (metric.better == "lower")]
    else:
        wrong = places[asked & ~rows.right]
    return sorted(_at(suite, wrong), key=lambda outcome: outcome.harm, reverse=True)


def _at(suite: SuiteResult, places: Ints) -> Iterator[Outcome]:
    return (suite.outcomes[place] for place in places)


def _limited(gate: Gate, measurement: Measurement) -> tuple[bool, str]:
    """Say whether a measurement keeps a gate's floor or ceiling, and how far it is from it."""
    assert measurement.value is not None
    is_floor = gate.floor is not None
    limit = gate.floor if gate.floor is not None else gate.ceiling
    assert limit is not None
    named = f"the {'floor' if is_floor else 'ceiling'} is {written_limit(gate.metric, limit)}"
    said = f"is {measured(measurement, limit)}; {named}"
    if gate.rule == "point":
        at = measurement.value
    else:
        end = measurement.low if is_floor else measurement.high
        if end is None:
            return False, f"{said} for the whole interval, and there are too few cases to say how sure this is"
        at = end
        said += " for the whole interval"
    return (at >= limit if is_floor else at <= limit), said


def _compared(gate: Gate, difference: Difference | None, common: str) -> tuple[bool, str]:
    """Say whether a metric is not much worse than in the baseline, and on how many cases where not on all."""
    assert gate.no_worse_than_baseline_by is not None
    if difference is None:
        return False, f"was not measured {common or 'in the baseline'}"
    moved = round(difference.difference, 6)  # 0.8 - 0.7 is more than 0.1
    worse = -moved if better(gate.metric) == "higher" else moved
    said = f"is {compared(difference, worse, gate.no_worse_than_baseline_by)}"
    said += f"; it may be worse by {written_limit(gate.metric, gate.no_worse_than_baseline_by)}"
    failed = worse > gate.no_worse_than_baseline_by
    if gate.significant_at is not None and difference.least_p > gate.significant_at:
        said += ", and there are too few cases to say whether it is more than chance"
    elif gate.significant_at is not None:
        assert difference.p is not None, "memory has no significant_at"
        said += f", or more if p is above {gate.significant_at}"
        failed = failed and round(difference.p, 6) <= gate.significant_at
    return not failed, f"{said}, {common}" if common else said


def _difference(gate: Gate, before: SuiteResult, after: SuiteResult) -> Difference | None:
    if gate.metric != MEMORY:
        return slice_difference(before, after, gate.metric, gate.slice)
    one, other = before.overall(MEMORY).value, after.overall(MEMORY).value
    return None if one is None or other is None else Difference(MEMORY, one, other, None, None, None, 1)
