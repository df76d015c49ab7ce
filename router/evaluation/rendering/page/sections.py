"""What the page says of a suite, before it is laid out: which figures, in which order, and how many."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from router.evaluation.catalogue import MEMORY, METRICS, TOOL_METRICS
from router.evaluation.changes import SuiteChanges
from router.evaluation.columns import NO_TOOL
from router.evaluation.judging import GateResult
from router.evaluation.measures import EVERYTHING, Measurement, Slice
from router.evaluation.outcomes import Outcome
from router.evaluation.rendering.highlights import mistakes
from router.evaluation.rendering.page.confusion import Confusion, confusion
from router.evaluation.report import SLICE_METRICS, SuiteResult
from router.evaluation.wording import counted, measured, unit_of
from router.metrics.calibration import Reliability, reliability
from router.metrics.selection import RiskCoverage, risk_coverage

HEADLINES = ("decision_accuracy", "accuracy", "selective_accuracy", "coverage", "false_accept_rate", "latency_p95")
"""Shown large."""
MOST_TOOLS = 200
MOST_SLICES = 100
MOST_MISTAKES = 25
"""So many of each have a row; a table that leaves some out says how many."""
MOST_NAMES = 100
"""So many names of tools are written in a row."""
LEAST_SCALE = 0.1
"""A share is drawn on no shorter scale, so that what is nearly 0 looks like it."""
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Where the table beside the curve has a row."""


@dataclass(frozen=True)
class Figure:
    """A measurement, and what it is drawn against."""

    measurement: Measurement
    about: str
    most: float
    """Upper end of its scale, which begins at 0."""
    limits: tuple[float, ...] = ()
    """Floors and ceilings of gates."""
    before: float | None = None
    """In the baseline, on the cases that both reports have."""


@dataclass(frozen=True)
class ToolRow:
    """A tool's figures."""

    tool: str
    measurements: Mapping[str, Measurement]
    """Of `TOOL_METRICS`."""


@dataclass(frozen=True)
class SliceRow:
    """A slice's figures."""

    slice: Slice
    measurements: tuple[Measurement | None, ...]
    """Of `SLICE_METRICS`, None where there is nothing to measure."""


@dataclass(frozen=True)
class Selection:
    """The risk-coverage curve and where the policy is."""

    curve: RiskCoverage
    operating: tuple[float, float] | None
    """Coverage and risk of what is called; None where nothing is."""
    cases: int
    calls: int
    wrong: int

    @property
    def table(self) -> list[tuple[float, float, float]]:
        """Threshold, coverage and risk at about each of `COVERAGES`."""
        last = len(self.curve.coverage) - 1
        places = np.minimum(np.searchsorted(self.curve.coverage, np.array(COVERAGES) - 1e-9), last)
        columns = (self.curve.thresholds, self.curve.coverage, self.curve.risk)
        return [
            (float(columns[0][n]), float(columns[1][n]), float(columns[2][n])) for n in dict.fromkeys(places.tolist())
        ]


