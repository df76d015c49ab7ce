"""Decisions are values to match on, and the policy is a pure function."""

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import Abstain, AskArgument, Candidate, Clarify, Decision, Policy, ToolCall
from router.decisions import CLOSE, MOST_CHOICES, decide, decision_from_dict

probabilities = st.floats(0.0, 1.0)
policies = st.builds(Policy, in_scope_threshold=st.floats(0.0, 1.1), call_threshold=st.floats(0.0, 1.1))
TWO = (Candidate("set_alarm", 0.6), Candidate("set_timer", 0.4))


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


@given(candidate_lists(), probabilities, policies, probabilities, st.booleans())
def test_the_policy_decides(
    candidates: tuple[Candidate, ...], in_scope: float, policy: Policy, available_share: float, confirm: bool
) -> None:
    decision = decide("u", candidates, in_scope, policy, available_share=available_share, confirm=confirm)
    assert (decision.utterance, decision.in_scope) == ("u", in_scope)
    first = candidates[0]
    match decision:
        case Abstain("out_of_scope"):
            assert in_scope < policy.in_scope_threshold
        case Abstain(reason):
            assert reason == "unavailable_tool"
            assert in_scope >= policy.in_scope_threshold
            assert available_share < 0.5
        case ToolCall(tool):
            assert in_scope >= policy.in_scope_threshold
            assert available_share >= 0.5
            assert first.probability >= policy.call_threshold or candidates == (first,)
            assert (tool, decision.confirm) == (first.tool, confirm)
        case Clarify(choices):
            assert in_scope >= policy.in_scope_threshold
            assert available_share >= 0.5
            assert first.probability < policy.call_threshold
            assert 2 <= len(choices) <= MOST_CHOICES
            assert choices == candidates[: len(choices)]
            assert all(choice.probability * CLOSE >= first.probability * 0.999 for choice in choices[2:])
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
    assert decide("u", candidates, 1.0, Policy()).candidates == candidates[:choices]


def test_thresholds_themselves_are_enough() -> None:
    policy = Policy(in_scope_threshold=0.7, call_threshold=0.6)
    assert isinstance(decide("u", TWO, 0.7, policy, available_share=0.5), ToolCall)


def test_nothing_available_is_an_abstention() -> None:
    assert decide("u", (), 0.9, Policy(), available_share=0.0) == Abstain(
        "unavailable_tool", utterance="u", in_scope=0.9
    )


EVIDENCE: dict[str, Any] = {"utterance": "wake me", "in_scope": 0.75, "candidates": TWO}
DECISIONS: list[Decision] = [
    ToolCall("set_alarm", {"time": "06:30"}, confirm=True, **EVIDENCE),
    AskArgument("set_alarm", "time", "When?", **EVIDENCE),
    Clarify(**EVIDENCE),
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
