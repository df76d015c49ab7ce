"""Times of day: what was said, and which half of the day it is in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

NOON, DAY = 720, 1440
UNKNOWN = -1
"""The minutes of a time that depends on a `now` that is not known."""
WAKING = 360
"""Without a hint, a time is no earlier than 06:00."""
WAKING_UP, GOING_OUT = "waking up", "going out"
"""What an utterance may be about that has its times in the morning, or in the evening."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time that was said."""

    minutes: int
    """After midnight; of an ambiguous time, less than 720."""
    second: int | None = None
    is_exact: bool = False
    """Whether the half of the day is known."""
    is_bare: bool = False
    """Whether it is only a number."""
    certainty: float = 0.9
    is_chosen: bool = False
    """Whether nothing says which half of the day it is in, and one was chosen."""

    def in_part(self, part: str) -> Clock:
        """Return the time in a part of the day.

        >>> Clock(60 * 9).in_part("evening").text, Clock(60 * 2).in_part("night").text
        ('21:00', '02:00')
        """
        minutes = self.minutes
        if self.is_exact and not (part == "pm" and 0 <= minutes < NOON):
            return self
        hour = minutes // 60
        is_later = part in {"pm", "afternoon"} or (part == "evening" and hour > 0) or (part == "night" and hour > 4)
        return replace(self, minutes=minutes + NOON if is_later else minutes, is_exact=True)

    def resolved(self, hint: str, after: int | None) -> Clock:
        """Choose the half of the day.

        By the hint: a part of the day, or what an utterance is about. Else it is the
        first time from 06:00 on, or where that is over, after so many minutes of the
        day, the next one.
        """
        hour = self.minutes // 60
        if self.is_exact:
            return self
        if hint == WAKING_UP:
            return self.in_part("afternoon" if hour == 0 else "morning")
        if hint and (hint != GOING_OUT or hour >= _EARLIEST_DINNER):
            return self.in_part("evening" if hint == GOING_OUT else hint)
        both = [minutes for minutes in (self.minutes, self.minutes + NOON) if minutes >= WAKING]
        later = [minutes for minutes in both if after is None or minutes > after]
        return replace(self, minutes=(later or both)[0], is_exact=True, is_chosen=True)

    @property
    def in_other_half(self) -> Clock:
        """The same time in the other half of the day."""
        return replace(self, minutes=(self.minutes + NOON) % DAY)

    @property
    def text(self) -> str:
        """The time as it is written, of an exact one."""
        seconds = "" if self.second is None else f":{self.second:02}"
        return f"{self.minutes // 60:02}:{self.minutes % 60:02}{seconds}"


def clock(hour: int, minute: int, offset: int, second: int | None, is_padded: bool) -> Clock | None:
    """Return the time so many minutes from another; None if there is no such time.

    >>> clock(7, 0, -15, None, False)
    Clock(minutes=405, second=None, is_exact=False, is_bare=False, certainty=0.9, is_chosen=False)
    """
    if not (0 <= hour <= 24 and 0 <= minute < 60) or (hour == 24 and minute) or (second or 0) > 59:
        return None
    total = hour * 60 + minute + offset
    if hour > 12 or hour == 0 or is_padded:
        return Clock(total % DAY, second, is_exact=True)
    return Clock(total % NOON, second)


def offset(action: str, minute: int) -> int:
    """Return the minutes that "-30+m" adds.

    >>> offset("-30+m", 5)
    -25
    """
    return sum(
        (-1 if sign == "-" else 1) * (minute if amount == "m" else int(amount))
        for sign, amount in re.findall(r"([+-])(m|\d+)", action)
    )


def aligned(start: Clock, end: Clock, hint: str) -> tuple[Clock, Clock]:
    """Return two times of an interval in the halves of the day that make it the shortest.

    Where both are open the first is resolved without one; the end follows the start.
    """
    if end.is_exact and not start.is_exact:
        before = [m for m in (start.minutes, start.minutes + NOON) if m < end.minutes] or [start.minutes + NOON]
        return replace(start, minutes=before[-1], is_exact=True), end
    start = start.resolved(hint, None)
    if not end.is_exact:
        after = [m for m in (end.minutes, end.minutes + NOON) if m > start.minutes] or [end.minutes]
        end = replace(end, minutes=after[0], is_exact=True)
    return start, end


_EARLIEST_DINNER = 5
