"""What is compared: this project's index, and rapidfuzz alone as one would first use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.known.judging import Finder, Found
from router.arguments.known import KnownValues


def ours(values: Sequence[Any]) -> Finder:
    """Return a finder by `KnownValues`."""
    known = KnownValues.of(values)

    def find(text: str) -> list[Found]:
        return [Found(each.start, each.end, each.equals, each.known) for each in known.find(text)]

    return find


def rapidfuzz(values: Sequence[Any], scorer: str = "WRatio", cutoff: float = 85.0) -> Finder:
    """Return a finder that compares every one, two and three words with every name by rapidfuzz, and keeps the best."""
    from rapidfuzz import fuzz, process, utils

    names: list[str] = []
    of: list[str] = []
    for value in values:
        whole, aliases = (value["value"], value["aliases"]) if isinstance(value, Mapping) else (value, [])
        for name in (whole, *aliases):
            names.append(utils.default_process(name))
            of.append(whole)

    def find(text: str) -> list[Found]:
        words = []
        place = 0
        for word in text.split():
            start = text.index(word, place)
            place = start + len(word)
            words.append((start, place))
        found = []
        for first in range(len(words)):
            for last in range(first, min(first + 3, len(words))):
                said = utils.default_process(text[words[first][0] : words[last][1]])
                close = process.extract(said, names, scorer=getattr(fuzz, scorer), score_cutoff=cutoff, limit=10)
                if close:
                    best = close[0][1]
                    equal = sorted({of[n] for _, score, n in close if score >= best - 1e-9})
                    found.append((best, last - first, Found(words[first][0], words[last][1], tuple(equal), best / 100)))
        kept: list[Found] = []
        for _, _, each in sorted(found, key=lambda item: (-item[0], -item[1])):
            if all(each.end <= other.start or other.end <= each.start for other in kept):
                kept.append(each)
        return kept

    return find
