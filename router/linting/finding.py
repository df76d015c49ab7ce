"""What a rule finds, and the names of all rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "info"]
"""An error is certainly wrong; a warning will most likely make the router err; an info is worth knowing."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The gravest first."""

RULES: Mapping[str, str] = {
    "near-duplicate": "An example says nearly the same as something that must not call its tool.",
    "stolen-example": "An example is won by another tool when it is left out.",
    "overlapping-tools": "Two tools are asked for, or declared, in nearly the same words.",
    "winning-counterexample": "A counterexample's own tool wins it when it is left out.",
    "vague-description": "A description says little, or what another tool's says.",
    "few-examples": "A tool has too few examples to learn from, or to measure.",
    "unfilled-parameter": "No example says a parameter.",
    "few-out-of-scope": "There are too few out-of-scope utterances to learn when to abstain.",
    "unused-suppression": "A suppression suppresses nothing.",
    "unknown-rule": "A suppression names no rule that can be ignored.",
}
"""What each rule finds, by its id."""

ABOUT_A_TOOL = tuple(rule for rule in RULES if rule not in {"few-out-of-scope", "unused-suppression", "unknown-rule"})
"""The rules that a tool may ignore."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A tool, or an utterance or parameter of one, and where it is declared."""

    tool: str
    """Empty for what belongs to none."""
    text: str
    """An utterance, or the name of a parameter; empty where the tool itself is meant."""
    file: str
    """A stand-in such as `<tools>` for what no file declares."""
    line: int
    """1-based, 0 where there is none."""

    @property
    def place(self) -> str:
        """File and line for a message."""
        return f"{self.file} line {self.line}" if self.line else self.file

    def __str__(self) -> str:
        return repr(self.text or self.tool)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that will trouble the router."""

    rule: str
    """One of `RULES`."""
    severity: Severity
    subject: Mention
    """What it is about; it is shown there."""
    message: str
    """The fact, with its numbers."""
    suggestion: str
    """What would help."""
    others: tuple[Mention, ...] = ()
    """What the subject is in conflict with."""
    numbers: Mapping[str, float] = field(default_factory=dict, hash=False)
    """The figures of the message by name."""

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """All that it names."""
        return (self.subject, *self.others)
