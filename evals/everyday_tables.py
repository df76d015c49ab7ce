"""What the shipped tools make of the everyday suite, from its baseline report, as Markdown tables."""

from __future__ import annotations

from evals.markdown import markdown
from router.evaluation import SuiteResult
from router.evaluation.catalogue import METRICS
from router.evaluation.measures import Measurement
from router.evaluation.report import SLICE_METRICS

HEADLINES = (
    "accuracy",
    "top_3",
    "coverage",
    "selective_accuracy",
    "false_accept_rate",
    "auroc",
    "argument_exact_match",
)
"""What README.md shows."""


def headline_table(result: SuiteResult) -> str:
    """Return the figures that matter most, each with what it is."""
    return _table(result, HEADLINES)


def metrics_table(result: SuiteResult) -> str:
    """Return every figure that does not depend on the machine."""
    return _table(result, [name for name, metric in METRICS.items() if metric.unit != "ms"])


def tags_table(result: SuiteResult) -> str:
    """Return what differs by tag."""
    rows = []
    for part in result.slices("tag"):
        found = [result.of(name, part) for name in SLICE_METRICS]
        total = result.of("decision_accuracy", part).n
        rows.append([part.tag, str(total), *("" if each.value is None else f"{each.value:.3f}" for each in found)])
    return markdown(("tag", "n", *(name.replace("_", " ") for name in SLICE_METRICS)), rows)


def _table(result: SuiteResult, names: list[str] | tuple[str, ...]) -> str:
    found = [(name, result.overall(name)) for name in names]
    rows = [
        [name.replace("_", " "), f"{each.value:.3f}", _interval(each), str(each.n), METRICS[name].about]
        for name, each in found
        if each.value is not None
    ]
    return markdown(("metric", "value", "95 % interval", "n", "what it is"), rows)


def _interval(found: Measurement) -> str:
    return "" if found.low is None or found.high is None else f"{found.low:.3f} to {found.high:.3f}"
