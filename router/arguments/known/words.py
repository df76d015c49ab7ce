"""A text as words that can be compared, each with its place in the text.

What is written as one word is one word: no match begins or ends inside it. Set
apart are a possessive's end ("mum's"), a Romance elision ("l'antoine"), each
character of scripts that write no spaces, and each emoji.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from router.text import MAX_UTTERANCE_CHARACTERS


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    start: int
    end: int
    """Without a possessive's end."""
    folded: str
    """Without capitals, diacritics and apostrophes."""
    others: tuple[str, ...] = ()
    """How else it may be folded: with a vowel for an umlaut, with a possessive's end."""
    begins: bool = True
    """Whether a match may begin here; not after the hyphen of "e-mail"."""
    ends: bool = True
    """Whether a match may end here."""

    @property
    def forms(self) -> tuple[str, ...]:
        """All of its folded forms."""
        return (self.folded, *self.others)


def words_of(text: str) -> list[Word]:
    """Return the words of a normalised text; what lies beyond the longest utterance is not read.

    >>> [word.folded for word in words_of("Call Zoë O’Brien’s Jean-Luc")]
    ['call', 'zoe', 'obrien', 'jean', 'luc']
    >>> words_of("Jörg")[0].others
    ('joerg',)
    """
    read = text[: MAX_UTTERANCE_CHARACTERS + 1]
    words: list[Word] = []
    for match in _WORD.finditer(read):
        if match.end() > MAX_UTTERANCE_CHARACTERS:
            break
        if match.lastgroup == "compound":
            _add_parts(words, match)
        else:
            _add(words, match[0], match.start(), match.end())
    return words


def fold(word: str) -> str:
    """Return a word without capitals, diacritics and apostrophes.

    Marks that change the letter they stand on, as in Devanagari or kana, stay.

    >>> fold("Łukasz"), fold("Weiß"), fold("O'Brien")
    ('lukasz', 'weiss', 'obrien')
    """
    lowered = word.lower()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFD", lowered.casefold())
        lowered = unicodedata.normalize("NFC", _MARKS.sub("", decomposed).translate(_LETTERS))
    return lowered.replace("'", "")


def _add_parts(words: list[Word], match: re.Match[str]) -> None:
    """Add the words of one that is written with hyphens or the like: its inner ends are no ends."""
    parts = list(_PART.finditer(match.string, match.start(), match.end()))
    for n, part in enumerate(parts):
        _add(words, part[0], part.start(), part.end(), begins=n == 0, ends=n == len(parts) - 1)


def _add(words: list[Word], written: str, start: int, end: int, *, begins: bool = True, ends: bool = True) -> None:
    if written.isascii() and written.isalnum():
        if folded := written.lower():
            words.append(Word(start, end, folded, (), begins, ends))
        return
    others = []
    whole = fold(written)
    base = _POSSESSIVE.sub("", written)
    folded = fold(base) if base != written else whole
    if folded != whole:
        others.append(whole)
    if (spelled_out := fold(base.lower().translate(_SPELLED_OUT))) != folded:
        others.append(spelled_out)
    if folded:
        words.append(Word(start, start + len(base), folded, tuple(others), begins, ends))


_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u20d0-\u20ff\ufe00-\ufe0f’]")
"""Diacritics of Latin, Cyrillic and Arabic, tatweel, what encloses, what selects how an emoji looks, an apostrophe."""
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart."""
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_POSSESSIVE = re.compile(r"(?:['’][sS]|(?<=[sSxXzZ])['’])$")

_ABUGIDAS = "\u0900-\u0963\u0966-\u0dff\u1780-\u17d3"
"""Scripts of which Python's `\\w` knows the letters, but not the vowel signs."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u3005-\u3007\u3041-\u309f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_LETTER = rf"(?:(?![{_UNSPACED}{_KATAKANA}])[^\W_]|[{_ABUGIDAS}\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f])"
_SIMPLE = rf"{_LETTER}+(?:['’]{_LETTER}+)*(?:(?<=[sxzSXZ])['’])?"
_WORD = re.compile(
    rf"(?P<elision>(?:[cdjlmnstCDJLMNST]|[Qq]u|[Aa]ll|[DdNn]ell|[Dd]all|[Ss]ull)['’](?={_LETTER}{{2}}))"
    rf"|(?P<compound>{_LETTER}+(?:['’]{_LETTER}+)*(?:[-‐–_.:@/+&]{_SIMPLE})+)"
    rf"|(?P<simple>{_SIMPLE})"
    rf"|(?P<katakana>[{_KATAKANA}]+)|(?P<character>[{_UNSPACED}])|(?P<emoji>[{_EMOJI}])",
)
_PART = re.compile(_SIMPLE)
