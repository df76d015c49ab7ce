"""The formats that values are checked for: what the router itself writes, and what JSON Schema allows besides."""

from __future__ import annotations

import re
from datetime import datetime

from jsonschema import FormatChecker

FORMATS = FormatChecker(("date", "email", "ipv4", "ipv6", "uuid"))
"""Those for which jsonschema needs no other package, and the times below."""


@FORMATS.checks("time")
def is_time(value: object) -> bool:
    """Say whether a text is a time of day in 24 hours; seconds and the offset may be left out.

    >>> [is_time(text) for text in ("06:30", "23:59:59.5Z", "06:30+02:00", "6:30", "24:00", "half past six")]
    [True, True, True, False, False, False]
    """
    return not isinstance(value, str) or _TIME.fullmatch(value) is not None


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    """Say whether a text is a date and a time, with `T` between them. Raises ValueError for a day that never comes.

    >>> is_date_time("2025-03-14T06:30:00"), is_date_time("2025-03-14 06:30"), is_date_time("tomorrow")
    (True, False, False)
    """
    if not isinstance(value, str):
        return True
    day, _, time = value.partition("T")
    return bool(_DAY.fullmatch(day) and _TIME.fullmatch(time) and datetime.strptime(day, "%Y-%m-%d"))


@FORMATS.checks("duration")
def is_duration(value: object) -> bool:
    """Say whether a text is a span of time as ISO 8601 writes it.

    >>> [is_duration(text) for text in ("PT1H30M", "P2W", "PT0.5S", "P", "P1DT", "90 minutes")]
    [True, True, True, False, False, False]
    """
    return not isinstance(value, str) or _DURATION.fullmatch(value) is not None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_DURATION = re.compile(
    r"P(?=.)(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?)"
)
