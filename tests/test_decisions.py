"""Decisions are values to match on, and the policy is a pure function."""

import json
from dataclasses import FrozenInstanceError
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, Tool, ToolCall, ToolSet
from router.decisions import (
    CLOSE,
    LENIENCE,
    MOST_CHOICES,
    WORTH_ASKING,
    Argument,
    Thresholds,
    decide,
    decision_from_dict,
)
from router.declarations import Confirm, Risk
from tests.strategies import policy_with

probabilities = st.floats(0.0, 1.0)
pairs = st.builds(Thresholds, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
policies = st.builds(Policy, thresholds=st.fixed_dictionaries(dict.fromkeys(LENIENCE, pairs)))
risks = st.sampled_from(get_args(Risk))
confirms = st.sampled_from([None, "never", "always", 0.5])
TWO = (Candidate("set_alarm", 0.6), Candidate("set_timer", 0.4))


ALARMS = ToolSet((Tool("set_alarm", "Set an alarm."), Tool("set_timer", "Set a timer.")))


def _tools(risk: Risk = "normal", confirm: Confirm = None) -> ToolSet:
    """Tools for any list of candidates, all alike."""
    return ToolSet(tuple(Tool(f"tool_{n}", "Do it.", risk=risk, confirm=confirm) for n in range(5)))


@st.composite
def candidate_lists(draw: st.DrawFn) -> tuple[Candidate, ...]:
    """Ranked candidates whose probabilities add up to at most 1."""
    weights = sorted(draw(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5)), reverse=True)
    total = sum(weights) * draw(st.floats(1.0, 2.0) if len(weights) == 5 else st.just(1.0))
    return tuple(Candidate(f"tool_{n}", weight / total) for n, weight in enumerate(weights))


def _described(decision: Decision) -> str:
    match decision:
        case ToolCall(tool, arguments):
            return f"call {tool} with {dict(arguments)}"
        case AskArgument(tool, parameter, question):
            return f"{question} ({tool}.{parameter})"
        case Clarify(candidates):
            return " or ".join(candidate.tool for candidate in candidates)
        case Abstain(reason):
            return reason


@pytest.mark.parametrize(
    ("decision", "described"),
    [
        (
            ToolCall("set_alarm", {"time": "06:30"}, utterance="u", in_scope=1.0),
            "call set_alarm with {'time': '06:30'}",
        ),
        (ToolCall("set_alarm", utterance="u", in_scope=1.0), "call set_alarm with {}"),
        (AskArgument("set_alarm", "time", "When?", utterance="u", in_scope=1.0), "When? (set_alarm.time)"),
        (Clarify(utterance="u", in_scope=1.0, candidates=TWO), "set_alarm or set_timer"),
        (Abstain("out_of_scope", utterance="u", in_scope=0.0), "out_of_scope"),
    ],
)
def test_a_decision_is_matched_by_its_parts(decision: Decision, described: str) -> None:
    assert _described(decision) == described


def test_a_decision_cannot_be_changed_and_can_be_kept_in_a_set() -> None:
    call = ToolCall("set_alarm", utterance="u", in_scope=1.0, candidates=TWO)
    with pytest.raises(FrozenInstanceError, match="tool"):
        call.tool = "set_timer"  # type: ignore[misc]
    with pytest.raises(TypeError, match="does not support item assignment"):
        call.arguments["time"] = "06:30"  # type: ignore[index]
    with pytest.raises(FrozenInstanceError, match="probability"):
        TWO[0].probability = 1.0  # type: ignore[misc]
    assert len({call, ToolCall("set_alarm", utterance="u", in_scope=1.0, candidates=TWO)}) == 1


def test_the_probability_of_a_decision_is_that_of_its_first_candidate_being_right() -> None:
    assert ToolCall("set_alarm", utterance="u", in_scope=0.5, candidates=TWO).probability == 0.3
    assert Abstain("empty", utterance="", in_scope=0.0).probability == 0.0


@given(candidate_lists(), probabilities, policies, probabilities, risks, confirms)
def test_the_policy_decides(
    candidates: tuple[Candidate, ...],
    in_scope: float,
    policy: Policy,
    available_share: float,
    risk: Risk,
    confirm: Confirm,
) -> None:
    tools = _tools(risk, confirm)
    decision = decide("u", candidates, in_scope, policy, tools, available_share=available_share)
    assert (decision.utterance, decision.in_scope) == ("u", in_scope)
    first, normal, own = candidates[0], policy.thresholds["normal"], policy.thresholds[risk]
    usual = own if risk == "harmless" else normal
    unsure = first.probability < usual.call
    unsafe = unsure or (risk == "irreversible" and (in_scope < own.in_scope or first.probability < own.call))
    if in_scope < normal.in_scope:
        expected = "out_of_scope"
    elif available_share < 0.5:
        expected = "unavailable_tool"
    elif unsure and len(candidates) > 1:
        expected = "clarify" if isinstance(decision, Clarify) else "ambiguous"
    else:
        expected = "below_risk_limit" if unsafe and confirm == "never" else first.tool
    match decision:
        case Abstain(reason):
            assert reason == expected
        case ToolCall(tool):
            assert tool == expected
            is_below = isinstance(confirm, float) and decision.probability < confirm
            assert decision.confirm == (confirm == "always" or unsafe or is_below)
        case Clarify(choices):
            assert expected == "clarify"
            assert [(choice.tool, choice.candidates[0].tool) for choice in decision.choices] == [
                (choice.tool, choice.tool) for choice in choices
            ]
            assert decision.tool is None
            assert all(choice.confirm == (confirm == "always") for choice in decision.choices)
            assert 2 <= len(choices) <= MOST_CHOICES
            assert choices == candidates[: len(choices)]
            assert all(choice.probability * CLOSE >= first.probability * 0.999 for choice in choices[2:])
            assert sum(choice.probability for choice in choices) >= WORTH_ASKING
    if not isinstance(decision, Clarify):
        assert decision.candidates == candidates


