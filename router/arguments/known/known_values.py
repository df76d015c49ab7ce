"""`KnownValues`: values that are known before anything is said, found in what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from router.arguments.known.entries import Given, entries_of, is_sayable
from router.arguments.known.finding import find
from router.arguments.known.index import Index, build
from router.arguments.known.languages import common_words
from router.arguments.known.matches import Match, Unknown
from router.arguments.known.nearness import Nearness
from router.arguments.known.weights import DECLARED, IN_AN_UTTERANCE, PHRASE, Worth
from router.arguments.known.words import Word, words_of
from router.declarations.synonyms import declared_values


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

    def __init__(self, index: Index, worth: Worth) -> None:
        self._index = index
        self._worth = worth
        self._nearness = Nearness(index.entries)

    @classmethod
    def of(cls, values: Iterable[Given]) -> KnownValues:
        """Return the index of names that a device knows, each a text or `{"value": ..., "aliases": [...]}`.

        They are found by all their words or some, by likely slips of the pen and by
        their sound. Entries of the same value become one. Raises ValueError that
        names the entry for what is no text, says nothing or is too long.
        """
        return cls(build(entries_of(values)), IN_AN_UTTERANCE)

    @classmethod
    def declared(cls, schema: Mapping[str, Any]) -> KnownValues:
        """Return the index of the texts that a checked schema lists by `enum` and `x-values`, synonyms as aliases.

        They are found by all their words; those of more than three letters also by
        likely slips and by sound. What nobody can say, such as an empty text, is
        left out.

        >>> state = {"enum": ["on", "off"], "x-values": {"off": {"en": ["out"], "de": ["aus"]}}}
        >>> [match.value for match in KnownValues.declared(state).find("lights out")]
        ['off']
        """
        values = declared_values(schema)
        entries = [
            {"value": value, "aliases": [*filter(is_sayable, (*synonyms, _CAMEL_CASE.sub(" ", value)))]}
            for value, synonyms in values.items()
            if is_sayable(value)
        ]
        return cls(build(entries_of(entries)), DECLARED)

    @property
    def values(self) -> tuple[str, ...]:
        """The values, sorted."""
        return tuple(entry.value for entry in self._index.entries)

    def __repr__(self) -> str:
        return f"<KnownValues: {len(self)} values>"

    def __len__(self) -> int:
        return len(self._index.entries)

    def find(self, text: str) -> tuple[Match, ...]:
        """Return where a normalised text names a value, in order; of two that begin together the longer first.

        Matches may overlap; one inside another that is as likely is left out.
        """
        return find(self._index, words_of(text), self._worth)

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
            for match in find(self._index, words, PHRASE if self._worth is IN_AN_UTTERANCE else self._worth)
            if core and match.start <= core[0].start and core[-1].end <= match.end
        ]
        best = max(whole, key=lambda match: match.known, default=None)
        return best if best and best.known >= least else Unknown(phrase, self._nearness.nearest(phrase))


def _core(words: list[Word]) -> list[Word]:
    """Return words without the articles, prepositions and titles around them, unless there is nothing else."""
    common = common_words()
    around = common.joining | common.titles
    inner = [n for n, word in enumerate(words) if common.same.get(word.folded, word.folded) not in around]
    return words[inner[0] : inner[-1] + 1] if inner else words


_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
