"""A text as words, numbers and marks, folded for comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass

from router.text import MAX_UTTERANCE_CHARACTERS


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text. The three tuples have the same length."""

    text: str
    words: tuple[str, ...]
    """In lower case and without accents. Of figures and marks, what is written."""
    spans: tuple[tuple[int, int], ...]
    """Where each is in the text."""
    kinds: tuple[str, ...]
    """What each is, see `_TOKEN`; a word is a "word"."""

    def __len__(self) -> int:
        return len(self.words)

    def touches(self, index: int) -> bool:
        """Whether nothing stands between this token and the one before."""
        return index > 0 and self.spans[index - 1][1] == self.spans[index][0]


def tokenize(text: str) -> Tokens:
    """Return the tokens of a normalised text, of which the first 2,000 characters are read.

    White space, apostrophes, and hyphens between words only part tokens.

    >>> tokenize("Wake me at 7:30 p.m., s'il vous plaît").words
    ('wake', 'me', 'at', '7:30', 'pm', ',', 's', 'il', 'vous', 'plait')
    """
    text = text[:MAX_UTTERANCE_CHARACTERS]
    words, spans, kinds = [], [], []
    for found in _TOKEN.finditer(fold(text)):
        kind = found.lastgroup
        assert kind is not None
        word = found[kind]
        if kind == "meridiem":
            word, kind = word[0] + "m", "word"
        elif kind == "hyphen":
            word = "-"
        words.append(word)
        spans.append(found.span())
        kinds.append(kind)
    return Tokens(text, tuple(words), tuple(spans), tuple(kinds))


def fold(text: str) -> str:
    """Return the text in lower case, accents taken off the letters of Western languages; every place stays."""
    lowered = text.lower()
    if len(lowered) != len(text):  # one letter has two in lower case, and places would shift
        lowered = text
    return lowered if lowered.isascii() else lowered.translate(_FOLDED)


_FOLDED = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’", "aaaaaaceeeeiiiinooooouuuuyy'")
_TOKEN = re.compile(
    r"""
    (?P<stamp> (?<![0-9]) [0-9]{4}([-/])[0-9]{2}\2[0-9]{2} (?:[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)? (?![0-9]) )
    | (?P<dmy> (?<![0-9]) [0-9]{1,2} (?: / [0-9]{1,2} (?:/ (?:[0-9]{4}|[0-9]{2}) )? (?![0-9/])
                                      | - [0-9]{1,2} - [0-9]{4} (?![0-9])
                                      | \.[0-9]{1,2}\. (?: (?:[0-9]{4}|[0-9]{2}) (?![0-9]) | (?![0-9]) ) ) )
    | (?P<clock> (?<![0-9]) [0-9]{1,2}:[0-9]{2} (?::[0-9]{2})? (?![0-9:]) )
    | (?P<hm> (?<![0-9.,]) [0-9]{1,2} \ ? h (?:rs?)? \ ? [0-9]{1,2} (?: \ ? (?:m|mins?|mn) )? (?![\w]) )
    | (?P<figures> [0-9]+ (?: [.,][0-9]+ )* )
    | (?P<meridiem> [ap] \. \ ? m \b \.? )
    | (?P<word> [^\W\d_]+ (?: [0-9]\w* )? )
    | (?P<hyphen> - (?= [0-9] ) | (?<= \s ) [-–] (?= \s ) | (?<= [0-9] ) [–] (?= [0-9] ) )
    | (?P<mark> [^\w\s'\-–—] )
    """,
    re.VERBOSE,
)
