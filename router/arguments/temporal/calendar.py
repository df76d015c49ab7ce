"""Dates: which day is meant by what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Context:
    """When and where something is said."""

    now: datetime | None
    is_future: bool
    """Whether what has no year or week is in the future."""
    first_weekday: int
    """Which day weeks begin with, 0 for Monday."""
    month_first: bool
    """Whether 3/4 is the fourth of March."""

    @property
    def today(self) -> date | None:
        """The day of `now`."""
        return None if self.now is None else self.now.date()


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was said."""

    date: date | None
    """None where it depends on a `now` that is not known."""
    certainty: float
    part: str = ""
    """Of the day: "tomorrow morning"."""
    weekday: int | None = None
    """Where it was said by the name of a day of the week."""
    is_month: bool = False
    """Whether only a month was said."""


def day_of(action: str, said: Mapping[str, Any], context: Context) -> date | None:
    """Return the day that a rule's action means; None if it is not known. Raises ValueError if there is no such day.

    | action | the day |
    |---|---|
    | today N | so many days from today |
    | weekday | the next of that name, not today |
    | this weekday | the next of that name, or today |
    | next weekday | the one in the week after this |
    | last weekday | the one before today |
    | weekday after | the one a week after the next |
    | weekday week N | the one in the week that is so many after this one |
    | month N | that day of the month that is so many after this one |
    | day, date | as it is written in a calendar, in the month or year that is nearest in the future |
    | month | its first day that is not over |
    | period UNIT N | the first day of the week, month or year that is so many after this one |
    """
    today = context.today
    match action.split():
        case ["today", days]:
            return None if today is None else today + timedelta(days=int(days))
        case ["weekday", "week", count]:
            return None if today is None else _in_week(int(count), said["weekday"], today, context)
        case ["month", count]:
            return None if today is None else _first("month", int(count), today, context).replace(day=_day(said))
        case ["weekday", "after"]:
            return None if today is None else _weekday("", said["weekday"], today, context) + timedelta(days=7)
        case [*which, "weekday"]:
            return None if today is None else _weekday(which[0] if which else "", said["weekday"], today, context)
        case ["weekday", "day"] | ["day"]:
            return _monthly(_day(said), context)
        case ["month"]:
            return _month(said["month"], said.get("year"), context)
        case ["date"]:
            return yearly(said["month"], _day(said), said.get("year"), context)
        case ["stamp"]:
            return date.fromisoformat(said["stamp"][:10].replace("/", "-"))
        case ["dmy"]:
            return _in_figures(said["dmy"], context)
        case ["period", unit, count]:
            return None if today is None else _first(unit, int(count), today, context)
    raise AssertionError(action)


def yearly(month: int, day: int, year: int | None, context: Context) -> date | None:
    """Return a day of the year; without a year the next one from today on, or the last one until today."""
    if year is not None:
        return date(year, month, day)
    date(2000, month, day)
    if context.today is None:
        return None
    steps = range(9) if context.is_future else range(0, -9, -1)
    for step in steps:
        try:
            found = context.today.replace(year=context.today.year + step, month=month, day=day)
        except ValueError:  # the 29th of February
            continue
        if found == context.today or (found > context.today) == context.is_future:
            return found
    return None


def _monthly(day: int, context: Context) -> date | None:
    if context.today is None:
        return None
    for step in range(3):
        months = context.today.year * 12 + context.today.month - 1 + (step if context.is_future else -step)
        try:
            found = date(months // 12, months % 12 + 1, day)
        except ValueError:
            continue
        if found == context.today or (found > context.today) == context.is_future:
            return found
    return None


def _month(month: int, year: int | None, context: Context) -> date | None:
    if year is None and context.today is not None and context.today.month == month and context.is_future:
        return context.today
    return yearly(month, 1, year, context)


def _weekday(which: str, weekday: int, today: date, context: Context) -> date:
    ahead = (weekday - today.weekday()) % 7
    if which == "last" or (not which and not context.is_future):
        return today - timedelta(days=(7 - ahead) if ahead or which else 0)
    if which == "next":
        return _in_week(1, weekday, today, context)
    return today + timedelta(days=ahead if which or ahead else 7)


def _in_week(count: int, weekday: int, today: date, context: Context) -> date:
    """Return a day of this week or a later one; of this week it is not over, where weeks may begin on either day."""
    begun = (today.weekday() - context.first_weekday) % 7
    found = today + timedelta(days=7 * count - begun + (weekday - context.first_weekday) % 7)
    return found + timedelta(days=7) if not count and context.is_future and found < today else found


def _in_figures(figures: str, context: Context) -> date | None:
    """Read 3/4, 3/4/26, 3.4. or 03-04-2026. What is more than twelve is no month."""
    parts = [int(part) for part in figures.replace("/", " ").replace(".", " ").replace("-", " ").split()]
    first, second = parts[:2]
    is_month_first = (context.month_first and "/" in figures and first <= 12) or second > 12
    month, day = (first, second) if is_month_first else (second, first)
    year = parts[2] if len(parts) > 2 else None
    if year is not None and year < 100:
        year += 2000 if year < 70 else 1900
    return yearly(month, day, year, context)


def _first(unit: str, count: int, today: date, context: Context) -> date:
    if unit == "month":
        months = today.year * 12 + today.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)
    if unit == "year":
        return date(today.year + count, 1, 1)
    if unit == "weekend":
        saturday = today + timedelta(days=(5 - today.weekday()) % 7 if today.weekday() != 6 else -1)
        return max(saturday + timedelta(days=7 * count), today)
    begun = (today.weekday() - context.first_weekday) % 7
    return today + timedelta(days=7 * count - begun)


def _day(said: Mapping[str, Any]) -> int:
    day: int = next(said[name] for name in ("day", "ordinal", "number") if name in said)
    if not 1 <= day <= 31:
        raise ValueError(f"{day} is no day of a month")
    return day
