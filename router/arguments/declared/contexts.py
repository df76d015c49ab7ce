"""What stands before and after a value, and whether it names a hole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.cues import DESCRIPTION, HEAD, NAME
from router.arguments.declared.lexicon import lexicon
from router.arguments.words import Words

Floats = NDArray[np.float32]

LEFT = ("start", "comma", "colon", "mark", "number", "request", "word", "capital", *lexicon().context, "between-and")
"""What stands before a value, determiners and quotes left out; exactly one of these is so."""
RIGHT = ("end", "stop", "comma", "mark", "number", "word", "capital", *lexicon().context)
"""What stands after it."""
BEFORE = (
    *("name before", "name before a link", "head before", "description before", "description before a link"),
    *("name further before", "description further before", "other name before"),
)
"""What the words before a value have to do with the declaration of a hole."""
AFTER = (
    *("name after", "head after", "description after", "name further after", "description further after"),
    "other name after",
)
"""The same of the words after it."""
MOST_BACK = 6
MOST_ON = 5
"""So many words are looked at."""


def before(row: Floats, table: Floats, words: Words, lowered: Sequence[str], i: int) -> tuple[int, bool]:
    """Fill the features [P, len(BEFORE)] of a value that begins at a word; return which of `LEFT`, and if by "the"."""
    lexical = lexicon()
    at = i - 1
    determined = False
    while at >= 0 and (lowered[at] in lexical.determiners or lowered[at] in _SILENT):
        determined = determined or lowered[at] in lexical.determiners
        at -= 1
    left, linked = _kind_before(words, lowered, at), False
    while at >= 0 and (lowered[at] in lexical.links or lowered[at] in lexical.determiners or lowered[at] in _LINKING):
        linked, at = True, at - 1
        if lowered[at + 1] in _LINKING:  # of "a=2" the a is no article
            break
    if at >= 0 and lowered[at][0].isalnum():
        own = table[at]
        row[:, 1 if linked else 0] = own[:, NAME]
        row[:, 2] = own[:, HEAD]
        row[:, 4 if linked else 3] = own[:, DESCRIPTION]
        far_back = at
        while far_back > max(at - MOST_BACK, 0) and lowered[far_back - 1] not in _PARTING:
            far_back -= 1
        if far_back < at:
            far = table[far_back:at].max(axis=0)
            row[:, 5] = far[:, NAME]
            row[:, 6] = far[:, DESCRIPTION]
    return left, determined


def _kind_before(words: Words, lowered: Sequence[str], at: int) -> int:
    if at < 0 or lowered[at] in ".!?;":
        return _LEFT["start"]
    word = lowered[at]
    if word == "and" and "between" in lowered[max(at - MOST_BACK, 0) : at]:
        return _LEFT["between-and"]
    if word in _LEFT:
        return _LEFT[word]
    if word == ",":
        return _LEFT["comma"]
    if word in ":=":
        return _LEFT["colon"]
    if not word[0].isalnum():
        return _LEFT["mark"]
    if word[0].isdigit():
        return _LEFT["number"]
    if word in lexicon().requests:
        return _LEFT["request"]
    return _LEFT["capital" if words.forms[at][0].isupper() else "word"]


def after(row: Floats, table: Floats, words: Words, lowered: Sequence[str], i: int) -> int:
    """Fill the features [P, len(AFTER)] of a value that ends at a word; return which of `RIGHT`."""
    function, n = lexicon().function, len(lowered)
    at = i + 1
    while at < n and lowered[at] in _SILENT:
        at += 1
    if at == n:
        return _RIGHT["end"]
    word = lowered[at]
    if word not in _STOPS:
        row[:, :3] = table[at]
        end = at + 1
        while end < min(n, at + MOST_ON) and lowered[end] not in _PARTING and not lowered[end][0].isdigit():
            end += 1
        content = [j for j in range(at + 1, end) if lowered[j] not in function]
        if content:
            row[:, 3:5] = table[content].max(axis=0)[:, [NAME, DESCRIPTION]]
    if word in ".!?;":
        return _RIGHT["stop" if at + 1 < n else "end"]
    if word in _RIGHT:
        return _RIGHT[word]
    if word == ",":
        return _RIGHT["comma"]
    if not word[0].isalnum():
        return _RIGHT["mark"]
    if word[0].isdigit():
        return _RIGHT["number"]
    return _RIGHT["capital" if words.forms[at][0].isupper() else "word"]


_LEFT = {name: n for n, name in enumerate(LEFT)}
_RIGHT = {name: n for n, name in enumerate(RIGHT)}
_SILENT = frozenset("\"'“”‘’`([{$€£#")
_LINKING = frozenset(":=")
_STOPS = frozenset(".,;!?:")
_PARTING = frozenset({*_STOPS, "and"})
