"""What a public data set becomes: tasks, each of them tools to train a router of and a suite to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from router import ToolSet
from router.evaluation import Card, Suite


@dataclass(frozen=True)
class Trial:
    """What one router is trained on, and what it is then asked."""

    tools: ToolSet = field(repr=False)
    suite: Suite
    left_out: int = 0
    """So many rows of the split were not made cases, because their text is in the training split."""

    @property
    def seen(self) -> int:
        """How many cases are word for word an example that the router is trained on."""
        known = {folded(example.utterance) for tool in self.tools for example in tool.examples}
        return sum(folded(case.utterance) in known for case in self.suite.cases)


Draw: TypeAlias = Iterable[Trial]
"""Trials whose outcomes are measured together. One is the rule."""


@dataclass(frozen=True)
class Task:
    """One row of the results."""

    name: str
    """`set/protocol`, as in `clinc150/5-shot`."""
    split: str
    """The split whose rows are the cases, by its name in the set."""
    files: tuple[Path, ...]
    """All that it reads."""
    draws: Callable[[], Iterator[Draw]] = field(repr=False)
    """Read the files; more than one draw where only the training rows differ, to tell how much they matter."""


class PublicSet(Protocol):
    """What each module of this package is."""

    NAME: str
    """Of its folder in DATA, and the first part of its tasks' names."""
    CARD: Card
    LAYOUT: str
    """The files that DATA needs, and what they are made from."""

    def tasks(self, data: Path, development: bool) -> list[Task]:
        """Return its tasks, on the split for development or on the one for reporting. Reads nothing yet."""


def folded(text: str) -> str:
    """Return the text as it is compared with others: without case, and without more than one space."""
    return " ".join(text.split()).casefold()
