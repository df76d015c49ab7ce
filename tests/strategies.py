"""The Hypothesis vocabulary that all tests share: what people say, what authors declare, what files may hold."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st

from router.declarations import Example, Slot, Tool, ToolSet
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
        "confirm": draw(st.sampled_from(["never", "always"])),
        "languages": draw(st.lists(st.sampled_from(["en", "de", "pt-BR"]), max_size=2)),
        "metadata": draw(st.dictionaries(words, json_values, max_size=2)),
    }
    left_out = draw(st.sets(st.sampled_from(["examples", "counterexamples", "confirm", "languages", "metadata"])))
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
