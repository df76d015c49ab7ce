"""From a tool that is to be called, and what was found for it, to a valid call or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from router.arguments.filler import Filled, Filler, Value
from router.arguments.holes import Hole
from router.arguments.validity import allows
from router.decisions import Argument, AskArgument, Because, ToolCall
from router.declarations import Tool

MOST_NAMED = 4
"""Choices that a question names."""
WORTH_ASKING = 0.5
"""How probable it must be that words are a value, for a question about a value that the tool does not require."""


def completed(call: ToolCall | AskArgument, filler: Filler, filled: Filled) -> ToolCall | AskArgument:
    """Return the call with its arguments, or ask for the first thing that is missing or cannot be.

    What was said and cannot be a value is asked about, not left out: a call
    without it would do more than was asked for.
    """
    tool, own = filler.tool, filler.holes
    refused = [value for value in filled.values if not allows(value.hole.schema, value.value)]
    kept = [value for value in filled.values if value not in refused]
    arguments = _arguments(kept)
    found = tuple(map(_argument, kept))
    filled_holes = {value.hole for value in kept}
    for value in kept:
        if value.rivals:
            others = [each for each in kept if each is not value]
            choices = (str(value.value), *value.rivals)
            return _asked(call, value.hole, "ambiguous_value", _arguments(others), found, value.words, choices)
    for value in (*filled.unknown, *refused):
        if value.hole not in filled_holes and (value.hole.is_required or value.probability >= WORTH_ASKING):
            return _asked(call, value.hole, "unknown_value", arguments, found, value.words)
    missing = [hole for hole in own if hole.is_required and hole not in filled_holes and "default" not in hole.schema]
    if missing:
        order = {name: n for n, name in enumerate(tool.parameters.get("required", ()))}
        first = min(missing, key=lambda hole: order.get(hole.parameter, len(order)))
        return _asked(call, first, "missing", arguments, found)
    for hole in own:
        if hole.is_required and hole not in filled_holes:
            _put(arguments, hole.path, hole.schema["default"])
    for name, schema in tool.parameters.get("properties", {}).items():
        if isinstance(schema, Mapping) and "const" in schema and name in tool.parameters.get("required", ()):
            arguments[name] = schema["const"]
    if not filler.is_valid(arguments):
        blamed = next((value.hole for value in kept), next(iter(own), _anything(tool)))
        return _asked(call, blamed, "unknown_value", {}, ())
    return ToolCall(
        **_evidence(call),
        tool=call.tool,
        arguments=arguments,
        found=found,
        confirm=call.confirm,
        excluded=call.excluded,
    )


def _anything(tool: Tool) -> Hole:
    """Return what to ask for where a tool requires what no words can fill."""
    required = tool.parameters.get("required", ())
    return Hole((required[0] if required else tool.name,), "text", {}, None, True, "")


def question(hole: Hole) -> str:
    """Return what to ask for a value.

    >>> from router import Tool
    >>> from router.arguments.holes import holes
    >>> def asked(description):
    ...     schema = {"type": "object", "properties": {"x": {"type": "string", "description": description}}}
    ...     return question(holes(Tool("t", "T.", schema))[0])
    >>> asked("When the alarm rings, in 24-hour time, for example 06:30.")
    'Please say when the alarm rings.'
    >>> asked("Who gets the message, names of contacts or groups, or phone numbers.")
    'Who gets the message?'
    >>> asked("The day of the event, for example 2025-03-14.")
    'What is the day of the event?'
    >>> asked("")
    'What is the x?'
    """
    clause = hole.description.split(". ")[0].split(",")[0].split(" (")[0].strip().rstrip(".")
    words = " ".join(hole.path).replace("_", " ")
    first, _, rest = clause.partition(" ")
    if not rest:
        return f"What is the {words}?"
    if first == "Who":
        return f"{clause}?"
    if first in ("What", "Which", "When", "Where", "How", "Whether", "Why"):
        return f"Please say {clause[:1].lower()}{clause[1:]}."
    if first in ("The", "A", "An"):
        return f"What is {clause[:1].lower()}{clause[1:]}?"
    return f"What is the {words}? ({clause}.)"


def _asked(
    call: ToolCall | AskArgument,
    hole: Hole,
    because: Because,
    arguments: Mapping[str, Any],
    found: Sequence[Argument],
    said: str = "",
    choices: Sequence[str] = (),
) -> AskArgument:
    asked = question(hole)
    if because == "unknown_value" and said:
        asked = f"I know no {said!r}. {asked}"
    elif choices:
        asked = f"Which {said!r}: {' or '.join(choices[:MOST_NAMED])}?"
    return AskArgument(
        **_evidence(call),
        tool=call.tool,
        parameter=hole.name,
        question=asked,
        because=because,
        said=said,
        choices=tuple(choices) or tuple(map(str, hole.choices)),
        arguments=arguments,
        found=tuple(found),
        confirm=call.confirm,
        excluded=call.excluded,
    )


def _evidence(call: ToolCall | AskArgument) -> dict[str, Any]:
    """Return what every decision carries."""
    names = ("utterance", "in_scope", "candidates", "nearest", "features")
    return {field.name: getattr(call, field.name) for field in fields(call) if field.name in names}


def _arguments(values: Sequence[Value]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for value in values:
        if value.hole.is_list and not isinstance(value.value, list):
            at = _get(arguments, value.hole.path)
            if not ((value.hole.list_schema or {}).get("uniqueItems") and value.value in at):
                at.append(value.value)
        else:
            _put(arguments, value.hole.path, value.value)
    return arguments


def _get(arguments: dict[str, Any], path: Sequence[str]) -> list[Any]:
    for key in path[:-1]:
        arguments = arguments.setdefault(key, {})
    found: list[Any] = arguments.setdefault(path[-1], [])
    return found


def _put(arguments: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        arguments = arguments.setdefault(key, {})
    arguments[path[-1]] = value


def _argument(value: Value) -> Argument:
    return Argument(value.hole.name, value.value, value.words, *value.span, value.probability, value.how)
