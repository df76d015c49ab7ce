"""The rules of a language: templates of words and holes, as a tree. They are data: `languages/*.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

from router.arguments.numerals.lexicon import lexicon
from router.arguments.numerals.numeral import Numerals
from router.arguments.numerals.phrases import Phrases
from router.arguments.numerals.tokens import tokenize
from router.phrasing.templates import expanded

Holes: TypeAlias = Callable[[str, int], Sequence[tuple[int, Any]]]
"""What may fill a hole of this name at this token: where it ends, and its value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the words of a template mean."""

    action: str
    certainty: float
    """In [0, 1]; of "bare" -1, of "weak" -2: by what stands before."""


@dataclass(slots=True)
class Node:
    """Where some templates have come to."""

    words: dict[str, Node] = field(default_factory=dict)
    holes: list[tuple[str, Node]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


_BY_CONTEXT: dict[Any, float] = {"bare": -1.0, "weak": -2.0}

Match: TypeAlias = tuple[int, Rule, tuple[tuple[str, Any], ...]]
"""Where it ends, what it means, and what fills its holes."""


class Rules:
    """Templates that are looked up where they may begin."""

    def __init__(self, entries: Iterable[Sequence[Any]]) -> None:
        self.root = Node()
        for template, action, *rest in entries:
            certainty: Any = rest[0] if rest else 0.9
            rule = Rule(action, _BY_CONTEXT.get(certainty, certainty))
            for words in expanded(template):
                self._add(words, rule)

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
    found.extend((index, rule, bound) for rule in node.rules)
    if index >= len(words):
        return
    following = node.words.get(words[index])
    if following is not None:
        _walk(following, words, index + 1, bound, holes, found)
    for name, child in node.holes:
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
    date_hints: frozenset[str]
    """Last words before a date: "on"."""
    morning: Phrases[int]
    """Words of utterances whose times are in the morning: "wake"."""
    evening: Phrases[int]
    idioms: Phrases[int]
    """Phrases that mean no time, though their words do: "one day"."""
    starts: frozenset[str]
    """Words that anything of this begins with, numbers aside."""


@cache
def grammar(language: str) -> Grammar:
    """Read a language's file."""
    text = resources.files(__package__).joinpath(f"languages/{language}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    rules: dict[str, Any] = {name: Rules(data[name]) for name in ("times", "dates", "durations", "relative")}
    rules["intervals"] = Rules((template, "", 0.9) for template in data["intervals"])
    phrases: dict[str, Any] = {
        name: Phrases((word, index) for index, group in enumerate(data[name], first) for word in group)
        for name, first in (("weekdays", 0), ("weekday_sets", 0), ("months", 1))
    }
    for name in ("units", "parts", "today_parts", "day_parts", "sets", "feasts"):
        phrases[name] = Phrases((template, value) for value, templates in data[name].items() for template in templates)
    phrases["compound_days"] = Phrases(_compounds(data))
    marks: dict[str, Any] = {name: Phrases((template, 1) for template in data.get(name, ())) for name in _MARKS}
    hints: dict[str, Any] = {name: _last_words(data[name]) for name in ("strong", "hints", "date_hints")}
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


_MARKS = ("every", "set_articles", "conjunctions", "through", "range_openers", "joints", "idioms")


def _compounds(data: dict[str, Any]) -> Iterable[tuple[str, tuple[str, int | str]]]:
    tomorrow = [rule[0] for rule in data["dates"] if rule[1] == "today 1"]
    for part, words in data.get("compound_parts", {}).items():
        for word in words:
            for index, names in enumerate(data["weekdays"]):
                yield from ((f"{name}{word}", (part, index)) for name in names if len(name) > 2)
            yield from ((f"{name}{word}", (part, "tomorrow")) for name in tomorrow)


def _last_words(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(re.split(r"[ ']", phrase.strip("'"))[-1] for phrase in phrases)
