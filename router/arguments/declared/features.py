"""What speaks for words being the value of a hole, when nothing but its declaration is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.candidates import boundaries, spans_of
from router.arguments.declared.contexts import AFTER, BEFORE, after, before
from router.arguments.declared.cues import DESCRIPTION, HEAD, NAME, Cues
from router.arguments.declared.lexicon import stem
from router.arguments.declared.shapes import shapes
from router.arguments.reading import CERTAIN, Read
from router.arguments.words import Words

Floats = NDArray[np.float32]
Span = tuple[int, int]

INSIDE = (
    *("name inside", "description inside", "other name inside", "head last", "name is all"),
    *("an example", "read", "not readable", "in order", "name elsewhere"),
)
"""The same of its own words."""
GROUPS = ("any", "text", "choice", "boolean", "number", "temporal")
"""The classes of holes that have weights of their own for what words and declarations have to do with each other."""


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
    n, count = len(words), len(cues.order)
    table = np.zeros((n, count, 3), np.float32)
    for i, word in enumerate(lowered):
        if (row := cues.said.get(stem(word))) is not None:
            table[i] = row
    rows = np.array(spans, np.intp).reshape(-1, 2)
    left, right = np.zeros(n, np.intp), np.zeros(n, np.intp)
    determined = np.zeros(n, bool)
    table_before = np.zeros((n, count, len(BEFORE)), np.float32)
    table_after = np.zeros((n, count, len(AFTER)), np.float32)
    for i in {first for first, _ in spans}:
        left[i], determined[i] = before(table_before[i], table, words, lowered, i)
    for i in {last for _, last in spans}:
        right[i] = after(table_after[i], table, words, lowered, i)
    table_before[:, :, 7] = _others(np.maximum(table_before[:, :, 0], table_before[:, :, 1]))
    table_after[:, :, 5] = _others(table_after[:, :, 0])
    places = {span: s for s, span in enumerate(spans)}
    mask = np.zeros((len(rows), count), bool)
    for p, own in enumerate(reads):
        mask[[places[span] for span in (free if own is None else own)], p] = True
    shape = shapes(words, rows, found.quoted, cues.general, left, determined)
    inside = _inside(words, rows, table, cues)
    near = np.maximum(
        table_before[:, :, [0, 1, 5]].max(axis=2)[rows[:, 0]], table_after[:, :, [0, 3]].max(axis=2)[rows[:, 1]]
    )
    inside[:, :, 9] = np.maximum(table[:, :, NAME].max(axis=0) - np.maximum(near, inside[:, :, 0]), 0.0)
    _add_reads(inside, places, cues, reads)
    return Described(rows, left, right, table_before, table_after, inside, shape, mask)


def _others(own: NDArray[np.floating]) -> Floats:
    """Return by how much another hole is better [..., P]."""
    best: Floats = np.maximum(own.max(axis=-1, keepdims=True) - own, 0.0)
    return best.astype(np.float32, copy=False)


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
