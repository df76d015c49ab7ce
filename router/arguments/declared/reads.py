"""Values that only declarations tell how to read: booleans said by their name, and lists in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from router.arguments.declared.lexicon import lexicon, name_words, stem
from router.arguments.holes import Hole, as_list
from router.arguments.reading import CERTAIN, Read
from router.arguments.validity import allows
from router.arguments.words import Words

Span = tuple[int, int]
NEAR = 4
"""So many words before a boolean's name can negate it."""


def booleans(hole: Hole, words: Words) -> dict[Span, Read]:
    """Return where a text says the name of a boolean, or true or false.

    >>> from router.arguments.words import split_words
    >>> tax = Hole(("include_tax",), "boolean", {"type": "boolean"}, None, True, "")
    >>> [read.value for read in booleans(tax, split_words("the price without tax")).values()]
    [False]
    """
    lexical = lexicon()
    lowered = [form.lower() for form in words.forms]
    wanted = {stem(word) for word in name_words(hole.path[-1]) if word not in lexical.light}
    found: dict[Span, Read] = {}
    at = 0
    while at < len(words):
        last = at
        if lowered[at] in _SAID and (lowered[at] in _PLAIN or not "".join(words.forms[at + 1 : at + 2]).isalnum()):
            found[at, at] = _read(words, at, at, _SAID[lowered[at]], 1.0)
        elif stem(lowered[at]) in wanted:
            while last + 1 < len(words) and stem(lowered[last + 1]) in wanted:
                last += 1
            share = len({stem(word) for word in lowered[at : last + 1]}) / len(wanted)
            negated = not lexical.negations.isdisjoint(lowered[max(at - NEAR, 0) : at])
            found[at, last] = _read(words, at, last, not negated, share)
        at = last + 1
    return found


def figures(hole: Hole, words: Words) -> dict[Span, Read]:
    """Return the numbers that are written in figures, as a program would write them.

    >>> from router.arguments.words import split_words
    >>> area = Hole(("area",), "number", {"type": "number"}, None, True, "")
    >>> [read.value for read in figures(area, split_words("areas of 1e3, 12,500 and 7.8.")).values()]
    [1000, 12500, 7.8]

    In a list a comma parts numbers.
    """
    found: dict[Span, Read] = {}
    for match in (_LISTED if hole.is_list else _FIGURES).finditer(words.text):
        place = words.covering(*match.span())
        value = float(match[0].replace(",", ""))
        value = int(value) if abs(value) < 1e15 and value == int(value) else value
        if place and (hole.kind == "number" or isinstance(value, int)):
            found[place[0], place[1] - 1] = Read(*match.span(), value if allows(hole.schema, value) else None, CERTAIN)
    return found


def in_a_row(words: Words, found: Mapping[Span, Read]) -> dict[Span, Read]:
    """Return values with nothing but commas and "and" between them as one list, and the others as they are.

    >>> from router.arguments.words import split_words
    >>> words = split_words("add 1, 2 and 3 to 4")
    >>> ones = {(n, n): Read(0, 0, int(words.forms[n]), 1.0) for n in (1, 3, 5, 7)}
    >>> {span: read.value for span, read in in_a_row(words, ones).items()}
    {(1, 5): [1, 2, 3], (7, 7): 4}
    """
    rows: list[list[Span]] = []
    for span in sorted(found, key=lambda span: (span[0], -span[1])):
        if found[span].value is None or (rows and span[0] <= rows[-1][-1][1]):
            continue
        if rows and all(words.forms[i].lower() in _JOINING for i in range(rows[-1][-1][1] + 1, span[0])):
            rows[-1].append(span)
        else:
            rows.append([span])
    joined: dict[Span, Read] = {}
    for row in rows:
        first, last = row[0][0], row[-1][1]
        values = [value for span in row for value in as_list(found[span].value)]
        bonus = min(found[span].bonus for span in row)
        read = found[row[0]]
        if len(row) > 1:
            read = Read(words.spans[first][0], words.spans[last][1], values, bonus, read.how)
        joined[first, last] = read
    return joined


def items(words: Words, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the words [first, last] of each item of a list that is said in a row."""
    begin = first
    for i in range(first, last + 2):
        if i > last or words.forms[i].lower() in _JOINING or words.forms[i] in "\"'“”":
            if i > begin:
                yield begin, i - 1
            begin = i + 1


def _read(words: Words, first: int, last: int, value: bool, share: float) -> Read:
    return Read(words.spans[first][0], words.spans[last][1], value, CERTAIN * share)


_FIGURES = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,20})?(?:[eE][-+]?\d{1,2})?(?!\w|[.,:/]\d)")
_LISTED = re.compile(r"(?<![\w.])-?\d{1,18}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,2})?(?!\w|[.:/]\d)")
_SAID = {"true": True, "false": False, "yes": True, "no": False}
_PLAIN = frozenset({"true", "false"})
"""The others of `_SAID` are no value before a word: "no hotel"."""
_JOINING = frozenset({",", "and", "&", ";", "or"})
