"""The words of all values, and where each stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from router.arguments.known.entries import Entry
from router.arguments.known.languages import common_words
from router.arguments.known.sounds import declared_sounds, key
from router.arguments.known.spelling import Spellings
from router.arguments.known.words import Word, words_of
from router.text import normalize

SHORTEST_TOGETHER = 7
"""So many letters two words of a name must have, written together, to be understood with a slip."""
MOST_JOINED = 3
"""So many words that stand apart may be one: "mc donald", "lakshmi venkat raman"."""


class Places(NamedTuple):
    """Where a word stands in the same place of several names."""

    covered: int
    """Which words of the names it is, one bit each; it may be two that are written together."""
    names: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A value or one of its aliases."""

    entry: int
    is_alias: bool
    whole: int
    """The bits of all words that must be said."""
    figures: int
    """The bits of single letters and figures, which alone are no hint at the name."""
    weak: int
    """The bits of those that alone are a weak hint: titles, words of everyday life."""


@dataclass(frozen=True, slots=True)
class Index:
    """All that is known about some values before anything is said."""

    entries: tuple[Entry, ...]
    names: tuple[Name, ...]
    whole: Mapping[tuple[str, ...], tuple[int, ...]]
    """Names by their words."""
    lengths: Mapping[str, tuple[int, ...]]
    """How many words names have that begin with a word, most first."""
    words: Mapping[str, tuple[Places, ...]]
    """Where single words stand that part of a name may be said with."""
    spellings: Spellings
    sounds: Mapping[str, tuple[tuple[str, str], ...]]
    """The sounds and the word, by the key of the sounds."""


def build(entries: tuple[Entry, ...]) -> Index:
    """Return the index of entries."""
    names: list[Name] = []
    whole: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    places: defaultdict[str, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    written: dict[str, str] = {}
    for number, entry in enumerate(entries):
        for text in (entry.value, *entry.aliases):
            normal = normalize(text)
            words = words_of(normal)
            said = [*filter(is_spaced, words)] or words
            if not said:
                continue
            own = len(names)
            names.append(_name(number, text != entry.value, said))
            for spelled in {*_spellings(words), *_spellings(said)}:
                whole[spelled].append(own)
            for word, covered in _pieces(said):
                places[word][covered].append(own)
            written |= {word.folded: normal[word.start : word.end] for word in said if word.folded in places}
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for spelled in whole:
        lengths[spelled[0]].add(len(spelled))
    return Index(
        entries,
        tuple(names),
        {spelled: tuple(own) for spelled, own in whole.items()},
        {first: tuple(sorted(each, reverse=True)) for first, each in lengths.items()},
        {word: tuple(Places(each, tuple(own)) for each, own in at.items()) for word, at in places.items()},
        Spellings(word for word in places if word in written or len(word) >= SHORTEST_TOGETHER),
        _sounds(written),
    )


def is_spaced(word: Word) -> bool:
    """Whether it is a word of letters or figures, not one character of Chinese or Thai, nor an emoji."""
    return word.folded[0] < "\u0e00" or "\uac00" <= word.folded[0] <= "\ud7a3" or "\u30a1" <= word.folded[0] <= "\u30ff"


def spelled_out(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the words in the last of their other forms."""
    return tuple(word.forms[-1] for word in words)


def _spellings(words: Sequence[Word]) -> Iterator[tuple[str, ...]]:
    yield tuple(common_words().canonical(words))
    yield spelled_out(words)


def _name(entry: int, is_alias: bool, words: Sequence[Word]) -> Name:
    common = common_words()
    bits = [(1 << n, word) for n, word in enumerate(common.canonical(words))]
    content = [bit for bit, word in bits if word not in common.joining]
    figures = [bit for bit, word in bits if word.isdigit() or len(word) == 1]
    weak = [bit for bit, word in bits if word in common.weak]
    return Name(entry, is_alias, sum(content or [bit for bit, _ in bits]), sum(figures), sum(weak))


def _pieces(words: Sequence[Word]) -> Iterator[tuple[str, int]]:
    """Yield each word that is no joining one, and neighbours written together, with the bits they cover."""
    common = common_words()
    for start, word in enumerate(words):
        if not is_spaced(word):
            continue
        if word.folded not in common.joining:
            for form in {common.same.get(word.folded, word.folded), *word.forms}:
                yield form, 1 << start
        for end in range(start + 2, min(start + MOST_JOINED, len(words)) + 1):
            if all(map(is_spaced, words[start:end])):
                yield "".join(each.folded for each in words[start:end]), (1 << end) - (1 << start)


def _sounds(written: Mapping[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    by_key: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for word, as_written in sorted(written.items()):
        for sounds in sorted(declared_sounds(as_written)):
            by_key[key(sounds)].append((sounds, word))
    return {each: tuple(known) for each, known in by_key.items()}
