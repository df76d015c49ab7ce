from __future__ import annotations

from datetime import datetime

import pytest

from router.arguments import Moment
from router.arguments.declared.candidates import boundaries
from router.arguments.declared.layouts import laid_out, layout
from router.arguments.declared.reads import booleans
from router.arguments.holes import Hole
from router.arguments.reading import Readings
from router.arguments.words import split_words


def text(description: str) -> Hole:
    return Hole(("start",), "text", {"type": "string"}, None, True, description)


@pytest.mark.parametrize(
    ("description", "said", "written"),
    [
        ("The day, in YYYY-MM-DD format.", "on May 3, 2024", "2024-05-03"),
        ("The day (MM/DD/YYYY).", "on May 3, 2024", "05/03/2024"),
        ("The day, such as 31.12.2020", "on May 3, 2024", None),
        ("The day, e.g. '2021-01-31'", "on May 3, 2024", "2024-05-03"),
        ("When it starts (HH:MM).", "at half past six in the evening", "18:30"),
        ("When it starts, for example 14:30", "at 9 pm", "21:00"),
        ('In the format "%Y-%m-%d %H:%M:%S".', "on 2024-05-03 at 9 pm", "2024-05-03 21:00:00"),
        ("The name of the day.", "on May 3, 2024", None),
    ],
)
def test_a_date_is_written_as_the_description_shows(description: str, said: str, written: str | None) -> None:
    hole = text(description)
    own = layout(hole)
    values = [read.value for read in laid_out(hole, own, Readings(said, Moment()))] if own else []
    assert (written in values) if written else not values


def test_a_relative_date_needs_to_know_now() -> None:
    hole = text("The day, in YYYY-MM-DD format.")
    own = layout(hole)
    assert own
    for now, value in ((None, None), (datetime(2026, 11, 23, 15), "2026-11-24")):
        assert [read.value for read in laid_out(hole, own, Readings("tomorrow", Moment(now=now)))] == [value]


@pytest.mark.parametrize(
    ("name", "said", "values"),
    [
        ("include_tax", "with tax", [True]),
        ("includeTax", "please exclude the tax", [False]),
        ("direct_flights_only", "direct flights, and no hotel", [True]),
        ("vegan", "it is not vegan", [False]),
        ("show", "show it", []),
        ("rounded", "set rounded to false", [True, False]),
    ],
)
def test_a_boolean_is_said_by_its_name(name: str, said: str, values: list[bool]) -> None:
    hole = Hole((name,), "boolean", {"type": "boolean"}, None, True, "")
    found = booleans(hole, split_words(said))
    assert [read.value for read in found.values()] == values


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("call it 'my list' now", ["my list"]),
        ('the one named "rock & roll".', ["rock & roll"]),
        ("it's Anna's and Tom's", []),
        ('an id of "abc1.', ["abc1"]),
    ],
)
def test_what_is_in_quotes_is_found(said: str, quoted: list[str]) -> None:
    words = split_words(said)
    assert [words.between(first, last + 1) for first, last in boundaries(words).quoted] == quoted
