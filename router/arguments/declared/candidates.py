"""Where a value may begin and end: whole chunks of a text, without the marks around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from router.arguments.declared.lexicon import lexicon
from router.arguments.words import Words

MOST_CHUNKS = 9
"""A value of more is taken only up to the end of its clause."""
MOST_SPANS = 400
OPENING, CLOSING = frozenset("([{\"'“‘«`"), frozenset(")]}\"'”’»`.,;:!?")
ENDS = frozenset(".;!?")


@dataclass(frozen=True)
class Boundaries:
    """Which words can be the first and the last of a value."""

    begins: tuple[bool, ...]
    ends: tuple[bool, ...]
    quoted: tuple[tuple[int, int], ...]
    """The words [first, last] that are in quotes."""


def boundaries(words: Words) -> Boundaries:
    """Find where values may begin and end."""
    spans, forms, n = words.spans, words.forms, len(words)
    lowered = [form.lower() for form in forms]
    function = lexicon().function
    begins, ends = [False] * n, [False] * n
    for i, form in enumerate(forms):
        is_mark = not (form[0].isalnum() or form[0] in "$€£-+")
        before = i > 0 and spans[i - 1][1] == spans[i][0]
        after = i + 1 < n and spans[i][1] == spans[i + 1][0]
        opened = (
            before
            and (forms[i - 1] in OPENING or forms[i - 1] in ":=,")
            and not (forms[i - 1] == "," and form[0].isdigit())
        )
        unspaced = not form.isascii()
        begins[i] = (not is_mark or form == "[") and (not before or opened or unspaced)
        ends[i] = (not is_mark or form in "]%+") and (
            not after or unspaced or (forms[i + 1] in CLOSING and _closes(words, i + 1)) or forms[i + 1][0] in "'’"
        )
    quoted = tuple(_quoted(words))
    for i, word in enumerate(lowered):
        if word in function and forms[i].islower():
            begins[i] = ends[i] = False
    for first, last in quoted:
        begins[first] = ends[last] = True
    return Boundaries(tuple(begins), tuple(ends), quoted)


def spans_of(words: Words, found: Boundaries) -> list[tuple[int, int]]:
    """Return the spans of words [first, last] that may be a value, the shorter ones first where there are too many."""
    n, spans = len(words), []
    owner = [-1] * n
    for q, (first, last) in enumerate(found.quoted):
        owner[first : last + 1] = [q] * (last - first + 1)
        spans.append((first, last))
    for first in range(n):
        if not found.begins[first]:
            continue
        chunks, last_end = 0, -1
        for last in range(first, n):
            if owner[last] != owner[first]:
                break
            if last > first and words.spans[last][0] > words.spans[last - 1][1]:
                chunks += 1
                if words.forms[last - 1] in ENDS:
                    break
            if found.ends[last]:
                last_end = last
                if chunks < MOST_CHUNKS:
                    spans.append((first, last))
        if chunks >= MOST_CHUNKS and last_end > 0:
            spans.append((first, last_end))
    kept = sorted(dict.fromkeys(spans), key=lambda span: span[1] - span[0])[:MOST_SPANS]
    return sorted(kept)


def _closes(words: Words, i: int) -> bool:
    """Say whether nothing but marks comes before the next white space."""
    while i < len(words):
        if words.forms[i] not in CLOSING and words.forms[i] not in OPENING:
            return False
        if i + 1 == len(words) or words.spans[i][1] < words.spans[i + 1][0]:
            return True
        i += 1
    return True


def _quoted(words: Words) -> Iterator[tuple[int, int]]:
    opened, mark = -1, ""
    for i, form in enumerate(words.forms):
        if opened >= 0 and form == mark and (mark != "'" or _closes(words, i)):
            if i > opened + 1:
                yield opened + 1, i - 1
            opened = -1
        elif (
            opened < 0
            and form in _PAIRS
            and (i == 0 or words.spans[i - 1][1] < words.spans[i][0] or words.forms[i - 1] in "([{:=,")
        ):
            opened, mark = i, _PAIRS[form]
    last = len(words) - 1
    while last > opened and words.forms[last] in CLOSING:
        last -= 1
    if 0 <= opened < last and mark != "'":  # nobody closed it
        yield opened + 1, last


_PAIRS = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "`": "`"}
