"""`KnownValues`: values that are known before anything is said, found in what is said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from router.arguments.known.entries import Given, entries_of
from router.arguments.known.finding import find
from router.arguments.known.index import Index, build
from router.arguments.known.languages import common_words
from router.arguments.known.matches import Match, Unknown
from router.arguments.known.weights import DECLARED, IN_AN_UTTERANCE, PHRASE, Weights
from router.arguments.known.words import Word, words_of
from router.text import normalize

MOST_NEAREST = 3
"""Values that an unknown phrase is compared with, in a question."""
NEAR = 0.5
"""The share of letter pairs in common from which on a value is near."""


class KnownValues:
    """Contacts, apps, rooms or playlists of a device; or the values that a schema lists.

    Immutable; the order in which values are given changes nothing. Nothing that
    is said raises, and no match begins or ends inside a word.

    >>> contacts = KnownValues.of(["Mum", {"value": "Johanna Meyer", "aliases": ["Jo"]}, "Sean Gallagher"])
    >>> [(match.value, match.how) for match in contacts.find("call shawn and text jo")]
    [('Sean Gallagher', 'sound'), ('Johanna Meyer', 'alias')]
    >>> contacts.lookup("joanna mayer").value
    'Johanna Meyer'
    >>> contacts.lookup("ingrid")
    Unknown(phrase='ingrid', nearest=())
    """

    def __init__(self, index: Index, weights: Weights) -> None:
        self._index = index
        self._weights = weights
        self._pairs: dict[str, tuple[int, ...]] = _by_pair(index)

    @classmethod
    def of(cls, values: Iterable[Given]) -> KnownValues:
        """Return the index of names that a device knows, each a text or `{"value": ..., "aliases": [...]}`.

        They are found by all their words or some, by likely slips of the pen and by
        their sound. Entries of the same value become one. Raises ValueError that
        names the entry for what is no text, says nothing or is too long.
        """
        return cls(build(entries_of(values)), IN_AN_UTTERANCE)

    @classmethod
    def declared(cls, values: Iterable[Given]) -> KnownValues:
        """Return the index of values that a schema declares, with their synonyms as aliases.

        They are found by all their words; those of more than three letters also by
        likely slips and by sound. Raises ValueError as `of` does.
        """
        return cls(build(entries_of(values)), DECLARED)

    @property
    def values(self) -> tuple[str, ...]:
        """The values, sorted."""
        return tuple(entry.value for entry in self._index.entries)

    def __len__(self) -> int:
        return len(self._index.entries)

    def find(self, text: str) -> tuple[Match, ...]:
        """Return the places of a normalised text that name a value, in order; of two that begin together the longer first.

        Matches may overlap; one inside another that is as likely is left out.
        """
        return find(self._index, words_of(text), self._weights)

    def lookup(self, phrase: str, least: float = 0.5) -> Match | Unknown:
        """Return the value that a phrase of a normalised text names as a whole, or that it names none.

        The phrase is known to be a value, so words of everyday life count as names.
        Articles and titles around the name are no part of it: "my mum", "mr lee".
        `least` is how probable it must be, in [0, 1], that the phrase names one of
        the values; 0.5 takes one slip in a word of four letters or more, two in long
        ones, and sounds that are alike.
        """
        words = words_of(phrase)
        core = _core(words)
        whole = [
            match
            for match in find(self._index, words, PHRASE if self._weights is IN_AN_UTTERANCE else self._weights)
            if core and match.start <= core[0].start and core[-1].end <= match.end
        ]
        best = max(whole, key=lambda match: match.known, default=None)
        return best if best and best.known >= least else Unknown(phrase, self._nearest(phrase))

    def _nearest(self, phrase: str) -> tuple[str, ...]:
        """Return the values that have the most pairs of letters in common with a phrase (Dice, 1945)."""
        pairs = _pairs(phrase)
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._pairs.get(pair, ()))
        found = []
        for entry, common in shared.most_common(50):
            value = self._index.entries[entry].value
            found.append((-2 * common / (len(pairs) + len(_pairs(value))), value))
        return tuple(value for likeness, value in sorted(found) if -likeness >= NEAR)[:MOST_NEAREST]


def _core(words: list[Word]) -> list[Word]:
    """Return words without the articles, prepositions and titles around them, unless there is nothing else."""
    common = common_words()
    around = common.joining | common.titles
    inner = [n for n, word in enumerate(words) if common.same.get(word.folded, word.folded) not in around]
    return words[inner[0] : inner[-1] + 1] if inner else words


def _by_pair(index: Index) -> dict[str, tuple[int, ...]]:
    by_pair: defaultdict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(index.entries):
        for pair in _pairs(entry.value):
            by_pair[pair].append(number)
    return {pair: tuple(numbers) for pair, numbers in by_pair.items()}


def _pairs(text: str) -> set[str]:
    """Return the neighbouring letters of each word, with its ends."""
    padded = (f" {word.folded} " for word in words_of(normalize(text)))
    return {word[place : place + 2] for word in padded for place in range(len(word) - 1)}