@dataclass(frozen=True)
class SuiteSection:
    """Everything that the page says of a suite."""

    key: str
    """Begins the ids of its parts."""
    result: SuiteResult = field(repr=False)
    headlines: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    """Every metric of the whole suite that was measured."""
    confusion: Confusion = field(repr=False)
    reliability: Reliability | None = field(repr=False)
    selection: Selection | None = field(repr=False)
    tools: tuple[ToolRow, ...] = field(repr=False)
    """The worst F1 first."""
    slices: tuple[SliceRow, ...] = field(repr=False)
    """The worst decision accuracy first."""
    whole: tuple[float | None, ...]
    """What `SLICE_METRICS` are on the whole suite."""
    mistakes: tuple[Outcome, ...] = field(repr=False)
    """The worst first; all of them."""
    not_measured: tuple[Measurement, ...]
    untried: tuple[str, ...]
    """Declared tools that no case is for and none called."""

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many cases are for one tool, between several and out of scope."""
        counts = [len(outcome.case.tools) for outcome in self.result.outcomes]
        one, none = counts.count(1), counts.count(0)
        return {"for one tool": one, "between several": len(counts) - one - none, "out of scope": none}


def suite_section(
    key: str,
    suite: SuiteResult,
    declared: Sequence[str],
    gates: Sequence[GateResult],
    changes: SuiteChanges | None,
    most_listed: int,
) -> SuiteSection:
    """Choose what the page says of a suite. `most_listed` cases at most are listed behind the confusion table."""
    overall = [measurement for measurement in suite.measurements if measurement.slice == EVERYTHING]
    figures = {each.metric: _figure(each, suite.name, gates, changes) for each in overall}
    tools = [part.tool for part in suite.slices("tool")]
    return SuiteSection(
        key,
        suite,
        tuple(figures[name] for name in HEADLINES if name in figures),
        tuple(figure for figure in figures.values() if figure.measurement.value is not None),
        confusion(suite.outcomes, most_listed),
        _reliability(suite),
        _selection(suite),
        tuple(sorted((_tool_row(suite, tool) for tool in tools), key=_worst_tool)),
        tuple(sorted(_slice_rows(suite), key=_worst_slice)),
        tuple(suite.of(metric, EVERYTHING).value for metric in SLICE_METRICS),
        tuple(mistakes(suite.outcomes)),
        tuple(each for each in overall if each.value is None),
        tuple(sorted(set(declared).difference(tools))),
    )


def scale(measurement: Measurement, *others: float | None) -> float:
    """Return the upper end of a scale that begins at 0 and holds a measurement and these values.

    It is 1 for what is better the higher it is, and else a round number.
    """
    metric = measurement.metric
    if metric in TOOL_METRICS or (metric in METRICS and METRICS[metric].better == "higher"):
        return 1.0
    values = (measurement.value, measurement.high, *others)
    highest = max((value for value in values if value is not None), default=0.0)
    if not 0 < highest < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    most = next(step * power for step in (1, 2, 5, 10) if highest <= step * power)
    return most if unit_of(metric) else min(max(most, LEAST_SCALE), 1.0)


def reliability_words(found: Reliability, error: Measurement) -> str:
    """Say what a reliability diagram shows, `error` being its calibration error."""
    gaps = np.nan_to_num(np.abs(found.probability - found.right)) * found.count
    worst = int(gaps.argmax())
    return (
        f"{int(found.count.sum()):,} cases for one tool, by the probability of their likeliest candidate."
        f" The expected calibration error is {measured(error)}."
        f" The bin from {found.low[worst]:.2f} to {found.high[worst]:.2f} adds most to it:"
        f" its mean probability is {found.probability[worst]:.3f},"
        f" and {found.right[worst]:.3f} of its {found.count[worst]:,} were right."
    )


def selection_words(found: Selection) -> str:
    """Say where the policy is."""
    if found.operating is None:
        return f"The policy calls nothing in {counted(found.cases, 'case')}, so it takes no risk and is of no use."
    coverage, risk = found.operating
    return (
        f"The policy calls a tool in {found.calls:,} of {found.cases:,} cases (coverage {coverage:.3f}),"
        f" and {found.wrong:,} of these calls are wrong (risk {risk:.3f})."
    )


def _figure(measurement: Measurement, suite: str, gates: Sequence[GateResult], changes: SuiteChanges | None) -> Figure:
    metric = measurement.metric
    limits = tuple(
        limit
        for result in gates
        if (result.suite, result.gate.metric, result.gate.slice) == (suite, metric, EVERYTHING)
        for limit in (result.gate.floor, result.gate.ceiling)
        if limit is not None
    )
    differences = changes.differences if changes else ()
    before = next((each.before for each in differences if each.metric == metric), None)
    about = "peak resident memory of the process" if metric == MEMORY else METRICS[metric].about
    return Figure(measurement, about, scale(measurement, before, *limits), limits, before)


def _reliability(suite: SuiteResult) -> Reliability | None:
    found = suite.columns
    found = found.take(METRICS["calibration_error"].of(found))
    return reliability(found.likeliest, np.equal(found.ranked[:, 0], found.expected)) if len(found) else None


def _selection(suite: SuiteResult) -> Selection | None:
    """Return the curve whose area is the metric `aurc`."""
    found = suite.columns
    found = found.take(METRICS["aurc"].of(found))
    if not len(found):
        return None
    wrong = np.not_equal(found.ranked[:, 0], found.expected) | np.equal(found.expected, NO_TOOL)
    curve = risk_coverage(found.in_scope * found.likeliest, wrong)
    called = np.greater_equal(found.called, 0)
    calls, mistakes = int(called.sum()), int((called & (found.called != found.expected)).sum())
    operating = (calls / len(found), mistakes / calls) if calls else None
    return Selection(curve, operating, len(found), calls, mistakes)


def _tool_row(suite: SuiteResult, tool: str) -> ToolRow:
    return ToolRow(tool, {metric: suite.of(metric, Slice(tool=tool)) for metric in TOOL_METRICS})


def _worst_tool(row: ToolRow) -> tuple[float, int, str]:
    f1 = row.measurements["f1"]
    return (2.0 if f1.value is None else f1.value), -f1.n, row.tool


def _slice_rows(suite: SuiteResult) -> Iterator[SliceRow]:
    known = {(each.slice, each.metric): each for each in suite.measurements}
    for part in (*suite.slices("tag"), *suite.slices("language")):
        yield SliceRow(part, tuple(known.get((part, metric)) for metric in SLICE_METRICS))


def _worst_slice(row: SliceRow) -> tuple[float, str]:
    decided = row.measurements[SLICE_METRICS.index("decision_accuracy")]
    return (2.0 if decided is None or decided.value is None else decided.value), str(row.slice)
