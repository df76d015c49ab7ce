"""An utterance as the words that an argument can be made of."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from router.encoders import TokenVectors


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of a text and their places in it."""

    text: str
    forms: tuple[str, ...]
    """As they were said."""
    spans: tuple[tuple[int, int], ...]
    """Where each is in the text."""

    def __len__(self) -> int:
        return len(self.forms)

    def first(self, count: int) -> Words:
        """Return so many words, or all where there are fewer."""
        return self if count >= len(self) else Words(self.text, self.forms[:count], self.spans[:count])

    def covering(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the words `[first, last)` that the characters `[start, end)` are made of.

        None if they begin or end inside a word or in white space.
        """
        first = bisect_left(self.spans, start, key=itemgetter(0))
        last = bisect_left(self.spans, end, key=itemgetter(1))
        is_whole = first <= last < len(self) and self.spans[first][0] == start and self.spans[last][1] == end
        return (first, last + 1) if is_whole else None

    def between(self, first: int, last: int) -> str:
        """Return the text of the words `[first, last)`."""
        return self.text[self.spans[first][0] : self.spans[last - 1][1]]

    def vectors(self, tokens: TokenVectors) -> NDArray[np.float32]:
        """Return a unit vector [n, D] for each word, along the mean of its tokens'; zeros for a word without."""
        starts, ends = np.array(self.spans, np.intp).reshape(-1, 2).T[:, :, None]
        overlaps = ((tokens.spans[:, 0] < ends) & (tokens.spans[:, 1] > starts)).astype(np.float32)
        summed = overlaps @ tokens.vectors
        found: NDArray[np.float32] = summed / np.maximum(
            np.linalg.norm(summed, axis=1, keepdims=True), np.float32(1e-9)
        )
        return found


def split_words(text: str) -> Words:
    """Split a normalised text. Scripts that are written without spaces have a word for each character.

    A mark such as a vowel sign belongs to the word of the letter before it. An
    apostrophe divides what may be a name from what is not part of it: anna's, d'anna.

    >>> split_words("what's anna's number, 7:30").forms
    ('what', "'s", 'anna', "'s", 'number', ',', '7', ':', '30')
    """
    found = list(_WORD.finditer(text))
    return Words(text, tuple(match[0] for match in found), tuple(match.span() for match in found))


_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Thai and Lao, Burmese, Khmer, Kana, Han."""
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0971-\u0df3"
"""Accents, the points of Hebrew and Arabic, and the scripts of India, whose vowel signs are no letters to `re`."""
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_MARKS}])"
_WORD = re.compile(
    rf"[{_UNSPACED}]|(?<=\w)['’]{_LETTER}{{1,2}}(?!{_LETTER})|{_LETTER}+(?:['’](?={_LETTER}{{3}}))?|[^\w\s]|_"
)
