"""Find in tool files what will trouble the router, before there is a suite to measure it with.

`router.declarations` finds what is wrong with them. Each rule here is a function
from an `Inspection`, which is made once, to findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from router.declarations import ToolSet
from router.encoders import DEFAULT, Encoder, load_encoder
from router.linting.declared import few_examples, few_out_of_scope, unfilled_parameters, vague_descriptions
from router.linting.duplicates import near_duplicates
from router.linting.finding import RULES, SEVERITIES, Finding, Mention, Severity
from router.linting.held_out import stolen_examples, winning_counterexamples
from router.linting.inspection import inspect
from router.linting.overlap import overlapping_tools
from router.linting.suppression import Suppressed, suppress

__all__ = ["RULES", "SEVERITIES", "Finding", "Findings", "Mention", "Severity", "Suppressed", "lint"]


@dataclass(frozen=True)
class Findings:
    """All that was found in a set of tools."""

    found: tuple[Finding, ...]
    """The gravest first, then by file and line."""
    suppressed: tuple[Suppressed, ...]
    """What the tools' authors have suppressed, in the same order."""

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(finding.severity == severity for finding in self.found)


def lint(
    tools: ToolSet,
    encoder: str | Encoder = DEFAULT,
    progress: Callable[[str, int, int], object] = lambda *_: None,
) -> Findings:
    """Find what will trouble a router of these tools, in less time than training one takes.

    `progress` is called with a stage's name, how much of it is done, and how
    much there is. Raises MissingExtraError without scikit-learn, EncoderError.
    """
    inspection = inspect(tools, load_encoder(encoder), progress)
    rules = (
        near_duplicates,
        stolen_examples,
        overlapping_tools,
        winning_counterexamples,
        vague_descriptions,
        few_examples,
        unfilled_parameters,
        few_out_of_scope,
    )
    found, suppressed = suppress((finding for rule in rules for finding in rule(inspection)), tools)
    return Findings(
        tuple(sorted(_nearest_only(found), key=_gravest_first)),
        tuple(sorted(suppressed, key=lambda each: _gravest_first(each.finding))),
    )


def _nearest_only(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what an example is nearly besides the first: one thing at a time is enough to read."""
    reported = set()
    for finding in findings:
        if finding.rule != "near-duplicate" or finding.subject not in reported:
            yield finding
        if finding.rule == "near-duplicate":
            reported.add(finding.subject)


def _gravest_first(finding: Finding) -> tuple[int, str, int, str, str]:
    subject = finding.subject
    return SEVERITIES.index(finding.severity), subject.file, subject.line, finding.rule, finding.message
