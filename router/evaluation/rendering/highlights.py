"""What of a report is worth showing first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from router.evaluation.catalogue import TOOL_METRICS
from router.evaluation.changes import SuiteChanges
from router.evaluation.gates import Gate
from router.evaluation.judging import GateResult
from router.evaluation.measures import EVERYTHING, Measurement
from router.evaluation.outcomes import Outcome
from router.evaluation.report import SuiteResult
from router.evaluation.wording import MISTAKES, counted, number, written_limit

HEADLINES = (
    "accuracy",
    "decision_accuracy",
    "macro_f1",
    "coverage",
    "selective_accuracy",
    "false_accept_rate",
    "false_reject_rate",
    "clarify_recall",
    "auroc",
    "aurc",
    "calibration_error",
    "argument_exact_match",
    "slot_f1",
    "latency_p50",
    "latency_p95",
    "memory",
)
"""The metrics that are shown of a whole suite."""

SLICED = "decision_accuracy"
"""Slices are ranked by this, tools by F1."""


def headlines(suite: SuiteResult) -> list[Measurement]:
    """Return the headline metrics that were measured."""
    return [each for each in _overall(suite) if each.metric in HEADLINES and each.value is not None]


def unmeasured(suite: SuiteResult) -> Mapping[str, list[str]]:
    """Return why metrics of the whole suite were not measured, and which."""
    found: dict[str, list[str]] = {}
    for each in _overall(suite):
        if each.value is None:
            found.setdefault(each.why_not, []).append(each.metric)
    return found


def worst_slices(suite: SuiteResult) -> list[Measurement]:
    """Return the tags and languages that are below the suite as a whole, the surest first.

    Surest is whose interval ends lowest, so that two cases decided wrong do not
    outrank fifty.
    """
    whole = suite.of(SLICED, EVERYTHING).value
    parts = [each for each in suite.measurements if each.metric == SLICED and each.slice != EVERYTHING]
    return _surest(each for each in parts if each.value is not None and whole is not None and each.value < whole)


def worst_tools(suite: SuiteResult) -> list[tuple[Measurement, Measurement, Measurement]]:
    """Return F1, precision and recall of the tools whose F1 is below 1, the surest first."""
    found = _surest(each for each in suite.measurements if each.metric == "f1" and each.value not in {None, 1.0})
    precision, recall, _ = TOOL_METRICS
    return [(each, suite.of(precision, each.slice), suite.of(recall, each.slice)) for each in found]


def mistakes(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return what was decided wrong, the worst first."""
    return sorted((each for each in outcomes if each.verdict != "right"), key=lambda each: each.harm, reverse=True)


def tally(suite: SuiteResult) -> str:
    """Write how many cases there are of each verdict: `738 cases: 690 right, 31 false rejects, 17 wrong calls`."""
    numbers = Counter(outcome.verdict for outcome in suite.outcomes)
    kinds = sorted(MISTAKES, key=lambda verdict: -numbers[verdict])
    listed = [f"{numbers['right']:,} right"]
    listed += [counted(numbers[kind], *MISTAKES[kind]) for kind in kinds if numbers[kind]]
    return f"{counted(len(suite.outcomes), 'case')}: {', '.join(listed)}"


def failed(gates: Iterable[GateResult]) -> list[GateResult]:
    """Return the gates that failed."""
    return [each for each in gates if not each.passed]


def verdict(gates: Sequence[GateResult]) -> str:
    """Say in a few words what the gates make of a report."""
    wrong = len(failed(gates))
    if not gates:
        return "Measured; there is no gate"
    return f"{wrong:,} of {counted(len(gates), 'gate')} failed" if wrong else f"Passed: {counted(len(gates), 'gate')}"


def moves(suite: SuiteChanges) -> str:
    """Say how many cases came out otherwise."""
    return f"{len(suite.broken):,} broken, {len(suite.fixed):,} fixed, {len(suite.still_wrong):,} still wrong"


def limit_of(gate: Gate) -> str:
    """Write the limit of a gate: `floor 0.900`."""
    if gate.no_worse_than_baseline_by is not None:
        surely = "" if gate.significant_at is None else f", or more if p is above {gate.significant_at}"
        return f"at most {written_limit(gate.metric, gate.no_worse_than_baseline_by)} worse than the baseline{surely}"
    limit = gate.floor if gate.floor is not None else gate.ceiling
    assert limit is not None, "the schema asks for one limit"
    whole = " for the whole interval" if gate.rule == "interval" else ""
    return f"{'floor' if gate.floor is not None else 'ceiling'} {written_limit(gate.metric, limit)}{whole}"


def value_of(result: GateResult) -> str:
    """Write what a gate looked at, and what it was in the baseline where it compares with one."""
    metric = result.gate.metric
    if result.difference:
        now, was = number(metric, result.difference.after), number(metric, result.difference.before)
        return f"{now}, was {was}{result.common and ' ' + result.common}"
    value = result.measurement.value
    return "not measured" if value is None else number(metric, value)


def _overall(suite: SuiteResult) -> Iterable[Measurement]:
    return (each for each in suite.measurements if each.slice == EVERYTHING)


def _surest(measurements: Iterable[Measurement]) -> list[Measurement]:
    def end(each: Measurement) -> tuple[float, float, str]:
        assert each.value is not None
        return (1.0 if each.high is None else each.high, each.value, str(each.slice))

    return sorted(measurements, key=end)
