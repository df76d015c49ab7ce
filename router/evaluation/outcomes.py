"""What came of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from router.decisions import Abstain, AskArgument, Clarify, Decision, ToolCall, decision_from_dict
from router.evaluation.cases import Case
from router.metrics.arguments import exact_match

Verdict: TypeAlias = Literal["right", "wrong_call", "false_accept", "false_reject", "guessed", "asked"]
"""How good a decision was.

| verdict | the utterance is for | and the router |
|---|---|---|
| right | a tool; none; one of several | called it; abstained; asked which, offering at least two of them |
| wrong_call | a tool, or one of several | called another |
| false_accept | none | called one |
| false_reject | a tool, or one of several | abstained |
| guessed | one of several | called one of them without asking |
| asked | a tool, or none | asked which was meant; or asked about the wrong ones |
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, what the router decided, and how long it took."""

    case: Case
    decision: Decision
    milliseconds: float
    """Wall-clock time of `route`."""

    @property
    def called(self) -> str:
        """The tool that was called, or whose argument was asked about; empty if none was."""
        return "" if isinstance(self.decision, Abstain) else self.decision.tool or ""

    @property
    def verdict(self) -> Verdict:
        """How good the decision was."""
        tools = self.case.tools
        if self.called:
            if not tools:
                return "false_accept"
            if self.called not in tools:
                return "wrong_call"
            return "right" if len(tools) == 1 else "guessed"
        if isinstance(self.decision, Clarify):
            offered = {candidate.tool for candidate in self.decision.candidates}
            return "right" if len(offered.intersection(tools)) >= 2 else "asked"
        return "false_reject" if tools else "right"

    @property
    def has_right_arguments(self) -> bool:
        """Whether it has just the arguments that the case states; true where it states none."""
        if self.case.arguments is None:
            return True
        given = self.decision.arguments if isinstance(self.decision, ToolCall | AskArgument) else {}
        return bool(exact_match([self.case.arguments], [given])[0])

    @property
    def confidence(self) -> float:
        """How sure the router was of what it did, in [0, 1]."""
        return self.decision.probability if self.called else 1.0 - self.decision.in_scope

    @property
    def harm(self) -> tuple[bool, float]:
        """How bad it is if it was wrong, to sort by: acting is worse than not, and sure worse than unsure."""
        return bool(self.called), self.confidence

    def to_dict(self) -> dict[str, Any]:
        """Return the case's row with the decision, JSON values without nulls."""
        decision = {key: value for key, value in self.decision.to_dict().items() if value is not None}
        for left_out in ("utterance", "probability", "nearest", "features"):
            del decision[left_out]
        decision["candidates"] = {each["tool"]: each["probability"] for each in decision["candidates"]}
        result = {"decision": decision, "verdict": self.verdict, "milliseconds": round(self.milliseconds, 3)}
        return self.case.to_dict() | result


def outcome_from_dict(data: Mapping[str, Any], case: Case) -> Outcome:
    """Return what `to_dict` wrote of this case.

    Raises LookupError, TypeError, ValueError or AttributeError for anything else.
    """
    candidates = [{"tool": tool, "probability": likely} for tool, likely in data["decision"]["candidates"].items()]
    decision = data["decision"] | {"utterance": case.utterance, "candidates": candidates}
    found = Outcome(case, decision_from_dict(decision), float(data["milliseconds"]))
    if not isinstance(found.called, str) or found.to_dict() != data:
        raise ValueError(f"{case.utterance!r:.80} is written otherwise than it would be")
    return found
