"""What the router writes is in the format that declarations ask for, and what people say is not."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import DeclarationError
from router.arguments.temporal import mentions
from router.arguments.temporal.duration import Duration
from router.declarations import loads
from router.declarations.formats import FORMATS

_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=st.none() | _OFFSETS))
def test_every_moment_is_a_date_time_and_its_time_a_time(moment: datetime) -> None:
    assert FORMATS.conforms(moment.isoformat(), "date-time")
    assert FORMATS.conforms(moment.timetz().isoformat(), "time")
    assert FORMATS.conforms(moment.strftime("%H:%M"), "time")


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0, 1e6).map(lambda seconds: round(seconds, 2)))
def test_every_duration_is_one(months: int, days: int, seconds: float) -> None:
    assert FORMATS.conforms(Duration(months, days, seconds).text, "duration")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("wake me at quarter to seven", "time"),
        ("remind me in 90 seconds", "duration"),
        ("for two and a half hours", "duration"),
        ("in a fortnight", "duration"),
        ("tomorrow at noon", "date-time"),
    ],
)
def test_what_is_read_in_an_utterance_is_in_its_format(said: str, name: str) -> None:
    read = [mention.as_format(name) for mention in mentions(said, "en", datetime(2026, 3, 4, 9, 30))]  # type: ignore[arg-type]
    values = [value for value in read if value is not None]
    assert values
    assert all(FORMATS.conforms(value, name) for value in values)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        *[
            (text, "time")
            for text in ("6:30", "0630", "24:00", "06:60", "06:30 ", "06:30\n", "06:30am", "T06:30", "٠٦:٣٠")
        ],
        *[
            (text, "duration")
            for text in ("", "P", "PT", "P1DT", "PT1H30", "P1W2D", "pt5m", "PT1.5H", "-PT5M", "5 min")
        ],
        *[(text, "date-time") for text in ("2025-03-14", "2025-03-14 06:30", "2025-13-14T06:30", "T06:30", "now")],
    ],
)
def test_what_is_nearly_in_a_format_is_not(value: str, name: str) -> None:
    assert not FORMATS.conforms(value, name)


@given(st.none() | st.booleans() | st.integers() | st.lists(st.text()))
def test_a_format_says_nothing_of_what_is_no_text(value: object) -> None:
    assert all(FORMATS.conforms(value, name) for name in FORMATS.checkers)


def test_an_argument_in_another_format_is_an_error_at_its_line() -> None:
    with pytest.raises(DeclarationError, match=r"line 7 .*arguments\.time: 'six' is not in the format 'time'"):
        loads("""
name: set_alarm
description: Set an alarm.
parameters: {type: object, properties: {time: {type: string, format: time}}}
examples:
  - utterance: wake me at six
    arguments: {time: six}
""")
