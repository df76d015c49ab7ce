"""A router answers everything that can be said, the same way each time and in every thread."""

import math
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import (
    Abstain,
    Clarify,
    Decision,
    DeclarationError,
    Router,
    Tool,
    ToolCall,
    ToolSet,
    UnknownToolError,
)
from router.router import MOST_CANDIDATES
from router.scoring.channels import CHANNELS
from router.scoring.scorer import GATE_FEATURES
from router.text import MAX_UTTERANCE_CHARACTERS
from router.training import train
from tests.strategies import policy_with

any_text = st.text(st.characters(categories=None, exclude_categories=[]))

MIXED = [
    "wake me at half past six",
    "play some jazz",
    "text mum that i am late",
    "will it rain tomorrow",
    "who wrote hamlet",
    "",
    "   \t",
    "🔦🔦🔦",
    "\ud800",
    "日本語で話して",
    "[SEP] [CLS] [PAD]",
    "WAKE ME AT SIX",
    "play " * 300,
    "x" * 1999,
    "x" * 2001,
    "wake me\x00at\x07six",
    "a",
    "?",
    "turn the lights off and on and off",
    "how do i get to the station by bike",
]


@pytest.mark.parametrize(
    ("said", "tool", "arguments"),
    [
        ("wake me at ten", "set_alarm", {"time": "ten"}),
        ("play some rock", "play_music", {"music": "rock"}),
        ("text my wife", "send_message", {"person": "my"}),
        ("will it rain on sunday", "get_weather", {}),
        ("flip a coin", "flip_coin", {}),
    ],
)
def test_an_utterance_calls_its_tool(everyday_router: Router, said: str, tool: str, arguments: dict[str, str]) -> None:
    match everyday_router.route(said):
        case ToolCall(called, found):
            assert (called, dict(found)) == (tool, arguments)
        case other:
            pytest.fail(f"{other}")


@pytest.mark.parametrize("said", ["order sushi", "turn my alarm off", "qwrtz", "who wrote hamlet", "😀"])
def test_what_is_for_no_tool_is_abstained_on(everyday_router: Router, said: str) -> None:
    assert everyday_router.route(said).in_scope < everyday_router.policy.thresholds["normal"].in_scope
    match everyday_router.route(said):
        case Abstain(reason):
            assert reason == "out_of_scope"
        case other:
            pytest.fail(f"{other}")


@settings(max_examples=200)
@given(any_text)
def test_any_text_whatsoever_gets_a_decision(everyday_router: Router, text: str) -> None:
    decision = everyday_router.route(text)
    assert decision.utterance == text
    assert 0.0 <= decision.probability <= decision.in_scope <= 1.0
    ranked = [candidate.probability for candidate in decision.candidates]
    assert ranked == sorted(ranked, reverse=True)
    assert {candidate.tool for candidate in decision.candidates} <= {*everyday_router.tools.names}
    if isinstance(decision, ToolCall):
        assert decision.tool == decision.candidates[0].tool
        assert decision.in_scope >= everyday_router.policy.thresholds["normal"].in_scope


@pytest.mark.parametrize("text", ["wake me " * 12_500, "😀" * 100_000, "\ud800" * 100_000, "\ufdfa" * 2000])
def test_very_long_texts_get_a_decision_too(everyday_router: Router, shipped_router: Router, text: str) -> None:
    for router in (everyday_router, shipped_router):
        decision = router.route(text)
        assert decision.utterance == text
        if len(text) > MAX_UTTERANCE_CHARACTERS:
            assert isinstance(decision, Abstain)
            assert decision.reason == ("empty" if text[0] == "\ud800" else "too_long")


def test_the_longest_text_that_is_heard_is_scored(everyday_router: Router) -> None:
    longest = ("wake me " * MAX_UTTERANCE_CHARACTERS)[:MAX_UTTERANCE_CHARACTERS]
    assert everyday_router.route(longest).candidates
    assert everyday_router.route(longest + "u") == Abstain("too_long", utterance=longest + "u", in_scope=0.0)


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u200b\ufeff", "\x00", "\ud800"])
def test_nothing_said_is_its_own_reason(everyday_router: Router, text: str) -> None:
    assert everyday_router.route(text) == Abstain("empty", utterance=text, in_scope=0.0)
    assert everyday_router.explain(text).decision == everyday_router.route(text)


def test_a_declaration_that_asks_for_confirmation_gets_it(everyday_router: Router) -> None:
    decisions = everyday_router.route_many(["send a message to mum", "play some jazz"])
    assert [isinstance(decision, ToolCall) and decision.confirm for decision in decisions] == [True, False]


def test_many_at_once_are_answered_as_one_by_one(everyday_router: Router) -> None:
    expected = [everyday_router.route(text) for text in MIXED]
    ticks: list[int] = []
    for threads in (None, 1, 7):
        assert everyday_router.route_many(iter(MIXED), threads=threads, progress=ticks.append) == expected
    assert ticks == [1] * 3 * len(MIXED)
    assert everyday_router.route_many([]) == []


