"""Measurements: a metric's value on a slice of a suite, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from router.evaluation.cases import Case
from router.evaluation.catalogue import Metric
from router.evaluation.columns import Columns
from router.metrics.classification import share
from router.metrics.intervals import Interval, bootstrap, clustered_share, percentile_interval

CONFIDENCE = 0.95
"""Of every interval."""
SEED = 0
"""Of every bootstrap and permutation test."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Part of a suite: the cases that have all that is named here; every case, if nothing is."""

    tag: str = ""
    tool: str = ""
    """The cases for this tool; for precision, recall and F1, the tool that they are about."""
    language: str = ""

    def __str__(self) -> str:
        return ", ".join(f"{key} {value!r}" for key, value in asdict(self).items() if value)

    def holds(self, case: Case) -> bool:
        """Whether a case has the tag and the language; the tool is not looked at."""
        return (not self.tag or self.tag in case.tags) and (not self.language or self.language == case.language)


EVERYTHING = Slice()


@dataclass(frozen=True, slots=True)
class Measurement:
    """A metric's value on a slice of a suite, and how far to trust it.

    Numbers have six decimals, so that a report reads as it was before it was written.
    """

    metric: str
    slice: Slice = EVERYTHING
    value: float | None = None
    """None: not measured, which is never zero."""
    low: float | None = None
    """Lower end of the 95 % interval: Wilson's for shares, by how many cases the clusters are worth; of order
    statistics for percentiles; by a bootstrap over clusters for the rest. None where there are too few cases for one,
    or the metric has none."""
    high: float | None = None
    n: int = 0
    """So many cases it is measured on."""
    why_not: str = ""
    """Why it was not measured."""

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            object.__setattr__(self, name, None if number is None else round(number, 6))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self) | {"slice": {key: value for key, value in asdict(self.slice).items() if value}}


def measurement_from_dict(data: Mapping[str, Any]) -> Measurement:
    """Return what `to_dict` wrote. Raises LookupError or TypeError for anything else."""
    values = {field.name: data[field.name] for field in fields(Measurement)}
    return Measurement(**(values | {"slice": Slice(**data["slice"])}))


def measure(outcomes: Columns, metric: Metric, part: Slice = EVERYTHING) -> Measurement:
    """Measure outcomes, all of which belong to the slice that is noted."""
    rows = outcomes.take(metric.of(outcomes))
    value = statistic(metric, rows)
    if value is None:
        return Measurement(metric.name, part, why_not=metric.nothing)
    low, high = _interval(metric, rows) or (None, None)
    return Measurement(metric.name, part, value, low, high, len(rows))


def statistic(metric: Metric, rows: Columns) -> float | None:
    """Return a metric's value on the outcomes that it is about; None where there is nothing to measure."""
    if not len(rows):
        return None
    if metric.counted:
        return share(metric.counted(rows))
    if metric.quantile:
        return float(np.quantile(rows.milliseconds, metric.quantile))
    assert metric.value
    return metric.value(rows)


def _interval(metric: Metric, rows: Columns) -> Interval | None:
    if not metric.has_interval:
        return None
    if metric.counted:
        return clustered_share(metric.counted(rows), rows.clusters, CONFIDENCE)
    if metric.quantile:
        return percentile_interval(rows.milliseconds, metric.quantile, CONFIDENCE)
    found = bootstrap(lambda drawn: statistic(metric, rows.take(drawn)), rows.clusters, CONFIDENCE, seed=SEED)
    return found and Interval(max(found.low, 0.0), min(found.high, 1.0))
