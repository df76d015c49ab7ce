"""From an utterance to the arguments of one tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log1p
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from router.arguments.company import apart, joined, joiners
from router.arguments.declared import Chosen, Declared, Options
from router.arguments.holes import Hole, as_list, holes
from router.arguments.implied import Implied
from router.arguments.reading import Read, Readings
from router.arguments.tagger import Lattice, Segment, Tagger, nothing_said
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
EXPECTED = -0.5
"""How readily a value begins in an answer, in logits."""
REQUIRED = 0.5
"""By how much likelier a required value is said than the declarations of other tools had it, in logits."""
MOST_WORDS = 300
"""More are not looked at: nobody says so much at once."""
IMPLIED = 0.5
"""How probable a value must be that nothing says."""
SURE = 0.75
"""How probable a choice must be to stand beside what examples never have it beside."""


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
        options = self._options(words, readings, barred)
        if self.taught.tagger is None:
            chosen = options.chosen() if options else []
        else:
            lattice = self.taught.tagger.lattice(words, words.vectors(tokens))
            chosen = self._jointly(lattice, options, words, readings, barred)
        said = self._valued(words, chosen)
        implied = self._implied(row, {each.hole for each in (*said.values, *said.unknown)})
        return Filled(tuple(self._agreeing([*said.values, *implied])), said.unknown)

    def plain(self, text: str, readings: Readings, among: Sequence[Hole] | None = None) -> tuple[Value, ...]:
        """Return the values that need no context: times, numbers, choices and what is known, each hole's surest."""
        words = split_words(text).first(MOST_WORDS)
        readable = [hole for hole in (self.holes if among is None else among) if self._is_read(hole)]
        if not words or not readable:
            return ()
        read = [self._read(hole, words, readings) for hole in readable]
        lattice = nothing_said(len(words)).with_untaught(len(readable), EXPECTED)
        segments = lattice.best(_bonus(readable, read, words))
        return self._valued(words, _chosen(segments, lattice.probabilities(segments), readable, read)).values

    def _options(self, words: Words, readings: Readings, barred: Sequence[Span]) -> Options | None:
        """Return which words may be a value of the holes that no example marks; None where each is marked."""
        if not self._untaught:
            return None
        found = self.readable(self._untaught, words, readings)
        return self._declared.options(words, readings, found, _barred(words, barred))

    def readable(self, asked: Sequence[Hole], words: Words, readings: Readings) -> list[Mapping[Span, Read] | None]:
        """Return for each hole what words can be read as, None if any words can be its value."""
        return [self._read(hole, words, readings) if self._is_read(hole) else None for hole in asked]

    def _jointly(
        self, lattice: Lattice, options: Options | None, words: Words, readings: Readings, barred: Sequence[Span]
    ) -> list[Chosen]:
        """Decide by the examples, and by declarations where these find something."""
        read = [self._read(hole, words, readings) for hole in self._tagged]
        bonus = _bonus(self._tagged, read, words)
        for n in _barred(words, barred):
            bonus[:, : n + 1, n:] = -np.inf
        likely = options.likely() if options else []
        if options and likely:
            lattice_of_all = lattice.with_untaught(len(likely), 0.0)
            segments = lattice_of_all.best(np.concatenate([bonus, options.bonus(likely, len(words))]))
        else:
            segments = lattice.best(bonus)
        joining = [self._joiners.get(hole, _NONE) for hole in self._tagged] + [_NONE] * len(likely)
        segments = joined(words, segments, joining)
        taught = [each for each in segments if each[0] < len(self._tagged)]
        chosen = _chosen(taught, lattice.probabilities(taught), self._tagged, read)
        if options:
            new = [each for each in segments if each[0] >= len(read)]
            chosen += [one for p, *place in new for one in options.choices(likely[p - len(read)], (place[0], place[1]))]
        return sorted(chosen, key=lambda each: each.place)

    def _valued(self, words: Words, chosen: Sequence[Chosen]) -> Filled:
        """Return the values that words stand for."""
        values, unknown = [], []
        for each in chosen:
            hole, read, (first, last) = each.hole, each.read, each.place
            span, said = (words.spans[first][0], words.spans[last][1]), words.between(first, last + 1)
            if read is not None and read.value is not None:
                values += [
                    Value(hole, value, said, span, each.probability, read.how, read.rivals)
                    for value in as_list(read.value)
                ]
            elif read is None and not self._is_read(hole):
                values.append(Value(hole, said, said, span, each.probability, "said"))
            else:
                unknown.append(Value(hole, None, said, span, each.probability, "said"))
        return Filled(tuple(_once(values)), tuple(unknown))

    def _is_read(self, hole: Hole) -> bool:
        """Say whether only some words can be a value of a hole."""
        return hole.kind != "text" or self.knows(hole)

    @cached_property
    def _joiners(self) -> dict[Hole, frozenset[str]]:
        return {hole: joiners(self.tool, hole) for hole in self.holes if not self._is_read(hole)}

    @cached_property
    def _apart(self) -> frozenset[frozenset[Hole]]:
        return apart(self.tool)

    def knows(self, hole: Hole) -> bool:
        """Say whether the values of a hole are known, so that no other will do."""
        return hole in self._known

    @cached_property
    def is_valid(self) -> Callable[[Mapping[str, Any]], bool]:
        """What says whether these are the arguments of a valid call."""
        return validity_of(self.tool.parameters)

    @cached_property
    def _tagged(self) -> list[Hole]:
        """The holes that examples mark."""
        return [self._by_parameter[name] for name in self.taught.tagger.parameters] if self.taught.tagger else []

    @cached_property
    def _untaught(self) -> list[Hole]:
        """The holes that declarations decide. What examples state of a boolean knows better: "after all" is not all."""
        stated = [hole for hole in self.holes if hole.kind == "boolean" and hole.name in self.taught.implied]
        return [hole for hole in self.holes if hole not in self._tagged and hole not in stated]

    @cached_property
    def _declared(self) -> Declared:
        marking = sum(bool(example.slots) for example in self.tool.examples)
        return Declared(
            self.tool, self._untaught, [REQUIRED if hole.is_required else -log1p(marking) for hole in self._untaught]
        )

    @cached_property
    def _by_parameter(self) -> dict[str, Hole]:
        return {hole.name: hole for hole in self.holes}

    def _read(self, hole: Hole, words: Words, readings: Readings) -> dict[Span, Read]:
        """Return what words can be read as, by the first and the last of them."""
        found: dict[Span, Read] = {}
        for each in readings.of(hole, self.taught.phrases.get(hole.name, {}), self._known.get(hole)):
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

    def _agreeing(self, values: Sequence[Value]) -> list[Value]:
        """Leave out doubtful choices beside what examples do not have them beside: "up to eighty" is a level alone."""
        kept: list[Value] = []
        for value in sorted(values, key=lambda value: (_is_doubtful(value), -value.probability)):
            if not (_is_doubtful(value) and any({value.hole, other.hole} in self._apart for other in kept)):
                kept.append(value)
        return [value for value in values if value in kept]


