"""The rules of a language: templates of words and holes, as a tree. They are data: `languages/*.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any, Protocol, TypeAlias

from router.arguments.numerals.lexicon import lexicon
from router.arguments.numerals.numeral import Numerals
from router.arguments.numerals.phrases import Phrases
from router.arguments.numerals.tokens import tokenize
from router.phrasing.templates import expanded

NUMBER_HOLES = frozenset(["number", "hour", "minute", "five", "mm", "hundreds", "day", "ordinal", "year"])
KIND_HOLES = {
    "figures": NUMBER_HOLES | {"hhmm", "dotted"},
    "clock": frozenset(["clock"]),
    "hm": frozenset(["hm"]),
    "stamp": frozenset(["stamp"]),
    "dmy": frozenset(["dmy", "number"]),
}
"""Holes that a token may fill by its kind."""


class Holes(Protocol):
    """What is between the words of a template."""

    def __call__(self, name: str, at: int, /) -> Sequence[tuple[int, Any]]:
        """Return what may fill a hole at a token: where it ends, and its value."""

    def possible(self, at: int, /) -> frozenset[str]:
        """Return the names of the holes that this token may begin to fill: others need not be tried."""


BARE, WEAK = -1.0, -2.0
"""In place of a certainty: of a number alone, and of one in a language where more is mostly said."""
_BY_CONTEXT: dict[Any, float] = {"bare": BARE, "weak": WEAK}


@dataclass(frozen=True, slots=True)
class Rule:
    """What the words of a template mean."""

    action: str
    certainty: float
    """In [0, 1]; or `BARE` or `WEAK`, of what is sure only after some words."""


@dataclass(slots=True)
class Node:
    """Where some templates have come to."""

    words: dict[str, Node] = field(default_factory=dict)
    holes: list[tuple[str, Node]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


Match: TypeAlias = tuple[int, Rule, tuple[tuple[str, Any], ...]]
"""Where it ends, what it means, and what fills its holes."""


class Rules:
    """Templates that are looked up where they may begin."""

    def __init__(self, entries: Iterable[Sequence[Any]]) -> None:
        self.root = Node()
        self._holes: frozenset[str] = frozenset()
        for template, action, *rest in entries:
            certainty: Any = rest[0] if rest else 0.9
            rule = Rule(action, _BY_CONTEXT.get(certainty, certainty))
            for words in expanded(template):
                self._add(words, rule)
        self._holes = frozenset(name for name, _ in self.root.holes)

    def may_begin(self, word: str, holes: frozenset[str]) -> bool:
        """Whether a template may begin with a word that may fill these holes."""
        return word in self.root.words or not self._holes.isdisjoint(holes)

    def _add(self, words: Sequence[str], rule: Rule) -> None:
        node = self.root
        for word in words:
            if word.startswith("{"):
                name = word.strip("{}")
                known = dict(node.holes)
                if name not in known:
                    node.holes.append((name, Node()))
                node = dict(node.holes)[name]
            else:
                for token in ("-",) if word == "hyphen" else tokenize(word).words:
                    node = node.words.setdefault(token, Node())
        node.rules.append(rule)

    def matches(self, words: Sequence[str], index: int, holes: Holes) -> list[Match]:
        """Return all matches that begin at this token."""
        found: list[Match] = []
        if self.may_begin(words[index], holes.possible(index)):
            _walk(self.root, words, index, (), holes, found)
        return found


def _walk(
    node: Node,
    words: Sequence[str],
    index: int,
    bound: tuple[tuple[str, Any], ...],
    holes: Holes,
    found: list[Match],
) -> None:
    for rule in node.rules:
        found.append((index, rule, bound))
    if index >= len(words):
        return
    following = node.words.get(words[index])
    if following is not None:
        _walk(following, words, index + 1, bound, holes, found)
    if node.holes and (possible := holes.possible(index)):
        for name, child in node.holes:
            if name in possible:
                for end, value in holes(name, index):
                    _walk(child, words, end, (*bound, (name, value)), holes, found)


@dataclass(frozen=True)
class Grammar:
    """What a language's file says."""

    numerals: Numerals
    times: Rules
    dates: Rules
    durations: Rules
    relative: Rules
    """Dates and times that are said by a duration: "in {duration}"."""
    intervals: Rules
    openers: frozenset[str]
    """Words that begin an interval, such as "from"."""
    weekdays: Phrases[int]
    weekday_sets: Phrases[int]
    """Days of the week in words that mean all of them: "mondays"."""
    weak: frozenset[str]
    """Names of days and units that have other meanings."""
    months: Phrases[int]
    units: Phrases[str]
    parts: Phrases[str]
    """After a time: "in the morning"."""
    today_parts: Phrases[str]
    """Parts of today: "tonight"."""
    day_parts: Phrases[str]
    """After a date: the "morning" of "tomorrow morning"."""
    compound_days: Phrases[tuple[str, int | str]]
    """Words for a day and a part of it: "freitagabend"."""
    feasts: Phrases[str]
    """Month and day, such as "12-25"."""
    sets: Phrases[str]
    every: Phrases[int]
    """Before a day of the week, make it a set: "every"."""
    set_articles: Phrases[int]
    conjunctions: Phrases[int]
    through: Phrases[int]
    range_openers: Phrases[int]
    joints: Phrases[int]
    """Between a date and a time: "at"."""
    strong: frozenset[str]
    """Last words before a number that make it a time: "at"; with their accents, and so are the two after this."""
    hints: frozenset[str]
    """Last words before a number that may make it a time: "for"."""
    lengths: frozenset[str]
    """Words before a duration that is no distance between dates: the "for" of "for two days from monday"."""
    date_hints: frozenset[str]
    """Last words before a date: "on"."""
    month_hints: frozenset[str]
    """Last words before a month without a day: "in"."""
    morning: Phrases[int]
    """Words of utterances whose times are in the morning: "wake"."""
    evening: Phrases[int]
    idioms: Phrases[int]
    """Phrases that mean no time, though their words do: "one day"."""
    starts: frozenset[str]
    """Words that anything of this begins with, numbers aside."""

    @cached_property
    def fits(self) -> Mapping[str, frozenset[str]]:
        """The holes that each word may begin to fill, numbers aside."""
        return {word: self.filled(word, frozenset()) for word in self.starts}

    @cached_property
    def kind_fits(self) -> Mapping[str, frozenset[str]]:
        """The holes that a token of each kind may begin to fill."""
        return {kind: self.filled("", holes) for kind, holes in KIND_HOLES.items()}

    @cached_property
    def number_fits(self) -> frozenset[str]:
        """The holes that a number may begin to fill."""
        return self.filled("", NUMBER_HOLES)

    def filled(self, word: str, holes: frozenset[str]) -> frozenset[str]:
        """Return the holes that a word may begin to fill, if by itself it may fill these."""
        named: dict[str, Phrases[Any]] = {
            "unit": self.units,
            "unit3": self.units,
            "weekday": self.weekdays,
            "month": self.months,
        }
        holes |= {name for name, phrases in named.items() if word in phrases}
        rules = {"duration": self.durations, "time": self.times, "times": self.times, "date": self.dates}
        days: tuple[Phrases[Any], ...] = (self.feasts, self.today_parts, self.compound_days)
        return holes.union(
            (name for name, each in rules.items() if each.may_begin(word, holes)),
            ["date"] if any(word in each for each in days) else [],
        )


