"""From an utterance to the arguments of one tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from router.arguments.holes import Hole, as_list, holes
from router.arguments.implied import Implied
from router.arguments.reading import Read, Readings
from router.arguments.tagger import Lattice, Tagger, nothing_said
from router.arguments.validity import validity_of
from router.arguments.words import Words, split_words
from router.decisions import How
from router.declarations import Tool
from router.encoders import TokenVectors

if TYPE_CHECKING:
    from router.arguments.known import KnownValues

Floats = NDArray[np.float32]
Span = tuple[int, int]

UNREADABLE = -3.0
"""What it costs, in logits, to take words for a value that they cannot be read as."""
UNTAUGHT = -2.0
"""How readily a value begins in an utterance, of a parameter that no example marks, in logits."""
EXPECTED = -0.5
"""The same in an answer."""
MOST_WORDS = 300
"""More are not looked at: nobody says so much at once."""
IMPLIED = 0.5
"""How probable a value must be that nothing says."""


@dataclass(frozen=True)
class Taught:
    """What the examples of a tool taught about its arguments."""

    tagger: Tagger | None = None
    """None where no example marks a slot."""
    implied: Mapping[str, Implied] = field(default_factory=dict)
    """By parameter."""
    phrases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By parameter, which words stand for which of its choices, where an example says both."""


@dataclass(frozen=True, slots=True)
class Value:
    """Words that fill a hole, or that ought to."""

    hole: Hole
    value: Any
    """None where the words cannot be read as one."""
    words: str
    """Empty where it is implied."""
    span: Span
    """The characters of the text that these words are."""
    probability: float
    """In [0, 1]."""
    how: How
    rivals: tuple[str, ...] = ()
    """Other values that the words mean as likely."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was found for the holes of a tool."""

    values: tuple[Value, ...] = ()
    unknown: tuple[Value, ...] = ()
    """Words that ought to be a value and cannot be read as one."""


class Filler:
    """Fills the holes of one tool."""

    def __init__(self, tool: Tool, taught: Taught, known: Mapping[str, KnownValues]) -> None:
        self.tool = tool
        self.taught = taught
        self.holes = holes(tool)
        self._known = {hole: index for hole in self.holes if (index := known_for(hole, known)) is not None}

    def fill(self, text: str, tokens: TokenVectors, row: Floats, readings: Readings, barred: Sequence[Span]) -> Filled:
        """Find the values in a normalised text.

        `tokens` and `row` [F] are the text's. No value is taken from characters
        that are `barred`.
        """
        words = split_words(text).first(MOST_WORDS)
        if not words or not self.holes:
            return Filled()
        tagger = self.taught.tagger
        tagged = [self._by_parameter[name] for name in tagger.parameters] if tagger else []
        rest = [hole for hole in self.holes if hole not in tagged]
        lattice = tagger.lattice(words, words.vectors(tokens)) if tagger else nothing_said(len(words))
        said = self._chosen(words, lattice.with_untaught(len(rest), UNTAUGHT), [*tagged, *rest], readings, barred)
        implied = self._implied(row, {each.hole for each in (*said.values, *said.unknown)})
        return Filled((*said.values, *implied), said.unknown)

    def plain(self, text: str, readings: Readings) -> tuple[Value, ...]:
        """Return the values that need no context: times, numbers, choices and what is known, each hole's surest."""
        words = split_words(text).first(MOST_WORDS)
        readable = [hole for hole in self.holes if hole.kind != "text" or self.knows(hole)]
        if not words or not readable:
            return ()
        return self._chosen(
            words, nothing_said(len(words)).with_untaught(len(readable), EXPECTED), readable, readings, ()
        ).values

    def _chosen(
        self, words: Words, lattice: Lattice, asked: Sequence[Hole], readings: Readings, barred: Sequence[Span]
    ) -> Filled:
        """Return the likeliest values of the holes that a lattice is about."""
        read = [self._read(hole, words, readings) for hole in asked]
        chosen = lattice.best(_bonus(asked, read, words, barred))
        values, unknown = [], []
        for (p, first, last), probability in zip(chosen, lattice.probabilities(chosen), strict=True):
            hole, span = asked[p], (words.spans[first][0], words.spans[last][1])
            said, each = words.between(first, last + 1), read[p].get((first, last))
            if each is not None and each.value is not None:
                values += [
                    Value(hole, value, said, span, probability, each.how, each.rivals) for value in as_list(each.value)
                ]
            elif hole.kind == "text" and not self.knows(hole):
                values.append(Value(hole, said, said, span, probability, "said"))
            else:
                unknown.append(Value(hole, None, said, span, probability, "said"))
        return Filled(tuple(_once(values)), tuple(unknown))

    def knows(self, hole: Hole) -> bool:
        """Say whether the values of a hole are known, so that no other will do."""
        return hole in self._known

    @cached_property
    def is_valid(self) -> Callable[[Mapping[str, Any]], bool]:
        """What says whether these are the arguments of a valid call."""
        return validity_of(self.tool.parameters)

    @cached_property
    def _by_parameter(self) -> dict[str, Hole]:
        return {hole.parameter: hole for hole in reversed(self.holes)}

    def _read(self, hole: Hole, words: Words, readings: Readings) -> dict[Span, Read]:
        """Return what words can be read as, by the first and the last of them."""
        found: dict[Span, Read] = {}
        for each in readings.of(hole, self.taught.phrases.get(hole.parameter, {}), self._known.get(hole)):
            place = words.covering(each.start, each.end)
            if place and (found.get(place) is None or each.bonus > found[place].bonus):
                found[place] = each
        return {(first, end - 1): each for (first, end), each in found.items()}

    def _implied(self, row: Floats, filled: set[Hole]) -> list[Value]:
        values = []
        for parameter, implied in self.taught.implied.items():
            hole = self._by_parameter[parameter]
            likely = implied.probabilities(row)
            best = int(likely.argmax())
            if hole not in filled and best < len(implied.values) and likely[best] >= IMPLIED:
                values.append(Value(hole, implied.values[best], "", (0, 0), float(likely[best]), "implied"))
        return values


def known_for(hole: Hole, known: Mapping[str, KnownValues]) -> KnownValues | None:
    """Return the values that are known for a hole: its list on the device, or those that its schema lists."""
    if (name := hole.schema.get("x-known", hole.parameter)) in known:
        return known[name]
    if hole.kind == "choice" or "x-values" in hole.schema:
        from router.arguments.known import KnownValues  # it takes as long to import as all else here

        return KnownValues.declared(hole.schema)
    return None


def _bonus(tagged: Sequence[Hole], read: Sequence[Mapping[Span, Read]], words: Words, barred: Sequence[Span]) -> Any:
    """Return what speaks for and against spans of words [P, n, n] beside the tagger."""
    bonus = np.zeros((len(tagged), len(words), len(words)))
    for own, hole, found in zip(bonus, tagged, read, strict=True):
        if hole.kind != "text":
            own[:] = UNREADABLE
        for place, each in found.items():
            own[place] = each.bonus
    for start, end in barred:
        inside = [n for n, span in enumerate(words.spans) if span[0] < end and span[1] > start]
        for n in inside:
            bonus[:, : n + 1, n:] = -np.inf
    return bonus


def _once(values: Sequence[Value]) -> list[Value]:
    """Keep of each hole that is no list the likeliest value, of equals the first."""
    best: dict[Hole, Value] = {}
    for each in values:
        if each.hole not in best or each.probability > best[each.hole].probability:
            best[each.hole] = each
    return [each for each in values if each.hole.is_list or each is best[each.hole]]
