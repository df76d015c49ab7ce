"""Mentions of numbers and times: where they are, what they mean, and how surely."""

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from num2words import num2words

from router.arguments.numerals.lexicon import LANGUAGES
from router.arguments.temporal import Format, Kind, Mention, mentions
from router.arguments.temporal.grammar import grammar

NOW = datetime(2026, 3, 4, 10)
languages = st.sampled_from(LANGUAGES)
moments = st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC))
words = st.sampled_from(
    [
        "7", "30", "7:30", "half", "past", "six", "in", "an", "hour", "and", "a", "to", "from", "next", "friday", "the",
        "3rd", "of", "may", "tomorrow", "morning", "pm", "every", "quarter", "twenty", "two", "weeks", "10/6", "2h30",
        "-", ",", "$5", "%", "um", "halb", "sieben", "uhr", "las", "y", "media", "dans", "heures", "et", "demie",
        "alle", "mezza", "às", "meia", "over", "kwart", "minus",
        "99999999999999999999", "31/2", "2026-02-30", "24:61", "👍", "שלום",
    ]
)  # fmt: skip
texts = st.one_of(st.text(), st.lists(words, max_size=25).map(" ".join))


def best(text: str, name: Format, language: str = "en", now: datetime | None = NOW, future: bool = True) -> Any:
    """Return the value of the surest mention that has one in a format."""
    found = [one for one in mentions(text, language, now, future=future) if one.as_format(name) is not None]
    return max(found, key=lambda one: one.certainty).as_format(name) if found else None


def sure(text: str, language: str = "en", now: datetime | None = NOW) -> list[tuple[Kind, str]]:
    """Return what is more likely than not, and its words."""
    return [(one.kind, text[one.start : one.end]) for one in mentions(text, language, now) if one.certainty >= 0.5]


@given(texts, st.sampled_from([*LANGUAGES, "en-GB", "pt-BR", "de_CH"]), moments, st.booleans())
@example("0" * 40, "en", None, True)
@example("from 24 to 24 31/12/9999 in 999999 years", "en", datetime.max, True)
@example("minus " * 333 + "7", "en", None, True)
@example("999999 years ago", "en", datetime.min, False)
def test_any_text_has_mentions_that_are_parts_of_it_and_json(
    text: str, language: str, now: datetime | None, future: bool
) -> None:
    found = mentions(text, language, now, future=future)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert 0 <= one.certainty <= 1
        assert one.kind in get_args(Kind)
        assert set(one.values) <= set(get_args(Format))
        json.dumps(dict(one.values), allow_nan=False)
    assert found == mentions(text, language, now, future=future)


