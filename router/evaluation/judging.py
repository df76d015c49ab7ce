"""What gates make of a report: each passes or fails, and a failure names its worst offenders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from router.errors import GateError
from router.evaluation.catalogue import MEMORY, METRICS
from router.evaluation.changes import Difference, slice_difference
from router.evaluation.columns import Ints
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


def check_baseline(gates: Iterable[Gate], suites: Iterable[str], baseline: Report | None) -> None:
    """Raise GateError if a gate compares a suite of these names with a baseline, and there is none that has it."""
    problems = [
        gate.problem(f"this gate compares suite {name!r} with a baseline, and none was given that has it")
        for gate in gates
        for name in suites
        if gate.no_worse_than_baseline_by is not None and gate.suite in {"", name}
        if baseline is None or baseline.suite(name) is None
    ]
    if problems:
        raise GateError(problems)


def judge(gates: Sequence[Gate], report: Report, baseline: Report | None = None) -> tuple[GateResult, ...]:
    """Apply each gate to each suite that it is about.

    A gate whose metric could not be measured fails: nobody knows that its limit is
    kept. Raises GateError as `check_baseline` does.
    """
    check_baseline(gates, [suite.name for suite in report.suites], baseline)
    return tuple(
        _judged(gate, suite, baseline) for gate in gates for suite in report.suites if gate.suite in {"", suite.name}
    )


def _judged(gate: Gate, suite: SuiteResult, baseline: Report | None) -> GateResult:
    measurement = suite.of(gate.metric, gate.slice)
    difference = None
    if measurement.value is None:
        passed, said = False, f"was not measured: {measurement.why_not}"
    elif gate.no_worse_than_baseline_by is not None:
        earlier = baseline.suite(suite.name) if baseline else None
        assert earlier is not None, "check_baseline"
        difference = _difference(gate, earlier, suite)
        passed, said = _compared(gate, difference)
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
            return False, f"{said}, and there are too few cases for an interval to keep it"
        at = end
        said += " for the whole interval"
    return (at >= limit if is_floor else at <= limit), said


def _compared(gate: Gate, difference: Difference | None) -> tuple[bool, str]:
    """Say whether a metric is not much worse than in the baseline."""
    assert gate.no_worse_than_baseline_by is not None
    if difference is None:
        return False, "was not measured on the cases that the baseline has"
    moved = round(difference.difference, 6)  # 0.8 - 0.7 is more than 0.1
    worse = -moved if _better(gate.metric) == "higher" else moved
    said = f"is {compared(difference, worse, gate.no_worse_than_baseline_by)}"
    said += f"; it may be worse by {written_limit(gate.metric, gate.no_worse_than_baseline_by)}"
    failed = worse > gate.no_worse_than_baseline_by
    if gate.significant_at is not None and difference.p is None:
        said += ", and there are too few cases to say whether it is more than chance"
    elif gate.significant_at is not None:
        assert difference.p is not None
        said += f", or more if p is above {gate.significant_at}"
        failed = failed and round(difference.p, 6) <= gate.significant_at
    return not failed, said


def _difference(gate: Gate, before: SuiteResult, after: SuiteResult) -> Difference | None:
    if gate.metric != MEMORY:
        return slice_difference(before, after, gate.metric, gate.slice)
    one, other = before.overall(MEMORY).value, after.overall(MEMORY).value
    return None if one is None or other is None else Difference(MEMORY, one, other, None, None, None, 1)


def _better(metric: str) -> str:
    return METRICS[metric].better if metric in METRICS else "lower" if metric == MEMORY else "higher"
