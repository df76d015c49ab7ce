"""From an utterance to its mentions of numbers, measures, times, dates and durations."""

from __future__ import annotations

from datetime import datetime

from router.arguments.mention import Mention
from router.arguments.numerals.lexicon import language_of
from router.arguments.numerals.tokens import tokenize
from router.arguments.temporal.calendar import Context
from router.arguments.temporal.combining import combined
from router.arguments.temporal.finding import find
from router.arguments.temporal.grammar import grammar
from router.arguments.temporal.holes import Holes


def mentions(
    text: str, language: str = "en", now: datetime | None = None, *, future: bool = True
) -> tuple[Mention, ...]:
    """Return what an utterance may say about numbers and times, in the order of the text.

    Mentions may overlap: "7 30" is a time, and two numbers. `language` is a BCP 47
    tag; its region says whether 3/4 is in March and which day weeks begin with.
    `future` says where a date without a year lies, and "friday": the next one, or
    else the last. Without `now` what depends on it has no value. Of a text longer
    than an utterance, the beginning is read. Raises ValueError for a language that
    does not ship.

    >>> for one in mentions("wake me at half past six", now=datetime(2026, 3, 4, 20)):
    ...     if one.kind == "time":
    ...         print(one.kind, (one.start, one.end), one.as_format("time"), one.as_format("date-time"))
    time (11, 24) 06:30 2026-03-05T06:30:00
    """
    context = _context(language, now, future)
    holes = Holes(tokenize(text), grammar(language_of(language)), context)
    found = find(holes)
    return tuple(combined(found, holes)) if found else ()


def _context(tag: str, now: datetime | None, future: bool) -> Context:
    language, *subtags = tag.replace("_", "-").split("-")
    region = next((part.upper() for part in subtags if len(part) == 2), "")
    is_american = language.lower() == "en" and region in _MONTH_FIRST
    return Context(now, future, 6 if region in _SUNDAY_FIRST else 0, is_american)


_MONTH_FIRST = frozenset({"", "US", "PH"})
"""English regions that write the month before the day; "en" alone is as in the CLDR, which takes it for American."""
_SUNDAY_FIRST = frozenset({"BR", "CA", "IL", "IN", "MX", "PH", "PT", "US", "ZA", "CO", "PE", "VE"})
"""Regions whose weeks begin on Sunday, of the CLDR; others', and those of a language without a region, on Monday."""