@given(texts, languages)
def test_values_are_written_as_their_formats_say(text: str, language: str) -> None:
    for one in mentions(text, language, NOW):
        for name, value in one.values.items():
            match name:
                case "time":
                    datetime.strptime(value, "%H:%M" if len(value) == 5 else "%H:%M:%S")
                case "date":
                    assert date.fromisoformat(value).isoformat() == value
                case "date-time":
                    assert datetime.fromisoformat(value).isoformat(timespec="seconds") == value
                case "days":
                    assert value == sorted(set(value), key=["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index)
                case "integer":
                    assert value == one.values["number"]


@given(st.integers(1, 12), st.integers(0, 59), st.sampled_from(["am", "pm", "a.m.", "p. m."]))
def test_a_time_in_words_is_read_back(hour: int, minute: int, half: str) -> None:
    said_minute = "" if not minute else f"oh {num2words(minute)}" if minute < 10 else num2words(minute)
    said = f"{num2words(hour)} {said_minute}".strip()
    expected = f"{hour % 12 + (12 if half[0] == 'p' else 0):02}:{minute:02}"
    assert best(f"wake me at {said} {half} please", "time") == expected


@given(languages, st.integers(0, 23), st.integers(10, 59))
def test_a_time_in_figures_keeps_its_minutes(language: str, hour: int, minute: int) -> None:
    found = best(f"{hour}:{minute}", "time", language)
    assert found is not None
    assert int(found[:2]) % 12 == hour % 12
    assert found[3:] == str(minute)


@given(st.dates(date(1990, 1, 1), date(2150, 12, 31)))
def test_a_date_in_words_is_read_back(day: date) -> None:
    for said in (
        f"{day:%B} {day.day}, {day.year}",
        f"the {num2words(day.day, to='ordinal')} of {day:%B} {day.year}",
        f"{day:%A} {num2words(day.day, to='ordinal_num')} {day:%B} {day.year}",
        day.isoformat(),
    ):
        assert best(f"book it for {said} please", "date") == day.isoformat(), said


@given(languages, st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_in_figures_is_read_back(language: str, day: date) -> None:
    said = f"{day.month}/{day.day}/{day.year}" if language == "en" else f"{day.day}/{day.month}/{day.year}"
    assert best(said, "date", language) == day.isoformat()


@given(st.integers(1, 900), st.sampled_from(["second", "minute", "hour", "day", "week"]))
def test_a_while_from_now_is_that_much_later(count: int, unit: str) -> None:
    later = NOW + timedelta(**{f"{unit}s": count})
    name: Format = "date-time" if unit in ("second", "minute", "hour") else "date"
    assert best(f"in {num2words(count)} {unit}s", name) == (
        later.isoformat() if name == "date-time" else later.date().isoformat()
    )


def test_without_now_what_depends_on_it_is_found_and_has_no_value() -> None:
    for text, kind in [
        ("tomorrow", "date"),
        ("in half an hour", "date-time"),
        ("next friday", "date"),
        ("twenty past", "time"),
    ]:
        (found,) = [one for one in mentions(f"call me {text}", "en") if one.certainty > 0.5 and one.kind == kind]
        assert found.as_format("date") is found.as_format("date-time") is found.as_format("time") is None
    assert best("half past six", "time", now=None) == "06:30"
    assert best("the 3rd of may 2027", "date", now=None) == "2027-05-03"


def test_an_aware_now_gives_its_offset() -> None:
    now = NOW.replace(tzinfo=timezone(timedelta(hours=-5)))
    assert best("tomorrow at 7 pm", "date-time", now=now) == "2026-03-05T19:00:00-05:00"
    assert best("in an hour", "date-time", now=now) == "2026-03-04T11:00:00-05:00"


def test_the_region_says_which_comes_first_and_when_weeks_begin() -> None:
    assert best("10/6", "date", "en-GB") == "2026-06-10"
    assert best("10/6", "date", "en-US") == best("10/6", "date", "en") == "2026-10-06"
    assert best("next sunday", "date", "en-US") == "2026-03-08"
    assert best("next sunday", "date", "en-GB") == "2026-03-15"


def test_what_is_not_in_the_future_may_be_in_the_past() -> None:
    assert best("on friday", "date", future=False) == "2026-02-27"
    assert best("december 24", "date", future=False) == "2025-12-24"
    assert best("at 9 am", "date-time", future=False) == "2026-03-04T09:00:00"
    assert best("at 9 am", "date-time") == "2026-03-05T09:00:00"


def test_the_night_after_an_evening_belongs_to_the_next_day() -> None:
    assert best("tonight at 12", "date-time") == "2026-03-05T00:00:00"
    assert best("tonight at 11", "date-time") == "2026-03-04T23:00:00"


def test_the_ends_of_an_interval_are_times_in_the_same_half_of_the_day() -> None:
    found = [one for one in mentions("book it from 2 to 3 30", "en", NOW) if one.certainty > 0.5]
    assert [one.as_format("time") for one in found if one.kind == "time"] == ["14:00", "15:30"]
    assert best("book it from 2 to 3 30", "interval") == ["14:00", "15:30"]


def test_one_mention_may_have_several_formats_and_words_several_mentions() -> None:
    found = mentions("7 30", "en", NOW)
    assert {one.kind for one in found} == {"time", "number"}
    (pound,) = [one for one in mentions("5 pounds", "en") if one.as_format("unit") == "GBP"]
    assert pound.certainty < max(one.certainty for one in mentions("5 pounds", "en") if one.kind == "measure")


@pytest.mark.parametrize(
    ("surer", "less_sure"),
    [
        ("at 7", "7 people"),
        ("7 pm", "at 7"),
        ("wake me at 7", "table for 7"),
        ("may 5th", "may i"),
        ("on sun", "the sun"),
    ],
)
def test_what_goes_with_a_word_makes_it_surer(surer: str, less_sure: str) -> None:
    def surest(text: str) -> float:
        return max((one.certainty for one in mentions(text, "en", NOW) if one.kind in ("time", "date")), default=0.0)

    assert surest(surer) > surest(less_sure)


@pytest.mark.parametrize(
    "text",
    [
        "may i come in",
        "second hand shop",
        "one day we will see",
        "a bottle of 7 up",
        "march on",
        "set volume to 7",
        "good morning",
        "call 555 1234",
    ],
)
def test_what_only_looks_like_a_time_is_not_sure(text: str) -> None:
    assert [kind for kind, _ in sure(text) if kind not in ("number", "ordinal", "measure")] == []


@pytest.mark.parametrize("text", ["24:61", "31/2", "25 pm", "the 32nd of may"])
def test_there_is_no_time_that_no_clock_or_calendar_has(text: str) -> None:
    assert {kind for kind, _ in sure(text)} <= {"number", "ordinal"}


@pytest.mark.parametrize(
    "text", ["31/2/2026", "2026-02-30", "2026-13-45", "february 30th 2027", "the 31st of november", "31 april at 5 pm"]
)
def test_a_day_that_no_calendar_has_is_a_date_without_a_value(text: str) -> None:
    dates = [one for one in mentions(text, "en", NOW) if one.kind in ("date", "date-time")]
    assert (dates[0].start, dates[0].end) == (0, len(text))
    assert all(one.as_format(kind) is None for one in dates for kind in ("date", "date-time"))


@pytest.mark.parametrize(
    ("language", "text", "name", "value"),
    [
        ("en", "the 10th of this month", "date", "2026-03-10"),
        ("en", "friday next week", "date", "2026-03-13"),
        ("en", "monday this week", "date", "2026-03-09"),
        ("en", "two days from the 1st of april", "date", "2026-04-03"),
        ("en", "a room for two days from the 1st of april", "date", "2026-04-01"),
        ("en", "a table on the fifteenth", "date", "2026-03-15"),
        ("en", "the weather in may", "date", "2026-05-01"),
        ("en", "the weather in march", "date", "2026-03-04"),
        ("en", "dinner at evening 5", "time", "17:00"),
        ("en", "eight hundred am", "time", "08:00"),
        ("en", "twenty past", "time", "10:20"),
        ("en", "march third twenty twenty-seven", "date", "2027-03-03"),
        ("en", "monday week", "date", "2026-03-16"),
        ("en", "2026/03/09", "date", "2026-03-09"),
        ("en", "2026-03-04T18:00", "date-time", "2026-03-04T18:00:00"),
        ("de", "freitag nächster woche", "date", "2026-03-13"),
        ("de", "freitagabend um acht", "date-time", "2026-03-06T20:00:00"),
        ("fr", "vendredi de la semaine prochaine", "date", "2026-03-13"),
        ("fr", "trois heures de l'après-midi", "time", "15:00"),
        ("es", "el viernes de la semana que viene", "date", "2026-03-13"),
        ("it", "venerdì della prossima settimana", "date", "2026-03-13"),
        ("pt", "um de abril", "date", "2026-04-01"),
        ("nl", "vrijdag volgende week", "date", "2026-03-13"),
        ("nl", "wat heb ik nodig om een stoofschotel te maken", "integer", 1),
    ],
)
def test_these_mean_what_they_say(language: str, text: str, name: Format, value: object) -> None:
    assert best(text, name, language) == value


def test_an_article_is_no_hour() -> None:
    assert sure("wat heb ik nodig om een stoofschotel te maken", "nl") == []
    assert sure("que opinas de las tres leyes", "es") == [("number", "tres")]


def test_injections_stay_words() -> None:
    text = "at 7'; DROP TABLE alarms; -- {{7*7}} $(reboot) in 10 minutes"
    assert all(isinstance(one, Mention) for one in mentions(text, "en", NOW))
    assert best(text, "duration") == "PT10M"


@pytest.mark.parametrize(
    "unit", ["1 ", "1 1/2 ", "an hour and ", "7 to 8 ", "twenty ", "from ", "monday, ", "half past ", "a ", "10:30-"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_megabyte_is_read_in_a_moment(unit: str, language: str) -> None:
    text = unit * (1_000_000 // len(unit))
    mentions("at 7", language)
    began = time.perf_counter()
    mentions(text, language, NOW)
    assert time.perf_counter() - began < 2


def test_every_language_has_the_same_keys_and_rules_that_can_be_read() -> None:
    for language in LANGUAGES:
        known = grammar(language)
        assert sum(1 for _ in known.weekdays.root) >= 7
        assert known.starts


def test_a_language_is_read_when_it_is_asked_for() -> None:
    program = (
        "import sys; from router.arguments.temporal import mentions;"
        "from router.arguments.temporal.grammar import grammar;"
        "assert grammar.cache_info().currsize == 0; mentions('at 7'); assert grammar.cache_info().currsize == 1;"
        "assert not {'babel', 'sklearn', 'onnxruntime'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
