"""Teach a tool's filler: from the slots and the arguments of its examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from router.arguments.filler import Taught, known_for
from router.arguments.holes import Hole, as_list, holes, stated
from router.arguments.implied import Implied, fit_implied
from router.arguments.known import KnownValues
from router.arguments.reading import Moment, Readings
from router.arguments.tagger import Marked, Tagger, fit_tagger
from router.arguments.words import split_words
from router.declarations import Example, Tool
from router.encoders import Encoder, TokenVectors, encode_utterance_tokens
from router.scoring.channels import Floats
from router.scoring.lexical import sketches
from router.scoring.material import Texts
from router.text import normalize


def teach(tool: Tool, encoder: Encoder, lexical_weight: float) -> Taught:
    """Return what the examples teach. `lexical_weight` is that of `router.scoring.Scorer`."""
    if not tool.examples or not holes(tool):
        return Taught()
    said = [normalize(example.utterance) for example in tool.examples]
    tokens = encode_utterance_tokens(encoder, said)
    rows = Texts(np.stack([each.row for each in tokens]), sketches(said)).rows(lexical_weight)
    return Taught(
        _tagger(tool, tokens),
        _implied(tool, rows),
        {hole.name: phrases for hole in holes(tool) if (phrases := _phrases(tool, hole))},
    )


def _tagger(tool: Tool, tokens: Sequence[TokenVectors]) -> Tagger | None:
    known = {hole: known_for(hole, {}) for hole in holes(tool)}
    marked = [_marked(example, known) for example in tool.examples]
    said = {name for found in marked for name, _ in found}
    parameters = [hole.name for hole in holes(tool) if hole.name in said]
    if not parameters:
        return None
    sentences = []
    for example, found, vectors in zip(tool.examples, marked, tokens, strict=True):
        words = split_words(normalize(example.utterance))
        places = [(parameters.index(name), words.covering(*span)) for name, span in found]
        values = tuple((p, place[0], place[1] - 1) for p, place in places if place)
        sentences.append(Marked(words, words.vectors(vectors), values))
    return fit_tagger(parameters, sentences)


def _marked(example: Example, known: Mapping[Hole, KnownValues | None]) -> list[tuple[str, tuple[int, int]]]:
    """Return which characters of the normalised utterance are a value of which hole, by its name.

    Those that are marked, and those that can be read as an argument that is
    stated: of "every weekday" and `days: [mon, tue, wed, thu, fri]` the words
    are plain.
    """
    text, found = normalize(example.utterance), []
    for slot in example.slots:
        start, said = len(normalize(example.utterance[: slot.start] + "x")) - 1, normalize(example.words(slot))
        if text.startswith(said, start) and any(slot.parameter == hole.name for hole in known):
            found.append((slot.parameter, (start, start + len(said))))
    readings = Readings(text, Moment())
    for hole, values in known.items():
        value = stated(example.arguments, hole)
        if value is not None and all(hole.name != name for name, _ in found):
            for start, end in _saying(text, value, hole, values, readings):
                if all(end <= own[0] or own[1] <= start for _, own in found):
                    found.append((hole.name, (start, end)))
    return found


def _saying(
    text: str, value: Any, hole: Hole, known: KnownValues | None, readings: Readings
) -> Iterator[tuple[int, int]]:
    """Yield where a text says a stated value."""
    wanted = as_list(value)
    if hole.kind == "text":
        for each in wanted:
            start = text.casefold().find(str(each).casefold())
            if start >= 0:
                yield start, start + len(str(each))
        return
    for read in readings.of(hole, {}, known):
        if all(value in wanted for value in as_list(read.value)):
            yield read.start, read.end


def _implied(tool: Tool, rows: Floats) -> dict[str, Implied]:
    found = {}
    for hole in holes(tool):
        if hole.kind not in ("choice", "boolean"):
            continue
        values = [_value(example, hole) for example in tool.examples]
        known = [n for n, value in enumerate(values) if value is not _UNKNOWN]
        fitted = fit_implied(rows[known], [values[n] for n in known], _LEFT_OUT)
        if fitted is not None:
            found[hole.name] = fitted
    return found


def _value(example: Example, hole: Hole) -> Any:
    """Return the value that an example has for a hole, `_LEFT_OUT` if none, `_UNKNOWN` if words alone say it."""
    value = stated(example.arguments, hole)
    if value is not None:
        return value
    said = [_folded(example.words(slot)) for slot in example.slots if slot.parameter == hole.name]
    if not said:
        return _LEFT_OUT
    by_words = {_folded(str(choice)): choice for choice in hole.choices}
    if not by_words.keys() >= set(said):
        return _UNKNOWN
    values = [by_words[words] for words in said]
    return values if hole.is_list else values[0]


def _phrases(tool: Tool, hole: Hole) -> dict[str, Any]:
    """Return which choice words stand for, by the words folded, where an example says both."""
    found: dict[str, Any] = {}
    for example in tool.examples if hole.kind == "choice" else ():
        said = [example.words(slot) for slot in example.slots if slot.parameter == hole.name]
        value = stated(example.arguments, hole)
        values = as_list(value)
        if value is not None and len(said) == len(values):
            found |= {_folded(words): each for words, each in zip(said, values, strict=True)}
    return found


def _folded(words: str) -> str:
    return normalize(words).casefold()


_LEFT_OUT, _UNKNOWN = object(), object()