@cache
def grammar(language: str) -> Grammar:
    """Read a language's file."""
    text = resources.files(__package__).joinpath(f"languages/{language}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    if unknown := data.keys() - _KEYS:
        raise ValueError(f"{language}.json: unknown keys {sorted(unknown)}; expected some of {sorted(_KEYS)}")
    rules: dict[str, Any] = {name: Rules(data[name]) for name in _RULES}
    rules["intervals"] = Rules((template, "", 0.9) for template in data["intervals"])
    phrases: dict[str, Any] = {
        name: Phrases((word, index) for index, group in enumerate(data[name], first) for word in group)
        for name, first in _LISTED
    }
    for name in _NAMED:
        phrases[name] = Phrases((template, value) for value, templates in data[name].items() for template in templates)
    phrases["compound_days"] = Phrases(_compounds(data))
    marks: dict[str, Any] = {name: Phrases((template, 1) for template in data.get(name, ())) for name in _MARKS}
    hints: dict[str, Any] = {
        name: _last_words(data[name]) for name in ("strong", "hints", "date_hints", "month_hints", "lengths")
    }
    begin = [
        *(each.root.words for each in rules.values()),
        *(each.root for each in phrases.values()),
        *(marks[name].root for name in ("every", "set_articles", "range_openers")),
    ]
    return Grammar(
        numerals=Numerals(lexicon(language)),
        **rules,
        **phrases,
        **marks,
        **hints,
        openers=frozenset(rules["intervals"].root.words),
        weak=frozenset(token for word in data["weak"] for token in tokenize(word).words),
        morning=Phrases((template, 1) for template in data["cues"]["morning"]),
        evening=Phrases((template, 1) for template in data["cues"]["evening"]),
        starts=frozenset(word for each in begin for word in each),
    )


_RULES = ("times", "dates", "durations", "relative")
_NAMED = ("units", "parts", "today_parts", "day_parts", "sets", "feasts")
_LISTED = (("weekdays", 0), ("weekday_sets", 0), ("months", 1))
_HINTS = ("strong", "hints", "date_hints", "month_hints", "lengths")
_MARKS = ("every", "set_articles", "conjunctions", "through", "range_openers", "joints", "idioms")
_KEYS = frozenset([*_RULES, *_NAMED, *(name for name, _ in _LISTED), *_HINTS, *_MARKS]) | {
    "intervals", "weak", "cues", "compound_parts",
}  # fmt: skip
"""What a language's file may hold."""


def _compounds(data: dict[str, Any]) -> Iterable[tuple[str, tuple[str, int | str]]]:
    tomorrow = [rule[0] for rule in data["dates"] if rule[1] == "today 1"]
    for part, words in data.get("compound_parts", {}).items():
        for word in words:
            for index, names in enumerate(data["weekdays"]):
                yield from ((f"{name}{word}", (part, index)) for name in names if len(name) > 2)
            yield from ((f"{name}{word}", (part, "tomorrow")) for name in tomorrow)


def _last_words(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(re.split(r"[ ']", phrase.strip("'"))[-1] for phrase in phrases)
