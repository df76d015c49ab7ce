"""Which day is meant."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.temporal.calendar import Context, day_of, yearly

WEDNESDAY = datetime(2026, 3, 4, 10)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1))
weekdays = st.integers(0, 6)


def context(now: datetime | None = WEDNESDAY, future: bool = True, first: int = 0) -> Context:
    return Context(now, future, first, month_first=True)


@given(moments, weekdays, weekdays)
def test_the_days_of_a_name_lie_where_they_are_said_to(now: datetime, weekday: int, first: int) -> None:
    today, said = now.date(), {"weekday": weekday}
    at = context(now, first=first)
    plain, this, following, last = (
        day_of(action, said, at) for action in ("weekday", "this weekday", "next weekday", "last weekday")
    )
    assert plain
    assert this
    assert following
    assert last
    assert {day.weekday() for day in (plain, this, following, last)} == {weekday}
    assert today < plain <= today + timedelta(days=7)
    assert today <= this < today + timedelta(days=7)
    assert last < today <= last + timedelta(days=7)
    begins = today - timedelta(days=(today.weekday() - first) % 7)
    assert begins + timedelta(days=7) <= following < begins + timedelta(days=14)


@given(moments, st.dates(date(2000, 1, 1), date(2000, 12, 31)), st.booleans())
def test_a_day_without_a_year_is_the_nearest_on_its_side_of_today(now: datetime, day: date, future: bool) -> None:
    found = yearly(day.month, day.day, None, context(now, future))
    assert found is not None
    assert (found.month, found.day) == (day.month, day.day)
    assert (found >= now.date()) if future else (found <= now.date())
    assert abs((found - now.date()).days) <= 366 * 8


def test_without_now_only_what_has_a_year_is_known() -> None:
    nowhen = context(None)
    assert day_of("weekday", {"weekday": 0}, nowhen) is None
    assert day_of("today 1", {}, nowhen) is None
    assert yearly(5, 1, None, nowhen) is None
    assert yearly(5, 1, 2027, nowhen) == date(2027, 5, 1)


def test_a_bare_name_may_be_of_the_past() -> None:
    past = context(future=False)
    assert day_of("weekday", {"weekday": 4}, past) == date(2026, 2, 27)
    assert day_of("weekday", {"weekday": 2}, past) == date(2026, 3, 4)
    assert day_of("day", {"day": 5}, past) == date(2026, 2, 5)


@pytest.mark.parametrize(
    "said", [{"month": 2, "day": 30}, {"month": 13, "day": 1}, {"month": 4, "day": 31, "year": 2027}]
)
def test_a_day_that_no_calendar_has_is_an_error(said: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="month"):
        day_of("date", said, context())


def test_periods_begin_with_their_first_day_that_is_not_over() -> None:
    at = context()
    assert day_of("period week 1", {}, at) == date(2026, 3, 9)
    assert day_of("period month 1", {}, at) == date(2026, 4, 1)
    assert day_of("period weekend 0", {}, at) == date(2026, 3, 7)
    assert day_of("period weekend 0", {}, context(datetime(2026, 3, 8))) == date(2026, 3, 8)
