"""What the page says of the way from one report to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

from router.evaluation.catalogue import METRICS
from router.evaluation.changes import SuiteChanges
from router.evaluation.differences import Difference
from router.evaluation.measures import CONFIDENCE
from router.evaluation.provenance import Provenance

MOST_CHANGES = 50
"""So many cases of a kind have a row that were fixed or broken, or stayed wrong."""


def facts(provenance: Provenance) -> dict[str, str]:
    """Return everything that a result depends on, as lines of text."""
    return {name: value or "unknown" for name, value in _lines(asdict(provenance))}


def differing(before: Provenance, after: Provenance) -> list[tuple[str, str, str]]:
    """Return what two results do not share, apart from when they were made: its name, and both values."""
    earlier, later = facts(before), facts(after)
    names = [name for name in dict.fromkeys([*earlier, *later]) if name != "made"]
    pairs = ((name, earlier.get(name, "none"), later.get(name, "none")) for name in names)
    return [pair for pair in pairs if pair[1] != pair[2]]


def direction(moved: Difference) -> Literal["better", "worse", "not clear"]:
    """Say whether a metric got better or worse; not clear, where p or the interval says that it may be chance."""
    if moved.p is None or moved.p > 1 - CONFIDENCE:
        return "not clear"
    if moved.low is not None and moved.high is not None and moved.low <= 0 <= moved.high:
        return "not clear"
    return "better" if (moved.difference > 0) == (METRICS[moved.metric].better == "higher") else "worse"


def widest(differences: Iterable[Difference]) -> float:
    """Return how far the differences and their intervals reach from zero."""
    ends = ((each.difference, each.low or 0.0, each.high or 0.0) for each in differences)
    return max((abs(end) for three in ends for end in three), default=0.0)


def lists(suite: SuiteChanges) -> Mapping[str, tuple[Any, ...]]:
    """Return the cases that changed, by what became of them, what is worst first."""
    return {"broken": suite.broken, "fixed": suite.fixed, "still wrong": suite.still_wrong}


def _lines(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}: {inner}", text) for inner, text in _lines(value))
        else:
            yield name.replace("_", " "), str(value)
