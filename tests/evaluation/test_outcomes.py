"""What came of a case, how good that was, and the same as arrays."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.decisions import Abstain, AskArgument, Candidate, Clarify, ToolCall
from router.evaluation import Case, Outcome
from router.evaluation.columns import ASK, NO_TOOL, columns
from router.evaluation.outcomes import outcome_from_dict
from router.evaluation.runner import recorded
from tests.evaluation.made_up import outcome
from tests.strategies import cases, outcomes

VERDICTS = [
    (["a"], "a", "right"),
    (["a"], "a?", "right"),
    ([], "", "right"),
    (["a", "b"], "a or b", "right"),
    (["a", "b"], "c or b or a", "right"),
    (["a", "b", "c"], "a or b or d", "right"),
    (["a"], "b", "wrong_call"),
    (["a"], "b?", "wrong_call"),
    (["a", "b"], "c", "wrong_call"),
    ([], "a", "false_accept"),
    ([], "a?", "false_accept"),
    (["a"], "", "false_reject"),
    (["a", "b"], "", "false_reject"),
    (["a", "b"], "a", "guessed"),
    (["a", "b"], "b?", "guessed"),
    (["a"], "a or b", "asked"),
    ([], "a or b", "asked"),
    (["a", "b"], "a or c", "asked"),
    (["a", "b"], "c or d", "asked"),
]


@pytest.mark.parametrize(("tools", "did", "verdict"), VERDICTS)
def test_a_verdict_says_how_good_a_decision_was(tools: list[str], did: str, verdict: str) -> None:
    found = outcome("say it", tools, did)
    assert found.verdict == verdict
    assert found.called == ("" if " or " in did else did.removesuffix("?"))


def test_a_router_is_as_sure_of_a_call_as_of_its_tool_and_else_as_of_being_out_of_scope() -> None:
    assert outcome("say it", [], "a", 0.9, 0.8).confidence == pytest.approx(0.72)
    assert outcome("say it", [], "a?", 0.9, 0.8).confidence == pytest.approx(0.72)
    assert outcome("say it", ["a"], "", 0.9, 0.2).confidence == pytest.approx(0.8)
    assert outcome("say it", ["a"], "a or b", 0.4, 0.7).confidence == pytest.approx(0.3)


@given(outcomes(cases()))
def test_an_outcome_reads_as_it_was_written(found: Outcome) -> None:
    written = json.loads(json.dumps(found.to_dict()))
    assert outcome_from_dict(written, found.case) == found
    assert found.to_dict() == outcome_from_dict(written, found.case).to_dict()
    assert 0.0 <= found.confidence <= 1.0


def test_an_outcome_is_written_as_its_row_and_what_was_decided() -> None:
    found = recorded(Case("1", "hello", ()), outcome("hello", [], "set_alarm", 0.9, 0.95).decision, 1.23456)
    assert found.to_dict() == {
        "id": "1",
        "utterance": "hello",
        "intent": "out_of_scope",
        "decision": {
            "decision": "call",
            "tool": "set_alarm",
            "arguments": {},
            "confirm": False,
            "in_scope": 0.95,
            "candidates": {
                "set_alarm": 0.9,
                "flip_coin": 0.025,
                "get_weather": 0.025,
                "play_music": 0.025,
                "send_message": 0.025,
            },
        },
        "verdict": "false_accept",
        "milliseconds": 1.235,
    }


def test_what_is_recorded_has_the_digits_that_a_report_keeps() -> None:
    decision = Clarify(
        utterance="say it", in_scope=2 / 3, candidates=(Candidate("a", 0.123456789), Candidate("b", 1e-9))
    )
    found = recorded(Case("1", "say it", ("a",)), decision, 1 / 3)
    assert found == Outcome(
        Case("1", "say it", ("a",)),
        Clarify(utterance="say it", in_scope=0.666667, candidates=(Candidate("a", 0.123457), Candidate("b", 0.0))),
        0.333,
    )


WRITTEN = outcome("wake me", ["set_alarm"], "set_alarm").to_dict()
ALTERED: list[tuple[dict[str, Any], str]] = [
    ({"decision": None}, "NoneType"),
    ({"decision": {}}, "candidates"),
    ({"verdict": "wrong_call"}, "'wake me' is written otherwise than it would be"),
    ({"utterance": "wake you"}, "is written otherwise"),
    ({"tag": "asr"}, "is written otherwise"),
    ({"decision": WRITTEN["decision"] | {"decision": "shrug"}}, "'shrug' is no decision"),
    ({"decision": WRITTEN["decision"] | {"in_scope": "sure"}}, "can't multiply"),
    ({"decision": WRITTEN["decision"] | {"in_scope": None}}, "NoneType"),
    ({"decision": WRITTEN["decision"] | {"candidates": {"set_alarm": "likely"}}}, "can't multiply"),
    ({"decision": WRITTEN["decision"] | {"candidates": ["set_alarm"]}}, "items"),
    ({"decision": WRITTEN["decision"] | {"arguments": None}}, "NoneType"),
    ({"decision": WRITTEN["decision"] | {"arguments": "six"}}, "dictionary update"),
    ({"decision": WRITTEN["decision"] | {"tool": None}}, "is written otherwise"),
    ({"decision": WRITTEN["decision"] | {"tool": ["set_alarm"]}}, "is written otherwise"),
    ({"milliseconds": "long"}, "could not convert"),
    ({"milliseconds": None}, "NoneType"),
]


@pytest.mark.parametrize(("altered", "message"), ALTERED, ids=[json.dumps(altered)[:60] for altered, _ in ALTERED])
def test_anything_else_is_refused(altered: dict[str, Any], message: str) -> None:
    case = Case(WRITTEN["id"], "wake me", ("set_alarm",))
    assert outcome_from_dict(WRITTEN, case).to_dict() == WRITTEN
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError), match=message):
        outcome_from_dict(WRITTEN | altered, case)


@settings(max_examples=60)
@given(st.lists(outcomes(), max_size=8))
def test_columns_say_what_the_outcomes_say(found: list[Outcome]) -> None:
    c = columns(found)
    names = dict(enumerate(c.tools))
    assert len(c) == len(found)
    assert list(c.tools) == sorted(c.tools)
    for n, each in enumerate(found):
        tools, decision = each.case.tools, each.decision
        assert names.get(int(c.expected[n]), int(c.expected[n])) == (
            tools[0] if len(tools) == 1 else ASK if tools else NO_TOOL
        )
        otherwise = ASK if isinstance(decision, Clarify) else NO_TOOL
        assert names.get(int(c.called[n]), int(c.called[n])) == (each.called or otherwise)
        ranked = [candidate.tool for candidate in decision.candidates] + [NO_TOOL] * 5
        assert [names.get(tool, tool) for tool in c.ranked[n].tolist()] == ranked[:5]
        assert c.right[n] == (each.verdict == "right")
        assert c.guessed[n] == (each.verdict == "guessed")
        assert c.likeliest[n] == (decision.candidates[0].probability if decision.candidates else 0.0)
        assert (c.in_scope[n], c.milliseconds[n]) == (decision.in_scope, each.milliseconds)
        assert c.wanted[n] == (each.case.arguments if each.called and each.verdict == "right" else None)
        assert c.given[n] == getattr(decision, "arguments", {})


@given(st.lists(st.sampled_from(["", "", "x", "y", "\n0", "\n1", "x\0"]), max_size=8))
def test_cases_share_a_cluster_only_if_both_name_it(names: list[str]) -> None:
    c = columns(
        [
            Outcome(Case(str(n), str(n), (), cluster=name), Abstain("empty", utterance="", in_scope=0.0), 1.0)
            for n, name in enumerate(names)
        ]
    )
    for one in range(len(names)):
        for other in range(len(names)):
            shared = one == other or (names[one] == names[other] != "")
            assert (c.clusters[one] == c.clusters[other]) == shared
    named = [name for name in names if name]
    assert c.is_clustered == (len(named) > len({*named}))


@settings(max_examples=40)
@given(st.lists(outcomes(), max_size=6), st.data())
def test_taking_rows_keeps_them_together(found: list[Outcome], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(found) - 1), max_size=8)) if found else []
    taken, again = columns(found).take(np.array(places, np.int64)), columns([found[n] for n in places])
    assert len(taken) == len(places)
    assert [taken.tools[n] if n >= 0 else n for n in taken.called] == [
        again.tools[n] if n >= 0 else n for n in again.called
    ]
    assert taken.in_scope.tolist() == again.in_scope.tolist()
    assert taken.given.tolist() == again.given.tolist()


def test_acting_wrongly_does_more_harm_than_not_acting() -> None:
    timid = outcome("wake me", ["set_alarm"], "", in_scope=0.0)
    bold = outcome("order me a taxi", [], "set_alarm", likely=0.6, in_scope=0.6)
    bolder = outcome("call a taxi", [], "set_alarm", likely=0.9, in_scope=0.9)
    assert timid.confidence > bold.confidence
    assert sorted([bold, timid, bolder], key=lambda each: each.harm, reverse=True) == [bolder, bold, timid]


@pytest.mark.parametrize(
    ("stated", "said", "right"),
    [
        (None, {"time": "06:00"}, True),
        ({"time": "06:00"}, {"time": "06:00"}, True),
        ({"time": "06:00"}, {"time": "18:00"}, False),
        ({"time": "06:00"}, {}, False),
        ({}, {"time": "06:00"}, False),
        ({}, {}, True),
    ],
)
def test_arguments_are_right_if_they_are_those_that_are_stated(stated: Any, said: Any, right: bool) -> None:
    case = Case("1", "wake me", ("set_alarm",), stated)
    call = ToolCall("set_alarm", said, utterance="wake me", in_scope=1.0)
    asked = AskArgument("set_alarm", "time", "When?", utterance="wake me", in_scope=1.0, arguments=said)
    assert Outcome(case, call, 1.0).has_right_arguments is right
    assert Outcome(case, asked, 1.0).has_right_arguments is right
