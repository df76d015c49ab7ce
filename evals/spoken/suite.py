"""The suite of spoken forms, and when an answer to one of them is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

SUITES = Path(__file__).parent.parent / "suites" / "spoken"
TEMPORAL = ("time", "date", "date-time", "duration", "days", "interval")


class Claim(NamedTuple):
    """Words that are said to have a value in a format."""

    start: int
    end: int
    certainty: float
    value: Any


@dataclass(frozen=True)
class Row:
    """One thing that people say."""

    id: str
    language: str
    text: str
    span: tuple[int, int] | None
    """The words that mean the value; None if there are none."""
    now: datetime | None
    format: str
    value: Any


Finder: TypeAlias = Callable[[Row, str], Iterable[Claim]]
"""What a system claims of a row's text in a format."""


def load(name: str) -> list[Row]:
    """Read a set, "development" or "test". The words that mean the value are in brackets."""
    return [_row(json.loads(line)) for line in (SUITES / f"{name}.jsonl").read_text("utf-8").splitlines()]


def _row(data: dict[str, Any]) -> Row:
    before, opened, rest = data["text"].partition("[")
    said, _, after = rest.partition("]")
    return Row(
        data["id"],
        data["language"],
        before + said + after,
        (len(before), len(before) + len(said)) if opened else None,
        datetime.fromisoformat(data["now"]) if data["now"] else None,
        data["format"],
        data["value"],
    )


def is_right(row: Row, finder: Finder) -> bool:
    """Whether the surest claim about the row's words is theirs exactly with its value, and no other words are claimed.

    A claim counts from a certainty of a half on. Numbers may be elsewhere as well.
    """
    if row.span is None:
        return not any(claim.certainty >= 0.5 for each in TEMPORAL for claim in finder(row, each))
    claims = list(finder(row, row.format))
    near = [claim for claim in claims if claim.start < row.span[1] and row.span[0] < claim.end]
    if not near:
        return False
    best = max(near, key=lambda claim: (claim.certainty, claim.end - claim.start))
    if (best.start, best.end) != row.span or best.value != row.value:
        return False
    return row.format not in TEMPORAL or not any(c.certainty >= 0.5 for c in claims if c not in near)


def finds_value(row: Row, finder: Finder) -> bool:
    """Whether any claim has the value, wherever it is and whatever else is claimed: the most lenient view."""
    if row.span is None:
        return is_right(row, finder)
    return any(claim.value == row.value for claim in finder(row, row.format))
