"""The form in which replies are compared: no capitals, no punctuation, no diacritics."""

from __future__ import annotations

import re
import unicodedata

from router.text import normalize


def fold(text: str) -> str:
    """Return the words of a text as people say them, one space between; each emoji is a word.

    Marks that change the letter they stand on, as in Devanagari or kana, stay.

    >>> fold("Sí, ¡AHORA!"), fold("Don't."), fold("👍🏽👍")
    ('si ahora', 'don t', '👍 👍')
    """
    decomposed = unicodedata.normalize("NFD", normalize(text).casefold())
    letters = _MARKS.sub("", decomposed).translate(_LETTERS)
    spaced = "".join(map(_spaced, letters))
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def _spaced(character: str) -> str:
    category = unicodedata.category(character)
    if category == "So":
        return f" {character} "
    return " " if category[0] in "PS" else character


_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u20d0-\u20ff\ufe00-\ufe0f]")
"""Diacritics of Latin, Cyrillic and Arabic, tatweel, what encloses, and what selects how an emoji looks."""
_LETTERS = str.maketrans({"ı": "i", "ł": "l"})
"""Letters that Unicode does not take apart."""
