"""A conversation remembers one question, for a while, and forgets it when it is answered."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import Abstain, AskArgument, Clarify, Conversation, Router, ToolCall, UnknownToolError
from tests.conversation.asking import Asking, asked, asking

FRESH = "will it rain tomorrow"
UNKNOWN = "who wrote hamlet"
any_text = st.text(st.characters(categories=None, exclude_categories=[]))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def coin(everyday_router: Router) -> Asking:
    """A router that asks whether music or the weather was meant."""
    return asking(everyday_router, "play_music", "get_weather")


@pytest.fixture
def message(everyday_router: Router) -> Asking:
    """A router that wants a message confirmed."""
    return asking(everyday_router, "send_message")


def test_a_confirmed_call_is_the_same_call_without_the_question(message: Asking) -> None:
    assert isinstance(message.decision, ToolCall)
    arguments = MappingProxyType({"person": "mum"})
    message.decision = replace(message.decision, arguments=arguments, excluded=("dad",))
    conversation = Conversation(message)
    assert conversation.hear("?") == conversation.pending == message.decision
    assert conversation.hear("yes please") == replace(message.decision, confirm=False)
    assert conversation.pending is None


def test_a_choice_becomes_a_call_for_what_was_asked_about(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    first, second = coin.decision.candidates
    assert conversation.hear("the second one") == ToolCall(
        "get_weather", utterance="?", in_scope=0.9, candidates=(second, first)
    )
    assert conversation.pending is None


def test_the_probability_of_a_chosen_call_is_that_of_its_tool(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    assert conversation.hear("2").probability == pytest.approx(0.9 * 0.3)


def test_a_chosen_tool_that_must_be_confirmed_is_asked_about(everyday_router: Router) -> None:
    conversation = Conversation(asking(everyday_router, "play_music", "send_message"))
    conversation.hear("?")
    chosen = conversation.hear("the message")
    assert isinstance(chosen, ToolCall)
    assert chosen.confirm
    assert conversation.pending is chosen
    assert conversation.hear("yes") == replace(chosen, confirm=False)


def test_a_wrong_choice_can_be_changed_before_it_is_confirmed(everyday_router: Router) -> None:
    conversation = Conversation(asking(everyday_router, "play_music", "send_message"))
    conversation.hear("?")
    conversation.hear("the second one")
    match conversation.hear("no, the other one"):
        case ToolCall("play_music", confirm=False, utterance="?"):
            assert conversation.pending is None
        case other:
            pytest.fail(f"{other}")


@pytest.mark.parametrize("reply", ["no", "never mind", "neither"])
def test_what_is_cancelled_is_what_was_asked_about(coin: Asking, reply: str) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    candidates = coin.decision.candidates
    assert conversation.hear(reply) == Abstain("cancelled", utterance="?", in_scope=0.9, candidates=candidates)
    assert conversation.pending is None


def test_without_a_question_every_utterance_is_routed(everyday_router: Router) -> None:
    conversation = Conversation(everyday_router)
    for said in ("yes", "no", "the second one", "never mind", FRESH, ""):
        assert conversation.hear(said) == everyday_router.route(said)
        assert conversation.pending is None


def test_a_request_takes_the_place_of_what_was_pending(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    assert conversation.hear(FRESH) == coin.route(FRESH)
    assert conversation.pending is None


def test_a_request_that_needs_an_answer_becomes_pending(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    asked_now = conversation.hear("text mum that i am late")
    assert isinstance(asked_now, ToolCall)
    assert conversation.pending is asked_now


def test_a_question_for_an_argument_takes_the_place_of_what_was_pending(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    coin.decision = AskArgument("set_alarm", "time", "When?", utterance="?", in_scope=0.9)
    assert conversation.hear("?") == coin.decision
    assert conversation.pending == coin.decision


def test_an_utterance_for_no_tool_leaves_the_question_open(coin: Asking) -> None:
    conversation = Conversation(coin)
    question = conversation.hear("?")
    assert conversation.hear(UNKNOWN) == coin.route(UNKNOWN)
    assert conversation.pending is question
    assert isinstance(conversation.hear("the first"), ToolCall)


def test_a_router_that_hears_a_cancellation_cancels_what_was_asked(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    candidates = coin.decision.candidates
    coin.decision = Abstain("cancelled", utterance="?", in_scope=0.0)
    assert conversation.hear("?") == Abstain("cancelled", utterance="?", in_scope=0.9, candidates=candidates)
    assert conversation.pending is None


def test_a_question_can_be_forgotten(coin: Asking) -> None:
    conversation = Conversation(coin)
    conversation.hear("?")
    conversation.forget()
    assert conversation.pending is None
    assert conversation.hear("yes") == coin.route("yes")


def test_a_question_is_open_until_it_is_too_old(message: Asking) -> None:
    clock = Clock()
    conversation = Conversation(message, timeout=10, clock=clock)
    conversation.hear("?")
    clock.now = 10.0
    assert isinstance(conversation.pending, ToolCall)
    clock.now = 10.1
    assert conversation.pending is None
    assert conversation.hear("yes") == message.route("yes")


def test_asking_again_starts_the_time_anew_and_an_utterance_for_no_tool_does_not(coin: Asking) -> None:
    clock = Clock()
    conversation = Conversation(coin, timeout=10, clock=clock)
    question = conversation.hear("?")
    clock.now = 8.0
    assert conversation.hear("both") is question
    clock.now = 16.0
    conversation.hear(UNKNOWN)
    assert conversation.pending is question
    clock.now = 19.0
    assert conversation.pending is None


@pytest.mark.parametrize("timeout", [0, -1.0, math.nan])
def test_a_timeout_is_positive(everyday_router: Router, timeout: float) -> None:
    with pytest.raises(ValueError, match="expected seconds, more than 0"):
        Conversation(everyday_router, timeout=timeout)


def test_a_language_that_does_not_ship_is_refused(everyday_router: Router) -> None:
    with pytest.raises(ValueError, match="replies are not known in 'tlh'"):
        Conversation(everyday_router, languages=["tlh"])


@pytest.mark.parametrize(("pending", "reply"), [("message", "yes"), ("coin", "the first one")])
def test_a_tool_that_is_not_available_any_more_is_not_called(
    request: pytest.FixtureRequest, pending: str, reply: str
) -> None:
    conversation = Conversation(request.getfixturevalue(pending))
    conversation.hear("?")
    match conversation.hear(reply, available=["flip_coin"]):
        case Abstain("unavailable_tool", utterance="?"):
            assert conversation.pending is None
        case other:
            pytest.fail(f"{other}")


def test_requests_are_routed_among_the_available_tools(everyday_router: Router) -> None:
    conversation = Conversation(everyday_router)
    assert conversation.hear(FRESH, available=["flip_coin"]) == everyday_router.route(FRESH, available=["flip_coin"])
    with pytest.raises(UnknownToolError, match="no tool is named 'flip_coins'"):
        conversation.hear(FRESH, available=["flip_coins"])


def test_languages_that_disagree_answer_nothing_and_one_alone_does(coin: Asking) -> None:
    """German "prima" is "fine", Italian "prima" is "first"."""
    for languages, expected in ((("de", "it"), Clarify), (("it",), ToolCall), (("it", "en"), ToolCall)):
        conversation = Conversation(coin, languages=languages)
        conversation.hear("?")
        assert isinstance(conversation.hear("prima"), expected), languages


def test_a_language_that_is_left_out_is_not_understood(message: Asking) -> None:
    conversation = Conversation(message, languages=["en"])
    question = conversation.hear("?")
    assert conversation.hear("ja klar") == message.route("ja klar")
    assert conversation.pending is question


def test_a_choice_can_be_named_in_a_language_without_spaces(everyday_router: Router) -> None:
    declared = {"name": "a", "description": "目覚ましをかける。"}, {"name": "b", "description": "音楽をかける。"}
    router = everyday_router.with_tool(declared[0]).with_tool(declared[1])
    for reply, named in (("目覚ましの方", "a"), ("音楽です", "b")):
        conversation = Conversation(asking(router, "a", "b"))
        conversation.hear("?")
        match conversation.hear(reply):
            case ToolCall(tool):
                assert tool == named
            case other:
                pytest.fail(f"{other}")


def test_a_conversation_says_what_it_waits_for(message: Asking) -> None:
    conversation = Conversation(message)
    assert repr(conversation) == "<Conversation with <Router of 5 tools on 'hashing'>, pending: nothing>"
    conversation.hear("?")
    assert repr(conversation).endswith("pending: call>")


@given(st.lists(st.one_of(any_text, st.sampled_from(["?", "yes", "no", "2", "the other one", "both", FRESH]))))
@settings(max_examples=50)
def test_nothing_that_is_said_raises_and_only_questions_are_pending(everyday_router: Router, said: list[str]) -> None:
    conversation = Conversation(asking(everyday_router, "play_music", "send_message"))
    for utterance in said:
        decision = conversation.hear(utterance)
        asks = isinstance(decision, Clarify | AskArgument) or (isinstance(decision, ToolCall) and decision.confirm)
        if asks:
            assert conversation.pending is decision
        elif not isinstance(decision, Abstain) or decision.reason == "cancelled":
            assert conversation.pending is None


@pytest.mark.parametrize("reply", ["", " ", "yes " * 1000, "yes" + " " * 3000, "\ud800", "no\x00", "🙂" * 50, "?!"])
def test_odd_replies_call_nothing(shipped_router: Router, reply: str) -> None:
    conversation = asked(shipped_router, "send")
    question = conversation.pending
    decision = conversation.hear(reply)
    assert decision is question or isinstance(decision, Abstain)
