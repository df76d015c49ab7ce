"""From what is said to a whole call, or to the question that is left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import AskArgument, Clarify, Router, Tool, ToolCall, ToolSet
from router.arguments.holes import holes
from router.declarations.parameters import call_validator
from router.encoders import HashingEncoder
from router.text import normalize
from router.training import train

any_text = st.text(st.characters(categories=None, exclude_categories=[]))

NOW = datetime(2026, 11, 23, 15)  # a Monday

WHOLE = [
    (
        "wake me at half past six on weekdays, call it gym",
        "set_alarm",
        {"time": "06:30", "days": ["mon", "tue", "wed", "thu", "fri"], "label": "gym"},
    ),
    ("set a timer for an hour and a half", "set_timer", {"duration": "PT1H30M"}),
    ("remind me to buy milk tomorrow", "create_reminder", {"title": "buy milk", "date": "2026-11-24"}),
    (
        "text sarah and tom saying dinner is ready",
        "send_message",
        {"recipients": ["sarah", "tom"], "body": "dinner is ready"},
    ),
    ("dim the bedroom lights to 30 percent", "control_lights", {"room": "bedroom", "brightness": 30}),
    ("lights out", "control_lights", {"state": "off"}),
    ("how is the weather in paris on friday", "get_weather", {"location": "paris", "date": "2026-11-27"}),
    ("convert 5 miles to kilometres", "convert_units", {"value": 5, "from_unit": "miles", "to_unit": "kilometres"}),
]


@pytest.mark.parametrize(("said", "tool", "arguments"), WHOLE)
def test_a_call_has_what_was_said(shipped_router: Router, said: str, tool: str, arguments: dict[str, Any]) -> None:
    decision = shipped_router.route(said, now=NOW)
    assert isinstance(decision, ToolCall), decision
    assert (decision.tool, dict(decision.arguments)) == (tool, arguments)
    for found in decision.found:
        assert found.text == normalize(said)[found.start : found.end]
        assert (found.how == "implied") == (found.text == "")
        assert 0.0 <= found.probability <= 1.0


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_every_call_is_valid_and_every_question_is_about_a_hole(shipped_router: Router, data: st.DataObject) -> None:
    tool = data.draw(st.sampled_from(shipped_router.tools.tools))
    example = data.draw(st.sampled_from(tool.examples)).utterance
    said = data.draw(st.one_of(st.just(example), any_text.map(lambda text: f"{example} {text}"), any_text))
    decision = shipped_router.fill(said, tool.name, now=data.draw(st.sampled_from([None, NOW])))
    if isinstance(decision, ToolCall):
        assert list(call_validator(tool.parameters).iter_errors(dict(decision.arguments))) == []
    else:
        assert decision.parameter in {hole.name for hole in holes(tool)}
        assert decision.question


def test_the_same_is_filled_without_a_clock_again_and_again(shipped_router: Router) -> None:
    first = shipped_router.route("wake me tomorrow at seven", now=NOW)
    assert shipped_router.route("wake me tomorrow at seven", now=NOW) == first


@pytest.mark.parametrize(
    ("said", "parameter", "because", "words"),
    [
        ("set an alarm", "time", "missing", ""),
        ("set an alarm for 25:99", "time", "unknown_value", "25:99"),
        ("dim the lights to 300 percent", "brightness", "unknown_value", "300"),
        ("remind me to buy milk tomorrow", "date", "unknown_value", "tomorrow"),
    ],
)
def test_what_is_missing_or_cannot_be_is_asked_for(
    shipped_router: Router, said: str, parameter: str, because: str, words: str
) -> None:
    decision = shipped_router.route(said)
    assert isinstance(decision, AskArgument), decision
    assert (decision.parameter, decision.because, decision.said) == (parameter, because, words)


ANSWERS = [
    ("set an alarm", "tomorrow at 7", {"time": "07:00"}),
    ("set an alarm", "it's 9 pm", {"time": "21:00"}),
    ("set an alarm", "half past six on weekdays", {"time": "06:30", "days": ["mon", "tue", "wed", "thu", "fri"]}),
    ("send anna a text", "i'll be there at ten", {"recipients": ["anna"], "body": "i'll be there at ten"}),
    ("set a timer", "um, ten minutes", {"duration": "PT10M"}),
]


@pytest.mark.parametrize(("said", "answer", "arguments"), ANSWERS)
def test_an_answer_completes_the_call(
    shipped_router: Router, said: str, answer: str, arguments: dict[str, Any]
) -> None:
    asked = shipped_router.route(said, now=NOW)
    assert isinstance(asked, AskArgument), asked
    call = shipped_router.answer(asked, answer, now=NOW)
    assert isinstance(call, ToolCall), call
    assert (call.tool, call.utterance, dict(call.arguments)) == (asked.tool, said, arguments)


def test_an_answer_may_be_no_answer(shipped_router: Router) -> None:
    asked = shipped_router.route("set an alarm")
    assert isinstance(asked, AskArgument)
    assert shipped_router.answer(asked, "forget it").kind == "abstain"
    fresh = shipped_router.answer(asked, "turn off the kitchen lights")
    assert isinstance(fresh, ToolCall)
    assert (fresh.tool, dict(fresh.arguments)) == ("control_lights", {"state": "off", "room": "kitchen"})
    again = shipped_router.answer(asked, "banana")
    assert isinstance(again, AskArgument)
    assert (again.tool, again.because, again.said) == ("set_alarm", "unknown_value", "banana")


def test_a_value_of_a_call_can_be_changed(shipped_router: Router) -> None:
    call = shipped_router.route("set an alarm for seven called swim", now=NOW)
    assert isinstance(call, ToolCall)
    changed = shipped_router.answer(call, "no, make that 8 am", now=NOW)
    assert isinstance(changed, ToolCall)
    assert dict(changed.arguments) == {**call.arguments, "time": "08:00"}


@pytest.fixture(scope="module")
def at_home(shipped_router: Router) -> Router:
    return shipped_router.with_values(
        contact=["Anna Jones", "Anna Smith", "Mum"], app=["Spotify", "WhatsApp"], room=["kitchen", "living room"]
    )


def test_names_that_only_the_device_knows_are_found(at_home: Router) -> None:
    call = at_home.route("call mum")
    assert isinstance(call, ToolCall)
    assert [(found.value, found.how) for found in call.found] == [("Mum", "known")]
    misspelt = at_home.route("open spottify")
    assert isinstance(misspelt, ToolCall)
    assert dict(misspelt.arguments) == {"app": "Spotify"}


def test_names_that_could_be_several_or_none_are_asked_for(at_home: Router) -> None:
    several, none = at_home.route("call anna"), at_home.route("open the tiktok app")
    assert isinstance(several, Clarify)
    assert (several.tool, several.parameter, several.said) == ("make_call", "recipient", "anna")
    assert [dict(choice.arguments) for choice in several.choices] == [
        {"recipient": "Anna Jones"},
        {"recipient": "Anna Smith"},
    ]
    assert isinstance(none, AskArgument)
    assert (none.because, none.said) == ("unknown_value", "tiktok")
    chosen = at_home.answer(several, "Anna Smith")
    assert isinstance(chosen, ToolCall)
    assert dict(chosen.arguments) == {"recipient": "Anna Smith"}


def test_a_number_is_nobodys_name(at_home: Router) -> None:
    call = at_home.fill("call 0770 090 0123", "make_call")
    assert isinstance(call, ToolCall)
    assert dict(call.arguments) == {"recipient": "0770 090 0123"}


def test_what_is_left_out_of_a_call_fills_nothing(shipped_router: Router) -> None:
    call = shipped_router.route("turn off all the lights except the kitchen")
    assert isinstance(call, ToolCall)
    assert call.excluded
    assert "room" not in call.arguments


def test_a_tool_that_is_added_fills_its_arguments(shipped_router: Router) -> None:
    added = shipped_router.with_tool(
        {
            "name": "water_plants",
            "description": "Water the plants on the balcony.",
            "parameters": {"type": "object", "properties": {"plant": {"type": "string"}, "litres": {"type": "number"}}},
            "examples": [
                "water the {plant: roses}",
                "give the {plant: herbs} {litres: two} litres",
                "water my {plant: ferns}",
            ],
        }
    )
    call = added.fill("water the tomatoes", "water_plants")
    assert isinstance(call, ToolCall)
    assert dict(call.arguments) == {"plant": "tomatoes"}
    assert isinstance(added.without("water_plants").route("lights out"), ToolCall)


def test_a_tool_that_requires_what_no_words_can_fill_is_called_with_it() -> None:
    schema = {"type": "object", "properties": {"mode": {"const": "full"}}, "required": ["mode"]}
    router = train(ToolSet((Tool("wipe", "Wipe the table.", schema),)), HashingEncoder())
    call = router.fill("wipe the table", "wipe")
    assert isinstance(call, ToolCall)
    assert dict(call.arguments) == {"mode": "full"}
