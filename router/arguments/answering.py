"""What is said in answer to a question about an argument, or to change one: "no, make that eight"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from router.arguments.changing import as_before, as_long
from router.arguments.filler import Filled, Filler, Value
from router.arguments.holes import Hole
from router.arguments.reading import Moment, Readings
from router.arguments.words import split_words
from router.decisions import Argument, AskArgument, Clarify, ToolCall


def is_led(text: str) -> bool:
    """Say whether a text begins as what goes on with something: "make it", "and"."""
    return _LEAD.match(text) is not None


def without_lead(text: str) -> str:
    """Return an answer without what only leads up to it.

    >>> without_lead("no, make that eight"), without_lead("Um, it's for my mum.")
    ('eight', 'for my mum')
    """
    return _LEAD.sub("", text).strip(" .,!?")


def answered(filler: Filler, asked: AskArgument, text: str, moment: Moment) -> Filled:
    """Return what an answer says of the value that was asked for, and of others whose words are plain.

    A value that is free text is the whole answer. Where several meanings were
    offered, any words of one alone name it. An answer that is about other values
    only leaves the question open.
    """
    hole = next((hole for hole in filler.holes if hole.name == asked.parameter), None)
    if hole is None:
        return Filled()
    values = filler.plain(text, Readings(text, moment))
    if _offers_meanings(asked):
        if len(named := [each for each in asked.choices if _words(text) <= _words(each)]) == 1:
            return Filled((_said(hole, named[0], text),))
        values = tuple(_among(value, asked.choices) if value.hole == hole else value for value in values)
    if any(value.hole == hole for value in values):
        return Filled(values)
    if others := _instead_of(filler, asked.found, text, moment):
        return _still_asked(others, hole, asked)
    if _offers_meanings(asked):
        return Filled()
    if hole.kind != "text" or filler.knows(hole):
        return Filled(values, (_said(hole, None, text),))
    parts = [part for part in _AND.split(text) if part] if hole.is_list else [text]
    return Filled((*values, *(_said(hole, part, part) for part in parts)))


def _still_asked(values: Sequence[Value], hole: Hole, asked: AskArgument) -> Filled:
    """Return other values beside what was asked about, as unclear as it was."""
    if not asked.said:
        return Filled(tuple(values))
    unclear = _said(hole, None, asked.said)
    if _offers_meanings(asked):
        meant, *rivals = asked.choices
        return Filled((replace(unclear, value=meant, rivals=tuple(rivals)), *values))
    return Filled(tuple(values), (unclear,))


def chosen(filler: Filler, asked: AskArgument, position: int) -> Filled:
    """Return one of the choices of a question as what was answered."""
    hole = next(hole for hole in filler.holes if hole.name == asked.parameter)
    value = asked.choices[position] if _offers_meanings(asked) else hole.choices[position]
    return Filled((_said(hole, value, str(value)),))


def changed(filler: Filler, call: ToolCall, text: str, moment: Moment) -> Filled:
    """Return the values that take the place of others, or go with them; nothing if a text says more than these."""
    if values := _instead_of(filler, call.found, text, moment):
        return Filled(values)
    before = {argument.parameter: argument for argument in call.found}
    for hole in filler.holes:
        if hole.kind == "duration" and hole.name in before and (found := as_long(before[hole.name], text, moment)):
            value, start, end = found
            values = (Value(hole, value, text[start:end], (start, end), 1.0, "said"),)
            return Filled(values) if _is_most(values, text) else Filled()
    return Filled()


def is_plain(filler: Filler, asked: AskArgument, text: str, moment: Moment) -> bool:
    """Say whether a text is little else than a value of what was asked for, whose words are plain."""
    values = [value for value in filler.plain(text, Readings(text, moment)) if value.hole.name == asked.parameter]
    return _is_most(values, text)


def _instead_of(filler: Filler, found: Sequence[Argument], text: str, moment: Moment) -> tuple[Value, ...]:
    """Return the values that a text is made of: rather of what was found before than of what was not."""
    before = {argument.parameter: argument for argument in found}
    readings = Readings(text, moment)
    for asked in ([hole for hole in filler.holes if hole.name in before], filler.holes):
        values = tuple(_instead(value, before, text, moment) for value in filler.plain(text, readings, asked))
        if _is_most(values, text):
            return values
    return ()


def _instead(value: Value, before: Mapping[str, Argument], text: str, moment: Moment) -> Value:
    old = before.get(value.hole.name)
    if old is None or value.hole.kind not in ("time", "date", "date-time"):
        return value
    return replace(value, value=as_before(old.value, value.value, value.hole.kind, text, *value.span, moment))


def _is_most(values: Sequence[Value], text: str) -> bool:
    return 2 * sum(value.span[1] - value.span[0] for value in values) >= len(text) > 0


def with_what_was_known(filler: Filler, asked: AskArgument | ToolCall, new: Filled) -> Filled:
    """Return what is new, and what was found before and is not said anew.

    What is asked about is one value of a list; a change is of all of it.
    """
    holes = {hole.name: hole for hole in filler.holes}
    said = {value.hole.name for value in (*new.values, *new.unknown)}
    if isinstance(asked, AskArgument) and asked.parameter in holes and holes[asked.parameter].is_list:
        said -= {asked.parameter}
    again = [(value.hole.name, value.value) for value in new.values]
    before = (
        Value(holes[each.parameter], each.value, each.text, (each.start, each.end), each.probability, each.how)
        for each in asked.found
        if each.parameter in holes and each.parameter not in said and (each.parameter, each.value) not in again
    )
    return Filled((*before, *new.values), new.unknown)


def as_question(asked: AskArgument | Clarify | ToolCall) -> AskArgument | None:
    """Return what is asked as a question for a value, also where it is which value was meant; else None.

    What all choices have in common is known.
    """
    if isinstance(asked, AskArgument):
        return asked
    if isinstance(asked, ToolCall) or asked.tool is None:
        return None
    first, *others = asked.choices
    found = tuple(argument for argument in first.found if all(argument in each.found for each in others))
    offered = (next((own.value for own in each.found if own not in found), "") for each in asked.choices)
    return AskArgument(
        asked.tool,
        asked.parameter,
        asked.question,
        said=asked.said,
        choices=tuple(offered),
        found=found,
        confirm=first.confirm,
        excluded=first.excluded,
        utterance=asked.utterance,
        in_scope=asked.in_scope,
        candidates=asked.candidates,
        nearest=asked.nearest,
        features=asked.features,
    )


def _offers_meanings(asked: AskArgument) -> bool:
    return asked.because == "missing" and bool(asked.said)


def _words(text: str) -> set[str]:
    return set(split_words(text.casefold()).forms)


def _among(value: Value, choices: Collection[str]) -> Value:
    """Return a value with those of its meanings that were offered; as it is, if none was."""
    meanings = [each for each in (value.value, *value.rivals) if each in choices]
    return replace(value, value=meanings[0], rivals=tuple(meanings[1:])) if meanings else value


def _said(hole: Hole, value: Any, words: str) -> Value:
    return Value(hole, value, words, (0, 0), 1.0, "answered")


_LEAD = re.compile(
    r"^(?:(?:no|actually|sorry|i mean|i meant|it'?s|it is|that's|(?:make|change) (?:it|that)|call it|say|just|rather"
    r"|and|what about|how about|um+|uh+|well|oh|to|at)[\s,]+)+",
    re.I,
)
_AND = re.compile(r"\s*(?:,|\b(?:and|und|et|y|e|en)\b)\s*", re.I)
