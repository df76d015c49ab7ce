"""What the router answers: one of four decisions, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias

from router.declarations import Risk, Tool, ToolSet


@dataclass(frozen=True)
class Candidate:
    """A tool and how likely it is the one that was meant."""

    tool: str
    probability: float
    """Calibrated, in [0, 1]: that this tool was meant, given that one of all the tools was, available or not."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A prototype that resembles the utterance."""

    tool: str
    text: str
    """The example, or the description for the declaration itself."""
    similarity: float
    """Cosine of the two embeddings."""
    is_declaration: bool


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that fills a parameter, and how it was found."""

    parameter: str
    """With a dot before each key of a nested object: `address.city`."""
    value: Any = field(hash=False)
    """Of a parameter that takes a list, one of its values."""
    text: str
    """The words that say it, there or in an answer; empty where it is implied."""
    start: int
    end: int
    """Where these words are in `router.text.normalize(utterance)`: the characters `[start, end)`; both 0 if they are
    not there but were answered."""
    probability: float
    """In [0, 1]: that this is what was meant for the parameter."""
    how: How


How: TypeAlias = Literal["said", "known", "implied", "answered"]
"""How a value was found.

| how | the value |
|---|---|
| said | is in the words, read by their type |
| known | is one of the values that the device knows, see `Router.with_values` |
| implied | is meant and not said: "lights out" |
| answered | was given in answer to a question |
"""

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
    nearest: tuple[Similar, ...] = ()
    """The examples and declarations of any tool that the utterance is most like, best first."""
    features: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What the in-scope probability was made of, see `router.scoring.scorer.GATE_FEATURES`."""

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
            "arguments": dict(self.arguments) if isinstance(self, ToolCall | AskArgument) else None,
            "found": [asdict(argument) for argument in getattr(self, "found", ())] or None,
            "confirm": getattr(self, "confirm", None),
            "excluded": list(getattr(self, "excluded", ())) or None,
            "parameter": getattr(self, "parameter", None),
            "question": getattr(self, "question", None),
            "because": getattr(self, "because", None),
            "said": getattr(self, "said", None),
            "choices": self._choices() or None,
            "reason": getattr(self, "reason", None),
            "probability": round(self.probability, 6),
            "in_scope": round(self.in_scope, 6),
            "candidates": [
                {"tool": candidate.tool, "probability": round(candidate.probability, 6)}
                for candidate in self.candidates
            ],
            "nearest": [asdict(similar) | {"similarity": round(similar.similarity, 6)} for similar in self.nearest],
            "features": {name: round(value, 6) for name, value in self.features.items()},
        }

    def _choices(self) -> list[Any]:
        """Return JSON values; decisions without what they share with this one."""
        if not isinstance(self, Clarify):
            return list(getattr(self, "choices", ()))
        return [{key: value for key, value in each.to_dict().items() if key not in _SHARED} for each in self.choices]


@dataclass(frozen=True)
class ToolCall(_Decided):
    """Call this tool."""

    kind: ClassVar[Kind] = "call"
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """What the tool is called with; valid against its declaration."""
    confirm: bool = field(default=False, kw_only=True)
    """Ask the person before the tool acts."""
    found: tuple[Argument, ...] = field(default=(), kw_only=True)
    """Where each argument comes from."""
    excluded: tuple[str, ...] = field(default=(), kw_only=True)
    """Words of the utterance that name what the call must leave alone: "the kitchen" of "all lights except the
    kitchen". Such a call asks for a confirmation."""


@dataclass(frozen=True)
class AskArgument(_Decided):
    """The tool is clear, but an argument is not: ask for it. `Router.answer` goes on with what is said then."""

    kind: ClassVar[Kind] = "ask"
    __match_args__ = ("tool", "parameter", "question")
    tool: str
    parameter: str
    question: str
    """Ready to be asked, made of the parameter's description."""
    because: Because = field(default="missing", kw_only=True)
    said: str = field(default="", kw_only=True)
    """The words that should be the value, where they are none that it can have, or are not enough."""
    choices: tuple[str, ...] = field(default=(), kw_only=True)
    """Values to choose from: those that are listed, or those that `said` could mean."""
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False, kw_only=True)
    """What is known so far."""
    found: tuple[Argument, ...] = field(default=(), kw_only=True)
    """Where that comes from."""
    confirm: bool = field(default=False, kw_only=True)
    """As the call will have it."""
    excluded: tuple[str, ...] = field(default=(), kw_only=True)
    """As the call will have it."""


Because: TypeAlias = Literal["missing", "unknown_value"]
"""Why an argument is asked for: nothing says it, or too little, such as a name that many have; or what says it is no
value that it can have."""


