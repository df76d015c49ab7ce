"""A row of a log is an entry, or says what is wrong with it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import Abstain, AskArgument, Candidate, Clarify, ToolCall
from router.decision_log import Answer, Entry
from router.decision_log.entry import entry_from_dict
from tests.strategies import decisions

TWO = (Candidate("set_timer", 0.6), Candidate("set_alarm", 0.4))
EVIDENCE: dict[str, Any] = {"utterance": "ten minutes", "in_scope": 0.5, "candidates": TWO}

answers = st.builds(
    Answer.of,
    decisions() | st.sampled_from([None, "set_alarm", 7]),
    st.none() | st.floats(0.0, 1e6),
    st.sampled_from([None, "0123456789ab"]),
)
entries = st.builds(
    Entry,
    time=st.floats(0.0, 1e10),
    answer=answers,
    shadow=st.none() | answers,
    utterance=st.none() | st.text(),
    utterance_hash=st.none() | st.just("ab" * 16),
)


@given(entries)
def test_an_entry_is_the_row_that_it_writes(entry: Entry) -> None:
    assert entry_from_dict(json.loads(json.dumps(entry.to_dict()))) == entry


@pytest.mark.parametrize(
    ("value", "kind", "tools"),
    [
        (ToolCall("set_timer", **EVIDENCE), "call", ("set_timer",)),
        (AskArgument("set_timer", "length", "How long?", **EVIDENCE), "ask", ("set_timer",)),
        (Clarify(**EVIDENCE), "clarify", ("set_alarm", "set_timer")),
        (
            Clarify(choices=(ToolCall("set_timer", **EVIDENCE),), parameter="label", **EVIDENCE),
            "clarify",
            ("set_timer",),
        ),
        (Abstain("negated", **EVIDENCE), "abstain", ()),
        ("set_timer", "call", ("set_timer",)),
        (None, "abstain", ()),
    ],
)
def test_an_answer_of_any_kind_chooses_tools(value: object, kind: str, tools: tuple[str, ...]) -> None:
    answer = Answer.of(value)
    assert (answer.decision, answer.tools, answer.error) == (kind, tools, None)


@pytest.mark.parametrize(
    ("value", "confidence"),
    [
        (ToolCall("set_timer", **EVIDENCE), 0.3),
        (Abstain("negated", **{**EVIDENCE, "in_scope": 0.1}), 0.9),
        (Clarify(**EVIDENCE), None),
        ("set_timer", None),
        (None, None),
    ],
)
def test_confidence_is_that_of_what_was_chosen(value: object, confidence: float | None) -> None:
    assert Answer.of(value).confidence == confidence


def test_only_an_abstention_has_a_reason() -> None:
    assert Answer.of(Abstain("negated", **EVIDENCE)).reason == "negated"
    assert Answer.of(ToolCall("set_timer", **EVIDENCE)).reason is None


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (7, "returned int"),
        ("", "returned a text that is no tool's name"),
        ("wake me", "returned a text that is no tool's name"),
        ("x" * 65, "returned a text that is no tool's name"),
        ("set_alarm\n", "returned a text that is no tool's name"),
    ],
)
def test_what_is_no_answer_is_an_error(value: object, error: str) -> None:
    answer = Answer.of(value, 1.23456)
    assert (answer.decision, answer.tools, answer.error, answer.milliseconds) == (None, (), error, 1.235)


@pytest.mark.parametrize(
    "value", ["set_timer", None, ToolCall("set_timer", **EVIDENCE), Abstain("negated", **EVIDENCE)]
)
@pytest.mark.parametrize("said", ["ten minutes", "_", "None", ""])
def test_an_answer_of_a_function_that_says_nothing_of_the_utterance_is_what_it_is(value: object, said: str) -> None:
    assert Answer.of_function(value, said, milliseconds=1.0) == Answer.of(value, 1.0)


@pytest.mark.parametrize("value", ["Set_Timer", ToolCall("", **EVIDENCE), ToolCall("set_timer", **EVIDENCE)])
def test_an_answer_of_a_function_that_may_be_what_was_said_is_an_error(value: object) -> None:
    assert Answer.of_function(value, " SET_timer").error == "returned a text that is no tool's name"
    assert Answer.of_function(value, "ten minutes", {""}).error is None


def test_an_error_is_named_without_its_message() -> None:
    assert Answer.failed(ValueError("cannot route 'call mum'")).error == "raised ValueError"


ROW = Entry(time=1.0, answer=Answer.of("set_timer")).to_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": None}, "'time' is missing"),
        ({"time": "noon"}, "'time' is 'noon', and no number"),
        ({"time": True}, "'time' is true, and no number"),
        ({"decision": "dance"}, "'decision' is 'dance'; expected one of call, ask, clarify, abstain"),
        ({"decision": None}, "'decision' is null; expected one of"),
        ({"decision": "call", "error": "raised ValueError"}, "'decision' is 'call'"),
        ({"tool": 7}, "'tool' is 7, and not text"),
        ({"candidates": None}, "'candidates' is no list of tools with probabilities"),
        ({"candidates": [{"tool": "a"}]}, "'candidates' is no list of tools with probabilities"),
        ({"shadow": "a"}, "'shadow' is 'a', and no object"),
        ({"shadow": {}}, "'decision' is null"),
        ({"utterance": ["call mum"]}, "'utterance' is this list, and not text"),
    ],
)
def test_a_wrong_row_says_what_is_wrong(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        entry_from_dict(ROW | change)


def test_keys_of_a_later_version_are_passed_over() -> None:
    assert entry_from_dict(ROW | {"battery": 0.5}) == entry_from_dict(ROW)
