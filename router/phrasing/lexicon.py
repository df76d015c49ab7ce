"""The words that say no, take back, leave out and join, of every language there is a list for."""

from __future__ import annotations

import functools
import importlib.resources
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from router.phrasing.templates import expanded


class Phrases:
    """Phrases that are looked up where they may begin."""

    def __init__(self, templates: Iterable[str], common: Collection[str] = ()) -> None:
        longest_first = sorted({words for each in templates for words in expanded(each)}, key=lambda w: (-len(w), w))
        by_first: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for words in longest_first:
            by_first[words[0]].append(words[1:])
        self._by_first = {first: tuple(rests) for first, rests in by_first.items()}
        self.cues = frozenset(max(words, key=lambda word: (word not in common, len(word))) for words in longest_first)
        """A word of each phrase, which is not one of the common ones if there is another."""

    def __contains__(self, word: object) -> bool:
        """Whether a phrase begins with this word."""
        return word in self._by_first

    def length_at(self, words: Sequence[str], index: int) -> int:
        """Return how many words the longest phrase has that begins at this word, 0 if none does."""
        if index < len(words):
            for rest in self._by_first.get(words[index], ()):
                if tuple(words[index + 1 : index + 1 + len(rest)]) == rest:
                    return 1 + len(rest)
        return 0

    def may_be_in(self, words: Iterable[str]) -> bool:
        """Whether one of `cues` is there. Cheap, and mostly false."""
        return not self.cues.isdisjoint(words)


@dataclass(frozen=True)
class Lexicon:
    """What `languages/*.json` hold, all languages together: an utterance does not say which one it is in."""

    openers: Phrases
    """Stand before a request and add nothing: "please", "hey phone", "could you"."""
    closers: Phrases
    """Stand after it and add nothing: "please", "thanks"."""
    negations: Phrases
    """Stand before what is not to be done: "don't"."""
    negated_verbs: Phrases
    """Say what is not to be done, the verb last, where the negation alone has other uses: "no llames"."""
    addressing: Phrases
    """Verbs of requests to reach somebody, which "nobody" makes none: "call nobody"."""
    nobodies: Phrases
    """Those words: "nobody"."""
    weak_negations: Phrases
    """Refuse only what the tool's own examples begin with, and else hint at what is wanted: "i don't want to"."""
    spared: Phrases
    """After a negation, what makes it no refusal: "don't forget", "don't know"."""
    imperatives: Phrases
    """Verbs that begin a request and are negated by a word after them: "mach das licht nicht an"."""
    negators: Phrases
    """Those words: "nicht"."""
    nominal: Phrases
    """Stand before a thing that is not meant, where the one that is meant follows: "not an alarm, a timer"."""
    instead: Phrases
    """Stand before what is left, where what is meant follows after a comma: "instead of calling, text"."""
    contrasts: Phrases
    """Stand between what is not to be done and what is: "but"."""
    statements: Phrases
    """Begin what is said about the world and asks for nothing: "i'm", "because"."""
    cancellations: Phrases
    """Take back what was said: "never mind"."""
    sole_cancellations: Phrases
    """Take back what was said if nothing else is said now: "drop it"."""
    bridges: Phrases
    """Come before a cancellation and cannot be part of what is taken back: "no wait"."""
    hesitations: Phrases
    """Come before a cancellation, and could be part of a dictated text: "actually"."""
    exclusions: Phrases
    """Stand before what is left out: "except"."""
    universals: Phrases
    """Words for all there is: "everything"."""
    universal_exclusions: Phrases
    """Stand before what is left out, where a universal came before: "but"."""
    quotes: Phrases
    """What comes after is dictated, searched for or asked about: "saying"."""
    dictations: Phrases
    """At the beginning of a request: some words later comes what is dictated: "text"."""
    joints: Phrases
    """Join two requests, or two things in one: "and"."""
    strong_joints: Phrases
    """Join two requests: "and then"."""
    conjunctions: Phrases
    """Stand between things that are left out: "and"."""
    corrections: Phrases
    """Before or after a pause, say that what follows is meant in place of what was said: "no wait"."""
    continuations: Phrases
    """Begin like a request, and belong to the one before: "call it"."""
    questions: Phrases
    """Begin a question: "what's". So may requests, whatever the tools' examples are."""
    objects: Phrases
    """Words for what was named before: "it"."""

    def is_verb(self, word: str) -> bool:
        """Whether a request of some language begins with this word, or it is what such a one says not to do."""
        return word in self.imperatives or word in self.negated_verbs.cues

    @functools.cached_property
    def cues(self) -> frozenset[str]:
        """Words without which an utterance means what it says."""
        return frozenset().union(
            *(each.cues for each in (self.negations, self.negated_verbs, self.negators, self.nobodies)),
            *(each.cues for each in (self.weak_negations, self.nominal, self.instead)),
            *(each.cues for each in (self.cancellations, self.sole_cancellations)),
            *(each.cues for each in (self.exclusions, self.universal_exclusions)),
        )


@functools.cache
def lexicon() -> Lexicon:
    """Read the word lists. Raises ValueError for a file with a key or template that it should not have."""
    languages = importlib.resources.files(__package__).joinpath("languages")
    known = {"common", *(each.name for each in fields(Lexicon))}
    merged: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(languages.iterdir(), key=lambda file: file.name):
        lists: dict[str, list[str]] = json.loads(file.read_text("utf-8"))
        if unknown := lists.keys() - known:
            raise ValueError(f"{file.name}: unknown keys {sorted(unknown)}; expected some of {sorted(known)}")
        for key, templates in lists.items():
            merged[key].extend(templates)
    common = frozenset(merged.pop("common"))
    values: dict[str, Any] = {each.name: Phrases(merged[each.name], common) for each in fields(Lexicon)}
    return Lexicon(**values)