@dataclass(frozen=True)
class Clarify(_Decided):
    """What was said has several meanings: ask which of the choices it is. `Router.answer` goes on with the reply."""

    kind: ClassVar[Kind] = "clarify"
    __match_args__ = ("candidates", "question")
    question: str = ""
    """Ready to be asked: made of the tools' descriptions, or of the values."""
    choices: tuple[ToolCall | AskArgument, ...] = field(default=(), kw_only=True)
    """What each answer leads to, in the order of the question: the likeliest tools, each with its arguments, or one
    tool with each of the values. A choice is acted on as if it had been decided at once."""
    parameter: str = field(default="", kw_only=True)
    """Whose value has several meanings; empty where the tool is what is unclear."""
    said: str = field(default="", kw_only=True)
    """The words that have these meanings; empty where the tool is what is unclear."""

    @property
    def tool(self) -> str | None:
        """The tool that is meant, where only a value is unclear."""
        return self.choices[0].tool if self.parameter and self.choices else None


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


_MAY_BE_LEFT_OUT = {"nearest", "features", "excluded", "question", "found", "because", "said", "choices"}
_SHARED = ("utterance", "probability", "in_scope", "candidates", "nearest", "features")
"""What a choice has of the question that it belongs to."""


def decision_from_dict(data: Mapping[str, Any]) -> Decision:
    """Return the decision that `to_dict` wrote, with or without its evidence.

    Raises LookupError, TypeError or ValueError for anything else.
    """
    kinds: dict[str, type[Decision]] = {each.kind: each for each in (ToolCall, AskArgument, Clarify, Abstain)}
    if data["decision"] not in kinds:
        raise ValueError(f"{data['decision']!r} is no decision; expected one of {sorted(kinds)}")
    kind = kinds[data["decision"]]
    optional = _MAY_BE_LEFT_OUT | ({"parameter"} if kind is Clarify else set())
    values = {each.name: data[each.name] for each in fields(kind) if each.name not in optional}
    values["candidates"] = tuple(Candidate(**candidate) for candidate in values["candidates"])
    values["nearest"] = tuple(Similar(**similar) for similar in data.get("nearest", ()))
    values["features"] = dict(data.get("features", {}))
    if data.get("found"):
        values["found"] = tuple(Argument(**argument) for argument in data["found"])
    if choices := data.get("choices"):
        values["choices"] = tuple(_choice(each, data) for each in choices) if kind is Clarify else tuple(choices)
    if data.get("excluded"):
        values["excluded"] = tuple(data["excluded"])
    names = {each.name for each in fields(kind)} & {"question", "because", "said", "parameter"}
    values |= {name: data[name] for name in names if data.get(name)}
    return kind(**values)


def _choice(data: Mapping[str, Any], question: Mapping[str, Any]) -> Decision:
    """Return one of the choices of a question, its tool before the other candidates."""
    shared = {name: question[name] for name in _SHARED if name in question}
    ordered = sorted(question["candidates"], key=lambda candidate: bool(candidate["tool"] != data["tool"]))
    return decision_from_dict({**data, **shared, "candidates": ordered})


LENIENCE: Mapping[Risk, float] = MappingProxyType({"normal": 1.0, "harmless": 1.5, "irreversible": 0.25})
"""What a policy's limits are multiplied by for tools of a risk; `max_false_accept` never grows."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities in [0, 1] from which on a router acts."""

    in_scope: float = 0.5
    call: float = 0.5
    """For the first candidate's probability."""

    def __post_init__(self) -> None:
        """Raise ValueError unless both are numbers from 0 to 1, or just above it: such a threshold nothing reaches."""
        for name, value in asdict(self).items():
            if not 0.0 <= value <= 1.001:
                raise ValueError(f"the {name} threshold is {value!r}; expected a probability between 0 and 1")


@dataclass(frozen=True)
class Policy:
    """When to act, when to ask and when to abstain.

    The limits are the author's. The thresholds are fitted from held-out
    predictions when the router is trained, and belong to its encoder and its
    declarations.
    """

    max_false_accept: float = 0.05
    """Of utterances that are for no tool, at most this share may call one."""
    max_wrong_call: float = 0.02
    """Of the calls made, at most this share may be to the wrong tool."""
    confidence: float = 0.95
    """How sure the router must be, when it is trained, that it will keep a limit."""
    thresholds: Mapping[Risk, Thresholds] = field(
        default_factory=lambda: dict.fromkeys(LENIENCE, Thresholds()), hash=False
    )
    """For tools of each risk."""

    def __post_init__(self) -> None:
        """Raise ValueError unless both limits are shares, and the confidence is one that can be had."""
        for name, limit in (("max_false_accept", self.max_false_accept), ("max_wrong_call", self.max_wrong_call)):
            if not 0.0 <= limit <= 1.0:
                raise ValueError(f"{name} is {limit!r}; expected a share between 0 and 1")
        if not 0.0 < self.confidence < 1.0:
            raise ValueError(f"confidence is {self.confidence!r}; expected a probability above 0 and below 1")
        if sorted(self.thresholds) != sorted(LENIENCE):
            raise ValueError(f"thresholds are for {sorted(self.thresholds)}; expected {sorted(LENIENCE)}")


