"""Durations are written in the fewest parts, and added to dates as people do."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.temporal.duration import SIZES, Duration

counts = st.one_of(st.integers(0, 2_000_000), st.floats(0, 2_000_000, allow_nan=False))


@pytest.mark.parametrize(
    ("count", "unit", "text"),
    [
        (90, "second", "PT1M30S"), (90, "minute", "PT1H30M"), (1.5, "hour", "PT1H30M"), (24, "hour", "PT24H"),
        (1, "day", "P1D"), (1.5, "day", "P1DT12H"), (2, "week", "P2W"), (1, "fortnight", "P2W"),
        (2.5, "week", "P17DT12H"),        (18, "month", "P1Y6M"), (1.5, "year", "P1Y6M"), (1.5, "month", "P1M15D"),
        (0, "minute", "PT0S"),        (3, "quarter", "PT45M"),
    ],
)  # fmt: skip
def test_durations_are_written_in_the_fewest_parts(count: float, unit: str, text: str) -> None:
    duration = Duration.of(count, unit)
    assert duration is not None
    assert duration.text == text


@given(counts, st.sampled_from(sorted(SIZES)))
def test_every_duration_is_iso_8601_or_none(count: float, unit: str) -> None:
    duration = Duration.of(count, unit)
    pattern = r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
    assert duration is None or re.fullmatch(pattern, duration.text)


def test_a_month_after_the_end_of_a_long_month_is_the_end_of_the_next() -> None:
    assert Duration(months=1).after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert Duration(months=12).after(date(2028, 2, 29), -1) == date(2027, 2, 28)


@given(st.dates(), st.integers(0, 1_000_000), st.integers(0, 1_000_000), st.sampled_from([1, -1]))
def test_the_calendar_may_end(day: date, months: int, days: int, sign: int) -> None:
    found = Duration(months, days).after(day, sign)
    assert found is None or (found >= day if sign > 0 else found <= day)
