"""Dates and times in parameters that are plain text: the layout that a description asks for.

"The start date (e.g. 2021-01-01)", "in the format MM/DD/YYYY", "%H:%M".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from router.arguments.holes import Hole
from router.arguments.reading import Read, Readings


@dataclass(frozen=True, slots=True)
class Layout:
    """How a date or a time is written."""

    kind: Literal["date", "time", "date-time"]
    pattern: str
    """Of `strftime`."""


def layout(hole: Hole) -> Layout | None:
    """Return the layout that the description of a text shows, if any.

    >>> hole = Hole(("day",), "text", {}, None, True, "The day, as DD/MM/YYYY.")
    >>> layout(hole)
    Layout(kind='date', pattern='%d/%m/%Y')
    """
    if hole.kind != "text":
        return None
    found = _LETTERS.search(hole.description) or _FIELDS.search(hole.description)
    if found:
        return _of(_SPELLED.sub(lambda part: _PARTS[part[0].lower()], found[0]) if "%" not in found[0] else found[0])
    for shown, pattern in _SHOWN:
        if shown.search(hole.description):
            return _of(pattern)
    return None


def laid_out(hole: Hole, own: Layout, readings: Readings) -> Iterator[Read]:
    """Yield the dates or times of a text as a parameter writes them."""
    for each in readings.of(replace(hole, kind=own.kind), {}, None):
        value = None if each.value is None else _parsed(own.kind, each.value)
        yield replace(each, value=None if value is None else value.strftime(own.pattern))


def _of(pattern: str) -> Layout | None:
    has_date, has_time = "%d" in pattern, "%H" in pattern
    if not (has_date or has_time):
        return None
    return Layout("date-time" if has_date and has_time else "date" if has_date else "time", pattern)


def _parsed(kind: str, value: str) -> date | time | None:
    try:
        if kind == "time":
            return time.fromisoformat(value)
        return date.fromisoformat(value) if kind == "date" else datetime.fromisoformat(value)
    except ValueError:
        return None


_PARTS = {"yyyy": "%Y", "mm": "%m", "dd": "%d", "hh": "%H", "ss": "%S", ":mm": ":%M"}
_SPELLED = re.compile(r":mm|yyyy|mm|dd|hh|ss", re.I)
_LETTERS = re.compile(
    r"\b(?:(?:yyyy([-/.])mm\1dd|(?:mm([-/.])dd|dd([-/.])mm)[-/.]yyyy)(?:[ t]hh:mm(?::ss)?)?|hh:mm(?::ss)?)\b", re.I
)
_FIELDS = re.compile(r"%[YmdHMS](?:[-/.: T]?%[YmdHMS]){1,5}")
_SHOWN = (
    (re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"), "%Y-%m-%dT%H:%M:%S"),
    (re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2} \d{2}:\d{2}"), "%Y-%m-%d %H:%M"),
    (re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)"), "%Y-%m-%d"),
    (re.compile(r"(?<!\d)(?:1[3-9]|2\d|3[01])/\d{2}/\d{4}(?!\d)"), "%d/%m/%Y"),
    (re.compile(r"(?<!\d)\d{2}/(?:1[3-9]|2\d|3[01])/\d{4}(?!\d)"), "%m/%d/%Y"),
    (re.compile(r"(?<![\d:])[0-2]\d:[0-5]\d(?![\d:])(?!\s*[ap]\.?m)", re.I), "%H:%M"),
)
