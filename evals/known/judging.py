"""What a finder made of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from evals.known.suite import Case
from router.metrics.intervals import Interval, wilson

Outcome: TypeAlias = Literal["right", "asked", "wrong", "missed", "kept out", "let in"]
"""The first four where a value is named, the others where none is.

| outcome | the finder |
|---|---|
| right | finds the value, or all it may be |
| asked | finds several that it may be, and the right one among them |
| wrong | finds another |
| missed | finds nothing there |
| kept out | finds nothing, and nothing is there |
| let in | finds something where nothing is |
"""

ACTS = 0.5
"""A find that is less probable than this counts as none."""


@dataclass(frozen=True)
class Found:
    """What a finder found: the values that the words may mean, equally likely."""

    start: int
    end: int
    values: tuple[str, ...]
    probability: float
    """That one of them is meant."""


Finder: TypeAlias = Callable[[str], Sequence[Found]]


def judged(case: Case, found: Iterable[Found]) -> Outcome:
    """Return what became of a case."""
    sure = [each for each in found if each.probability >= ACTS]
    if not case.values:
        return "let in" if sure else "kept out"
    there = [each for each in sure if each.start < case.end and case.start < each.end]
    if not there:
        return "missed"
    best = max(there, key=lambda each: each.probability)
    if set(best.values) == set(case.values):
        return "right"
    return "asked" if set(case.values) <= set(best.values) else "wrong"


def strays(case: Case, found: Iterable[Found]) -> int:
    """Count the finds that name something nobody named."""
    return sum(each.probability >= ACTS and not (each.start < case.end and case.start < each.end) for each in found)


def shares(outcomes: Sequence[Outcome], stray: int) -> dict[str, tuple[float, Interval | None, int]]:
    """Return recall, precision and the share kept out, each with its interval and its number of rows."""
    named = [each for each in outcomes if each not in ("kept out", "let in")]
    good = sum(each in ("right", "asked") for each in named)
    finds = good + named.count("wrong") + outcomes.count("let in") + stray
    empty = len(outcomes) - len(named)
    rows = {
        "recall": (good, len(named)),
        "right at once": (named.count("right"), len(named)),
        "precision": (good, finds),
        "kept out": (outcomes.count("kept out"), empty),
    }
    return {name: (k / n if n else 0.0, wilson(k, n), n) for name, (k, n) in rows.items()}
