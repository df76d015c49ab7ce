"""What is found in an utterance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

How: TypeAlias = Literal["exact", "alias", "partial", "spelling", "sound"]
"""The weakest thing that a match rests on.

| how | what was said |
|---|---|
| exact | the value, capitals, accents and order aside |
| alias | one of its other names |
| partial | some words of one of these: "meyer" |
| spelling | words that are a slip away from its words, or written together or apart: "mc donald" |
| sound | words that sound like its words: "shawn" for Sean |
"""

AS_LIKELY = 0.9
"""A rival that is at least this share as likely as the first choice makes a match ambiguous."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another value that the same words may mean."""

    value: str
    probability: float
    """In [0, 1]."""
    how: How


@dataclass(frozen=True, slots=True)
class Match:
    """Words of an utterance that mean a known value."""

    start: int
    end: int
    """The words are `text[start:end]`, without a possessive's end."""
    value: str
    """The likeliest value, as it was given; of equally likely ones the first by alphabet."""
    probability: float
    """In [0, 1]: that the words mean this value."""
    how: How
    known: float
    """In [0, 1]: that the words mean this value or a rival."""
    rivals: tuple[Rival, ...] = ()
    """The other values that they may mean, likeliest first, then by alphabet; no more than `MOST_RIVALS`."""

    @property
    def is_ambiguous(self) -> bool:
        """Whether a rival is about as likely: ask which one was meant."""
        return bool(self.rivals) and self.rivals[0].probability >= AS_LIKELY * self.probability

    @property
    def equals(self) -> tuple[str, ...]:
        """The values to choose from: the likeliest and those about as likely."""
        close = (each.value for each in self.rivals if each.probability >= AS_LIKELY * self.probability)
        return (self.value, *close)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A phrase that ought to be a value and is none."""

    phrase: str
    nearest: tuple[str, ...] = ()
    """Values that are written most like it, nearest first; none if nothing is near."""


MOST_RIVALS = 20
"""Of a match. So many nobody can be asked about."""
