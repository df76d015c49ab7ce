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
from router.arguments.reading import Read
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
PAIR = (
    *("name before", "name before a link", "head before", "description before", "description before a link"),
    *("name further before", "description further before", "other name before"),
    *("name after", "head after", "description after", "name second after", "description second after", "other name after"),
    *("name inside", "description inside", "other name inside", "head last", "name is all"),
    *("an example", "read", "not readable", "in order", "name elsewhere"),
)
"""What the words and the declaration of a hole have to do with each other."""
GROUPS = ("any", "text", "choice", "boolean", "number", "temporal")
"""The classes of holes that have weights of their own for what is in `PAIR`."""
MOST_BACK = 6


@dataclass(frozen=True)
class Described:
    """S spans of a text as P holes see them."""

    spans: NDArray[np.intp]
    """[S, 2], the first and the last word."""
    left: NDArray[np.intp]
    """[S], of `LEFT`."""
    right: NDArray[np.intp]
    """[S], of `RIGHT`."""
    shape: Floats
    """[S, len(SHAPE)]."""
    pair: Floats
    """[S, P, len(PAIR)]."""
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
    table = np.zeros((n + 3, count, 3), np.float32)  # beyond the ends nothing is named
    for i, each in enumerate(stems):
        if (row := cues.said.get(each)) is not None:
            table[i] = row
    context = [_context(words, lowered, i) for i in range(n)]
    rows = np.array(spans, np.intp).reshape(-1, 2)
    first, last = rows[:, 0], rows[:, 1]
    left = np.array([each.left for each in context], np.intp)[first]
    right = np.array([_right(words, lowered, i) for i in range(n)], np.intp)[last]
    pair = np.zeros((len(rows), count, len(PAIR)), np.float32)
    _before(pair, table, context, first)
    pair[:, :, 8:13] = _after(words, lowered, table)[last]
    pair[:, :, 13] = _others(pair[:, :, 8])
    sums = np.concatenate([np.zeros((1, count, 3), np.float32), np.cumsum(table[:n], axis=0)])
    lengths = (last - first + 1)[:, None].astype(np.float32)
    inside = (sums[last + 1] - sums[first]) / lengths[:, :, None]
    pair[:, :, 14] = inside[:, :, NAME]
    pair[:, :, 15] = inside[:, :, DESCRIPTION]
    pair[:, :, 16] = _others(inside[:, :, NAME])
    pair[:, :, 17] = table[last][:, :, HEAD]
    pair[:, :, 18] = inside[:, :, NAME] >= 0.99
    _read(pair, words, spans, cues, reads)
    near = np.maximum(pair[:, :, [0, 1, 5, 8, 11]].max(axis=2), pair[:, :, 14])
    pair[:, :, 23] = np.maximum(table[:n, :, NAME].max(axis=0) - near, 0.0)
    places = {span: s for s, span in enumerate(spans)}
    mask = np.zeros((len(rows), count), bool)
    for p, own in enumerate(reads):
        mask[[places[span] for span in (free if own is None else own)], p] = True
    return Described(rows, left, right, _shape(words, lowered, stems, found, spans, context, cues), pair, mask)


@dataclass(frozen=True, slots=True)
class _Context:
    left: int
    """Of `LEFT`."""
    near: tuple[int, ...]
    """The content word beside, links left out; empty where there is none."""
    linked: bool
    """Whether there were links."""
    further: tuple[int, ...]
    """Content words before that one."""
    determined: bool


def _context(words: Words, lowered: Sequence[str], i: int) -> _Context:
    lexical = lexicon()
    at = i - 1
    determined = False
    while at >= 0 and (lowered[at] in lexical.determiners or lowered[at] in _SILENT):
        determined = determined or lowered[at] in lexical.determiners
        at -= 1
    left = _kind_before(words, lowered, at)
    linked = False
    while at >= 0 and (lowered[at] in lexical.links or lowered[at] in lexical.determiners or lowered[at] in _LINKING):
        linked, at = True, at - 1
    near = (at,) if at >= 0 and lowered[at][0].isalnum() else ()
    further = tuple(j for j in range(max(at - MOST_BACK, 0), at) if lowered[j][0].isalnum()) if near else ()
    return _Context(left, near, linked, further, determined)


def _kind_before(words: Words, lowered: Sequence[str], at: int) -> int:
    if at < 0 or lowered[at] in ".!?;":
        return _LEFT["start"]
    word = lowered[at]
    if word == "and" and "between" in lowered[max(at - 6, 0) : at]:
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


def _right(words: Words, lowered: Sequence[str], i: int) -> int:
    at = i + 1
    while at < len(lowered) and lowered[at] in _SILENT:
        at += 1
    if at == len(lowered):
        return _RIGHT["end"]
    word = lowered[at]
    if word in ".!?;":
        return _RIGHT["stop" if at + 1 < len(lowered) else "end"]
    if word in _RIGHT:
        return _RIGHT[word]
    if word == ",":
        return _RIGHT["comma"]
    if not word[0].isalnum():
        return _RIGHT["mark"]
    if word[0].isdigit():
        return _RIGHT["number"]
    return _RIGHT["capital" if words.forms[at][0].isupper() else "word"]


