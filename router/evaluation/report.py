"""A report: what was measured, of what, and what the gates say. Written as JSON, and read again as a baseline."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from router.declarations import Location
from router.errors import ReportError
from router.evaluation.cases import Card, Suite
from router.evaluation.catalogue import MEMORY, METRICS, TOOL_METRICS, Metric, tool_metric
from router.evaluation.columns import Bools, Columns, columns
from router.evaluation.measures import EVERYTHING, Measurement, Slice, measure, measurement_from_dict
from router.evaluation.outcomes import Outcome, outcome_from_dict
from router.evaluation.provenance import Provenance, provenance_from_dict
from router.evaluation.rows import KEYS, case_from_row

FORMAT = "intent-router-report"
FORMAT_VERSION = 1

SLICE_METRICS = ("accuracy", "decision_accuracy", "coverage", "selective_accuracy", "false_accept_rate")
"""Measured for each tag and language, where there is anything to measure."""


@dataclass(frozen=True)
class SuiteResult:
    """A suite and what came of it."""

    name: str
    file: str
    card: Card
    fingerprint: str
    outcomes: tuple[Outcome, ...] = field(repr=False)
    measurements: tuple[Measurement, ...] = field(repr=False)
    """Of the whole suite in the catalogue's order, then of tags, languages and tools."""

    @cached_property
    def columns(self) -> Columns:
        """The outcomes as arrays."""
        return columns(self.outcomes)

    def overall(self, metric: str) -> Measurement:
        """Return a measurement of the whole suite. Raises KeyError for a metric that it has not."""
        return self._by_key[metric, EVERYTHING]

    def of(self, metric: str, part: Slice) -> Measurement:
        """Return the measurement of a metric on a slice, measuring it now if the report does not hold it."""
        known = self._by_key.get((metric, part))
        return known or measured(self.outcomes, self.columns, metric, part)

    def slices(self, kind: str) -> list[Slice]:
        """Return the slices by `tag`, `language` or `tool` that were measured, in alphabetical order."""
        return sorted({m.slice for m in self.measurements if getattr(m.slice, kind)}, key=str)

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, Slice], Measurement]:
        return {(each.metric, each.slice): each for each in self.measurements}


@dataclass(frozen=True)
class Report:
    """Everything that a run found out, apart from what gates and a baseline make of it."""

    provenance: Provenance
    suites: tuple[SuiteResult, ...]
    tools: Mapping[str, Location | None]
    """Every tool's name, and where it is declared if that is known."""

    def suite(self, name: str) -> SuiteResult | None:
        """Return the suite of that name, if there is one."""
        return next((suite for suite in self.suites if suite.name == name), None)


def suite_result(suite: Suite, outcomes: Sequence[Outcome], memory: float | None = None) -> SuiteResult:
    """Measure a suite's outcomes. `memory` is the peak of a process that did nothing but route them, in MB."""
    found = columns(outcomes)
    measurements = [measure(found, metric) for metric in METRICS.values()]
    measurements.append(
        Measurement(MEMORY, value=memory, n=1) if memory is not None else Measurement(MEMORY, why_not=_NO_MEMORY)
    )
    tags = sorted({tag for outcome in outcomes for tag in outcome.case.tags})
    languages = sorted({outcome.case.language for outcome in outcomes} - {""})
    for part in (*map(Slice, tags), *(Slice(language=language) for language in languages)):
        rows = found.take(_held(outcomes, part))
        measurements += [measure(rows, METRICS[name], part) for name in SLICE_METRICS]
    met = {tool for outcome in outcomes for tool in (*outcome.case.tools, outcome.called)}
    for number, tool in enumerate(found.tools):
        if tool in met:
            measurements += [measure(found, tool_metric(name, number), Slice(tool=tool)) for name in TOOL_METRICS]
    kept = (each for each in measurements if each.slice == EVERYTHING or each.n)
    return SuiteResult(suite.name, suite.file, suite.card, suite.fingerprint, tuple(outcomes), tuple(kept))


def measured(outcomes: Sequence[Outcome], found: Columns, metric: str, part: Slice) -> Measurement:
    """Measure a metric on a slice of outcomes, `found` being their columns."""
    chosen = in_slice(outcomes, found, metric, part)
    if chosen is None:
        return Measurement(metric, part, why_not=_NOT_MET)
    which, how = chosen
    return measure(found.take(which), how, part)


