"""Numbers that may be hours, minutes, days of a month or years, and times and dates written in figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from router.arguments.numerals.numeral import Numeral

Filled: TypeAlias = list[tuple[int, Any]]
"""Where something ends, and its value."""
Reader: TypeAlias = Callable[[Sequence[Numeral], str, int], Filled]
"""What the numbers at a token may be, given what is written there and which token it is."""


def _numbers(numbers: Sequence[Numeral], _word: str, _at: int) -> Filled:
    return [(n.end, n.value) for n in numbers if not n.is_ordinal and n.value >= 0]


def _hours(numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    """An hour, and whether a zero is written before it."""
    return [
        (n.end, (n.value, n.is_figures and word.startswith("0")))
        for n in _cardinals(numbers, 0, 24)
        if not n.is_figures or (n.end == at + 1 and len(word) <= 2)
    ]


def _minutes(numbers: Sequence[Numeral], _word: str, _at: int) -> Filled:
    return [(n.end, n.value) for n in _cardinals(numbers, 1, 59)]


def _fives(numbers: Sequence[Numeral], _word: str, _at: int) -> Filled:
    return [(n.end, n.value) for n in _cardinals(numbers, 5, 25) if n.value % 5 == 0]


def _two_figures(numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    return [
        (n.end, n.value)
        for n in _cardinals(numbers, 0, 59)
        if (n.end == at + 1 and len(word) == 2 if n.is_figures else n.value >= 10)
    ]


def _hundreds(numbers: Sequence[Numeral], _word: str, _at: int) -> Filled:
    """What is said as "six hundred" or "five hundred and thirty"."""
    return [
        (n.end, (int(n.value) // 100, int(n.value) % 100, None, False))
        for n in _cardinals(numbers, 100, 2359)
        if n.value % 100 < 60 and not n.is_figures
    ]


def _four_figures(_numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    is_clock = re.fullmatch(r"(?:[01][0-9]|2[0-3])[0-5][0-9]", word)
    return [(at + 1, (int(word[:2]), int(word[2:]), None, True))] if is_clock else []


def _clock(_numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    hour, minute, *second = word.split(":")
    return [(at + 1, (int(hour), int(minute), int(second[0]) if second else None, hour.startswith("0")))]


def _dotted(_numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    found = re.fullmatch(r"([0-9]{1,2})\.([0-5][0-9])", word)
    return [(at + 1, (int(found[1]), int(found[2]), None, word.startswith("0")))] if found else []


def _hours_and_minutes(_numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    hour, minute = map(int, re.findall("[0-9]+", word))
    return [(at + 1, (hour, minute, None, False))] if minute < 60 else []


def _days(numbers: Sequence[Numeral], _word: str, _at: int) -> Filled:
    return _ordinals(numbers, _word, _at) + [(n.end, n.value) for n in _cardinals(numbers, 1, 31)]


def _ordinals(numbers: Sequence[Numeral], _word: str, _at: int) -> Filled:
    return [(n.end, n.value) for n in numbers if n.is_ordinal and 1 <= n.value <= 31]


def _written(_numbers: Sequence[Numeral], word: str, at: int) -> Filled:
    return [(at + 1, word)]


def _cardinals(numbers: Sequence[Numeral], least: int, most: int) -> list[Numeral]:
    return [n for n in numbers if not n.is_ordinal and isinstance(n.value, int) and least <= n.value <= most]


READERS: Mapping[str, Reader] = {
    "number": _numbers, "hour": _hours, "minute": _minutes, "five": _fives, "mm": _two_figures, "day": _days,
    "ordinal": _ordinals, "hundreds": _hundreds, "hhmm": _four_figures, "dotted": _dotted, "clock": _clock,
    "hm": _hours_and_minutes, "stamp": _written, "dmy": _written,
}  # fmt: skip
"""By the name of the hole."""
