"""What the router answers: one of four decisions, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias


@dataclass(frozen=True)
class Candidate:
    """A tool and how likely it is the one that was meant."""

    tool: str
    probability: float
    """Calibrated, in [0, 1]: that this tool was meant, given that one of the candidates' tools was."""


Kind: TypeAlias = Literal["call", "ask", "clarify", "abstain"]
"""The verb of a decision."""


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """What every decision carries."""

    kind: ClassVar[Kind]
    """What is done, in one word."""

    utterance: str
    """As it was said."""
    in_scope: float
    """Calibrated probability in [0, 1] that the utterance is for one of the tools."""

    candidates: tuple[Candidate, ...] = ()
    """The likeliest tools, best first."""

    @property
    def probability(self) -> float:
        """Probability in [0, 1] that the utterance is for a tool, and for the first candidate."""
        return self.in_scope * self.candidates[0].probability if self.candidates else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values: always the same keys, null where it has no such thing, six decimals."""
        return {
            "utterance": self.utterance,
            "decision": self.kind,
            "tool": getattr(self, "tool", None),
            "arguments": dict(self.arguments) if isinstance(self, ToolCall) else None,
            "confirm": getattr(self, "confirm", None),
            "excluded": list(self.excluded) if isinstance(self, ToolCall) and self.excluded else None,
            "parameter": getattr(self, "parameter", None),
            "question": getattr(self, "question", None),
            "reason": getattr(self, "reason", None),
            "probability": round(self.probability, 6),
            "in_scope": round(self.in_scope, 6),
            "candidates": [
                {"tool": candidate.tool, "probability": round(candidate.probability, 6)}
                for candidate in self.candidates
            ],
        }


@dataclass(frozen=True)
class ToolCall(_Decided):
    """Call this tool."""

    kind: ClassVar[Kind] = "call"
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """The arguments that were found; empty until the router fills arguments."""
    confirm: bool = field(default=False, kw_only=True)
    """Ask the person before the tool acts."""
    excluded: tuple[str, ...] = field(default=(), kw_only=True)
    """Words of the utterance that name what the call must leave alone: "the kitchen" of "all lights except the
    kitchen". Such a call asks for a confirmation."""


@dataclass(frozen=True)
class AskArgument(_Decided):
    """The tool is clear, but a required argument is missing: ask for it."""

    kind: ClassVar[Kind] = "ask"
    tool: str
    parameter: str
    question: str


@dataclass(frozen=True)
class Clarify(_Decided):
    """Two or more tools are too close to call: ask which of the candidates was meant."""

    kind: ClassVar[Kind] = "clarify"
    __match_args__ = ("candidates",)
    question: str = ""
    """Ready to be asked, made of the candidates' descriptions."""


@dataclass(frozen=True)
class Abstain(_Decided):
    """Do nothing, and know why."""

    kind: ClassVar[Kind] = "abstain"
    reason: Reason


Reason: TypeAlias = Literal[
    "out_of_scope", "ambiguous", "below_risk_limit", "unavailable_tool", "negated", "cancelled", "empty", "too_long"
]
"""Why nothing is done.

| reason | the utterance |
|---|---|
| out_of_scope | is for no tool |
| ambiguous | could be for too many tools to ask which |
| below_risk_limit | is probably for a tool that must be surer than this before it acts |
| unavailable_tool | is for a tool that is not available now |
| negated | says what not to do: "don't call anyone" |
| cancelled | takes back what was said: "never mind" |
| empty | says nothing |
| too_long | is longer than anything that is said to a phone |
"""

Decision: TypeAlias = ToolCall | AskArgument | Clarify | Abstain
"""Match on it: `match router.route(text): case ToolCall(tool, arguments): ...`."""


def decision_from_dict(data: Mapping[str, Any]) -> Decision:
    """Return the decision that `to_dict` wrote. Raises LookupError, TypeError or ValueError for anything else."""
    kinds: dict[str, type[Decision]] = {each.kind: each for each in (ToolCall, AskArgument, Clarify, Abstain)}
    if data["decision"] not in kinds:
        raise ValueError(f"{data['decision']!r} is no decision; expected one of {sorted(kinds)}")
    kind = kinds[data["decision"]]
    values = {each.name: data[each.name] for each in fields(kind) if each.name != "excluded"}
    if data.get("excluded"):
        values["excluded"] = tuple(data["excluded"])
    values["candidates"] = tuple(Candidate(**candidate) for candidate in values["candidates"])
    return kind(**values)


@dataclass(frozen=True)
class Policy:
    """When to act, when to ask and when to abstain.

    The limits are the author's. The thresholds are fitted from held-out
    predictions when the router is trained, and belong to its encoder and its
    declarations.
    """

    max_false_accept: float = 0.05
    """Of utterances that are for no tool, at most about this share may call one."""
    max_wrong_call: float = 0.02
    """Of the calls made, at most about this share may be to the wrong tool."""
    in_scope_threshold: float = 0.5
    """Abstain if the in-scope probability is lower."""
    call_threshold: float = 0.5
    """Clarify if the first candidate's probability is lower."""

    def __post_init__(self) -> None:
        """Raise ValueError unless both limits are shares."""
        for name, limit in (("max_false_accept", self.max_false_accept), ("max_wrong_call", self.max_wrong_call)):
            if not 0.0 <= limit <= 1.0:
                raise ValueError(f"{name} is {limit!r}; expected a share between 0 and 1")


CLOSE = 4
"""A candidate is asked about if the first one is at most this many times likelier."""
MOST_CHOICES = 3
"""More than this nobody wants to be asked."""


def decide(
    utterance: str,
    candidates: tuple[Candidate, ...],
    in_scope: float,
    policy: Policy,
    *,
    available_share: float = 1.0,
    confirm: bool = False,
) -> ToolCall | Clarify | Abstain:
    """Apply a policy to ranked candidates.

    `candidates` are the tools that may be called now, their probabilities
    adding up to 1 or, if the list was cut, less. One alone has nothing to be
    confused with, and is called. `available_share` is the probability in [0, 1]
    that one of them was meant rather than a tool that may not be called.
    `confirm` is what the first candidate's declaration says.
    """
    evidence: dict[str, Any] = {"utterance": utterance, "in_scope": in_scope, "candidates": candidates}
    if in_scope < policy.in_scope_threshold:
        return Abstain("out_of_scope", **evidence)
    if available_share < 0.5:
        return Abstain("unavailable_tool", **evidence)
    if not candidates:
        return Abstain("out_of_scope", **evidence)
    if len(candidates) == 1 or candidates[0].probability >= policy.call_threshold:
        return ToolCall(candidates[0].tool, confirm=confirm, **evidence)
    least = candidates[0].probability / CLOSE
    close = tuple(candidate for candidate in candidates if candidate.probability >= least)[:MOST_CHOICES]
    return Clarify(utterance=utterance, in_scope=in_scope, candidates=close if len(close) > 1 else candidates[:2])
