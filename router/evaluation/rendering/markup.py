"""Pieces of Markdown, as GitHub reads it, in which nothing that people made can do anything.

What they made stands in code spans: there is no HTML in them, no link, no
mention, no emoji and no mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from router.evaluation.wording import LONGEST, harmless


def code(text: str, limit: int = LONGEST) -> str:
    """Write a text as a code span, cut where it gets long.

    >>> print(code("call @mum"), code("a `tick`"), code("la " * 9, limit=8))
    `call @mum` `` a `tick` `` `la la la`…
    """
    inside = _LONG_RUN.sub(_SHORT_RUN, harmless(text[:limit])) or " "
    fence = "`" * (max(map(len, re.findall("`+", inside)), default=0) + 1)
    space = " " if inside.strip(" ") and {inside[0], inside[-1]} & {"`", " "} else ""
    return f"{fence}{space}{inside}{space}{fence}{'…' if len(text) > limit else ''}"


def prose(text: str) -> str:
    """Write what stands within a line: as it is where all that it holds is words and numbers, else as a code span.

    >>> print(prose("Alarms wake people."), prose("see #12"))
    Alarms wake people. `see #12`
    """
    return text if _WORDS.fullmatch(text) and len(text) <= LONGEST * 4 else code(text, LONGEST * 4)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()) -> Iterator[str]:
    """Write a table; `numbers` are the columns that are set to the right. A table without rows is none."""
    listed = [*rows]
    if not listed:
        return
    right = {*numbers}
    yield _row(head)
    yield _row(["--:" if n in right else "---" for n in range(len(head))])
    yield from map(_row, listed)
    yield ""


def bullets(items: Iterable[str], all_of_them: int) -> Iterator[str]:
    """Write a list, and how many of all are left out."""
    shown = 0
    for item in items:
        yield f"- {item}"
        shown += 1
    if shown < all_of_them:
        yield f"- and {all_of_them - shown:,} more" if shown else f"- {all_of_them:,}, left out to keep this short"


def details(summary: str, lines: Iterable[str], *, is_open: bool = False) -> Iterator[str]:
    """Write lines that unfold under a summary, which is one of ours; nothing, where there are no lines."""
    listed = [*lines]
    if listed:
        yield f"<details{' open' if is_open else ''}><summary>{summary}</summary>"
        yield ""
        yield from listed
        yield from [] if listed[-1] == "" else [""]
        yield "</details>"
        yield ""


_LONG_RUN, _SHORT_RUN = re.compile("`{41,}"), "`" * 40 + "…"
"""GitHub's parser knows fences of 80 backticks at most."""

_WORDS = re.compile(r"(?!.*\bGH-)(?:[^\W_]|[ ,;()%=+'-]|:(?= |$)|<(?=\d)|\.(?=[\s\d)]|$))*")
"""No mark that means something in Markdown, and no dot as in an address."""


def _row(cells: Iterable[str]) -> str:
    r"""Write a row. A bar would end a cell even in a code span, unless a backslash stands before it."""
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


_BAR = r"\|"
