"""Durations, as ISO 8601 writes them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

SECONDS = {"second": 1, "minute": 60, "quarter": 900, "half-hour": 1800, "three-quarters": 2700, "hour": 3600}
DAYS = {"day": 1, "week": 7, "fortnight": 14}
MONTHS = {"month": 1, "year": 12}
SIZES = {**SECONDS, **{unit: days * 86_400 for unit, days in DAYS.items()}, "month": 2_600_000, "year": 31_500_000}
"""About how long each unit is, in seconds: for comparing them."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time in what cannot be converted into each other."""

    months: int = 0
    days: int = 0
    seconds: float = 0

    @staticmethod
    def of(count: float, unit: str) -> Duration | None:
        """Return so many of a unit, None if that is more than anybody plans.

        Half a day is twelve hours, and half a month fifteen days.
        """
        if not 0 <= count <= _MOST:
            return None
        if unit in SECONDS:
            return Duration(seconds=round(count * SECONDS[unit], 3))
        if unit in DAYS:
            days = count * DAYS[unit]
            return Duration(days=int(days), seconds=round(days % 1 * 86_400, 3))
        months = count * MONTHS[unit]
        return Duration(months=int(months), days=round(months % 1 * 30))

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.months + other.months, self.days + other.days, self.seconds + other.seconds)

    @property
    def has_time(self) -> bool:
        """Whether it has less than days in it."""
        return self.seconds > 0 or not (self.months or self.days)

    @property
    def text(self) -> str:
        """ISO 8601 in the fewest parts.

        >>> Duration(seconds=90).text, Duration(days=14).text, Duration(months=18).text
        ('PT1M30S', 'P2W', 'P1Y6M')
        """
        years, months = divmod(self.months, 12)
        if self.days and self.days % 7 == 0 and not self.months and not self.seconds:
            return f"P{self.days // 7}W"
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(int(minutes), 60)
        day_part = "".join(f"{count}{name}" for count, name in ((years, "Y"), (months, "M"), (self.days, "D")) if count)
        time_part = "".join(
            f"{count:g}{name}" if name == "S" else f"{count}{name}"
            for count, name in ((hours, "H"), (minutes, "M"), (round(seconds, 3), "S"))
            if count
        )
        return f"P{day_part}" + (f"T{time_part}" if time_part else "") if day_part or time_part else "PT0S"

    def after(self, day: date, sign: int = 1) -> date | None:
        """Return the day that comes so long after another, or before it; None if the calendar ends there.

        A month after the 31st is the last of the next month, if that is shorter.
        """
        month = day.year * 12 + day.month - 1 + sign * self.months
        year, month = divmod(month, 12)
        try:
            moved = day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
            return moved + timedelta(days=sign * self.days)
        except (ValueError, OverflowError):
            return None


_MOST = 1_000_000
