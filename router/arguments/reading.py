"""What the words of one utterance can be read as: computed once, and only what a hole asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from router.arguments.holes import Hole
from router.decisions import How


@dataclass(frozen=True, slots=True)
class Moment:
    """When and how something is said."""

    now: datetime | None = None
    """None: what is relative to now, such as "tomorrow", is not resolved."""
    language: str = "en"
    """BCP 47; the region decides what differs by it, such as the order of day and month."""


@dataclass(frozen=True, slots=True)
class Read:
    """A value that some characters of the text stand for."""

    start: int
    end: int
    value: Any
    bonus: float
    """What it speaks for these words being a value, in logits."""
    how: How


class Readings:
    """What can be read in a text."""

    def __init__(self, text: str, moment: Moment) -> None:
        self._text = text
        self._moment = moment

    def of(self, hole: Hole, phrases: Mapping[str, Any]) -> list[Read]:
        """Return what can be read for a hole. `phrases` are words that are known to stand for one of its choices."""
        return []