def test_many_at_once_are_answered_as_one_by_one_on_the_encoder_that_ships(shipped_router: Router) -> None:
    mixed = [*MIXED, *(" and then ".join(MIXED[:n]) for n in range(1, 21))]
    expected = [shipped_router.route(text) for text in mixed]
    for threads in (None, 1, 3):
        assert shipped_router.route_many(mixed, threads=threads) == expected
    assert shipped_router.route_many(mixed[::-1]) == expected[::-1]


def test_eight_threads_get_the_same_answers(everyday_router: Router, shipped_router: Router) -> None:
    fresh = everyday_router.without("flip_coin")  # nothing has asked it yet
    for router in (fresh, everyday_router, shipped_router):
        with ThreadPoolExecutor(8) as pool:
            started = [pool.submit(_route_all, router, MIXED[n:] + MIXED[:n]) for n in range(8)]
            answers = [each.result() for each in started]
        expected = _route_all(router, MIXED)
        assert all(answers[n] == expected[n:] + expected[:n] for n in range(8))


def _route_all(router: Router, said: list[str]) -> list[Decision]:
    return [router.route(text) for text in said]


def test_only_available_tools_are_called_or_asked_about(everyday_router: Router) -> None:
    for names in ({"set_alarm"}, {"set_alarm", "play_music"}, {*everyday_router.tools.names}):
        for text in MIXED:
            decision = everyday_router.route(text, available=names)
            if not isinstance(decision, Abstain):
                assert {candidate.tool for candidate in decision.candidates} <= names
                usual = {each.tool: each.probability for each in everyday_router.route(text).candidates}
                for candidate in decision.candidates:  # that another is not available makes it no surer
                    assert candidate.probability == usual.get(candidate.tool, candidate.probability)


def test_what_is_plainly_for_an_unavailable_tool_is_abstained_on(everyday_router: Router) -> None:
    decision = everyday_router.route("wake me at seven", available={"play_music", "get_weather"})
    assert isinstance(decision, Abstain)
    assert decision.reason == "unavailable_tool"
    assert decision.candidates[0].tool == "set_alarm"  # the app may say what would have been needed
    assert isinstance(everyday_router.route("play some jazz", available=["play_music", "get_weather"]), ToolCall)


def test_what_is_for_no_tool_is_out_of_scope_whatever_is_available(everyday_router: Router) -> None:
    decision = everyday_router.route("who wrote hamlet", available=set())
    assert isinstance(decision, Abstain)
    assert decision.reason == "out_of_scope"


def test_with_nothing_available_every_wish_is_abstained_on(everyday_router: Router) -> None:
    nothing: list[Collection[str]] = [set(), [], (), {}]
    for empty in nothing:
        decision = everyday_router.route("wake me at seven", available=empty)
        assert isinstance(decision, Abstain)
        assert decision.reason == "unavailable_tool"


def test_all_available_is_the_same_as_nothing_said_about_it(everyday_router: Router) -> None:
    for text in MIXED:
        free, restricted = (
            everyday_router.route(text),
            everyday_router.route(text, available=everyday_router.tools.names),
        )
        assert type(free) is type(restricted)
        assert [c.tool for c in free.candidates] == [c.tool for c in restricted.candidates]


def test_a_single_available_tool_is_never_asked_about() -> None:
    pair = ToolSet((Tool("wake_early", "Wake me early."), Tool("wake_late", "Wake me late.")))
    router = train(pair, "hashing")
    unsure = Router(pair, router.encoder, router.scorer, policy_with(0.0, 1.001))
    decision = unsure.route("wake me early or late")
    assert isinstance(decision, Clarify)
    likelier = decision.candidates[0].tool
    only = unsure.route("wake me early or late", available={likelier})
    assert isinstance(only, ToolCall)
    assert [candidate.tool for candidate in only.candidates] == [likelier]


@pytest.mark.parametrize("text", ["wake me", ""])
@pytest.mark.parametrize("ask", ["route", "explain", "route_many"])
def test_an_available_tool_that_is_not_declared_is_an_error_whatever_is_said(
    everyday_router: Router, text: str, ask: str
) -> None:
    with pytest.raises(UnknownToolError, match=r"no tool is named 'set_alrm'. Did you mean 'set_alarm'\?"):
        getattr(everyday_router, ask)([text] if ask == "route_many" else text, available={"set_alrm"})


@pytest.mark.parametrize("ask", ["route", "explain", "route_many"])
def test_one_name_is_no_collection_of_names(everyday_router: Router, ask: str) -> None:
    with pytest.raises(TypeError, match=r"available is 'set_alarm'; expected a collection of names"):
        getattr(everyday_router, ask)(["x"] if ask == "route_many" else "x", available="set_alarm")


