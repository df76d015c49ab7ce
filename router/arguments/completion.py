"""From a tool that is to be called, and what was found for it, to a valid call or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from router.arguments.filler import Filled, Filler, Value
from router.arguments.holes import Hole
from router.arguments.validity import allows
from router.decisions import Argument, AskArgument, Because, Clarify, ToolCall
from router.declarations import Tool

MOST_NAMED = 4
"""Values that a question names, and that words may mean for it to be which of them was meant."""
MOST_QUOTED = 40
"""Characters of what was said that a question repeats."""
WORTH_ASKING = 0.5
"""How probable it must be that words are a value, for a question about a value that the tool does not require."""


def completed(call: ToolCall | AskArgument, filler: Filler, filled: Filled) -> ToolCall | AskArgument | Clarify:
    """Return the call with its arguments, or a question.

    Where words have a few meanings it is which of them was meant, with the call
    that each would make. Else it is for the first thing that is missing or cannot
    be: what was said and cannot be a value is asked about, not left out, as a call
    without it would do more than was asked for.
    """
    filled = replace(filled, values=tuple(map(_possible, filled.values)))
    unclear = next((value for value in filled.values if value.rivals), None)
    if unclear is None or len(unclear.rivals) >= MOST_NAMED:
        return completed_choice(call, filler, filled)
    meanings = (unclear.value, *unclear.rivals)
    return Clarify(
        **_evidence(call),
        question=_which(unclear),
        choices=tuple(completed_choice(call, filler, _meaning(filled, unclear, each)) for each in meanings),
        parameter=unclear.hole.name,
        said=unclear.words,
    )


def completed_choice(call: ToolCall | AskArgument, filler: Filler, filled: Filled) -> ToolCall | AskArgument:
    """Return the same for a call that is itself one of several: a value with several meanings is asked for."""
    tool, own = filler.tool, filler.holes
    refused = [value for value in filled.values if not allows(value.hole.schema, value.value)]
    kept = [value for value in filled.values if value not in refused and not value.rivals]
    arguments = _arguments(kept)
    found = tuple(map(_argument, kept))
    filled_holes = {value.hole for value in kept}
    for value in filled.values:
        if value.rivals:
            choices = (value.value, *value.rivals)
            return _asked(call, value.hole, "missing", arguments, found, value.words, choices, _which(value))
    for value in (*filled.unknown, *refused):
        is_needed = value.hole.is_required and value.hole not in filled_holes
        is_said = value.hole.is_list or value.hole not in filled_holes
        if is_needed or (is_said and value.probability >= WORTH_ASKING):
            wording = f"I know no {_quoted(value.words)}. {question(value.hole)}" if value.words else ""
            return _asked(call, value.hole, "unknown_value", arguments, found, value.words, wording=wording)
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


def _possible(value: Value) -> Value:
    """Return a value without the meanings that the tool does not allow."""
    return replace(value, rivals=tuple(each for each in value.rivals if allows(value.hole.schema, each)))


def _meaning(filled: Filled, unclear: Value, meaning: str) -> Filled:
    """Return what was found, with one meaning of a value that has several."""
    clear = replace(unclear, value=meaning, rivals=())
    return replace(filled, values=tuple(clear if value is unclear else value for value in filled.values))


def _which(value: Value) -> str:
    named = (value.value, *value.rivals)
    others = ("another",) if len(named) > MOST_NAMED else ()
    return f"Which {_quoted(value.words)}: {' or '.join([*named[:MOST_NAMED], *others])}?"


def _quoted(words: str) -> str:
    return repr(words if len(words) <= MOST_QUOTED else f"{words[:MOST_QUOTED]}…")


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
    wording: str = "",
) -> AskArgument:
    return AskArgument(
        **_evidence(call),
        tool=call.tool,
        parameter=hole.name,
        question=wording or question(hole),
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