def in_slice(outcomes: Sequence[Outcome], found: Columns, metric: str, part: Slice) -> tuple[Bools, Metric] | None:
    """Return which outcomes [n] a slice holds, and what measures them; None for a tool that no case has to do with."""
    which = _held(outcomes, part)
    if not part.tool:
        return which, METRICS[metric]
    if part.tool not in found.tools:
        return None
    tool = found.tools.index(part.tool)
    if metric in TOOL_METRICS:
        return which, tool_metric(metric, tool)
    return which & np.equal(found.expected, tool), METRICS[metric]


def _held(outcomes: Sequence[Outcome], part: Slice) -> Bools:
    return np.array([part.holds(outcome.case) for outcome in outcomes], bool)


_NOT_MET = "no case is for it, and none called it"
_NO_MEMORY = "only 'router eval' of a bundle measures it, where the system says it"


def write_report(report: Report, path: str | os.PathLike[str], more: Mapping[str, Any] | None = None) -> None:
    """Write a report as JSON, a line for each outcome, so that two of them can be compared as text.

    `more` is written beside it, for programs that read the file.
    """
    header: dict[str, Any] = {"format": FORMAT, "format_version": FORMAT_VERSION}
    header |= {"provenance": asdict(report.provenance)}
    places = {name: place and {"file": place.file, "line": place.line} for name, place in report.tools.items()}
    header |= {"tools": places}
    lines = ["{", *(f"{json.dumps(key)}: {_line(value)}," for key, value in (header | dict(more or {})).items())]
    lines.append('"suites": [')
    for n, suite in enumerate(report.suites):
        head = {"name": suite.name, "file": suite.file, "card": asdict(suite.card), "fingerprint": suite.fingerprint}
        lines += ["{", *(f"{json.dumps(key)}: {_line(value)}," for key, value in head.items())]
        lines += ['"measurements": [', *_items(each.to_dict() for each in suite.measurements), "],"]
        lines += ['"outcomes": [', *_items(each.to_dict() for each in suite.outcomes), "]"]
        lines.append("}" if n == len(report.suites) - 1 else "},")
    text = "\n".join([*lines, "]", "}", ""])
    new = Path(path).with_name(f".{Path(path).name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)


def read_report(path: str | os.PathLike[str]) -> Report:
    """Read what `write_report` wrote. Raises ReportError for anything else."""
    try:
        data = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ReportError(str(path), f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ReportError(str(path), f"is not JSON: {error}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ReportError(str(path), "is no report of 'router eval' or 'router crossval'")
    if data.get("format_version") != FORMAT_VERSION:
        written = data.get("format_version")
        raise ReportError(str(path), f"has format version {written!r}; this package reads {FORMAT_VERSION}")
    try:
        return Report(
            provenance_from_dict(data["provenance"]),
            tuple(map(_suite, data["suites"])),
            {name: Location(**place) if place else None for name, place in data["tools"].items()},
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ReportError(str(path), f"is a report that somebody has changed: {error!r}") from error


def _suite(data: Mapping[str, Any]) -> SuiteResult:
    outcomes = tuple(map(_outcome, data["outcomes"]))
    suite = Suite(data["name"], tuple(outcome.case for outcome in outcomes), Card(**data["card"]), data["file"])
    if suite.fingerprint != data["fingerprint"]:
        raise ValueError(f"the cases of suite {suite.name!r:.80} are not those that it was written with")
    measurements = tuple(map(measurement_from_dict, data["measurements"]))
    return SuiteResult(suite.name, suite.file, suite.card, data["fingerprint"], outcomes, measurements)


def _outcome(data: Mapping[str, Any]) -> Outcome:
    case, faults = case_from_row({key: data[key] for key in KEYS if key in data})
    if case is None:
        raise ValueError(f"{data.get('utterance')!r:.80} is no case: {faults[0][1]}")
    return outcome_from_dict(data, case)


def _items(values: Iterator[Any]) -> Iterator[str]:
    """Yield a line for each item of a list, with commas between them."""
    held: str | None = None
    for value in values:
        if held is not None:
            yield f"{held},"
        held = _line(value)
    if held is not None:
        yield held


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
