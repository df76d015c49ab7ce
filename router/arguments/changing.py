"""A value that takes another's place: what is not said of it stays as it was.

"Make it eight" of 19:00 is 20:00, "the 14th" of a day in March is in March, and
"twenty" of ten minutes is twenty minutes. Whether something is left unsaid shows
when the words are read at different moments: if it is not said, it follows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from router.arguments.mention import Format
from router.arguments.reading import Moment
from router.decisions import Argument


def as_before(old: Any, new: Any, kind: str, text: str, start: int, end: int, moment: Moment) -> Any:
    """Return the value that `text[start:end]` puts in the place of an old one; `new` where all of it is said."""

    def read(wanted: Format, now: datetime) -> Any:
        from router.arguments.temporal import mentions

        found = mentions(text, moment.language, now)
        here = (each for each in found if (each.start, each.end) == (start, end) and each.kind == wanted)
        return next((each.as_format(wanted) for each in here), None)

    if not isinstance(old, str) or not isinstance(new, str):
        return new
    if kind == "date":
        found = _day(old, moment, read)
    else:
        found = _time(old, read)
        if found and kind == "date-time":
            found = f"{old[:11]}{found}{':00' * (len(found) == 5)}{old[19:]}"
    return found or new


def _time(old: str, read: Any) -> str | None:
    """Return a time in the half of the day that an old one is in, if its half is not said; it may be "12:01" later."""
    clock = _CLOCK.search(old)
    first, second = read("time", _MIDNIGHT), read("time", _PAST_NOON)
    if clock is None or first is None or second is None or int(second[:2]) - int(first[:2]) != 12:
        return None
    return str(second if int(clock[1]) >= 12 else first) if first[2:] == second[2:] else None


def _day(old: str, moment: Moment, read: Any) -> str | None:
    """Return a day in the month, or in the year, of an old one, if that is not said and it is not over."""
    first, second = (read("date", probe) for probe in _PROBES)
    if first is None or second is None or first == second:
        return None
    before = date.fromisoformat(old)
    if first[5:] == second[5:]:
        found = read("date", datetime(before.year, 1, 1))
    elif first[8:] == second[8:] and first[:7] == f"{_PROBES[0]:%Y-%m}" and second >= f"{_PROBES[1]:%Y-%m-%d}":
        found = read("date", datetime(before.year, before.month, 1))
    else:
        return None
    today = f"{moment.now:%Y-%m-%d}" if moment.now else ""
    return None if found is None or found < today <= old else str(found)


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

    found, said = (
        [each for each in mentions(words, moment.language) if each.kind == "number"] for words in (text, old.text)
    )
    parts = _DURATION.fullmatch(str(old.value))
    if len(found) != 1 or len(said) > 1 or parts is None:
        return None
    count = said[0].as_format("number") if said else 1
    sizes = {name: float(size) * _SIZES[name][1] for name, size in parts.groupdict().items() if size}
    for unit, (family, size) in _UNITS.items():
        if count and {_SIZES[name][0] for name in sizes} == {family} and sum(sizes.values()) == count * size:
            new = Duration.of(found[0].as_format("number"), unit)
            return None if new is None else (new.text, found[0].start, found[0].end)
    return None


_CLOCK = re.compile(r"(?:^|T)(\d\d):\d\d")
_MIDNIGHT, _PAST_NOON = datetime(2025, 1, 1), datetime(2025, 1, 1) + timedelta(hours=12, minutes=1)
_PROBES = (datetime(2025, 1, 1), datetime(2027, 3, 2))
_DURATION = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_SIZES: Mapping[str, tuple[str, int]] = {
    "Y": ("months", 12), "M": ("months", 1), "W": ("days", 7), "D": ("days", 1),
    "h": ("seconds", 3600), "m": ("seconds", 60), "s": ("seconds", 1),
}  # fmt: skip
"""Of the parts of a duration: what they can be converted into, and how many of these they are."""
_UNITS: Mapping[str, tuple[str, int]] = {
    "hour": ("seconds", 3600), "minute": ("seconds", 60), "second": ("seconds", 1),
    "week": ("days", 7), "day": ("days", 1), "year": ("months", 12), "month": ("months", 1),
}  # fmt: skip
