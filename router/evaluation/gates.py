"""Gates: limits that an evaluation must keep, as YAML, and what a report makes of them."""

from __future__ import annotations

import functools
import importlib.resources
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from router.evaluation.cases import Case
from router.evaluation.catalogue import MEMORY, METRICS, TOOL_METRICS, better, is_share
from router.evaluation.measures import EVERYTHING, Slice


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit that a metric must keep."""

    metric: str
    reason: str
    """Why this limit and not another."""
    suite: str = ""
    """Empty: on every suite that has the slice, each by itself."""
    slice: Slice = EVERYTHING
    floor: float | None = None
    ceiling: float | None = None
    rule: Literal["point", "interval"] = "point"
    """Whether the measured value must keep the limit, or the whole of its interval."""
    no_worse_than_baseline_by: float | None = None
    significant_at: float | None = None
    """Being worse than the baseline only counts where a paired test has a p-value of at most this."""
    file: str = ""
    line: int = 0
    """1-based line in its file."""

    def is_about(self, suite: str, cases: Iterable[Case]) -> bool:
        """Whether the suite of that name, with these cases, is judged by it."""
        if self.suite:
            return self.suite == suite
        return self.slice == EVERYTHING or any(
            self.slice.holds(case) and (not self.slice.tool or case.tools == (self.slice.tool,)) for case in cases
        )

    def problem(self, message: str) -> Problem:
        """Return a problem of this gate."""
        return Problem(self.file, self.line, self.metric, message)


def load_gates(
    path: str | os.PathLike[str], suites: Mapping[str, Sequence[Case]] | None = None, tools: Collection[str] = ()
) -> tuple[Gate, ...]:
    """Read and check gates; with the cases of each suite by its name, also that there is what they name.

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
            problems += _misuses(document, gates, suites, tools)
    if problems:
        raise GateError(problems)
    return gates


@functools.cache
def _schema() -> Draft202012Validator:
    text = importlib.resources.files(__package__).joinpath("gates.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text), registry=NO_NETWORK)


def _gates(document: Document) -> Iterator[Gate]:
    value: Any = document.value
    for n, gate in enumerate(value["gates"]):
        part = Slice(**gate.get("slice", {}))
        place = {"file": document.file, "line": document.line(("gates", n))}
        yield Gate(**(gate | place | {"slice": part, "reason": " ".join(gate["reason"].split())}))


def _misuses(
    document: Document,
    gates: Sequence[Gate],
    suites: Mapping[str, Sequence[Case]] | None,
    tools: Collection[str],
) -> Iterator[Problem]:
    """Yield what the schema cannot say."""
    for n, gate in enumerate(gates):
        unknown = () if suites is None else _unknown(gate, suites, tools)
        for key, message in (*_contradictions(gate), *unknown):
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
    elif gate.metric in known:
        yield from _wrong_way(gate)
    if gate.rule == "interval" and gate.no_worse_than_baseline_by is not None:
        yield "rule", "a comparison with the baseline has no rule; significant_at says how sure it must be"
    if gate.rule == "interval" and gate.metric in METRICS and not METRICS[gate.metric].has_interval:
        yield "rule", f"{gate.metric} has no interval: few cases make it too large. Write rule: point, or leave it out."
    limit = gate.floor if gate.floor is not None else gate.ceiling
    if limit is not None and is_share(gate.metric) and not 0.0 <= limit <= 1.0:
        yield (
            "floor" if gate.floor is not None else "ceiling",
            f"{gate.metric} lies between 0 and 1, and {limit} does not",
        )
    if gate.metric in TOOL_METRICS and not gate.slice.tool:
        yield "metric", f"{gate.metric} is about one tool: name it, slice: {{tool: NAME}}"
    if gate.metric == MEMORY and (gate.slice != EVERYTHING or gate.rule == "interval"):
        yield "metric", "memory is one number of a whole run: it has no slice and no interval"
    if gate.metric == MEMORY and gate.significant_at is not None:
        yield "significant_at", "memory is one number of a whole run: no test can compare two of them"


def _wrong_way(gate: Gate) -> Iterator[tuple[str, str]]:
    """Say if a limit keeps a metric from being good."""
    if better(gate.metric) == "lower" and gate.floor is not None:
        yield "floor", f"{gate.metric} is better the lower it is: give it a ceiling"
    if better(gate.metric) == "higher" and gate.ceiling is not None:
        yield "ceiling", f"{gate.metric} is better the higher it is: give it a floor"


def _unknown(gate: Gate, suites: Mapping[str, Sequence[Case]], tools: Collection[str]) -> Iterator[tuple[str, str]]:
    """Say what a gate names that is not there: a gate that measures nothing keeps nobody safe."""
    if gate.suite and gate.suite not in suites:
        known = [*suites]
        yield "suite", f"no suite is named {shown(gate.suite)}.{hint(gate.suite, known)} Suites: {', '.join(known)}."
        return
    cases = [case for name, those in suites.items() if gate.suite in {"", name} for case in those]
    present: Mapping[str, Collection[str]] = {
        "tag": {tag for case in cases for tag in case.tags},
        "language": {case.language for case in cases},
        "tool": tools,
    }
    known_all = True
    for kind, names in present.items():
        wanted = getattr(gate.slice, kind)
        if wanted and wanted not in names:
            known_all = False
            what = "no tool is" if kind == "tool" else f"no case has a {kind}"
            yield "slice", f"{what} named {shown(wanted)}.{hint(wanted, names)}"
    if known_all and not any(gate.is_about(name, those) for name, those in suites.items()):
        yield "slice", f"no suite has a case of this slice: {gate.slice}"
