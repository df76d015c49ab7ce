"""What a word looks like to the tagger, beside its vector: itself, its neighbours, its ends and its shape."""

from __future__ import annotations

import re
from functools import lru_cache

from router.arguments.words import Words

FEATURES_OF_A_WORD = 9


def lexical_features(words: Words) -> list[tuple[str, ...]]:
    """Return `FEATURES_OF_A_WORD` features of each word. Beyond the ends is the empty word.

    >>> from router.arguments.words import split_words
    >>> lexical_features(split_words("at 7 pm"))[1]
    ('w=7', '-1=at', '+1=pm', '-2=', '+2=', 's=7', 'p=7', 'x=9', '-x=x')
    """
    lowered = ["", "", *map(str.lower, words.forms), "", ""]
    shapes = ["", *map(shape, words.forms)]
    return [
        (
            f"w={word}",
            f"-1={lowered[n + 1]}",
            f"+1={lowered[n + 3]}",
            f"-2={lowered[n]}",
            f"+2={lowered[n + 4]}",
            f"s={word[-3:]}",
            f"p={word[:3]}",
            f"x={shapes[n + 1]}",
            f"-x={shapes[n]}",
        )
        for n, word in enumerate(lowered[2:-2])
    ]


@lru_cache(4096)
def shape(word: str) -> str:
    """Return the kinds of characters in a word, each run once.

    >>> shape("McDonald's"), shape("7"), shape("am")
    ('XxXx.x', '9', 'x')
    """
    return _RUN.sub(r"\1", "".join(_kind(character) for character in word[:_LONGEST]))


def _kind(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isupper():
        return "X"
    if character.islower():
        return "x"
    return "a" if character.isalpha() else "."


_RUN = re.compile(r"(.)\1+")
_LONGEST = 40
