"""The metrics by name: what each is measured on, what it counts, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from router.evaluation.columns import NO_TOOL, Bools, Columns
from router.metrics import arguments, calibration, classification, ranking, selection

Mask: TypeAlias = Callable[[Columns], Bools]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Something to measure; one of `counted`, `value` and `quantile` says how."""

    name: str
    about: str
    """What it is, as a noun phrase."""
    better: Literal["higher", "lower"]
    of: Mask
    """Which outcomes [n] it is measured on."""
    nothing: str
    """Why it is not measured where there are none of them."""
    counted: Mask | None = None
    """For a share: which of them count."""
    value: Callable[[Columns], float | None] | None = None
    """For anything else: a statistic of them."""
    reads: tuple[str, ...] = ()
    """Of what the router answered, the columns that `value` depends on."""
    has_interval: bool = True
    """Whether an interval is given; not where it would not hold what it should."""
    quantile: float | None = None
    """For a percentile of their latency, in (0, 1)."""
    unit: Literal["", "ms", "MB"] = ""
    """Empty for what lies between 0 and 1."""


def _one_tool(c: Columns) -> Bools:
    return np.greater_equal(c.expected, 0)


def _none(c: Columns) -> Bools:
    return np.equal(c.expected, NO_TOOL)


def _several(c: Columns) -> Bools:
    return ~_one_tool(c) & ~_none(c)


def _clear(c: Columns) -> Bools:
    return _one_tool(c) | _none(c)


def _acted(c: Columns) -> Bools:
    return np.greater_equal(c.called, 0)


def _all(c: Columns) -> Bools:
    return np.ones(len(c), bool)


def _first_right(c: Columns) -> Bools:
    return np.equal(c.ranked[:, 0], c.expected)


def _stated(c: Columns) -> Bools:
    """The right calls whose arguments the suite states, if this router fills any at all."""
    if not any(map(bool, c.given)):
        return np.zeros(len(c), bool)
    return np.array([wanted is not None for wanted in c.wanted], bool)


_NO_TOOL_CASE = "no case is for one tool"
_NO_OUTSIDE = "no case is out of scope"
_NO_BOTH = "it needs cases for one tool and cases that are out of scope"
_NO_ARGUMENTS = "no right call has its arguments stated, or the router fills none"

