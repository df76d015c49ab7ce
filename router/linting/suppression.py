"""What authors have decided not to hear about again, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from router.declarations import Suppression, Tool, ToolSet
from router.errors import did_you_mean
from router.linting.finding import ABOUT_A_TOOL, Finding, Mention
from router.linting.inspection import NOWHERE
from router.text import normalize


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that an author wants to hear no more of."""

    finding: Finding
    reason: str


def suppress(findings: Iterable[Finding], tools: ToolSet) -> tuple[list[Finding], list[Suppressed]]:
    """Part findings from those that a tool they mention suppresses, and find suppressions without effect."""
    kept, suppressed = [], []
    candidates = list(findings)
    notes = [(tool, n, note) for tool in tools for n, note in enumerate(tool.lint)]
    for finding in candidates:
        reasons = [note.reason for tool, _, note in notes if _suppresses(note, tool, finding)]
        if reasons:
            suppressed.append(Suppressed(finding, reasons[0]))
        else:
            kept.append(finding)
    for tool, n, note in notes:
        kept += _faults(tool, n, note, candidates)
    return kept, suppressed


def _suppresses(note: Suppression, tool: Tool, finding: Finding) -> bool:
    if note.ignore != finding.rule or tool.name not in {mention.tool for mention in finding.mentions}:
        return False
    return not note.about or any(_is_about(note.about, mention) for mention in finding.mentions)


def _is_about(about: str, mention: Mention) -> bool:
    return about == mention.tool or _folded(about) == _folded(mention.text)


def _faults(tool: Tool, n: int, note: Suppression, findings: list[Finding]) -> Iterator[Finding]:
    """Say if a suppression has no effect."""
    place = tool.source.at("lint", n) if tool.source else NOWHERE
    subject = Mention(tool.name, "", place.file, place.line)
    if note.ignore not in ABOUT_A_TOOL:
        yield Finding(
            "unknown-rule",
            "error",
            subject,
            f"{note.ignore!r} is no rule that a tool can ignore.{did_you_mean(note.ignore, ABOUT_A_TOOL)}",
            f"Rules: {', '.join(sorted(ABOUT_A_TOOL))}.",
        )
    elif not any(_suppresses(note, tool, finding) for finding in findings):
        own = [
            mention
            for finding in findings
            if _suppresses(Suppression(note.ignore, note.reason), tool, finding)
            for mention in finding.mentions
        ]
        near = did_you_mean(note.about, {name for mention in own for name in (mention.text, mention.tool) if name})
        about = f" that mentions {note.about!r}" + (f".{near}" if near else "") if note.about else ""
        yield Finding(
            "unused-suppression",
            "warning",
            subject,
            f"{tool.name!r} has no {note.ignore} to ignore{about}",
            "Delete it.",
        )


def _folded(text: str) -> str:
    return normalize(text).casefold()
