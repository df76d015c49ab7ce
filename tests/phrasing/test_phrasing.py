"""A router hears what is refused, taken back or left out, and several requests in one utterance."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import Abstain, Decision, Router, Tool, ToolCall, ToolSet, UnknownToolError
from router.encoders import HashingEncoder
from router.phrasing.segmentation import MOST_SEGMENTS
from router.text import MAX_UTTERANCE_CHARACTERS
from router.training import train
from tests.strategies import policy_with

pieces = st.sampled_from(
    [
        *("don't", "never", "not", "no wait", "never mind", "actually", "instead of", "ne", "pas", "nicht", "kein"),
        *("play", "some jazz", "wake me", "at six", "text", "mum", "turn on", "the kitchen", "please", "all", "every"),
        *("and", "and then", "then", "but", "except", ",", "."),
    ]
)
said = st.lists(pieces, max_size=10).map(" ".join)


def described(decision: Decision) -> tuple[str, ...]:
    return (decision.utterance, getattr(decision, "tool", "") or getattr(decision, "reason", ""))


def test_a_refusal_calls_nothing_and_keeps_its_evidence(everyday_router: Router) -> None:
    refused, asked = everyday_router.route("don't play jazz"), everyday_router.route("play jazz")
    assert isinstance(refused, Abstain)
    assert isinstance(asked, ToolCall)
    assert (refused.reason, refused.utterance) == ("negated", "don't play jazz")
    assert refused.candidates[0].tool == "play_music"
    assert refused.in_scope > everyday_router.policy.thresholds["normal"].in_scope


def test_what_is_to_be_done_instead_is_routed(everyday_router: Router) -> None:
    said, alone = everyday_router.route("don't text mum, wake me at six"), everyday_router.route("wake me at six")
    assert isinstance(said, ToolCall)
    assert (said.utterance, said.tool) == ("don't text mum, wake me at six", "set_alarm")
    assert said.candidates == alone.candidates


@pytest.mark.parametrize("text", ["never mind", "play some jazz, no wait, never mind", "Scratch that."])
def test_what_is_taken_back_is_cancelled(everyday_router: Router, text: str) -> None:
    decision = everyday_router.route(text)
    assert isinstance(decision, Abstain)
    assert decision.reason == "cancelled"


@pytest.mark.parametrize(
    "text", ["play some jazz and never mind", "wake me at six or forget it", "play some jazz but actually cancel that"]
)
def test_what_is_joined_to_a_request_takes_it_back_as_well(everyday_router: Router, text: str) -> None:
    (decision,) = everyday_router.route_all(text)
    assert decision == everyday_router.route(text)
    assert getattr(decision, "reason", "") == "cancelled"


@pytest.mark.parametrize(
    "text",
    [
        "play some jazz, don't wake me at six",
        "play some jazz and please don't text mum",
        "play some jazz but never text mum",
        "play some jazz, wake nobody",
        "wake me at six, never mind, play some jazz",
        "wake me at six and forget it and play some jazz",
    ],
)
def test_the_one_request_that_is_not_refused_is_routed(everyday_router: Router, text: str) -> None:
    alone, decision = everyday_router.route("play some jazz"), everyday_router.route(text)
    assert isinstance(decision, ToolCall)
    assert (decision.tool, decision.utterance, decision.candidates) == ("play_music", text, alone.candidates)


def test_where_several_requests_are_left_a_refusal_is_for_all(everyday_router: Router) -> None:
    for text in (
        "play some jazz and wake me at six and don't text mum",
        "play some jazz, don't text mum, and then wake me at six",
    ):
        assert isinstance(everyday_router.route(text), Abstain)


def test_what_a_request_leaves_out_is_named_beside_a_refusal(everyday_router: Router) -> None:
    decision = everyday_router.route("play the album thriller except beat it, don't wake me at six")
    assert isinstance(decision, ToolCall)
    assert decision.excluded == ("beat it",)


def test_a_refusal_in_a_dictated_text_changes_nothing_unless_another_tool_would_be_called(
    shipped_router: Router,
) -> None:
    dictated, alone = "text my boss that i am late but don't worry", "text my boss that i am late"
    assert getattr(shipped_router.route(dictated), "tool", "") == "send_message"
    assert shipped_router.route(dictated).candidates != shipped_router.route(alone).candidates
    for text in ("create a note and don't stop all the timers", "snap a picture of me, do not take a screenshot"):
        (own, *_) = shipped_router.route(text.split(",")[0].split(" and ")[0]).candidates
        assert getattr(shipped_router.route(text), "tool", own.tool) == own.tool


def test_tools_whose_examples_negate_are_reached_behind_a_statement(shipped_router: Router) -> None:
    for text, tool in (
        ("i'm in a meeting, please don't disturb me", "set_do_not_disturb"),
        ("i'm off tomorrow, don't wake me up", "cancel_alarm"),
        ("remind me not to forget my keys", "create_reminder"),
    ):
        assert getattr(shipped_router.route(text), "tool", "") == tool


REQUESTS = {
    "turn on the kitchen lights": "control_lights",
    "set a timer for ten minutes": "set_timer",
    "set an alarm for six": "set_alarm",
    "call my sister": "make_call",
    "play some jazz": "play_media",
    "turn up the volume": "set_volume",
    "create a note": "create_note",
    "text my boss": "send_message",
    "what time is it": "get_time",
}


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(REQUESTS)),
    st.sampled_from([", ", " and ", " but ", ". ", " and then ", " & ", "; and "]),
    st.sampled_from(["don't", "do not", "never", "please don't", "i don't want you to", "there's no need to"]),
    st.sampled_from(sorted(REQUESTS.keys() - {"what time is it"})),
)
def test_what_a_part_refuses_is_never_called(
    shipped_router: Router, wanted: str, joint: str, negation: str, refused: str
) -> None:
    text = f"{wanted}{joint}{negation} {refused}"
    assert getattr(shipped_router.route(text), "tool", None) in (None, REQUESTS[wanted]), text
    for part in shipped_router.route_all(text):
        assert getattr(part, "tool", None) in (None, REQUESTS[wanted]), text


def test_what_is_left_out_is_named_and_asks_for_a_confirmation(everyday_router: Router) -> None:
    decision = everyday_router.route("play the album thriller except Beat It and the last song")
    assert isinstance(decision, ToolCall)
    assert decision.excluded == ("Beat It", "the last song")
    assert decision.confirm


def test_what_is_for_no_tool_stays_out_of_scope_however_it_is_phrased(everyday_router: Router) -> None:
    decision = everyday_router.route("don't fold the laundry")
    assert isinstance(decision, Abstain)
    assert decision.reason == "out_of_scope"


def test_a_refused_tool_that_is_not_available_is_refused(everyday_router: Router) -> None:
    decision = everyday_router.route("don't play jazz", available={"set_alarm"})
    assert isinstance(decision, Abstain)
    assert decision.reason == "negated"


def quiet(*examples: str) -> Router:
    """A router of two tools, of which one has these examples."""
    hush = Tool.from_dict({"name": "hush", "description": "Let nobody disturb me.", "examples": list(examples)})
    play = Tool.from_dict({"name": "play", "description": "Play a song.", "examples": ["play a song", "play music"]})
    router = train(ToolSet((hush, play)), HashingEncoder())
    return Router(router.tools, router.encoder, router.scorer, policy_with(0.0, 0.5))


def test_a_tool_whose_examples_negate_is_reached_by_negations() -> None:
    router = quiet("don't interrupt me", "do not disturb anybody", "silence please")
    for text in ("please don't interrupt us", "don't disturb me", "don't interrupt me"):
        assert router.route(text).candidates[0].tool == "hush"
        assert getattr(router.route(text), "reason", "") != "negated"
    assert getattr(router.route("don't play a song"), "reason", "") == "negated"


def test_a_tool_whose_examples_negate_in_one_language_is_not_reached_by_negations_in_another() -> None:
    router = quiet("don't interrupt me", "do not disturb anybody", "silence please")
    for text in ("ne supprime pas silence", "no borres silence please", "não apagues silence please"):
        assert router.phrasing.applied(router.phrasing.read(text), router.route("silence please")).kind == "abstain"
    assert router.route("ne me dérange pas, silence please").candidates[0].tool == "hush"


def test_a_tool_whose_examples_take_back_is_reached_by_them() -> None:
    router = quiet("never mind me", "forget it", "cancel that")
    assert router.route("scratch that").candidates[0].tool == "hush"
    assert getattr(router.route("scratch that"), "reason", "") != "cancelled"


def test_a_declared_text_means_what_it_says() -> None:
    router = quiet("don't play anything", "quiet")
    assert router.phrasing.read("Don't play anything").negated_verb == ""
    assert router.phrasing.read("don't play anything now").negated_verb == "play"


def test_each_request_has_its_decision_in_their_order(everyday_router: Router) -> None:
    decisions = everyday_router.route_all("Hey, wake me at seven and then play some jazz. Text my boss!")
    assert [described(decision) for decision in decisions] == [
        ("Hey, wake me at seven", "set_alarm"),
        ("play some jazz", "play_music"),
        ("Text my boss", "send_message"),
    ]


def test_one_of_several_requests_can_be_refused(everyday_router: Router) -> None:
    decisions = everyday_router.route_all("play some jazz and don't wake me at seven")
    assert [described(decision) for decision in decisions] == [
        ("play some jazz", "play_music"),
        ("don't wake me at seven", "negated"),
    ]


@pytest.mark.parametrize("word", ["and ", "no, ", "and never mind ", "but don't call ", "please "])
def test_no_utterance_takes_long_to_read(everyday_router: Router, word: str) -> None:
    text = (word * MAX_UTTERANCE_CHARACTERS)[: MAX_UTTERANCE_CHARACTERS - 20] + "never mind x"
    started = time.perf_counter()
    everyday_router.phrasing.read(text)
    assert time.perf_counter() - started < 0.5


def test_an_ampersand_joins_requests(everyday_router: Router) -> None:
    decisions = everyday_router.route_all("play some jazz & wake me at seven")
    assert [described(decision)[1] for decision in decisions] == ["play_music", "set_alarm"]


def test_a_sentence_that_is_for_no_tool_is_not_lost(shipped_router: Router) -> None:
    decisions = shipped_router.route_all("wake me at seven. should my cat marry? play some jazz")
    assert [described(decision) for decision in decisions] == [
        ("wake me at seven", "set_alarm"),
        ("should my cat marry", "out_of_scope"),
        ("play some jazz", "play_media"),
    ]
    assert len(shipped_router.route_all("wake me at seven. and should my cat marry")) == 2


def test_requests_that_are_all_for_no_tool_are_one(shipped_router: Router) -> None:
    text = "is it true. are you sure"
    assert shipped_router.route_all(text) == (shipped_router.route(text),)


def test_what_is_left_out_first_ends_where_the_request_begins(everyday_router: Router) -> None:
    for text in ("except thriller play all songs", "except thriller, play all songs"):
        assert everyday_router.phrasing.read(text).excluded == ("thriller",)


def test_the_work_for_one_utterance_is_bounded(everyday_router: Router) -> None:
    encoded = []

    def decide_all(texts: list[str]) -> list[Decision]:
        encoded.extend(texts)
        return [everyday_router.route(text) for text in texts]

    everyday_router.phrasing.segmented(", then ".join(["play some jazz", "wake me at six"] * 60), decide_all)
    assert len(encoded) == 21


@pytest.mark.parametrize(
    "text",
    [
        "play rock and roll",
        "text mum and dad",
        "wake me at six and call it gym",
        "text dad and say play some jazz and then tell him to wait",
        "text anna that i am late and play some jazz",
        "wake me at six, no wait, wake me at seven",
        "play some jazz and fold the laundry",
        "don't text mum, wake me at six",
        "play some jazz and wake me at six, never mind",
        "",
    ],
)
def test_one_request_has_the_decision_that_route_gives_it(everyday_router: Router, text: str) -> None:
    assert everyday_router.route_all(text) == (everyday_router.route(text),)


def test_at_most_so_many_requests_are_heard(everyday_router: Router) -> None:
    texts = ["play some jazz", "wake me at six"] * MOST_SEGMENTS
    decisions = everyday_router.route_all(", then ".join(texts))
    assert len(decisions) == MOST_SEGMENTS
    assert [decision.utterance for decision in decisions[:-1]] == texts[: MOST_SEGMENTS - 1]
    assert decisions[-1].utterance.endswith("wake me at six")


def test_only_available_tools_are_called_for_each_request(everyday_router: Router) -> None:
    first, second = everyday_router.route_all("play some jazz and wake me at six", available={"play_music"})
    assert isinstance(first, ToolCall)
    assert isinstance(second, Abstain)
    assert second.reason == "unavailable_tool"
    with pytest.raises(UnknownToolError, match="no tool is named 'x'"):
        everyday_router.route_all("", available={"x"})


@settings(max_examples=300)
@given(said | st.text(max_size=40))
def test_any_text_is_one_request_or_parts_of_it_in_order(everyday_router: Router, text: str) -> None:
    decisions = everyday_router.route_all(text)
    assert everyday_router.explain(text).decision == everyday_router.route(text)
    if len(decisions) == 1:
        assert decisions == (everyday_router.route(text),)
        return
    place = 0
    for decision in decisions:
        place = text.index(decision.utterance, place) + len(decision.utterance)
        assert decision == everyday_router.route(decision.utterance)
    assert len(text) <= MAX_UTTERANCE_CHARACTERS


@given(said)
def test_what_is_left_out_was_said(everyday_router: Router, text: str) -> None:
    assert all(thing in text for thing in everyday_router.phrasing.read(text).excluded)
