"""How values, names and places are written in messages: short, whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice
from typing import TypeAlias

from router.errors import did_you_mean

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonPath: TypeAlias = tuple[str | int, ...]


def render_path(path: JsonPath) -> str:
    """Write a path as an author would say it.

    >>> render_path(("examples", 2, "arguments", "due date"))
    "examples[2].arguments['due date']"
    """
    steps = (f".{step}" if isinstance(step, str) and _WORD.fullmatch(step) else f"[{shown(step)}]" for step in path)
    return "".join(steps).removeprefix(".")


def shown(value: Json, limit: int = 80) -> str:
    """Write a value for a message: JSON's words, Python's quotes, never long.

    >>> shown(True), shown("six"), shown([1, 2])
    ('true', "'six'", 'this list')
    """
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case dict():
            return "this mapping"
        case list():
            return "this list"
        case str() if len(value) > limit:
            return f"{value[:limit]!r}…"
        case _:
            return repr(value)


def listed(values: Iterable[Json], limit: int = 12) -> str:
    """Write values for a message, the first of them if they are many."""
    first = [*map(shown, islice(values, limit + 1))]
    return ", ".join([*first[:limit], *["…"] * (len(first) > limit)]) or "none"


def counted(number: int, noun: str) -> str:
    """Return a number of things, as words.

    >>> counted(1, "example"), counted(2, "example")
    ('1 example', '2 examples')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def hint(name: str, known: Collection[str]) -> str:
    """Return ` Did you mean 'x'?`, unless there are so many names that one is near by chance."""
    return did_you_mean(name, known) if len(known) <= 100 else ""


def shortened(message: str, limit: int = 200) -> str:
    """Return a message of somebody else's, cut where it gets long."""
    return message if len(message) <= limit else f"{message[:limit]}…"


_WORD = re.compile(r"[\w$-]+")
