"""What weights are learnt from: utterances for a tool that is known, and where their arguments stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from router.arguments.declared.features import Described, describe
from router.arguments.declared.options import Options
from router.arguments.declared.scorer import Declared
from router.arguments.filler import Filler, Taught
from router.arguments.holes import as_list
from router.arguments.reading import Moment, Readings
from router.arguments.words import split_words
from router.declarations import Example, Tool, load
from router.declarations.example import Slot
from router.errors import RouterError
from router.text import normalize

Row = tuple[str, Tool, Example]
"""The set, the tool, and an utterance with either its slots or its arguments."""
OF_EACH_TOOL = 14
OF_EACH_INTENT = 50
"""So many examples are taken of a tool of this project, and of an intent of SNIPS."""
LONGEST = 450
"""Longer texts are stories, not requests."""


@dataclass(frozen=True)
class Sentence:
    """An utterance as the scorer sees it, and which spans are the values."""

    source: str
    tool: str
    options: Options
    declared: Declared
    described: Described
    gold: tuple[tuple[int, ...], ...]
    """By hole, the spans of which one is the value."""
    stated: tuple[bool, ...]
    """By hole, whether it has a value, said or not."""


def sentences(data: Path, tool_specs: Path) -> Iterator[Sentence]:
    """Yield all that can be learnt from."""
    for source, tool, example in (*_calls(data), *_everyday(tool_specs), *_snips(data)):
        if (found := _sentence(source, tool, example)) is not None:
            yield found


def _sentence(source: str, tool: Tool, example: Example) -> Sentence | None:
    text, filler = normalize(example.utterance), Filler(tool, Taught(), {})
    words, readings = split_words(text), Readings(text, Moment())
    if not filler.holes or not words or text != example.utterance:
        return None
    declared = Declared(tool, filler.holes, [0.0] * len(filler.holes))
    options = declared.options(words, readings, filler.readable(filler.holes, words, readings))
    values = dict(_flat(example.arguments or {}))
    marked = {
        hole: [words.covering(s.start, s.end) for s in example.slots if s.parameter == hole.parameter]
        for hole in filler.holes
    }
    gold, stated = [], []
    for p, hole in enumerate(filler.holes):
        spans = [(s, (i, j)) for s, (i, j) in enumerate(options.spans.tolist()) if options.scores[s, p] > float("-inf")]
        if example.slots:
            wanted = [(place[0], place[1] - 1) for place in marked[hole] if place]
            right = [s for s, place in spans if _parts(options, p, place) == wanted]
        else:
            right = [s for s, place in spans if hole.path in values and _says(options, p, place, values[hole.path])]
        gold.append(tuple(right))
        stated.append(bool(marked[hole]) or hole.path in values)
    return Sentence(
        source, tool.name, options, declared, describe(words, options.reads, declared.cues), tuple(gold), tuple(stated)
    )


def _parts(options: Options, p: int, place: tuple[int, int]) -> list[tuple[int, int]]:
    return [chosen.place for chosen in options.choices(p, place)]


def _says(options: Options, p: int, place: tuple[int, int], wanted: Any) -> bool:
    """Say whether words are read as a value, as leniently as the Berkeley leaderboard compares."""
    chosen = options.choices(p, place)
    if chosen[0].read is not None:
        value = chosen[0].read.value
        found = as_list(value) if options.holes[p].is_list and value is not None else value
    else:
        texts = [options.words.between(first, last + 1) for first, last in (each.place for each in chosen)]
        found = texts if options.holes[p].is_list else texts[0]
    return is_same(found, wanted)


def is_same(found: Any, wanted: Any) -> bool:
    """Compare values without regard to case, spaces and marks; a number may be written as text."""
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(is_same, found, wanted))
    if isinstance(found, str) and isinstance(wanted, str):
        return _MARKS.sub("", found).lower() == _MARKS.sub("", wanted).lower()
    if isinstance(found, int | float) and isinstance(wanted, str) and not isinstance(found, bool):
        return bool(_NUMBER.fullmatch(wanted)) and float(wanted) == found
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def _calls(data: Path) -> Iterator[Row]:
    files = [
        (data / "seal_tools", "dev.jsonl"),
        *(
            (data / "acebench", f"en/{f.name}")
            for f in sorted((data / "acebench" / "en").glob("*.jsonl"))
            if "preference" not in f.name
        ),
    ]
    for folder, name in files:
        declared = {each["id"]: each for each in _lines(folder / "tools.jsonl")}
        for row in _lines(folder / name):
            arguments, text = row["args"], row["text"]
            if not isinstance(row["label"], str) or row["label"] not in declared or not arguments:
                continue
            if "system:" in text or len(text) > LONGEST or not text.isascii():
                continue
            try:
                tool = _tool(declared[row["label"]])
                yield folder.name, tool, Example(normalize(text), (), arguments)
            except RouterError:  # declarations that are no JSON Schema, utterances with braces
                continue


def _everyday(tool_specs: Path) -> Iterator[Row]:
    chance = np.random.default_rng(5)
    for tool in load(tool_specs):
        marked = [example for example in tool.examples if example.slots]
        for n in chance.permutation(len(marked))[:OF_EACH_TOOL]:
            yield "tool_specs", tool, marked[n]


def _snips(data: Path) -> Iterator[Row]:
    rows = list(_lines(data / "snips" / "train_full.jsonl"))
    rows = [rows[n] for n in np.random.default_rng(5).permutation(len(rows))]
    for intent in sorted({row["label"] for row in rows}):
        own = [row for row in rows if row["label"] == intent][:OF_EACH_INTENT]
        names = {name: {"type": "string"} for row in own for name in row["args"]}
        tool = Tool(intent, intent, {"type": "object", "properties": names})
        for row in own:
            slots = [
                Slot(name, place.start(), place.end())
                for name, value in row["args"].items()
                if isinstance(value, str)
                and (place := re.search(rf"(?<!\w){re.escape(value)}(?!\w)", row["text"], re.I))
            ]
            try:
                yield "snips", tool, Example(row["text"], tuple(sorted(slots, key=lambda slot: slot.start)))
            except RouterError:  # one value inside another
                continue


def _tool(declared: Mapping[str, Any]) -> Tool:
    return Tool(re.sub(r"[^\w.-]", "_", declared["name"])[:60], declared["description"], declared["parameters"])


def _flat(arguments: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in arguments.items():
        if isinstance(value, Mapping):
            yield from _flat(value, (*path, name))
        else:
            yield (*path, name), value


def _lines(file: Path) -> Iterator[Any]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


_MARKS = re.compile(r"[\s,./\-_*^\"']")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,20})?")
