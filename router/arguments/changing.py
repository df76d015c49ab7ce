"""A value that takes another's place: what is not said of it stays as it was.

"Make it eight" of 19:00 is 20:00, "the 14th" of a day in March is in March, and
"twenty" of ten minutes is twenty minutes. Whether the month or the year of a day
is said shows when its words are read at different moments: if not, it follows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from router.arguments.mention import Format, Kind
from router.arguments.reading import Moment
from router.decisions import Argument


def as_before(old: Any, new: Any, kind: str, text: str, start: int, end: int, moment: Moment) -> Any:
    """Return the value that `text[start:end]` puts in the place of an old one; `new` where all of it is said.

    `kind` is that of the hole: a time, a date or a date-time.
    """

    def read(wanted: Format, kind: Kind, now: datetime | None) -> Any:
        from router.arguments.temporal import mentions

        found = mentions(text, moment.language, now)
        here = (each for each in found if (each.start, each.end, each.kind) == (start, end, kind))
        return next((each.as_format(wanted) for each in here), None)

    if not isinstance(old, str) or not isinstance(new, str):
        return new
    if kind == "date":
        return _day(old, moment, lambda now: read("date", "date", now)) or new
    before = _moment(old, kind)
    time, other = (read(wanted, "time", moment.now) for wanted in ("time", "other half"))
    if time is None or before is None:
        return new
    if other is not None and (time < "12") != (before.hour < 12):
        time = other
    if kind == "time":
        return time
    hour, minute, *second = map(int, time.split(":"))
    return before.replace(hour=hour, minute=minute, second=sum(second), microsecond=0).isoformat()


def _moment(value: str, kind: str) -> datetime | None:
    """Return when a time, of any day, or a date-time is; None if the value is neither."""
    try:
        return datetime.fromisoformat(f"2000-01-01T{value}" if kind == "time" else value)
    except ValueError:
        return None


def _day(old: str, moment: Moment, read: Callable[[datetime], str | None]) -> str | None:
    """Return a day in the month, or in the year, of an old one, if that is not said and it is not over."""
    first, second = map(read, _PROBES)
    if first is None or second is None or first == second:
        return None
    try:
        before = date.fromisoformat(old)
    except ValueError:
        return None
    if first[5:] == second[5:]:
        found = read(datetime(before.year, 1, 1))
    elif first[8:] == second[8:] and first[:7] == f"{_PROBES[0]:%Y-%m}" and second >= f"{_PROBES[1]:%Y-%m-%d}":
        found = read(datetime(before.year, before.month, 1))
    else:
        return None
    today = f"{moment.now:%Y-%m-%d}" if moment.now else ""
    return None if found is None or found < today <= old else found


def as_long(old: Argument, text: str, moment: Moment) -> tuple[str, int, int] | None:
    """Return the duration that a mere number puts in the place of an old one, and where the number is.

    It counts what was counted before: the unit is what the old duration has so
    many of, or one.

    >>> old = Argument("duration", "PT1H", "60 minutes", 0, 10, 1.0, "said")
    >>> as_long(old, "make it 90", Moment())
    ('PT1H30M', 8, 10)
    """
    from router.arguments.temporal import mentions
    from router.arguments.temporal.duration import Duration

    new, said = (
        [each for each in mentions(words, moment.language) if each.kind == "number"] for words in (text, old.text)
    )
    parts = _DURATION.fullmatch(str(old.value))
    if len(new) != 1 or len(said) > 1 or parts is None:
        return None
    counted, before = new[0].as_format("number"), said[0].as_format("number") if said else 1
    amounts = [(_PARTS[name], float(count)) for name, count in parts.groupdict().items() if count]
    families = {family for (family, _), _ in amounts}
    total = sum(size * count for (_, size), count in amounts)
    for unit, (family, size) in _UNITS.items():
        if families == {family} and total == before * size and counted > 0:
            duration = Duration.of(counted, unit)
            return None if duration is None else (duration.text, new[0].start, new[0].end)
    return None


_PROBES = (datetime(2025, 1, 1), datetime(2027, 3, 2))
"""Moments of different days, weekdays, months and years."""
_DURATION = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_PARTS: Mapping[str, tuple[str, int]] = {
    "Y": ("months", 12), "M": ("months", 1), "W": ("days", 7), "D": ("days", 1),
    "h": ("seconds", 3600), "m": ("seconds", 60), "s": ("seconds", 1),
}  # fmt: skip
"""Of the parts of a duration: what they can be converted into, and how many of these they are."""
_UNITS: Mapping[str, tuple[str, int]] = {
    "hour": ("seconds", 3600), "minute": ("seconds", 60), "second": ("seconds", 1),
    "week": ("days", 7), "day": ("days", 1), "year": ("months", 12), "month": ("months", 1),
}  # fmt: skip
