"""What a report says to the lines of a pull request: gates that failed, and tools that took part in mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from router.evaluation.judging import GateResult
from router.evaluation.outcomes import Outcome
from router.evaluation.rendering import highlights
from router.evaluation.report import Report, SuiteResult
from router.evaluation.wording import counted, escaped, harmless, offenders, sentence, subject

MOST = 10
"""GitHub shows so many errors, and so many warnings, of a step."""
MOST_CASES = 5
"""A notice names so many."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say of a line."""

    level: Literal["error", "warning"]
    file: str
    """Empty where it is about no file."""
    line: int
    """1-based, 0 for the file as a whole."""
    title: str
    message: str
    """May have several lines."""


def notices(report: Report, gates: Sequence[GateResult]) -> Iterator[Notice]:
    """Yield an error for each gate that failed, and a warning for each tool that took part in mistakes.

    Gates stand where they are written, tools where they are declared or, where
    that is unknown, at their first case; the tool with the worst mistake
    comes first. Of more than ten of a kind, the last says how many are left out.
    """
    yield from _at_most([*map(_gate, highlights.failed(gates))], "gate that failed", "gates that failed")
    yield from _at_most([*_tools(report)], "tool with mistakes", "tools with mistakes")


def _gate(result: GateResult) -> Notice:
    heading, cases = offenders(result.gate.metric, result.offenders)
    named = [f"{heading}: {'; '.join(cases)}."] if cases else []
    message = "\n".join([f"{harmless(result.message)}.", *named, f"Reason: {escaped(result.gate.reason)}"])
    title = f"gate failed: {subject(result.gate.metric, result.suite, result.gate.slice)}"
    return Notice("error", result.gate.file, result.gate.line, title, message)


def _tools(report: Report) -> Iterator[Notice]:
    """Yield a notice for each tool, those of the worst mistakes first."""
    found: dict[str, list[tuple[SuiteResult, Outcome]]] = {}
    mistakes = [(suite, outcome) for suite in report.suites for outcome in highlights.mistakes(suite.outcomes)]
    for suite, outcome in sorted(mistakes, key=lambda mistake: mistake[1].harm, reverse=True):
        if tool := _concerned(outcome):
            found.setdefault(tool, []).append((suite, outcome))
    for tool, wrong in found.items():
        place = report.tools.get(tool)
        suite, first = wrong[0]
        file, line = (place.file, place.line) if place else (suite.file, first.case.line)
        said = [f"{sentence(outcome)}." for _, outcome in wrong[:MOST_CASES]]
        if len(wrong) > MOST_CASES:
            said.append(f"And {len(wrong) - MOST_CASES:,} more.")
        title = f"{escaped(tool)} took part in {counted(len(wrong), 'mistake')}"
        yield Notice("warning", file, line, title, "\n".join(said))


def _concerned(outcome: Outcome) -> str:
    """Return the tool whose declaration a mistake is about: the one called, else the one expected or asked about."""
    named = [outcome.called, *outcome.case.tools, *(each.tool for each in outcome.decision.candidates)]
    return next(filter(None, named), "")


def _at_most(found: Sequence[Notice], one: str, several: str) -> Iterable[Notice]:
    """Return notices, the last in place of those that GitHub would not show."""
    if len(found) <= MOST:
        return found
    shown, hidden = found[: MOST - 1], found[MOST - 1 :]
    message = "\n".join(each.title for each in hidden[:MOST_CASES])
    more = counted(len(hidden), f"more {one}", f"more {several}")
    return [*shown, Notice(hidden[0].level, "", 0, more, f"{message}\nThe report has all of them.")]
