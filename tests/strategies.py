"""The Hypothesis vocabulary that all tests share.

What people say, what authors declare, what files may hold, and what an evaluation asks and is answered.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from router.decisions import (
    LENIENCE,
    Abstain,
    AskArgument,
    Candidate,
    Clarify,
    Decision,
    Policy,
    Thresholds,
    ToolCall,
)
from router.declarations import Example, Slot, Tool, ToolSet
from router.evaluation import Case, Outcome, Suite
from router.evaluation.cases import default_id
from router.evaluation.runner import recorded
from router.text import normalize


def _is_spoken(text: str) -> bool:
    return bool(normalize(text)) and text == text.strip()


def fold(utterance: str) -> str:
    """What makes two utterances the same."""
    return normalize(utterance).casefold()


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,15}", fullmatch=True)
"""Names of tools and parameters."""

_characters = st.characters(exclude_categories=["Cs"], exclude_characters="{}")
words = st.one_of(
    st.sampled_from(["six", "half past six", "7:30", "Übermut", "on", "null", "12", "# no comment", "'tis", '"so"']),
    st.text(_characters, min_size=1, max_size=12).filter(_is_spoken),
)
"""What a slot covers: some words, without white space at their ends."""

utterances = st.lists(words, min_size=1, max_size=4).map(" ".join)
"""What a person says, and what no person would."""


@st.composite
def examples(draw: st.DrawFn, parameters: st.SearchStrategy[list[str]] = st.lists(names, max_size=3)) -> Example:  # noqa: B008
    """Utterances with slots for some parameters."""
    utterance, slots = draw(utterances), []
    for parameter in draw(parameters):
        utterance += draw(st.sampled_from([" ", " at ", ", ", ""]))
        filler = draw(words)
        slots.append(Slot(parameter, len(utterance), len(utterance) + len(filler)))
        utterance += filler
    return Example(utterance + draw(st.sampled_from(["", " please", " "])), tuple(slots))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | utterances,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)

_types = {
    "string": utterances,
    "integer": st.integers(),
    "boolean": st.booleans(),
    "array": st.lists(utterances, max_size=2),
    "number": st.floats(allow_nan=False, allow_infinity=False),
}


@st.composite
def tool_dicts(draw: st.DrawFn) -> dict[str, Any]:
    """Valid declarations as plain values."""
    types = draw(st.dictionaries(names, st.sampled_from(sorted(_types)), max_size=3))
    some_names = st.sampled_from([[], [*types], [*types][:1]])
    said = draw(st.lists(examples(some_names), max_size=4, unique_by=lambda example: fold(example.utterance)))
    arguments = st.none() | st.fixed_dictionaries({}, optional={name: _types[kind] for name, kind in types.items()})
    declaration = {
        "name": draw(names),
        "description": draw(utterances),
        "parameters": {
            "type": "object",
            "properties": {name: {"type": kind, "description": draw(utterances)} for name, kind in types.items()},
            "required": draw(some_names),
            "additionalProperties": False,
        },
        "examples": [Example(e.utterance, e.slots, draw(arguments)).to_json() for e in said],
        "counterexamples": [],
        "confirm": draw(st.sampled_from(["never", "always", {"below": 0.9}, {"below": 1}])),
        "risk": draw(st.sampled_from(["harmless", "normal", "irreversible"])),
        "languages": draw(st.lists(st.sampled_from(["en", "de", "pt-BR"]), max_size=2)),
        "metadata": draw(st.dictionaries(words, json_values, max_size=2)),
    }
    left_out = draw(
        st.sets(st.sampled_from(["examples", "counterexamples", "confirm", "risk", "languages", "metadata"]))
    )
    return {key: value for key, value in declaration.items() if key not in left_out}


tools = tool_dicts().map(Tool.from_dict)

tool_sets = st.builds(
    ToolSet,
    st.lists(tools, max_size=4, unique_by=lambda tool: tool.name).map(tuple),
    st.lists(utterances, max_size=3).map(tuple),
)

_fragments = st.sampled_from(
    """
    -_ ?_ :_ &a_ *a !!str_ { } [ ] , " ' |~ >-~ # <<:_ ---~ ...~ %YAML_1.1~ ~ ~__ ~____ true null .nan 12:30 1e999 0x1F
    name:_ description:_ parameters:_ type:_object properties:_ examples:~ -_utterance:_ arguments:_ required:_ enum:_
    $ref:_ '#' pattern:_ (a+)+$ format:_date out_of_scope:_ {time:_six} confirm:_ metadata:_ items:_ allOf:_
    """.replace("~", "\n").split(" ")
)
yaml_like = st.lists(_fragments | st.text(max_size=6), max_size=30).map("".join)
"""Texts that come near YAML, and near declarations."""


@st.composite
def damaged(draw: st.DrawFn, sources: st.SearchStrategy[bytes]) -> bytes:
    """A file after some slips of the keyboard, the disk or the network."""
    content = draw(sources)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 1, 2, 10])))
        inserted = draw(st.sampled_from([b""]) | _fragments.map(str.encode) | st.binary(max_size=3))
        content = content[:start] + inserted + content[end:]
    return content


def as_yaml(declaration: object) -> bytes:
    """Write a declaration as YAML that can say anything: JSON, with escapes for what YAML does not print."""
    text = json.dumps(declaration, ensure_ascii=False, indent=1)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04x}", text).encode()


TOOL_NAMES = ("a", "b", "c", "d", "e", "f")
"""Few, so that decisions are often right; more than a decision has candidates."""

simple_arguments = st.dictionaries(
    st.sampled_from(["time", "who"]), st.sampled_from([True, False, 1, 1.0, 0, "1", "six", None]), max_size=2
)
"""Arguments that are easily compared, and easily mistaken for others."""


_expected = st.lists(st.sampled_from(TOOL_NAMES), max_size=3, unique=True).map(lambda tools: tuple(sorted(tools)))
_tags = st.lists(st.sampled_from(["asr", "near miss", "höflich"]), max_size=2, unique=True).map(tuple)
_clusters = st.sampled_from(["", "", "", "x", "y"])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """What a router is asked, in any words: for one tool, for none, or between several."""
    utterance, tools = draw(utterances), draw(_expected)
    return Case(
        id=draw(st.just(default_id(utterance)) | words),
        utterance=utterance,
        tools=tools,
        arguments=draw(st.none() | st.dictionaries(words, json_values, max_size=2)) if len(tools) == 1 else None,
        tags=draw(_tags),
        language=draw(st.sampled_from(["", "", "en", "de"])),
        cluster=draw(_clusters),
        now=draw(
            st.none() | st.datetimes() | st.datetimes(timezones=st.just(timezone(timedelta(hours=-3, minutes=-30))))
        ),
    )


@st.composite
def labels(draw: st.DrawFn) -> Case:
    """Cases in the same words, for what does not look at them."""
    tools = draw(_expected)
    stated = draw(st.none() | simple_arguments) if len(tools) == 1 else None
    return Case("1", "say it", tools, stated, draw(_tags), cluster=draw(_clusters))


def _suite(distinct: list[Case]) -> Suite:
    return Suite("everyday", tuple(distinct), file="everyday.jsonl")


suites = (
    st.lists(cases(), min_size=1, max_size=6, unique_by=(lambda case: case.id, lambda case: fold(case.utterance)))
).map(_suite)
"""Suites that a file can hold."""

shares = st.integers(0, 10**6).map(lambda millionths: millionths / 10**6)
"""Probabilities as they are kept, with six decimals."""


@st.composite
def _meanings(draw: st.DrawFn, evidence: dict[str, Any]) -> dict[str, Any]:
    """What a `Clarify` offers: nothing, its tools, or values for the first of them."""
    tools = [candidate.tool for candidate in evidence["candidates"]]
    offered = draw(st.sampled_from(["", "tools", "values"]))

    def call(tool: str, arguments: dict[str, Any]) -> ToolCall:
        first = sorted(evidence["candidates"], key=lambda each: bool(each.tool != tool))
        return ToolCall(tool, arguments, **evidence | {"candidates": tuple(first)})

    if offered == "values":
        choices = (call(tools[0], {"who": "Jo Brown"}), call(tools[0], {"who": "Jo Smith"}))
        return {"choices": choices, "parameter": "who", "said": "jo"}
    return {"choices": tuple(call(tool, draw(simple_arguments)) for tool in tools)} if offered else {}


@st.composite
def decisions(draw: st.DrawFn, utterance: str = "say it", meant: tuple[str, ...] = ()) -> Decision:
    """What a router may answer; often what is meant. Few different probabilities, so that there are ties."""
    probability = st.sampled_from([0.0, 0.2, 0.5, 0.6, 0.866667, 1.0]) | shares
    found = draw(st.lists(st.sampled_from(TOOL_NAMES), max_size=5, unique=True))
    tools = list(dict.fromkeys([*draw(st.sampled_from([(), meant])), *found]))[:5]
    likely = sorted((draw(probability) for _ in tools), reverse=True)
    evidence: dict[str, Any] = {
        "utterance": utterance,
        "in_scope": draw(probability),
        "candidates": tuple(map(Candidate, tools, likely)),
    }
    kind = draw(st.sampled_from(["call", "call", "ask", "clarify", "abstain"]))
    if kind == "clarify" and len(tools) > 1:
        return Clarify(**evidence | draw(_meanings(evidence)))
    if kind == "ask" and tools:
        return AskArgument(tools[0], "time", "When?", **evidence)
    if kind == "call" and tools:
        return ToolCall(tools[0], draw(simple_arguments), confirm=draw(st.booleans()), **evidence)
    return Abstain(draw(st.sampled_from(["out_of_scope", "unavailable_tool", "empty", "too_long"])), **evidence)


@st.composite
def outcomes(draw: st.DrawFn, asked: st.SearchStrategy[Case] = labels()) -> Outcome:  # noqa: B008
    """What may come of a case, as a report keeps it."""
    case = draw(asked)
    return recorded(case, draw(decisions(case.utterance, case.tools)), draw(st.integers(0, 10**6)) / 1000)


def policy_with(in_scope: float, call: float) -> Policy:
    """Return a policy with the same thresholds for tools of every risk."""
    return Policy(thresholds=dict.fromkeys(LENIENCE, Thresholds(in_scope, call)))
