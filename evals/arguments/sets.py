"""Public sets with arguments: tools whose examples mark slots, and utterances with what should be found."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.public_sets.rows import Row, drawn, read_rows, tool_name
from router import DeclarationError, Example, Tool
from router.declarations.example import Slot

Span = tuple[str, str]
"""A parameter and the words that fill it, in lower case."""


@dataclass(frozen=True)
class Asked:
    """An utterance for a tool that is known, and what fills its parameters."""

    utterance: str
    tool: str
    spans: frozenset[Span]


@dataclass(frozen=True)
class Slots:
    """Tools with marked examples, and what they are asked."""

    tools: tuple[Tool, ...]
    asked: tuple[Asked, ...]
    unmarkable: int
    """Examples that were left out, because their values are not in their text as they are written."""


def plain(text: str) -> str:
    """Return a text as the router reads it, as far as these sets need that."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def snips(data: Path, split: str, shots: int | None, seed: int = 0) -> Slots:
    """Return SNIPS; `shots` examples of each intent, all if None. `split` is validate, or train for development.

    For development the last fifth of the training split is asked.
    """
    rows = read_rows(data / "snips" / "train_full.jsonl")
    if split == "train":
        random.Random(0).shuffle(rows)
        rows, asked = rows[len(rows) // 5 :], rows[: len(rows) // 5]
    else:
        asked = read_rows(data / "snips" / f"{split}.jsonl")
    kept = rows if shots is None else drawn(rows, shots, seed)
    return _slots(kept, asked, lambda row: (row["text"], list(located(row["text"], row["args"]))))


def massive(data: Path, locale: str, split: str) -> Slots:
    """Return a locale of MASSIVE: all of train is taught, `split` is asked."""
    folder = data / "massive" / locale
    return _slots(read_rows(folder / "train.jsonl"), read_rows(folder / f"{split}.jsonl"), _annotated)


def _slots(rows: Iterable[Row], asked: Sequence[Row], marked: Any) -> Slots:
    examples: dict[str, list[Example]] = defaultdict(list)
    unmarkable = 0
    for row in rows:
        try:
            text, slots = marked(row)
            examples[row["label"]].append(Example(text, tuple(slots)))
        except DeclarationError:
            unmarkable += 1
    tools = tuple(
        Tool(tool_name(label), label, {"type": "object", "properties": _properties(own)}, tuple(own))
        for label, own in examples.items()
    )
    names = {label: tool_name(label) for label in examples}
    questions = tuple(
        Asked(row["text"], names[row["label"]], _wanted(row, marked)) for row in asked if row["label"] in names
    )
    return Slots(tools, questions, unmarkable)


def _wanted(row: Row, marked: Any) -> frozenset[Span]:
    if "args" in row:
        return frozenset((name, plain(value).lower()) for name, value in _values(row["args"]))
    text, slots = marked(row)
    return frozenset((slot.parameter, plain(text[slot.start : slot.end]).lower()) for slot in slots)


def _properties(examples: Iterable[Example]) -> dict[str, Any]:
    """Return the parameters that examples mark; one that is marked twice in an utterance takes a list."""
    most: dict[str, int] = {}
    for example in examples:
        names = [slot.parameter for slot in example.slots]
        most |= {name: max(most.get(name, 0), names.count(name)) for name in names}
    one = {"type": "string"}
    return {name: one if count == 1 else {"type": "array", "items": one} for name, count in sorted(most.items())}


def located(text: str, arguments: Mapping[str, Any]) -> Iterator[Slot]:
    """Find the words of arguments in a text: whole words, the longest value first, none twice."""
    taken: list[tuple[int, int]] = []
    found = []
    for name, value in sorted(_values(arguments), key=lambda pair: -len(pair[1])):
        places = re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
        free = (m.span() for m in places if all(m.end() <= start or end <= m.start() for start, end in taken))
        if span := next(free, None):
            taken.append(span)
            found.append(Slot(name, *span))
    yield from sorted(found, key=lambda slot: slot.start)


def _values(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, own in arguments.items():
        yield from ((name, str(value)) for value in (own if isinstance(own, list) else [own]))


def _annotated(row: Row) -> tuple[str, list[Slot]]:
    """Read "wake me at [time : nine am]"."""
    text, slots, end = "", [], 0
    for match in _MARK.finditer(row["annot_utt"]):
        text += row["annot_utt"][end : match.start()]
        slots.append(Slot(match[1], len(text), len(text) + len(match[2])))
        text, end = text + match[2], match.end()
    return text + row["annot_utt"][end:], slots


_MARK = re.compile(r"\[\s*(\w+)\s*:\s*(.*?)\s*\]")
