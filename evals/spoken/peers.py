"""What libraries claim of the same rows: dateparser and text2num, which nobody needs to have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evals.spoken.suite import Claim, Finder, Row

DATEPARSER_FORMATS = ("time", "date", "date-time")
NUMBER_FORMATS = ("integer", "number")


def dateparser(row: Row, wanted: str) -> Iterable[Claim]:
    """Claim what dateparser.search finds, in the future, from the row's now."""
    from dateparser.search import search_dates

    if wanted not in DATEPARSER_FORMATS:
        return
    settings: dict[str, Any] = {"PREFER_DATES_FROM": "future", "RETURN_AS_TIMEZONE_AWARE": False}
    if row.now is not None:
        settings["RELATIVE_BASE"] = row.now
    language = row.language.partition("-")[0]
    start = 0
    for words, found in search_dates(row.text, languages=[language], settings=settings) or ():
        start = row.text.find(words, start)
        if start >= 0:
            yield Claim(start, start + len(words), 1.0, _as(wanted, found))
            start += len(words)


def text2num(row: Row, wanted: str) -> Iterable[Claim]:
    """Claim the numbers that text2num finds."""
    from text_to_num import find_numbers

    if wanted in NUMBER_FORMATS:
        words = [_Word(found) for found in re.finditer(r"\w+(?:[.,]\w+)*|[^\w\s]", row.text)]
        for found in find_numbers(words, row.language.partition("-")[0]):
            start, end = words[found.start].found.start(), words[found.end - 1].found.end()
            yield Claim(start, end, 1.0, _plain(found.value))


@dataclass(frozen=True)
class _Word:
    """A token as text2num wants it."""

    found: re.Match[str]

    def text(self) -> str:
        return self.found[0]

    def nt_separated(self, _previous: _Word) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def recognizers(row: Row, wanted: str) -> Iterable[Claim]:
    """Claim what recognizers-text finds: the first resolution that lies after now, or the first."""
    from recognizers_date_time import recognize_datetime
    from recognizers_number import recognize_number

    culture = _CULTURES.get(row.language.partition("-")[0])
    if culture is None:
        return
    if wanted in NUMBER_FORMATS:
        for found in recognize_number(row.text, culture):
            yield Claim(found.start, found.end + 1, 1.0, _plain(float(found.resolution["value"].replace(",", "."))))
    for found in recognize_datetime(row.text, culture, reference=row.now or datetime(2026, 3, 4, 10)):
        for resolved in sorted((found.resolution or {}).get("values", ()), key=lambda one: not _is_later(one, row)):
            if (value := _resolved(resolved, wanted)) is not None:
                yield Claim(found.start, found.end + 1, 1.0, value)
                break


def _is_later(resolved: dict[str, str], row: Row) -> bool:
    value = resolved.get("value", "")
    return row.now is None or value.replace(" ", "T") > row.now.isoformat()[: len(value)]


def _resolved(resolved: dict[str, str], wanted: str) -> Any:
    kind, value = resolved.get("type", ""), resolved.get("value", "")
    if kind == wanted == "time":
        return value[:5] if value.endswith(":00") else value
    if kind == wanted == "date":
        return value
    if kind == "datetime" and wanted in DATEPARSER_FORMATS:
        return _as(wanted, datetime.fromisoformat(value))
    if kind == wanted == "duration":
        return resolved["timex"]
    if kind == "timerange" and wanted == "interval":
        return f"{resolved['start'][:5]}/{resolved['end'][:5]}"
    return None


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


def _as(wanted: str, moment: datetime) -> str:
    written: Callable[[], str] = {
        "time": lambda: f"{moment:%H:%M}" if not moment.second else f"{moment:%H:%M:%S}",
        "date": lambda: moment.date().isoformat(),
        "date-time": lambda: moment.isoformat(timespec="seconds"),
    }[wanted]
    return written()


_CULTURES = {
    "de": "de-de", "en": "en-us", "es": "es-es", "fr": "fr-fr", "it": "it-it", "nl": "nl-nl", "pt": "pt-br",
}  # fmt: skip
PEERS: dict[str, tuple[Finder, tuple[str, ...]]] = {
    "dateparser": (dateparser, DATEPARSER_FORMATS),
    "text2num": (text2num, NUMBER_FORMATS),
    "recognizers-text": (recognizers, (*DATEPARSER_FORMATS, *NUMBER_FORMATS, "duration", "interval")),
}
"""Each with the formats that it is asked for."""
