"""Teach a tool's filler: from the slots and the arguments of its examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from router.arguments.filler import Taught, known_for
from router.arguments.holes import Hole, as_list, holes
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
    whole = [hole for hole in holes(tool) if len(hole.path) == 1]  # of a part of an object, examples have no value
    return Taught(
        _tagger(tool, tokens),
        _implied(tool, rows, whole),
        {hole.name: phrases for hole in whole if (phrases := _phrases(tool, hole))},
    )


def _tagger(tool: Tool, tokens: Sequence[TokenVectors]) -> Tagger | None:
    by_parameter = {hole.parameter: hole for hole in reversed(holes(tool))}
    known = {name: known_for(hole, {}) for name, hole in by_parameter.items()}
    marked = [_marked(example, by_parameter, known) for example in tool.examples]
    said = {parameter for found in marked for parameter, _ in found}
    parameters = [name for name in dict.fromkeys(hole.parameter for hole in holes(tool)) if name in said]
    if not parameters:
        return None
    sentences = []
    for example, found, vectors in zip(tool.examples, marked, tokens, strict=True):
        words = split_words(normalize(example.utterance))
        places = [(parameters.index(name), words.covering(*span)) for name, span in found]
        values = tuple((p, place[0], place[1] - 1) for p, place in places if place)
        sentences.append(Marked(words, words.vectors(vectors), values))
    return fit_tagger(parameters, sentences)


def _marked(
    example: Example, by_parameter: Mapping[str, Hole], known: Mapping[str, KnownValues | None]
) -> list[tuple[str, tuple[int, int]]]:
    """Return which characters of the normalised utterance are a value of which parameter.

    Those that are marked, and those that can be read as an argument that is
    stated: of "every weekday" and `days: [mon, tue, wed, thu, fri]` the words
    are plain.
    """
    text, found = normalize(example.utterance), []
    for slot in example.slots:
        start, said = len(normalize(example.utterance[: slot.start] + "x")) - 1, normalize(example.words(slot))
        if slot.parameter in by_parameter and text.startswith(said, start):
            found.append((slot.parameter, (start, start + len(said))))
    readings = Readings(text, Moment())
    for name, stated in (example.arguments or {}).items():
        if name in by_parameter and all(name != parameter for parameter, _ in found):
            for start, end in _saying(text, stated, by_parameter[name], known[name], readings):
                if all(end <= own[0] or own[1] <= start for _, own in found):
                    found.append((name, (start, end)))
    return found


def _saying(
    text: str, stated: Any, hole: Hole, known: KnownValues | None, readings: Readings
) -> Iterator[tuple[int, int]]:
    """Yield where a text says a stated value."""
    wanted = as_list(stated)
    if hole.kind == "text":
        for value in wanted:
            start = text.casefold().find(str(value).casefold())
            if start >= 0:
                yield start, start + len(str(value))
        return
    for read in readings.of(hole, {}, known):
        if all(value in wanted for value in as_list(read.value)):
            yield read.start, read.end


def _implied(tool: Tool, rows: Floats, whole: Sequence[Hole]) -> dict[str, Implied]:
    found = {}
    for hole in whole:
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
    stated = (example.arguments or {}).get(hole.parameter)
    if stated is not None:
        return stated
    said = [_folded(example.words(slot)) for slot in example.slots if slot.parameter == hole.parameter]
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
        said = [example.words(slot) for slot in example.slots if slot.parameter == hole.parameter]
        value = (example.arguments or {}).get(hole.parameter)
        values = as_list(value)
        if value is not None and len(said) == len(values):
            found |= {_folded(words): each for words, each in zip(said, values, strict=True)}
    return found


def _folded(words: str) -> str:
    return normalize(words).casefold()


_LEFT_OUT, _UNKNOWN = object(), object()
