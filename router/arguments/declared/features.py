"""What speaks for words being the value of a hole, when nothing but its declaration is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.candidates import Boundaries, boundaries, spans_of
from router.arguments.declared.cues import DESCRIPTION, HEAD, NAME, Cues
from router.arguments.declared.lexicon import lexicon, stem
from router.arguments.reading import CERTAIN, Read
from router.arguments.words import Words

Floats = NDArray[np.float32]
Span = tuple[int, int]

LEFT = ("start", "comma", "colon", "mark", "number", "request", "word", "capital", *lexicon().context, "between-and")
"""What stands before a value, determiners and quotes left out; exactly one of these is so."""
RIGHT = ("end", "stop", "comma", "mark", "number", "word", "capital", *lexicon().context)
"""What stands after it."""
SHAPE = (
    *("one word", "two words", "three words", "4-5 words", "6-9 words", "longer"),
    *("capitals", "capital first", "no capitals", "figures", "only figures", "figures and letters"),
    *("quoted", "grammar inside", "comma inside", "and inside", "request inside", "request first", "first of the text"),
    *("cut on the left", "cut on the right", "plain word before", "determiner before", "quotes elsewhere", "of the tool"),
    *("all of the tool", "capitals in text", "sentence inside", "address", "clock", "year"),
)
"""What the words themselves look like."""
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
INSIDE = (
    *("name inside", "description inside", "other name inside", "head last", "name is all"),
    *("an example", "read", "not readable", "in order", "name elsewhere"),
)
"""The same of its own words."""
GROUPS = ("any", "text", "choice", "boolean", "number", "temporal")
"""The classes of holes that have weights of their own for what words and declarations have to do with each other."""
MOST_BACK = 6


@dataclass(frozen=True)
class Described:
    """S spans of a text of n words as P holes see them."""

    spans: NDArray[np.intp]
    """[S, 2], the first and the last word, in order."""
    left: NDArray[np.intp]
    """[n], of `LEFT`, where a value would begin."""
    right: NDArray[np.intp]
    """[n], of `RIGHT`, where one would end."""
    before: Floats
    """[n, P, len(BEFORE)]."""
    after: Floats
    """[n, P, len(AFTER)]."""
    inside: Floats
    """[S, P, len(INSIDE)]."""
    shape: Floats
    """[S, len(SHAPE)]."""
    mask: NDArray[np.bool_]
    """[S, P], whether the hole can have it."""


def describe(words: Words, reads: Sequence[Mapping[Span, Read] | None], cues: Cues) -> Described:
    """Describe what may be a value; `reads` has what each hole's words can be read as, None for free text."""
    found = boundaries(words)
    free = spans_of(words, found) if None in reads else []
    spans = sorted({*free, *(span for own in reads for span in own or ())})
    lowered = [form.lower() for form in words.forms]
    stems = [stem(word) for word in lowered]
    n, count = len(words), len(cues.order)
    table = np.zeros((n, count, 3), np.float32)
    for i, each in enumerate(stems):
        if (row := cues.said.get(each)) is not None:
            table[i] = row
    rows = np.array(spans, np.intp).reshape(-1, 2)
    left, right = np.zeros(n, np.intp), np.zeros(n, np.intp)
    determined = np.zeros(n, bool)
    before, after = np.zeros((n, count, len(BEFORE)), np.float32), np.zeros((n, count, len(AFTER)), np.float32)
    for i in {first for first, _ in spans}:
        left[i], determined[i] = _before(before[i], table, words, lowered, i)
    for i in {last for _, last in spans}:
        right[i] = _after(after[i], table, words, lowered, i)
    before[:, :, 7] = _others(np.maximum(before[:, :, 0], before[:, :, 1]))
    after[:, :, 5] = _others(after[:, :, 0])
    places = {span: s for s, span in enumerate(spans)}
    mask = np.zeros((len(rows), count), bool)
    for p, own in enumerate(reads):
        mask[[places[span] for span in (free if own is None else own)], p] = True
    shape = _shape(words, lowered, stems, found, rows, left, determined, cues)
    inside = _inside(words, rows, table, cues)
    near = np.maximum(before[:, :, [0, 1, 5]].max(axis=2)[rows[:, 0]], after[:, :, [0, 3]].max(axis=2)[rows[:, 1]])
    inside[:, :, 9] = np.maximum(table[:, :, NAME].max(axis=0) - np.maximum(near, inside[:, :, 0]), 0.0)
    _add_reads(inside, places, cues, reads)
    return Described(rows, left, right, before, after, inside, shape, mask)


def _before(row: Floats, table: Floats, words: Words, lowered: Sequence[str], i: int) -> tuple[int, bool]:
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
        if at:
            far = table[max(at - MOST_BACK, 0) : at].max(axis=0)
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


def _after(row: Floats, table: Floats, words: Words, lowered: Sequence[str], i: int) -> int:
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
        while end < min(n, at + 5) and lowered[end] not in _STOPS and not lowered[end][0].isdigit():
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


def _others(own: Floats) -> Floats:
    """Return by how much another hole is better [..., P]."""
    best: Floats = np.maximum(own.max(axis=-1, keepdims=True) - own, 0.0)
    return best