_METRICS = (
    Metric(
        name="accuracy",
        about="cases for one tool whose likeliest candidate is that tool, whether or not it was called",
        better="higher",
        of=_one_tool,
        counted=_first_right,
        nothing=_NO_TOOL_CASE,
    ),
    Metric(
        name="decision_accuracy",
        about="cases decided right: called, asked about or abstained on as they should be",
        better="higher",
        of=_all,
        counted=lambda c: c.right,
        nothing="there is no case",
    ),
    Metric(
        name="top_3",
        about="cases for one tool that is among the three likeliest candidates",
        better="higher",
        of=_one_tool,
        counted=lambda c: (c.ranked[:, :3] == c.expected[:, None]).any(axis=1),
        nothing=_NO_TOOL_CASE,
    ),
    Metric(
        name="macro_f1",
        about="mean F1 over the tools and out of scope, by what was called",
        better="higher",
        of=_clear,
        value=lambda c: classification.macro_f1(c.expected, c.called),
        reads=("called",),
        nothing="no case is for one tool or for none",
    ),
    Metric(
        name="coverage",
        about="cases for one tool that called a tool, the right one or not",
        better="higher",
        of=_one_tool,
        counted=_acted,
        nothing=_NO_TOOL_CASE,
    ),
    Metric(
        name="selective_accuracy",
        about="calls, in cases for one tool, that were to that tool",
        better="higher",
        of=lambda c: _one_tool(c) & _acted(c),
        counted=lambda c: c.called == c.expected,
        nothing="no case for one tool called any",
    ),
    Metric(
        name="wrong_call_rate",
        about="calls, in cases for one tool, that were to another: what max_wrong_call limits",
        better="lower",
        of=lambda c: _one_tool(c) & _acted(c),
        counted=lambda c: c.called != c.expected,
        nothing="no case for one tool called any",
    ),
    Metric(
        name="false_reject_rate",
        about="cases for one tool that were abstained on",
        better="lower",
        of=_one_tool,
        counted=lambda c: c.called == NO_TOOL,
        nothing=_NO_TOOL_CASE,
    ),
    Metric(
        name="false_accept_rate",
        about="out-of-scope cases that called a tool: what max_false_accept limits",
        better="lower",
        of=_none,
        counted=_acted,
        nothing=_NO_OUTSIDE,
    ),
    Metric(
        name="out_of_scope_recall",
        about="out-of-scope cases that were abstained on",
        better="higher",
        of=_none,
        counted=lambda c: c.called == NO_TOOL,
        nothing=_NO_OUTSIDE,
    ),
    Metric(
        name="clarify_recall",
        about="cases between several tools that were asked about, offering at least two of them",
        better="higher",
        of=_several,
        counted=lambda c: c.right,
        nothing="no case is between several tools",
    ),
    Metric(
        name="auroc",
        about="how well the in-scope probability tells cases for one tool from out-of-scope cases",
        better="higher",
        of=_clear,
        value=lambda c: ranking.auroc(c.in_scope[_one_tool(c)], c.in_scope[_none(c)]),
        reads=("in_scope",),
        nothing=_NO_BOTH,
    ),
    Metric(
        name="fpr_at_95_tpr",
        about="out-of-scope cases let in at the threshold that lets in 95 % of the cases for one tool",
        better="lower",
        of=_clear,
        value=lambda c: ranking.fpr_at_tpr(c.in_scope[_one_tool(c)], c.in_scope[_none(c)]),
        reads=("in_scope",),
        nothing=_NO_BOTH,
    ),
    Metric(
        name="aurc",
        about="area under the risk-coverage curve of calling the likeliest tool; out of scope it is always wrong",
        better="lower",
        of=_clear,
        value=lambda c: selection.aurc(c.in_scope * c.likeliest, ~_first_right(c) | _none(c)),
        reads=("in_scope", "likeliest", "ranked"),
        nothing="no case is for one tool or for none",
    ),
    Metric(
        name="calibration_error",
        about="expected calibration error of the likeliest candidate's probability, in cases for one tool, 15 bins; "
        "few cases make it too large, so that no interval is given",
        better="lower",
        of=_one_tool,
        value=lambda c: calibration.calibration_error(c.likeliest, _first_right(c)),
        reads=("likeliest", "ranked"),
        has_interval=False,
        nothing=_NO_TOOL_CASE,
    ),
    Metric(
        name="brier",
        about="Brier score of the likeliest candidate's probability, in cases for one tool",
        better="lower",
        of=_one_tool,
        value=lambda c: calibration.brier(c.likeliest, _first_right(c)),
        reads=("likeliest", "ranked"),
        nothing=_NO_TOOL_CASE,
    ),
    Metric(
        name="argument_exact_match",
        about="right calls with just the arguments that they should have, and questions with just what was said",
        better="higher",
        of=_stated,
        counted=lambda c: arguments.exact_match(list(c.wanted), list(c.given)),
        nothing=_NO_ARGUMENTS,
    ),
    Metric(
        name="slot_f1",
        about="F1 of the arguments of right calls and questions, pooled over all of them",
        better="higher",
        of=_stated,
        value=lambda c: arguments.slot_f1(list(c.wanted), list(c.given)),
        reads=("wanted", "given"),
        nothing=_NO_ARGUMENTS,
    ),
    *(
        Metric(
            name=f"latency_p{percent}",
            about=f"{percent}th percentile of the wall-clock time of a decision",
            better="lower",
            unit="ms",
            of=_all,
            quantile=percent / 100,
            reads=("milliseconds",),
            nothing="there is no case",
        )
        for percent in (50, 95, 99)
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _METRICS}
"""Those of a suite or a slice of it, in the order in which they are shown."""

MEMORY = "memory"
"""Peak resident memory of the process that ran the suite, in MB; measured once, not of cases."""

TOOL_METRICS = ("precision", "recall", "f1")
"""Those about one tool, by what was called."""


def is_share(name: str) -> bool:
    """Whether a metric of that name lies between 0 and 1."""
    return name in TOOL_METRICS or (name in METRICS and not METRICS[name].unit)


def better(name: str) -> Literal["higher", "lower"]:
    """Return whether a metric of that name is better the higher it is, or the lower."""
    if name in METRICS:
        return METRICS[name].better
    return "lower" if name == MEMORY else "higher"


def tool_metric(name: str, tool: int) -> Metric:
    """Return the metric of this name for the tool of that number in the columns."""

    def expected(c: Columns) -> Bools:
        return np.equal(c.expected, tool)

    def called(c: Columns) -> Bools:
        return np.equal(c.called, tool)

    if name == "precision":
        return Metric(
            name=name,
            about="calls of the tool that should have been",
            better="higher",
            of=called,
            counted=expected,
            nothing="it was never called",
        )
    if name == "recall":
        return Metric(
            name=name,
            about="cases for the tool that called it",
            better="higher",
            of=expected,
            counted=called,
            nothing="no case is for it",
        )
    assert name == "f1"
    return Metric(
        name=name,
        about="harmonic mean of the tool's precision and recall",
        better="higher",
        of=lambda c: expected(c) | called(c),
        value=lambda c: classification.f1(c.expected, c.called, tool),
        reads=("called",),
        nothing="no case is for it, and none called it",
    )
