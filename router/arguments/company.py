"""What the examples of a tool have beside each other: parameters in a call, words in a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations, pairwise
from math import comb

from router.arguments.holes import Hole, holes, stated
from router.arguments.tagger import Segment
from router.arguments.words import Words, split_words
from router.declarations import Tool
from router.text import normalize

CHANCE = 0.05
"""So seldom it may be chance that two parameters are together no more often than they are."""
MOST_BETWEEN = 2
"""Words that join two values."""


def apart(tool: Tool) -> frozenset[frozenset[Hole]]:
    """Return the pairs of holes that examples fill together less often than chance would.

    >>> from router import Example
    >>> properties = {"level": {"type": "integer"}, "direction": {"enum": ["up", "down"]}}
    >>> said = ["volume {level: %d}" % n for n in range(6)] + ["turn it {direction: up}"] * 6
    >>> tool = Tool("t", "T.", {"type": "object", "properties": properties}, tuple(map(Example.parse, said)))
    >>> [sorted(hole.name for hole in pair) for pair in apart(tool)]
    [['direction', 'level']]
    """
    own, alone, together = holes(tool), Counter[Hole](), Counter[frozenset[Hole]]()
    for example in tool.examples:
        marked = {slot.parameter for slot in example.slots}
        filled = [hole for hole in own if hole.name in marked or stated(example.arguments, hole) is not None]
        alone.update(filled)
        together.update(map(frozenset, combinations(filled, 2)))
    count = max(len(tool.examples), 1)
    pairs = ((one, other, frozenset((one, other))) for one, other in combinations(own, 2))
    return frozenset(
        pair for one, other, pair in pairs if _at_most(together[pair], alone[one], alone[other] / count) <= CHANCE
    )


def joiners(tool: Tool, hole: Hole) -> frozenset[str]:
    """Return the words that examples have inside a value and not between two: the "of" of "two bags of rice".

    Of a list of which no example has two values, nothing is known.
    """
    inside, between, are_separate = set[str](), set[str](), not hole.is_list
    for example in tool.examples:
        own = [slot for slot in example.slots if slot.parameter == hole.name]
        for slot in own:
            inside.update(_words(example.words(slot))[1:-1])
        for before, after in pairwise(own):
            between.update(_words(example.utterance[before.end : after.start]))
            are_separate = True
    return frozenset(word for word in inside - between if word.isalpha()) if are_separate else frozenset()


def joined(words: Words, segments: Sequence[Segment], joining: Sequence[Collection[str]]) -> list[Segment]:
    """Return values with those made one that nothing but joining words divides, by parameter: "2 kg" of "flour"."""
    found: list[Segment] = []
    for segment in segments:
        parameter, start, end = found[-1] if found else (-1, 0, 0)
        between = words.forms[end + 1 : segment[1]]
        is_one = parameter == segment[0] and 0 < len(between) <= MOST_BETWEEN
        if is_one and all(word.lower() in joining[parameter] for word in between):
            found[-1] = (parameter, start, segment[2])
        else:
            found.append(segment)
    return found


def _words(text: str) -> list[str]:
    return [word.lower() for word in split_words(normalize(text)).forms]


def _at_most(count: int, draws: int, share: float) -> float:
    """Return the probability of at most so many of some draws, each of which has this share."""
    return sum(comb(draws, n) * share**n * (1 - share) ** (draws - n) for n in range(min(count, draws) + 1))
