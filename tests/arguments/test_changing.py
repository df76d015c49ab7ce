"""A value that is changed keeps what is not said of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router import AskArgument, Clarify, Router, Tool, ToolCall, ToolSet
from router.decisions import Argument
from router.declarations.parameters import call_validator
from router.encoders import HashingEncoder
from router.training import train

NOW = datetime(2026, 11, 23, 15)  # a Monday
SCHEMAS = {
    "time": {"type": "string", "format": "time"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "format": "duration"},
    "number": {"type": "number", "minimum": 0, "maximum": 100},
}


@pytest.fixture(scope="module")
def router() -> Router:
    """A router with a tool for each kind of value."""
    tools = (
        Tool(kind.replace("-", "_"), f"Set the {kind}.", {"type": "object", "properties": {"x": schema}})
        for kind, schema in SCHEMAS.items()
    )
    return train(ToolSet(tuple(tools)), HashingEncoder())


def call(kind: str, value: Any, said: str = "") -> ToolCall:
    """Return a call that has this value."""
    found = (Argument("x", value, said, 0, len(said), 1.0, "said"),)
    return ToolCall(kind.replace("-", "_"), {"x": value}, found=found, utterance="?", in_scope=1.0)


CHANGES = [
    ("time", "19:00", "", "no, make that eight", "20:00"),
    ("time", "07:00", "", "no, make that eight", "08:00"),
    ("time", "04:00", "", "make it five", "05:00"),
    ("time", "04:00", "", "make it 5 pm", "17:00"),
    ("time", "07:00", "", "actually 20:15", "20:15"),
    ("time", "19:00", "", "in ten minutes", "15:10"),
    ("date", "2026-12-03", "", "make it the 14th", "2026-12-14"),
    ("date", "2028-03-03", "", "make it the 14th", "2028-03-14"),
    ("date", "2028-03-03", "", "no, april 2nd", "2028-04-02"),
    ("date", "2028-03-03", "", "no, april 2nd 2027", "2027-04-02"),
    ("date", "2028-03-03", "", "no, tomorrow", "2026-11-24"),
    ("date", "2028-03-03", "", "no, friday", "2026-11-27"),
    ("date", "2026-11-28", "", "make it the 14th", "2026-12-14"),
    ("date-time", "2026-12-03T19:00:00", "", "make it eight", "2026-12-03T20:00:00"),
    ("duration", "PT10M", "ten minutes", "make it 20", "PT20M"),
    ("duration", "PT10M", "ten minutes", "no, an hour", "PT1H"),
    ("duration", "PT1H", "60 minutes", "make it 90", "PT1H30M"),
    ("duration", "PT1H", "an hour", "make it two", "PT2H"),
    ("duration", "P2W", "two weeks", "make it three", "P3W"),
    ("number", 50, "fifty", "make it 60", 60),
]


@pytest.mark.parametrize(("kind", "old", "said", "reply", "new"), CHANGES)
def test_what_is_not_said_of_a_value_stays_as_it_was(
    router: Router, kind: str, old: Any, said: str, reply: str, new: Any
) -> None:
    changed = router.answer(call(kind, old, said), reply, now=NOW)
    assert isinstance(changed, ToolCall), changed
    assert dict(changed.arguments) == {"x": new}
    (found,) = changed.found
    assert (found.how, found.start, found.end) == ("answered", 0, 0)
    assert found.text in reply


@pytest.mark.parametrize(
    ("kind", "old", "said", "reply"),
    [
        ("duration", "PT1H30M", "an hour and a half", "make it 45"),
        ("duration", "PT10M", "ten minutes", "make it 0"),
        ("duration", "PT10M", "ten minutes", "make it " + "9" * 40),
        ("duration", "PT10M", "ten minutes", "from 5 to 6"),
        ("time", "19:00", "", "eight people are coming to the party"),
    ],
)
def test_what_says_no_clear_value_changes_none(router: Router, kind: str, old: Any, said: str, reply: str) -> None:
    decision = router.answer(call(kind, old, said), reply, now=NOW)
    assert decision == router.route(reply, now=NOW)


@settings(deadline=None)
@given(
    st.sampled_from(["time", "date", "date-time", "duration", "number"]),
    st.one_of(st.text(), st.sampled_from(["19:00", "2026-12-03", "2026-02-29", "PT10M", "P1Y2M", "P", 5, None])),
    st.one_of(st.text(), st.sampled_from(["eight", "the 31st", "29 february", "20", "half", "1e9", "friday"])),
    st.sampled_from([None, NOW, datetime.min, datetime.max]),
)
@example("date-time", "00:00", "EIGHT", NOW)
@example("date-time", "2026-02-29T08:00:00", "nine", NOW)
@example("date-time", "2026-02-28T08:00+02:00", "nine", NOW)
def test_no_value_and_no_reply_raises_and_what_is_called_is_valid(
    router: Router, kind: str, old: Any, reply: str, now: datetime | None
) -> None:
    decision = router.answer(call(kind, old, str(old)), reply, now=now)
    if isinstance(decision, ToolCall) and decision.utterance == "?":
        declared = router.tools[decision.tool].parameters
        changed = [found for found in decision.found if found.how == "answered"]
        assert not changed or not list(call_validator(declared).iter_errors(dict(decision.arguments)))
    assert not isinstance(decision, Clarify | AskArgument) or decision.question
