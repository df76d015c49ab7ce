"""Lines and columns for a terminal, where a character may take two cells or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

NARROWEST = 72
"""Lines are laid out for a terminal at least so wide, as tables need it."""


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes.

    >>> cells("noon"), cells("正午"), cells("cafe\N{COMBINING ACUTE ACCENT}")
    (4, 4, 4)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, width: int) -> str:
    """Return a text, or its beginning with an ellipsis where it takes more cells than that.

    >>> cut("half past six", 9), cut("正午に起こして", 9)
    ('half pas…', '正午に起…')
    """
    return text if cells(text) <= width else text[: _fitting(text, width - 1)] + "…"


def wrapped(text: str, width: int, start: str = "", indent: str = "  ") -> Iterator[str]:
    """Break a text at its spaces into lines of at most `width` cells, and within a word that is longer.

    `start` stands before the first line, `indent` before the others.
    """
    width = max(width, NARROWEST)
    line, is_empty = start, True
    for word in text.split(" "):
        if not is_empty and cells(line) + 1 + cells(word) > width:
            yield line
            line, is_empty = indent, True
        line, is_empty = f"{line}{'' if is_empty else ' '}{word}", False
        while cells(line) > width:
            end = max(_fitting(line, width), len(indent) + 1)
            yield line[:end]
            line = indent + line[end:]
    yield line


def table(rows: Iterable[Sequence[str]], width: int, indent: str = "  ", numbers: Iterable[int] = ()) -> Iterator[str]:
    """Lay out rows in columns; those in `numbers` are set to the right.

    The first column is cut where a row would be too wide, so it takes what people made.
    """
    listed = [*rows]
    if not listed:
        return
    widths = [max(map(cells, column)) for column in zip(*listed, strict=True)]
    others = sum(widths[1:]) + 2 * len(widths[1:])
    widths[0] = min(widths[0], max(max(width, NARROWEST) - len(indent) - others, 10))
    right = {*numbers}
    for first, *rest in listed:
        texts = [cut(first, widths[0]), *rest]
        padded = (_padded(text, widths[n], right=n in right) for n, text in enumerate(texts))
        yield f"{indent}{'  '.join(padded)}".rstrip()


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - cells(text))
    return space + text if right else text + space


def _fitting(text: str, width: int) -> int:
    """Return how many characters at the beginning of a text fit into that many cells."""
    taken = 0
    for n, character in enumerate(text):
        taken += _cells(character)
        if taken > width:
            return n
    return len(text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
