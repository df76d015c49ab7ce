"""Teach a tool's filler: from the slots and the arguments of its examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from router.arguments.filler import Taught
from router.arguments.holes import Hole, holes
from router.arguments.implied import Implied, fit_implied
from router.arguments.tagger import Marked, Tagger, fit_tagger
from router.arguments.words import split_words
from router.declarations import Example, Tool
from router.encoders import Encoder, TokenVectors, encode_utterance_tokens
from router.scoring.channels import Floats
from router.scoring.lexical import sketches
from router.text import normalize


def teach(tool: Tool, encoder: Encoder, lexical_weight: float) -> Taught:
    """Return what the examples teach. `lexical_weight` is that of `router.scoring.Scorer`."""
    if not tool.examples or not holes(tool):
        return Taught()
    said = [normalize(example.utterance) for example in tool.examples]
    tokens = [encode_utterance_tokens(encoder, text) for text in said]
    embeddings = np.stack([each.row for each in tokens])
    rows = np.concatenate([embeddings, np.float32(lexical_weight) * sketches(said)], axis=1)
    by_parameter = {hole.parameter: hole for hole in reversed(holes(tool))}
    return Taught(
        _tagger(tool, tokens, by_parameter),
        _implied(tool, rows, by_parameter),
        {name: phrases for name, hole in by_parameter.items() if (phrases := _phrases(tool, hole))},
    )


def _tagger(tool: Tool, tokens: Sequence[TokenVectors], by_parameter: dict[str, Hole]) -> Tagger | None:
    marked = {slot.parameter for example in tool.examples for slot in example.slots}
    parameters = [name for name in by_parameter if name in marked]
    if not parameters:
        return None
    sentences = [
        _sentence(example, vectors, parameters) for example, vectors in zip(tool.examples, tokens, strict=True)
    ]
    return fit_tagger(parameters, sentences)


def _sentence(example: Example, tokens: TokenVectors, parameters: list[str]) -> Marked:
    words = split_words(normalize(example.utterance))
    values = []
    for slot in example.slots:
        start = len(normalize(example.utterance[: slot.start] + "x")) - 1
        place = words.covering(start, start + len(normalize(example.words(slot))))
        if place and slot.parameter in parameters:
            values.append((parameters.index(slot.parameter), place[0], place[1] - 1))
    return Marked(words, words.vectors(tokens), tuple(values))


def _implied(tool: Tool, rows: Floats, by_parameter: dict[str, Hole]) -> dict[str, Implied]:
    found = {}
    for name, hole in by_parameter.items():
        if hole.kind not in ("choice", "boolean") or len(hole.path) > 1:
            continue
        values = [_stated(example, hole) for example in tool.examples]
        fitted = fit_implied(rows, values, _LEFT_OUT)
        if fitted is not None:
            found[name] = fitted
    return found


def _stated(example: Example, hole: Hole) -> Any:
    """Return the value that an example has for a hole, `_LEFT_OUT` if none."""
    if example.arguments is not None and hole.parameter in example.arguments:
        return example.arguments[hole.parameter]
    said = [example.words(slot) for slot in example.slots if slot.parameter == hole.parameter]
    values = [value for words in said for value in hole.choices if str(value).casefold() == words.casefold()]
    if not values:
        return _LEFT_OUT
    return values if hole.is_list else values[0]


def _phrases(tool: Tool, hole: Hole) -> dict[str, Any]:
    """Return what words stand for which choice, where an example says both."""
    found: dict[str, Any] = {}
    for example in tool.examples if hole.kind == "choice" else ():
        said = [example.words(slot) for slot in example.slots if slot.parameter == hole.parameter]
        value = (example.arguments or {}).get(hole.parameter)
        values = value if isinstance(value, list) else [value]
        if value is not None and len(said) == len(values):
            found |= {normalize(words).casefold(): each for words, each in zip(said, values, strict=True)}
    return found


_LEFT_OUT = object()
