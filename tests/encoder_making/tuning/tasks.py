"""Two tools whose utterances are strings of letters: one task that words alone decide, and one that they do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from router import Example, Tool, ToolSet

_FILLERS = "efghijklmnop"
_OUTSIDE = "qrstuvwxyz"


def by_words(count: int = 20) -> ToolSet:
    """Which letter is said decides: any encoder can tell, and so can a router without one."""
    return _tools(lambda chance, tool: ("ab"[tool], "cd"[tool]), count)


def by_pairs(count: int = 60) -> ToolSet:
    """Whether two letters agree decides, and each is said as often of one tool as of the other."""

    def pair(chance: random.Random, tool: int) -> tuple[str, str]:
        first = chance.randrange(2)
        return "ab"[first], "cd"[first ^ tool]

    return _tools(pair, count)


def _tools(pair: Callable[[random.Random, int], tuple[str, str]], count: int) -> ToolSet:
    chance = random.Random(7)

    def said(tool: int) -> str:
        (first, second), (one, two, three) = pair(chance, tool), chance.sample(_FILLERS, 3)
        return f"{one} {first} {two} {second} {three}"

    def unlike(count: int, make: Callable[[], str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[make()] = None
        return tuple(found)

    return ToolSet(
        tuple(
            Tool(name, f"Do {name}.", examples=tuple(map(Example, unlike(count, partial(said, tool)))))
            for tool, name in enumerate(("even", "odd"))
        ),
        unlike(count // 2, lambda: " ".join(chance.sample(_OUTSIDE, 5))),
    )
