"""What the declaration of a tool says about the words that will fill its holes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.lexicon import lexicon, name_words, stem
from router.arguments.holes import Hole
from router.declarations import Tool

Floats = NDArray[np.float32]
NAME, HEAD, DESCRIPTION = range(3)
KINDS = {
    "text": "text",
    "choice": "choice",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "email": "address",
    "uri": "address",
    "phone": "address",
}
"""What the kinds of holes are to the scorer; all others are temporal."""
CLASSES = (
    *("any", "text", "choice", "boolean", "number", "temporal", "address", "list", "required", "optional", "only"),
    *lexicon().traits,
)
"""What a hole can be, several at once: the columns of `Cues.classes`."""
DESCRIBED = 0.5
"""What a trait counts that only the description has."""


@dataclass(frozen=True)
class Cues:
    """What P holes are called and what they are."""

    classes: Floats
    """[P, len(CLASSES)]."""
    said: dict[str, Floats]
    """[P, 3] by stem: how much it names each hole, is what its name is a kind of, and is in its description."""
    general: frozenset[str]
    """Stems of the tool's own name and description."""
    examples: dict[str, list[int]]
    """Of which holes the descriptions give a value as an example, by the value folded."""
    order: NDArray[np.intp]
    """Which hole of its kind each is, in the order of the declaration."""


def cues(tool: Tool, holes: Sequence[Hole]) -> Cues:
    """Read the declarations of some holes of a tool."""
    words = lexicon()
    named = [[stem(word) for word in name_words(hole.path[-1])] for hole in holes]
    described = [[stem(word) for word in _words(_plain(hole.description))] for hole in holes]
    shared = Counter(each for own in named for each in set(own))
    said: dict[str, Floats] = {}

    def count(each: str, p: int, column: int, weight: float) -> None:
        row = said.setdefault(each, np.zeros((len(holes), 3), np.float32))
        row[p, column] = max(row[p, column], weight)

    for p, (own, more) in enumerate(zip(named, described, strict=True)):
        for each in own:
            count(each, p, NAME, 1.0 / shared[each])
        if own:
            count(own[-1], p, HEAD, 1.0 / shared[own[-1]])
        for each in set(more) - set(own):
            count(each, p, DESCRIPTION, 1.0 / sum(each in other for other in described))
    general = {stem(word) for word in (*name_words(tool.name), *_words(tool.description))}
    of_kind: Counter[str] = Counter()
    order = []
    examples: dict[str, list[int]] = {}
    for p, hole in enumerate(holes):
        for each in set(_examples(hole.description)):
            examples.setdefault(each, []).append(p)
        order.append(of_kind[hole.kind])
        of_kind[hole.kind] += 1
    return Cues(
        np.stack(
            [_classes(hole, own, more, len(holes)) for hole, own, more in zip(holes, named, described, strict=True)]
        ),
        said,
        frozenset(each for each in general if each not in words.stop),
        examples,
        np.array(order, np.intp),
    )


def _classes(hole: Hole, named: Sequence[str], described: Sequence[str], count: int) -> Floats:
    row = np.zeros(len(CLASSES), np.float32)
    row[CLASSES.index("any")] = 1.0
    row[CLASSES.index(KINDS.get(hole.kind, "temporal"))] = 1.0
    row[CLASSES.index("required" if hole.is_required else "optional")] = 1.0
    row[CLASSES.index("list")] = float(hole.is_list)
    row[CLASSES.index("only")] = float(count == 1)
    for n, nouns in enumerate(lexicon().traits.values(), len(CLASSES) - len(lexicon().traits)):
        if not nouns.isdisjoint(named):
            row[n] = 1.0
        elif not nouns.isdisjoint(described[:6]):
            row[n] = DESCRIBED
    return row


def _plain(description: str) -> str:
    """Return a description without its examples."""
    return _EXAMPLES.sub(" ", description)


def _words(text: str) -> list[str]:
    stop = lexicon().stop
    return [word for word in map(str.lower, _WORD.findall(text)) if word not in stop]


def _examples(description: str) -> list[str]:
    found = [value for match in _EXAMPLES.finditer(description) for value in _BETWEEN.split(match[1])]
    found += [match[1] for match in _QUOTED.finditer(description)]
    return [bare for each in found if 0 < len(bare := each.strip(" .'\"`[](){}:").casefold()) <= 60]


_WORD = re.compile(r"[^\W\d_][^\W_]*")
_EXAMPLES = re.compile(
    r"(?:\be\.?g\.?|\bfor example|\bsuch as|\blike|\bfor instance|\boptions?:|\beither)[,:]?\s([^.;)]{1,300})", re.I
)
_BETWEEN = re.compile(r",\s*(?:or\s|and\s|etc)?|\s+or\s+|\s+and\s+|/")
_QUOTED = re.compile(r"(?<!\w)['\"`]([^'\"`]{1,60})['\"`](?!\w)")
