"""What is said in answer to a question about an argument, or to change one: "no, make that eight"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from router.arguments.filler import Filled, Filler, Value
from router.arguments.holes import Hole
from router.arguments.reading import Readings
from router.decisions import Argument


def without_lead(text: str) -> str:
    """Return an answer without what only leads up to it.

    >>> without_lead("no, make that eight"), without_lead("Um, it's for my mum.")
    ('eight', 'for my mum')
    """
    return _LEAD.sub("", text).strip(" .,!?")


def is_plain(filler: Filler, names: Collection[str], text: str, readings: Readings) -> bool:
    """Say whether a text is little else than a value of one of these holes, whose words are plain."""
    values = [value for value in filler.plain(text, readings) if value.hole.name in names]
    said = sum(value.span[1] - value.span[0] for value in values)
    return 2 * said >= len(text) > 0


def answered(filler: Filler, asked: Hole, text: str, readings: Readings) -> Filled:
    """Return what an answer says of the value that was asked for, and of others whose words are plain.

    A value that is free text is the whole answer.
    """
    values = filler.plain(text, readings)
    if any(value.hole == asked for value in values):
        return Filled(values)
    if asked.kind != "text" or filler.knows(asked):
        return Filled(values, (_said(asked, None, text, text),))
    parts = [part for part in _AND.split(text) if part] if asked.is_list else [text]
    return Filled((*(_said(asked, part, part, text) for part in parts),))


def changed(filler: Filler, found: Collection[Argument], text: str, readings: Readings) -> Filled:
    """Return the values that take the place of others."""
    known = {argument.parameter for argument in found}
    return Filled(tuple(value for value in filler.plain(text, readings) if value.hole.name in known))


def with_what_was_known(filler: Filler, found: Sequence[Argument], new: Filled) -> Filled:
    """Return what is new, and what was found before and is not said anew."""
    holes = {hole.name: hole for hole in filler.holes}
    said = {value.hole.name for value in (*new.values, *new.unknown)}
    before = (
        Value(holes[each.parameter], each.value, each.text, (each.start, each.end), each.probability, each.how)
        for each in found
        if each.parameter in holes and each.parameter not in said
    )
    return Filled((*before, *new.values), new.unknown)


def _said(hole: Hole, value: str | None, words: str, text: str) -> Value:
    start = text.find(words)
    return Value(hole, value, words, (start, start + len(words)), 1.0, "answered")


_LEAD = re.compile(
    r"^(?:(?:no|actually|sorry|i mean|it'?s|it is|that's|make (?:it|that)|call it|say|um+|uh+|well|oh|to|at)[\s,]+)+",
    re.I,
)
_AND = re.compile(r"\s*(?:,|\b(?:and|und|et|y|e|en)\b)\s*", re.I)
