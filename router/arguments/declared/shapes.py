"""What the words of a value look like by themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.candidates import ENDS
from router.arguments.declared.contexts import LEFT
from router.arguments.declared.lexicon import lexicon, stem
from router.arguments.words import Words

Floats = NDArray[np.float32]
Span = tuple[int, int]

SHAPE = (
    *("one word", "two words", "three words", "4-5 words", "6-9 words", "longer"),
    *("capitals", "capital first", "no capitals", "figures", "only figures", "figures and letters"),
    *("quoted", "grammar inside", "comma inside", "and inside", "request inside", "request first", "first of the text"),
    *(
        "cut on the left",
        "cut on the right",
        "plain word before",
        "determiner before",
        "quotes elsewhere",
        "of the tool",
    ),
    *("all of the tool", "capitals in text", "sentence inside", "address", "clock", "year", "only capitals"),
)
"""What the words themselves look like."""


def shapes(
    words: Words,
    spans: NDArray[np.intp],
    quoted: Sequence[Span],
    general: frozenset[str],
    left: NDArray[np.intp],
    determined: NDArray[np.bool_],
) -> Floats:
    """Return [S, len(SHAPE)] of spans [S, 2], from sums over all words.

    `general` are stems of the tool's own words; `left` [n] of `LEFT` and
    `determined` [n], whether by "the", are about a value that begins there.
    """
    first, last = spans.T
    of_word = _of_words(words, general)
    sums = np.zeros((len(words) + 1, of_word.shape[1]), np.float32)
    np.cumsum(of_word, axis=0, out=sums[1:])
    size, upper, figures, letters, grammar, requests, own, spaces, _, _, _, shouted = (sums[last + 1] - sums[first]).T
    comma, joined, ended = (sums[last] - sums[first])[:, 8:11].T
    chunks = np.minimum(spaces - of_word[first, 7], len(_SIZES) - 1).astype(np.intp)
    is_upper, is_request = of_word[:, 1] > 0, of_word[:, 5]
    some, nothing = size > 0, np.zeros(len(spans), bool)
    is_quoted = (spans[:, None] == np.array(quoted)).all(axis=2).any(axis=1) if quoted else nothing
    found = {
        "capitals": some & (upper == size),
        "capital first": is_upper[first] & (upper < size),
        "no capitals": upper == 0,
        "figures": figures > 0,
        "only figures": some & (figures == size),
        "figures and letters": (figures > 0) & (letters > 0),
        "quoted": is_quoted,
        "grammar inside": grammar > 0,
        "comma inside": comma > 0,
        "and inside": joined > 0,
        "request inside": requests > is_request[first],
        "request first": is_request[first],
        "first of the text": first == 0,
        "cut on the left": is_upper[first] & is_upper[first - 1] & (first > 1),
        "cut on the right": is_upper[last] & np.append(is_upper, False)[last + 1],
        "plain word before": np.isin(left[first], _PLAIN) & ~determined[first],
        "determiner before": determined[first],
        "quotes elsewhere": ~is_quoted if quoted else nothing,
        "of the tool": own / np.maximum(size, 1.0),
        "all of the tool": some & (own == size),
        "capitals in text": (upper > 0) & is_upper[1:].any(),
        "sentence inside": ended > 0,
        "only capitals": some & (shouted == size),
    }
    shape = np.zeros((len(spans), len(SHAPE)), np.float32)
    for name, column in found.items():
        shape[:, _COLUMNS[name]] = column
    shape[np.arange(len(spans)), _SIZES[chunks]] = 1.0
    for s in np.flatnonzero((chunks == 0) & ((last > first) | (figures > 0))):
        text = words.between(int(first[s]), int(last[s]) + 1)
        is_path = "/" in text[:-1] and _PATH.fullmatch(text) is not None
        shape[s, _COLUMNS["address"]] = is_path or _ADDRESS.search(text) is not None
        shape[s, _COLUMNS["clock"]] = _CLOCK.fullmatch(text) is not None
        shape[s, _COLUMNS["year"]] = _YEAR.fullmatch(text) is not None
    return shape


def _of_words(words: Words, general: frozenset[str]) -> Floats:
    """Return what each word is [n, 12]."""
    lexical, starts = lexicon(), [start for start, _ in words.spans]
    ends = [-1, *(end for _, end in words.spans)]
    rows = []
    for form, start, end in zip(words.forms, starts, ends, strict=False):
        word, is_word = form.lower(), form[0].isalnum()
        has_figures = not form.isalpha() and any(map(str.isdigit, form))
        rows.append(
            (
                *(is_word, form[0].isupper(), has_figures),
                is_word and (not has_figures or not form.isdigit()),
                *(word in lexical.function, word in lexical.requests, stem(word) in general, start > end >= 0),
                *(form == ",", word == "and", form in ENDS),
                len(form) > 1 and form.isupper(),
            )
        )
    return np.array(rows, np.float32)


_COLUMNS = {name: n for n, name in enumerate(SHAPE)}
_PLAIN = [LEFT.index("word"), LEFT.index("capital")]
_SIZES = np.array([0, 1, 2, 3, 3, 4, 4, 4, 4, 5])
"""Which of `SHAPE` a value of so many words has, from one on."""
_ADDRESS = re.compile(r"\w@\w|://|^www\.|^[\w-]+\.[a-z]{2,4}$")
_PATH = re.compile(r"[/~\w.-]+")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