CLOSE = 4
"""A candidate is asked about if the first one is at most this many times likelier."""
MOST_CHOICES = 3
"""More than this nobody wants to be asked."""
WORTH_ASKING = 0.5
"""Probability from which on one of the choices must be the one that was meant."""


def decide(
    utterance: str,
    candidates: tuple[Candidate, ...],
    in_scope: float,
    policy: Policy,
    tools: ToolSet,
    *,
    available_share: float = 1.0,
    nearest: tuple[Similar, ...] = (),
    features: Mapping[str, float] = MappingProxyType({}),
) -> ToolCall | Clarify | Abstain:
    """Apply a policy to ranked candidates.

    `candidates` are the tools that may be called now. Their probabilities are
    not made to add up to 1: a person does not know what is available, so that a
    tool is not says nothing for the others. `available_share` is the probability
    in [0, 1] that one of them was meant rather than a tool that may not be called.
    """
    evidence: dict[str, Any] = {
        "utterance": utterance,
        "in_scope": in_scope,
        "candidates": candidates,
        "nearest": nearest,
        "features": features,
    }
    if in_scope < policy.thresholds["normal"].in_scope:
        return Abstain("out_of_scope", **evidence)
    if available_share < 0.5:
        return Abstain("unavailable_tool", **evidence)
    if not candidates:
        return Abstain("out_of_scope", **evidence)
    first = tools[candidates[0].tool]
    usual = policy.thresholds["harmless" if first.risk == "harmless" else "normal"]
    is_unsure = candidates[0].probability < usual.call
    if is_unsure and len(candidates) > 1:
        return _clarified(evidence, tools)
    limit = policy.thresholds[first.risk]
    too_risky = first.risk == "irreversible" and (in_scope < limit.in_scope or candidates[0].probability < limit.call)
    if (too_risky or is_unsure) and first.confirm == "never":
        return Abstain("below_risk_limit", **evidence)
    below = first.confirm if isinstance(first.confirm, float) else 0.0
    is_doubtful = too_risky or is_unsure or in_scope * candidates[0].probability < below
    confirm = first.confirm == "always" or is_doubtful
    return ToolCall(first.name, confirm=confirm, **evidence)


def _clarified(evidence: dict[str, Any], tools: ToolSet) -> Clarify | Abstain:
    """Ask which of the likeliest candidates was meant, if one of them probably was."""
    candidates: tuple[Candidate, ...] = evidence["candidates"]
    least = candidates[0].probability / CLOSE
    close = tuple(candidate for candidate in candidates if candidate.probability >= least)[:MOST_CHOICES]
    offered = close if len(close) > 1 else candidates[:2]
    if sum(candidate.probability for candidate in offered) < WORTH_ASKING:
        return Abstain("ambiguous", **evidence)
    question = f"Which one: {' or '.join(_in_short(tools[each.tool].description) for each in offered)}?"
    evidence = evidence | {"candidates": offered}
    choices = tuple(_chosen(tools[each.tool], evidence) for each in offered)
    return Clarify(question=question, choices=choices, **evidence)


def _chosen(tool: Tool, evidence: dict[str, Any]) -> ToolCall:
    """Return the call of the tool that a person chose: who chooses a tool has said that it is meant."""
    ordered = tuple(sorted(evidence["candidates"], key=lambda candidate: bool(candidate.tool != tool.name)))
    return ToolCall(tool.name, confirm=tool.confirm == "always", **evidence | {"candidates": ordered})


def _in_short(description: str) -> str:
    """Return the first clause of a description, to be one choice of several.

    >>> _in_short("Call, phone, ring or dial a person, a business or a phone number, by voice or video.")
    'call, phone, ring or dial a person'
    """
    words = description.split(". ")[0].strip().rstrip(".")
    while len(words) > MOST_CHARACTERS and ("," in words or ";" in words):
        words = words[: max(words.rfind(","), words.rfind(";"))]
    return words[:1].lower() + words[1:]


MOST_CHARACTERS = 60
"""Of a choice in a question, where it can be cut at a comma."""
