"""Which half of the day a time is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.temporal.clock import GOING_OUT, NOON, WAKING, WAKING_UP, Clock, aligned, clock

ambiguous = st.integers(0, NOON - 1).map(Clock)


@pytest.mark.parametrize(
    ("hour", "hint", "after", "expected"),
    [
        (6, "", None, "06:00"), (3, "", None, "15:00"), (12, "", None, "12:00"), (5, "", None, "17:00"),
        (6, "", 20 * 60, "06:00"), (9, "", 20 * 60, "21:00"), (3, "", 22 * 60, "15:00"), (7, "", 10 * 60, "19:00"),
        (6, WAKING_UP, 10 * 60, "06:00"), (3, WAKING_UP, None, "03:00"), (12, WAKING_UP, None, "12:00"),
        (8, GOING_OUT, None, "20:00"), (3, GOING_OUT, None, "15:00"), (12, "night", None, "00:00"),
        (2, "night", None, "02:00"), (9, "night", None, "21:00"), (12, "am", None, "00:00"), (12, "pm", None, "12:00"),
    ],
)  # fmt: skip
def test_the_half_of_the_day_follows_the_hint_or_the_next_waking_hour(
    hour: int, hint: str, after: int | None, expected: str
) -> None:
    assert Clock(hour % 12 * 60).resolved(hint, after).text == expected


@given(ambiguous, st.none() | st.integers(0, 1439))
def test_without_a_hint_a_time_is_in_waking_hours_and_on_the_dial(read: Clock, after: int | None) -> None:
    resolved = read.resolved("", after)
    assert resolved.minutes >= WAKING
    assert resolved.minutes % NOON == read.minutes


@given(ambiguous, st.integers(0, 1439))
def test_a_time_is_over_only_if_both_halves_are(read: Clock, after: int) -> None:
    later = [m for m in (read.minutes, read.minutes + NOON) if m > after and m >= WAKING]
    assert not later or read.resolved("", after).minutes == later[0]


@given(st.integers(-3, 30), st.integers(-5, 70), st.integers(-90, 90))
def test_any_hour_and_minute_is_a_time_or_none(hour: int, minute: int, offset: int) -> None:
    read = clock(hour, minute, offset, None, False)
    assert read is None or 0 <= read.minutes < 1440


@given(ambiguous, ambiguous)
def test_an_interval_of_two_open_times_is_at_most_half_a_day_long(start: Clock, end: Clock) -> None:
    first, last = aligned(start, end, "")
    assert first.is_exact
    assert last.is_exact
    assert 0 < (last.minutes - first.minutes) % 1440 <= NOON or first.minutes == last.minutes


def test_the_half_that_is_said_of_the_end_is_that_of_the_start_as_well() -> None:
    first, last = aligned(Clock(3 * 60), Clock(16 * 60, is_exact=True), "")
    assert (first.text, last.text) == ("15:00", "16:00")
    first, last = aligned(Clock(11 * 60), Clock(13 * 60, is_exact=True), "")
    assert (first.text, last.text) == ("11:00", "13:00")
