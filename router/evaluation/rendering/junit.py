"""A report as JUnit XML, which CI servers show as test results.

A suite is a `testsuite` and a case is a `testcase`. Without gates, each case
that was decided wrong is a failure. With gates, they are what is judged: the
failures are the gates that failed, in a testsuite of their own, and the cases
that they name as offenders; what went wrong in another case is in its
`system-out`, and the case passes, as no suite is ever decided right as a whole.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from router.evaluation.judging import GateResult
from router.evaluation.outcomes import Outcome
from router.evaluation.rendering import highlights
from router.evaluation.rendering.movements import facts
from router.evaluation.report import Report, SuiteResult
from router.evaluation.wording import escaped, harmless, offenders, sentence, subject

GATES = "gates"
"""Name of the testsuite of gates, unless a suite is named so."""


def as_junit(report: Report, gates: Sequence[GateResult]) -> str:
    """Write a report as an XML document. What is no character of XML is written as an escape."""
    suites = [_suite(report, suite, gates) for suite in report.suites]
    if gates:
        suites.append(_gates(gates, _apart({suite.name for suite in report.suites})))
    root = ET.Element("testsuites", {"name": "router", **_totals(suites)})
    root.extend(suites)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(report: Report, suite: SuiteResult, gates: Sequence[GateResult]) -> ET.Element:
    blamed: dict[str, list[str]] = {}
    for result in gates:
        for outcome in result.offenders if result.suite == suite.name else ():
            blamed.setdefault(outcome.case.id, []).append(harmless(result.message))
    names: set[tuple[str, str]] = set()
    cases = []
    for outcome in suite.outcomes:
        case = _case(suite, outcome, names)
        blame = blamed.get(outcome.case.id, [])
        is_wrong = outcome.verdict != "right"
        if blame or (is_wrong and not gates):
            failure = ET.SubElement(case, "failure", _what(outcome, blame))
            failure.text = "\n".join([*_details(outcome), *(f"gate failed: {message}" for message in blame)])
        elif is_wrong:
            ET.SubElement(case, "system-out").text = f"{outcome.verdict}: {sentence(outcome)}"
        cases.append(case)
    properties = {name: value for name, value in facts(report.provenance).items() if name != "made"}
    return _testsuite(suite.name, cases, {**properties, "suite fingerprint": suite.fingerprint}, _timestamp(report))


def _case(suite: SuiteResult, outcome: Outcome, names: set[tuple[str, str]]) -> ET.Element:
    """Return a testcase whose name and class are its own, as servers take two of a name for one."""
    name, of = escaped(outcome.case.utterance), escaped(f"{suite.name}.{outcome.case.intent}")
    if not name.strip() or (of, name) in names:
        name = f"{name} [{escaped(outcome.case.id)}]".strip()
    names.add((of, name))
    attributes = {"name": name, "classname": of, "time": f"{outcome.milliseconds / 1000:.6f}"}
    return ET.Element("testcase", attributes | _place(suite.file, outcome.case.line))


def _what(outcome: Outcome, blame: Sequence[str]) -> dict[str, str]:
    """Return what a failure says in short: of what was decided right, such as a slow decision, the gate says it."""
    if outcome.verdict == "right":
        return {"message": blame[0], "type": "gate"}
    return {"message": sentence(outcome), "type": outcome.verdict}


def _details(outcome: Outcome) -> Iterator[str]:
    """Yield what the decision rests on."""
    case, decision = outcome.case, outcome.decision
    yield f"id: {escaped(case.id)}"
    if case.tags:
        yield f"tags: {escaped(', '.join(case.tags))}"
    yield f"in scope: {decision.in_scope:.3f}"
    for each in decision.candidates:
        yield f"candidate: {escaped(each.tool)} {each.probability:.3f}"


def _apart(taken: Collection[str]) -> str:
    """Return a name for the testsuite of gates that no suite has."""
    return next(name for name in (GATES, *(f"{GATES} ({n})" for n in range(2, len(taken) + 3))) if name not in taken)


def _gates(gates: Iterable[GateResult], title: str) -> ET.Element:
    cases = []
    for result in gates:
        gate = result.gate
        name = f"{subject(gate.metric, result.suite, gate.slice)}: {highlights.limit_of(gate)}"
        attributes = {"name": name, "classname": escaped(f"{title}.{result.suite}"), "time": "0.000000"}
        case = ET.Element("testcase", attributes | _place(gate.file, gate.line))
        message = harmless(result.message)
        if result.passed:
            ET.SubElement(case, "system-out").text = message
        else:
            heading, named = offenders(gate.metric, result.offenders)
            failure = ET.SubElement(case, "failure", {"message": message, "type": "gate"})
            failure.text = "\n".join([f"Reason: {escaped(gate.reason)}", *([f"{heading}:", *named] if named else [])])
        cases.append(case)
    return _testsuite(title, cases)


def _testsuite(
    name: str, cases: Sequence[ET.Element], properties: Mapping[str, str] | None = None, made: str = ""
) -> ET.Element:
    """Return a testsuite with its totals, its properties first as the schema has them."""
    failures = sum(case.find("failure") is not None for case in cases)
    time = sum(float(case.attrib["time"]) for case in cases)
    numbers = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0"}
    attributes = {"name": escaped(name), **numbers, "time": f"{time:.6f}"}
    suite = ET.Element("testsuite", attributes | ({"timestamp": made} if made else {}))
    if properties:
        listed = ET.SubElement(suite, "properties")
        for key, value in properties.items():
            ET.SubElement(listed, "property", {"name": escaped(key), "value": escaped(value)})
    suite.extend(cases)
    return suite


def _totals(suites: Iterable[ET.Element]) -> dict[str, str]:
    listed = [*suites]
    counts = {key: str(sum(int(suite.attrib[key]) for suite in listed)) for key in ("tests", "failures", "errors")}
    return {**counts, "time": f"{sum(float(suite.attrib['time']) for suite in listed):.6f}"}


def _timestamp(report: Report) -> str:
    """Return when the report was made as the schema has it, without a zone; empty where it is no time."""
    try:
        return datetime.fromisoformat(report.provenance.made).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return ""


def _place(file: str, line: int) -> dict[str, str]:
    return ({"file": escaped(file)} | ({"line": str(line)} if line else {})) if file else {}
