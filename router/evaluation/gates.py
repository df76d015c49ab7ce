"""Gates: limits that an evaluation must keep, as YAML, and what a report makes of them."""

from __future__ import annotations

import functools
import importlib.resources
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator

from router.declarations.document import MAX_BYTES, Document
from router.declarations.explain import violations
from router.declarations.schema import NO_NETWORK
from router.declarations.strict_yaml import read
from router.declarations.wording import hint, shown
from router.errors import GateError, Problem
from router.evaluation.catalogue import MEMORY, METRICS, TOOL_METRICS
from router.evaluation.measures import EVERYTHING, Slice
from router.evaluation.report import Report


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit that a metric must keep."""

    metric: str
    reason: str
    """Why this limit and not another."""
    suite: str = ""
    """Empty: on every suite, each by itself."""
    slice: Slice = EVERYTHING
    floor: float | None = None
    ceiling: float | None = None
    rule: Literal["point", "interval"] = "point"
    """Whether the measured value must keep the limit, or the whole of its interval."""
    no_worse_than_baseline_by: float | None = None
    significant_at: float | None = None
    """Being worse than the baseline only counts where a paired test has a p-value of at most this."""
    line: int = 0
    """1-based line in its file."""


def load_gates(path: str | os.PathLike[str], report: Report | None = None) -> tuple[Gate, ...]:
    """Read and check gates; with a report, also that it has their suites, and what their slices name.

    Raises GateError with everything that is wrong.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            documents, problems = read(stream.read(MAX_BYTES + 1), str(file))
    except OSError as error:
        raise GateError([Problem(str(file), 0, "", f"cannot be read: {error.strerror}")]) from None
    if len(documents) != 1 and not problems:
        problems.append(Problem(str(file), 0, "", f"expected one YAML document, and there are {len(documents)}"))
    gates: tuple[Gate, ...] = ()
    for document in documents[:1]:
        found = list(violations(_schema(), document.value))
        problems += [document.problem(finding.path, finding.message, at=finding.at) for finding in found]
        if not found:
            gates = tuple(_gates(document))
            problems += _misuses(document, gates, report)
    if problems:
        raise GateError(problems)
    return gates


def needs_baseline(gates: Iterable[Gate]) -> Gate | None:
    """Return the first gate that compares with a baseline, if one does."""
    return next((gate for gate in gates if gate.no_worse_than_baseline_by is not None), None)


@functools.cache
def _schema() -> Draft202012Validator:
    text = importlib.resources.files(__package__).joinpath("gates.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text), registry=NO_NETWORK)


def _gates(document: Document) -> Iterator[Gate]:
    value: Any = document.value
    for n, gate in enumerate(value["gates"]):
        part = Slice(**gate.get("slice", {}))
        yield Gate(
            **(gate | {"slice": part, "line": document.line(("gates", n)), "reason": " ".join(gate["reason"].split())})
        )


def _misuses(document: Document, gates: Sequence[Gate], report: Report | None) -> Iterator[Problem]:
    """Yield what the schema cannot say."""
    for n, gate in enumerate(gates):
        for key, message in (*_contradictions(gate), *(_unknown(gate, report) if report else ())):
            yield document.problem(("gates", n, key) if key else ("gates", n), message)


def _contradictions(gate: Gate) -> Iterator[tuple[str, str]]:
    known = (*METRICS, MEMORY, *TOOL_METRICS)
    if gate.metric not in known:
        yield (
            "metric",
            f"no metric is named {shown(gate.metric)}.{hint(gate.metric, known)} Metrics: {', '.join(known)}.",
        )
    limits = [gate.floor, gate.ceiling, gate.no_worse_than_baseline_by]
    if sum(limit is not None for limit in limits) != 1:
        yield "", "a gate has one limit: floor, ceiling or no_worse_than_baseline_by"
    if gate.metric in TOOL_METRICS and not gate.slice.tool:
        yield "metric", f"{gate.metric} is about one tool: name it, slice: {{tool: NAME}}"
    if gate.metric == MEMORY and (gate.slice != EVERYTHING or gate.rule == "interval"):
        yield "metric", "memory is one number of a whole run: it has no slice and no interval"
    if gate.metric == MEMORY and gate.significant_at is not None:
        yield "significant_at", "memory is one number of a whole run: no test can compare two of them"


def _unknown(gate: Gate, report: Report) -> Iterator[tuple[str, str]]:
    """Say what a gate names that the report does not have: a gate that measures nothing keeps nobody safe."""
    suites = [suite for suite in report.suites if gate.suite in {"", suite.name}]
    if not suites:
        known = [suite.name for suite in report.suites]
        yield "suite", f"no suite is named {shown(gate.suite)}.{hint(gate.suite, known)} Suites: {', '.join(known)}."
    cases = [outcome.case for suite in suites for outcome in suite.outcomes]
    present: Mapping[str, set[str]] = {
        "tag": {tag for case in cases for tag in case.tags},
        "language": {case.language for case in cases},
        "tool": set(report.tools),
    }
    for kind, names in present.items() if suites else ():
        wanted = getattr(gate.slice, kind)
        if wanted and wanted not in names:
            what = "no tool is" if kind == "tool" else f"no case has a {kind}"
            yield "slice", f"{what} named {shown(wanted)}.{hint(wanted, names)}"
