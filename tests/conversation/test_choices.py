"""What could mean several values is asked about, and any reply that names one is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import Abstain, AskArgument, Clarify, Conversation, Decision, Router, ToolCall
from router.decisions import decision_from_dict
from tests.strategies import policy_with

NOW = datetime(2026, 11, 23, 15)
MANY = ["Jo Adams", "Jo Brown", "Jo Clark", "Jo Davis", "Jo Evans", "Jo Frost"]


@pytest.fixture(scope="module")
def router(shipped_router: Router) -> Router:
    contacts = ["Jo Brown", "Jo Smith", "Jo Adams (work)", "Anna Jones", "Anna Smith", "Mum"]
    return shipped_router.with_values(contact=contacts, room=["kitchen", "bedroom"])


def clarify(router: Router, said: str) -> Clarify:
    decision = router.route(said, now=NOW)
    assert isinstance(decision, Clarify), decision
    return decision


def restored(decision: Clarify) -> Clarify:
    """Return a question as an app has it that wrote it down."""
    read = decision_from_dict(json.loads(json.dumps(decision.to_dict())))
    assert isinstance(read, Clarify)
    return read


REPLIES = {
    "Jo Smith": "Jo Smith",
    "the first one": "Jo Adams (work)",
    "2": "Jo Brown",
    "the last": "Jo Smith",
    "at work": "Jo Adams (work)",
    "brown": "Jo Brown",
    "jo browne": "Jo Brown",
    "the smith one please": "Jo Smith",
    "no, mum": "Mum",
    "die zweite": "Jo Brown",
    "el segundo": "Jo Brown",
}


@pytest.mark.parametrize("since", [lambda asked: asked, restored], ids=["at once", "restored"])
@pytest.mark.parametrize(("reply", "value"), REPLIES.items())
def test_a_reply_chooses_the_value(router: Router, reply: str, value: str, since: Callable[[Clarify], Clarify]) -> None:
    asked = clarify(router, "call jo")
    call = router.answer(since(asked), reply, now=NOW)
    assert isinstance(call, ToolCall), call
    assert (call.utterance, dict(call.arguments), call.confirm) == ("call jo", {"recipient": value}, True)
    conversation = Conversation(router)
    conversation.hear("call jo", now=NOW)
    heard = conversation.hear(reply, now=NOW)
    assert isinstance(heard, ToolCall)
    assert (heard.tool, dict(heard.arguments)) == (call.tool, dict(call.arguments))


def test_each_choice_is_what_choosing_it_leads_to(router: Router) -> None:
    asked = clarify(router, "make it brighter")
    assert [choice.tool for choice in asked.choices] == [candidate.tool for candidate in asked.candidates]
    for reply, choice in zip(("the first", "the second"), asked.choices, strict=False):
        assert router.answer(asked, reply) == choice
    unsure = Router(router.tools, router.encoder, router.scorer, policy_with(0.5, 0.99), arguments=router.arguments)
    filled = clarify(unsure, "set an alarm for seven and call mum")
    alarm, ring = (choice.arguments for choice in filled.choices)
    assert (alarm["time"], ring) == ("07:00", {"recipient": "Mum"})


def test_a_choice_may_need_more(router: Router) -> None:
    conversation = Conversation(router)
    conversation.hear("send jo a text")
    body = conversation.hear("brown")
    assert isinstance(body, AskArgument)
    assert (body.parameter, dict(body.arguments)) == ("body", {"recipients": ["Jo Brown"]})
    call = conversation.hear("the set of `}; drop` 😀")
    assert isinstance(call, ToolCall)
    assert dict(call.arguments) == {"recipients": ["Jo Brown"], "body": "the set of `}; drop` 😀"}


def test_one_name_of_several_does_not_drop_the_others(router: Router) -> None:
    asked = router.fill("send a message to mum and jo", "send_message")
    assert isinstance(asked, Clarify)
    body = router.answer(asked, "Jo Smith")
    assert isinstance(body, AskArgument)
    assert body.arguments["recipients"] == ["Mum", "Jo Smith"]
    twice = router.fill("send a message to anna and jo", "send_message")
    assert isinstance(twice, Clarify)
    second = router.answer(twice, "Anna Smith")
    assert isinstance(second, AskArgument)
    assert (second.said, second.choices) == ("jo", ("Jo Adams (work)", "Jo Brown", "Jo Smith"))
    body = router.answer(second, "the third")
    assert isinstance(body, AskArgument)
    assert body.arguments["recipients"] == ["Anna Smith", "Jo Smith"]


def test_too_many_values_are_asked_for_and_narrowed_down(shipped_router: Router) -> None:
    router = shipped_router.with_values(contact=[*MANY, "Anna Brown"])
    asked = router.route("call jo")
    assert isinstance(asked, AskArgument)
    assert (asked.because, asked.said, asked.choices) == ("missing", "jo", tuple(MANY))
    assert asked.question == "Which 'jo': Jo Adams or Jo Brown or Jo Clark or Jo Davis or another?"
    for reply, value in (("brown", "Jo Brown"), ("the second", "Jo Brown"), ("Anna Brown", "Anna Brown")):
        call = router.answer(asked, reply)
        assert isinstance(call, ToolCall), reply
        assert dict(call.arguments) == {"recipient": value}
    assert router.answer(asked, "banana") == asked


def test_what_is_said_of_other_values_leaves_the_question_open(router: Router) -> None:
    conversation = Conversation(router)
    conversation.hear("create an event lunch with anna on friday at noon", now=NOW)
    again = conversation.hear("make it saturday", now=NOW)
    assert isinstance(again, Clarify)
    assert [dict(choice.arguments) for choice in again.choices] == [
        {"title": "lunch", "start_time": "12:00", "attendees": [name], "date": "2026-11-28"}
        for name in ("Anna Jones", "Anna Smith")
    ]
    bright = router.route("dim the lights to 300 percent")
    assert isinstance(bright, AskArgument)
    still = router.answer(bright, "in the kitchen")
    assert isinstance(still, AskArgument)
    assert (still.because, still.said, dict(still.arguments)) == ("unknown_value", "300", {"room": "kitchen"})


def test_a_request_in_between_takes_the_place_of_a_choice(router: Router) -> None:
    conversation = Conversation(router)
    conversation.hear("call jo")
    weather = conversation.hear("what's the weather in paris tomorrow", now=NOW)
    assert isinstance(weather, ToolCall)
    assert weather.tool == "get_weather"
    assert conversation.pending is None
    question = conversation.hear("call jo")
    assert conversation.hear("who wrote hamlet").kind == "abstain"
    assert conversation.pending is question


def test_a_name_that_is_a_yes_somewhere_is_a_name(router: Router) -> None:
    """German "jo" is a yes."""
    asked = router.route("call peter")
    assert isinstance(asked, AskArgument)
    assert isinstance(router.answer(asked, "Jo"), Clarify)


def test_a_call_that_was_made_can_be_changed_and_is_confirmed_again(router: Router) -> None:
    conversation = Conversation(router)
    conversation.hear("call mum")
    conversation.hear("yes")
    changed = conversation.hear("no, jo smith")
    assert isinstance(changed, ToolCall)
    assert (dict(changed.arguments), changed.confirm) == ({"recipient": "Jo Smith"}, True)
    conversation = Conversation(router)
    conversation.hear("set an alarm for 7 pm", now=NOW)
    eight = conversation.hear("no, make that eight", now=NOW)
    assert isinstance(eight, ToolCall)
    assert (dict(eight.arguments), eight.utterance) == ({"time": "20:00"}, "set an alarm for 7 pm")
    assert conversation.hear("eight", now=NOW) == router.route("eight", now=NOW)


def test_a_call_that_was_made_long_ago_is_not_changed(router: Router) -> None:
    now = 0.0
    conversation = Conversation(router, timeout=10, clock=lambda: now)
    conversation.hear("set an alarm for 7 pm")
    now = 11.0
    assert conversation.hear("no, make that eight") == router.route("no, make that eight")


@pytest.mark.parametrize("said", ["call jo", "call mum", "send jo a text", "make it brighter"])
def test_what_is_not_available_any_more_is_not_called(router: Router, said: str) -> None:
    asked = router.route(said)
    assert not isinstance(asked, Abstain)
    for reply in ("the second", "jo smith", "yes"):
        decision = router.answer(asked, reply, available=["get_weather"])
        assert not isinstance(decision, ToolCall), reply


def test_a_question_is_refused_or_put_again(router: Router) -> None:
    asked = clarify(router, "call jo")
    assert router.answer(asked, "both") == asked
    refused: Decision = router.answer(asked, "neither")
    assert isinstance(refused, Abstain)
    assert (refused.reason, refused.utterance) == ("cancelled", "call jo")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["call jo", "make it brighter", "set an alarm", "call mum"]), st.text(max_size=60))
def test_no_reply_raises(router: Router, said: str, reply: str) -> None:
    asked = router.route(said, now=NOW)
    assert not isinstance(asked, Abstain)
    assert router.answer(asked, reply, now=NOW).kind in ("call", "ask", "clarify", "abstain")