def _after(words: Words, lowered: Sequence[str], table: Floats) -> Floats:
    """Return what the words after each word name [n, P, 5]: the next one, and the content words up to a mark."""
    function = lexicon().function
    n = len(words)
    found = np.zeros((n, table.shape[1], 5), np.float32)
    for i in range(n):
        at = i + 1
        while at < n and lowered[at] in _SILENT:
            at += 1
        if at == n or lowered[at] in _STOPS:
            continue
        found[i, :, :3] = table[at][:, [NAME, HEAD, DESCRIPTION]]
        end = at + 1
        while end < min(n, at + 5) and lowered[end] not in _STOPS and not lowered[end][0].isdigit():
            end += 1
        content = [j for j in range(at + 1, end) if lowered[j] not in function]
        if content:
            more = table[content].max(axis=0)
            found[i, :, 3] = more[:, NAME]
            found[i, :, 4] = more[:, DESCRIPTION]
    return found


def _before(pair: Floats, table: Floats, context: Sequence[_Context], first: NDArray[np.intp]) -> None:
    n, count = len(context), table.shape[1]
    before = np.zeros((n, count, 8), np.float32)
    for i, each in enumerate(context):
        if each.near:
            own = table[each.near[0]]
            before[i, :, 1 if each.linked else 0] = own[:, NAME]
            before[i, :, 2] = own[:, HEAD]
            before[i, :, 4 if each.linked else 3] = own[:, DESCRIPTION]
        if each.further:
            far = table[list(each.further)].max(axis=0)
            before[i, :, 5] = far[:, NAME]
            before[i, :, 6] = far[:, DESCRIPTION]
    before[:, :, 7] = _others(np.maximum(before[:, :, 0], before[:, :, 1]))
    pair[:, :, :8] = before[first]


def _others(own: Floats) -> Floats:
    """Return by how much another hole is better [..., P]."""
    best: Floats = np.maximum(own.max(axis=-1, keepdims=True) - own, 0.0)
    return best


def _read(
    pair: Floats, words: Words, spans: Sequence[Span], cues: Cues, reads: Sequence[Mapping[Span, Read] | None]
) -> None:
    for p, (own, examples) in enumerate(zip(reads, cues.examples, strict=True)):
        if own is not None:
            readable = sorted(span for span, each in own.items() if each.value is not None)
            for s, span in enumerate(spans):
                if (each := own.get(span)) is not None:
                    pair[s, p, 20] = each.bonus / 3.0
                    pair[s, p, 21] = each.value is None
                    pair[s, p, 22] = each.value is not None and readable.index(span) == cues.order[p]
        if examples:
            for s, (first, last) in enumerate(spans):
                pair[s, p, 19] = words.between(first, last + 1).casefold() in examples


def _shape(
    words: Words, lowered: Sequence[str], stems: Sequence[str], found: Boundaries, spans: Sequence[Span],
    context: Sequence[_Context], cues: Cues,
) -> Floats:
    lexical, forms = lexicon(), words.forms
    has_case = any(form[0].isupper() for form in forms[1:])
    quoted = set(found.quoted)
    capital = [form[0].isupper() for form in forms]
    marks = [not form[0].isalnum() for form in forms]
    rows = np.zeros((len(spans), len(SHAPE)), np.float32)
    for row, (first, last) in zip(rows, spans, strict=True):
        own = [i for i in range(first, last + 1) if not marks[i]]
        text = words.between(first, last + 1)
        size = text.count(" ") + 1
        row[0 if size == 1 else 1 if size == 2 else 2 if size == 3 else 3 if size < 6 else 4 if size < 10 else 5] = 1
        ups = sum(capital[i] for i in own)
        row[6] = bool(own) and ups == len(own)
        row[7] = bool(own) and capital[own[0]] and ups < len(own)
        row[8] = ups == 0
        digits = [any(c.isdigit() for c in forms[i]) for i in own]
        row[9] = any(digits)
        row[10] = all(digits)
        row[11] = any(digits) and any(c.isalpha() for c in text)
        row[12] = (first, last) in quoted
        row[13] = any(lowered[i] in lexical.function for i in own)
        row[14] = "," in forms[first:last]
        row[15] = "and" in lowered[first:last]
        row[16] = any(lowered[i] in lexical.requests for i in own[1:])
        row[17] = lowered[first] in lexical.requests
        row[18] = first == 0
        row[19] = first > 0 and capital[first - 1] and first > 1 and capital[first]
        row[20] = last + 1 < len(forms) and capital[last + 1] and capital[last]
        row[21] = context[first].left in (_LEFT["word"], _LEFT["capital"]) and not context[first].determined
        row[22] = context[first].determined
        row[23] = bool(quoted) and (first, last) not in quoted
        general = sum(stems[i] in cues.general for i in own) / max(len(own), 1)
        row[24], row[25] = general, general == 1.0
        row[26] = has_case and ups > 0
        row[27] = any(forms[i] in ".!?;" for i in range(first, last))
        row[28] = _ADDRESS.search(text) is not None
        row[29] = _CLOCK.fullmatch(text) is not None
        row[30] = _YEAR.fullmatch(text) is not None
    return rows


_ADDRESS = re.compile(r"\w@\w|://|^www\.|^[/~\w.-]*/[\w./-]+$|^[\w-]+\.[a-z]{2,4}$")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?", re.I)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_LEFT = {name: n for n, name in enumerate(LEFT)}
_RIGHT = {name: n for n, name in enumerate(RIGHT)}
_SILENT = frozenset("\"'“”‘’`([{$€£#")
_LINKING = frozenset(":=")
_STOPS = frozenset(".,;!?:")