@settings(max_examples=60)
@given(
    st.sampled_from(MIXED) | any_text, st.none() | st.sets(st.sampled_from(["set_alarm", "play_music", "flip_coin"]))
)
def test_an_explanation_is_of_the_decision_and_adds_up(
    everyday_router: Router, text: str, available: set[str] | None
) -> None:
    explanation = everyday_router.explain(text, available=available)
    decision = everyday_router.route(text, available=available)
    assert explanation.decision == decision
    assert [(c.tool, c.probability) for c in explanation.candidates] == [
        (c.tool, c.probability) for c in decision.candidates
    ]
    if not explanation.gate:
        assert isinstance(decision, Abstain)
        assert decision.reason in {"empty", "too_long"}
        return
    assert tuple(explanation.gate) == GATE_FEATURES
    assert 1 / (1 + math.exp(-sum(explanation.gate.values()))) == pytest.approx(decision.in_scope)
    first = explanation.candidates[0]
    for other in explanation.candidates:
        assert tuple(other.contributions) == CHANNELS
        lead = sum(first.contributions.values()) - sum(other.contributions.values())
        assert other.probability == pytest.approx(first.probability * math.exp(-lead), rel=1e-4, abs=1e-12)


def test_an_explanation_shows_the_authors_own_words(everyday_router: Router) -> None:
    first, *_ = everyday_router.explain("wake me at seven").candidates
    assert first.nearest[0].text == "wake me at seven"
    assert first.nearest[0].similarity == pytest.approx(1.0, abs=1e-6)
    assert [near.similarity for near in first.nearest] == sorted((n.similarity for n in first.nearest), reverse=True)
    (coin,) = everyday_router.explain("flip a coin").candidates[0].nearest
    assert (coin.text, coin.is_declaration) == ("Flip a coin.", True)


def test_contributions_are_above_the_mean_of_all_tools(everyday_router: Router) -> None:
    assert len(everyday_router.tools) <= MOST_CANDIDATES
    candidates = everyday_router.explain("wake me at seven").candidates
    for channel in CHANNELS:
        assert math.fsum(candidate.contributions[channel] for candidate in candidates) == pytest.approx(0.0, abs=1e-4)


def test_a_tool_is_added_as_a_mapping_and_the_router_itself_stays(everyday_router: Router) -> None:
    timer = {
        "name": "set_timer",
        "description": "Set a timer.",
        "parameters": {"type": "object", "properties": {"m": {"type": "string"}}},
        "examples": ["set a timer for {m: ten}", "timer"],
    }
    before = everyday_router.route("timer please")
    grown = everyday_router.with_tool(timer)
    assert grown.tools["set_timer"].examples[0].utterance == "set a timer for ten"
    assert grown.route("timer please").candidates[0].tool == "set_timer"
    assert "set_timer" not in everyday_router.tools
    assert everyday_router.route("timer please") == before


@pytest.mark.parametrize(
    ("declaration", "problem"),
    [
        ({}, "'name' is missing"),
        ({"name": "a", "description": "B.", "exampels": []}, "Did you mean 'examples'"),
        ({"name": "a", "description": "B.", "parameters": {"type": "objekt"}}, "parameters"),
    ],
)
def test_a_mapping_that_is_no_declaration_is_refused(
    everyday_router: Router, declaration: dict[str, object], problem: str
) -> None:
    with pytest.raises(DeclarationError, match=problem):
        everyday_router.with_tool(declaration)


def test_a_tool_is_taken_away_by_its_name(everyday_router: Router) -> None:
    assert everyday_router.without("flip_coin").tools.names == tuple(
        name for name in everyday_router.tools.names if name != "flip_coin"
    )
    with pytest.raises(UnknownToolError, match="Did you mean 'flip_coin'"):
        everyday_router.without("flip_coins")


def test_a_router_says_what_it_is(everyday_router: Router) -> None:
    assert repr(everyday_router) == "<Router of 5 tools on 'hashing'>"


def test_a_counterexample_said_word_for_word_never_calls_its_tool() -> None:
    timer = {
        "name": "set_timer",
        "description": "Set a timer.",
        "examples": ["set a timer", "start a timer"],
        "counterexamples": ["Stop the timer"],
    }
    play = {"name": "play", "description": "Play music.", "examples": ["play a song", "put some music on"]}
    router = train(ToolSet((Tool.from_dict(timer), Tool.from_dict(play))), "hashing")
    said = router.route(" stop  the TIMER ")
    assert not isinstance(said, ToolCall)
    assert [candidate.tool for candidate in said.candidates] == ["play"]
    assert said.in_scope < router.route("stop the timers").in_scope
    assert router.route("set a timer").candidates[0].tool == "set_timer"
    alone = router.without("play")
    anything_goes = Router(alone.tools, alone.encoder, alone.scorer, policy_with(0.0, 0.0))
    nothing_left = anything_goes.route("stop the timer")
    assert isinstance(nothing_left, Abstain)
    assert (nothing_left.reason, nothing_left.candidates) == ("out_of_scope", ())
    assert isinstance(anything_goes.route("stop the timers"), ToolCall)