@pytest.mark.parametrize(
    ("shares", "choices"),
    [
        ([0.4, 0.35, 0.25], 3),
        ([0.45, 0.45, 0.1], 2),
        ([0.25, 0.25, 0.25, 0.25], 3),
        ([0.49, 0.1, 0.1, 0.1, 0.1], 2),
    ],
)
def test_only_those_are_asked_about_that_come_close(shares: list[float], choices: int) -> None:
    candidates = tuple(Candidate(f"tool_{n}", share) for n, share in enumerate(shares))
    assert decide("u", candidates, 1.0, Policy(), _tools()).candidates == candidates[:choices]


def test_what_could_be_too_many_things_is_not_asked_about() -> None:
    candidates = tuple(Candidate(f"tool_{n}", 0.1) for n in range(5))
    assert decide("u", candidates, 1.0, Policy(), _tools()) == Abstain(
        "ambiguous", utterance="u", in_scope=1.0, candidates=candidates
    )


def test_a_question_names_the_choices_by_their_descriptions() -> None:
    tools = ToolSet((Tool("set_alarm", "Set an alarm. It rings."), Tool("set_timer", "Count down, with a sound.")))
    decision = decide("u", TWO, 1.0, policy_with(0.5, 0.9), tools)
    assert isinstance(decision, Clarify)
    assert decision.question == "Which one: set an alarm or count down, with a sound?"


def test_a_harmless_tool_acts_on_less_and_an_irreversible_one_asks_first() -> None:
    policy = Policy(
        thresholds={
            "normal": Thresholds(0.5, 0.7),
            "harmless": Thresholds(0.5, 0.5),
            "irreversible": Thresholds(0.9, 0.9),
        }
    )
    unsure = (Candidate("tool_0", 0.6), Candidate("tool_1", 0.4))
    assert isinstance(decide("u", unsure, 0.8, policy, _tools("normal")), Clarify)
    assert isinstance(decide("u", unsure, 0.8, policy, _tools("harmless")), ToolCall)
    surer = (Candidate("tool_0", 0.8), Candidate("tool_1", 0.2))
    asks = decide("u", surer, 0.8, policy, _tools("irreversible"))
    assert isinstance(asks, ToolCall)
    assert asks.confirm
    assert decide("u", surer, 0.8, policy, _tools("irreversible", "never")) == Abstain(
        "below_risk_limit", utterance="u", in_scope=0.8, candidates=surer
    )


def test_thresholds_themselves_are_enough() -> None:
    assert isinstance(decide("u", TWO, 0.7, policy_with(0.7, 0.6), ALARMS, available_share=0.5), ToolCall)


def test_nothing_available_is_an_abstention() -> None:
    assert decide("u", (), 0.9, Policy(), _tools(), available_share=0.0) == Abstain(
        "unavailable_tool", utterance="u", in_scope=0.9
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"max_false_accept": 5}, "max_false_accept is 5; expected a share"),
        ({"confidence": 1.0}, "confidence is 1.0; expected a probability above 0 and below 1"),
        ({"thresholds": {"normal": Thresholds()}}, r"thresholds are for \['normal'\]; expected"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Policy(**values)


def test_a_threshold_is_a_probability() -> None:
    with pytest.raises(ValueError, match="the call threshold is 90; expected a probability between 0 and 1"):
        Thresholds(0.5, 90)


EVIDENCE: dict[str, Any] = {"utterance": "wake me", "in_scope": 0.75, "candidates": TWO}
JO = Argument("label", "Jo Brown", "jo", 0, 2, 0.9, "known")
DECISIONS: list[Decision] = [
    ToolCall("set_alarm", {"time": "06:30"}, confirm=True, **EVIDENCE),
    AskArgument("set_alarm", "time", "When?", **EVIDENCE),
    Clarify(**EVIDENCE),
    Clarify("Which?", choices=(ToolCall("set_alarm", {"time": "06:30"}, **EVIDENCE),), **EVIDENCE),
    Clarify(
        "Which 'jo'?",
        choices=(
            ToolCall("set_alarm", {"label": "Jo Brown"}, found=(JO,), **EVIDENCE),
            AskArgument("set_alarm", "time", "When?", arguments={"label": "Jo Smith"}, **EVIDENCE),
        ),
        parameter="label",
        said="jo",
        **EVIDENCE,
    ),
    Abstain("out_of_scope", **EVIDENCE),
    Abstain("empty", utterance="", in_scope=0.0),
]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.kind)
def test_a_decision_is_what_its_json_says(decision: Decision) -> None:
    assert decision_from_dict(json.loads(json.dumps(decision.to_dict()))) == decision


def test_every_decision_has_the_same_keys_in_json() -> None:
    assert len({tuple(decision.to_dict()) for decision in DECISIONS}) == 1


def test_json_of_something_else_is_no_decision() -> None:
    with pytest.raises(ValueError, match="'sing' is no decision; expected one of"):
        decision_from_dict(DECISIONS[0].to_dict() | {"decision": "sing"})