def _inside(words: Words, rows: NDArray[np.intp], table: Floats, cues: Cues) -> Floats:
    first, last = rows[:, 0], rows[:, 1]
    found = np.zeros((len(rows), table.shape[1], len(INSIDE)), np.float32)
    sums = np.zeros((len(table) + 1, *table.shape[1:]), np.float32)
    np.cumsum(table, axis=0, out=sums[1:])
    mean = (sums[last + 1] - sums[first]) / (last - first + 1)[:, None, None].astype(np.float32)
    found[:, :, 0] = mean[:, :, NAME]
    found[:, :, 1] = mean[:, :, DESCRIPTION]
    found[:, :, 2] = _others(mean[:, :, NAME])
    found[:, :, 3] = table[last][:, :, HEAD]
    found[:, :, 4] = mean[:, :, NAME] >= 0.99
    if cues.examples:
        for own, (i, j) in zip(found, rows.tolist(), strict=True):
            if (holes := cues.examples.get(words.between(i, j + 1).casefold())) is not None:
                own[holes, 5] = 1.0
    return found


def _add_reads(
    inside: Floats, places: Mapping[Span, int], cues: Cues, reads: Sequence[Mapping[Span, Read] | None]
) -> None:
    for p, own in enumerate(reads):
        readable = 0
        for span in sorted(own or ()):
            each, row = (own or {})[span], inside[places[span], p]
            row[6] = each.bonus / CERTAIN
            row[7] = each.value is None
            if each.value is not None:
                row[8] = readable == cues.order[p]
                readable += 1


def _shape(
    words: Words,
    lowered: Sequence[str],
    stems: Sequence[str],
    found: Boundaries,
    rows: NDArray[np.intp],
    left: NDArray[np.intp],
    determined: NDArray[np.bool_],
    cues: Cues,
) -> Floats:
    """Return [S, len(SHAPE)]: counts of what the words of a span are, from sums over all words."""
    lexical, forms, n = lexicon(), words.forms, len(words)
    of_word = np.array(
        [
            (
                form[0].isalnum(),
                form[0].isupper(),
                (figure := not form.isalpha() and any(map(str.isdigit, form))),
                not figure and form[0].isalnum() or form.isalnum() and not form.isdigit(),
                word in lexical.function,
                word in lexical.requests,
                each in cues.general,
                i > 0 and words.spans[i][0] > words.spans[i - 1][1],
                form == ",",
                word == "and",
                form in _ENDING,
            )
            for i, (form, word, each) in enumerate(zip(forms, lowered, stems, strict=True))
        ],
        np.float32,
    )
    sums = np.zeros((n + 1, of_word.shape[1]), np.float32)
    np.cumsum(of_word, axis=0, out=sums[1:])
    first, last = rows[:, 0], rows[:, 1]
    counts = sums[last + 1] - sums[first]
    size, upper, figures, letters, grammar, requests, general = counts[:, :7].T
    chunks = (counts[:, 7] - of_word[first, 7]).astype(np.intp)
    before_last = sums[last] - sums[first]
    capital = of_word[:, 1] > 0
    shape = np.zeros((len(rows), len(SHAPE)), np.float32)
    shape[np.arange(len(rows)), _SIZES[np.minimum(chunks, len(_SIZES) - 1)]] = 1.0
    some = size > 0
    shape[:, 6] = some & (upper == size)
    shape[:, 7] = capital[first] & (upper < size)
    shape[:, 8] = upper == 0
    shape[:, 9] = figures > 0
    shape[:, 10] = some & (figures == size)
    shape[:, 11] = (figures > 0) & (letters > 0)
    shape[:, 13] = grammar > 0
    shape[:, 14:16] = before_last[:, 8:10] > 0
    shape[:, 16] = requests > of_word[first, 5]
    shape[:, 17] = of_word[first, 5]
    shape[:, 18] = first == 0
    shape[:, 19] = capital[first] & capital[first - 1] & (first > 1)
    shape[:, 20] = capital[last] & capital[np.minimum(last + 1, n - 1)] & (last + 1 < n)
    shape[:, 21] = ((left[first] == _LEFT["word"]) | (left[first] == _LEFT["capital"])) & ~determined[first]
    shape[:, 22] = determined[first]
    shape[:, 24] = general / np.maximum(size, 1.0)
    shape[:, 25] = some & (general == size)
    shape[:, 26] = (upper > 0) & capital[1:].any()
    shape[:, 27] = before_last[:, 10] > 0
    if found.quoted:
        shape[:, 12] = (rows[:, None] == np.array(found.quoted)).all(axis=2).any(axis=1)
        shape[:, 23] = 1.0 - shape[:, 12]
    for s in np.flatnonzero((chunks == 0) & ((last > first) | (figures > 0))):
        text = words.between(int(first[s]), int(last[s]) + 1)
        shape[s, 28] = _ADDRESS.search(text) is not None
        shape[s, 29] = _CLOCK.fullmatch(text) is not None
        shape[s, 30] = _YEAR.fullmatch(text) is not None
    return shape


_ADDRESS = re.compile(r"\w@\w|://|^www\.|^[/~\w.-]*/[\w./-]+$|^[\w-]+\.[a-z]{2,4}$")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?", re.I)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LEFT = {name: n for n, name in enumerate(LEFT)}
_RIGHT = {name: n for n, name in enumerate(RIGHT)}
_SILENT = frozenset("\"'“”‘’`([{$€£#")
_LINKING = frozenset(":=")
_STOPS = frozenset(".,;!?:")
_ENDING = frozenset(".;!?")
_SIZES = np.array([0, 1, 2, 3, 3, 4, 4, 4, 4, 5])
"""Which of `SHAPE` a value of so many words has, from one on."""