def known_for(hole: Hole, known: Mapping[str, KnownValues]) -> KnownValues | None:
    """Return the values that are known for a hole: its list on the device, or those that its schema lists."""
    if (name := hole.schema.get("x-known", hole.parameter)) in known:
        return known[name]
    if hole.kind == "choice" or "x-values" in hole.schema:
        from router.arguments.known import KnownValues  # it takes as long to import as all else here

        return KnownValues.declared(hole.schema)
    return None


def _chosen(
    segments: Sequence[Segment],
    probabilities: Sequence[float],
    holes: Sequence[Hole],
    read: Sequence[Mapping[Span, Read]],
) -> list[Chosen]:
    return [
        Chosen(holes[p], (first, last), probability, read[p].get((first, last)))
        for (p, first, last), probability in zip(segments, probabilities, strict=True)
    ]


_NONE: frozenset[str] = frozenset()


def _barred(words: Words, barred: Sequence[Span]) -> list[int]:
    """Return the words that have a barred character."""
    return [
        n for n, (start, end) in enumerate(words.spans) if any(start < other[1] and other[0] < end for other in barred)
    ]


def _bonus(tagged: Sequence[Hole], read: Sequence[Mapping[Span, Read]], words: Words) -> NDArray[np.float64]:
    """Return what speaks for and against spans of words [P, n, n] beside the tagger."""
    bonus = np.zeros((len(tagged), len(words), len(words)))
    for own, hole, found in zip(bonus, tagged, read, strict=True):
        if hole.kind != "text":
            own[:] = UNREADABLE
        for place, each in found.items():
            own[place] = each.bonus
    return bonus


def _is_doubtful(value: Value) -> bool:
    """Whether a choice is not said, or not surely."""
    return value.hole.kind in ("choice", "boolean") and (value.how == "implied" or value.probability < SURE)


def _once(values: Sequence[Value]) -> list[Value]:
    """Keep of each hole that is no list the likeliest value, of equals the first."""
    best: dict[Hole, Value] = {}
    for each in values:
        if each.hole not in best or each.probability > best[each.hole].probability:
            best[each.hole] = each
    return [each for each in values if each.hole.is_list or each is best[each.hole]]
