"""A case is a row of a suite file, and a row is a case or says what is wrong with it."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.evaluation import Card, Case, Suite
from router.evaluation.cases import default_id
from router.evaluation.rows import KEYS, case_from_row
from tests.strategies import cases, json_values, suites, words

CASE = Case("1", "wake me at six", ("set_alarm",), {"time": "six"}, ("asr",), "en", "wake", line=3)
SUITE = Suite("everyday", (CASE, Case("2", "hello", ())))


@pytest.mark.parametrize(
    ("tools", "intent"), [((), "out_of_scope"), (("a",), "a"), (("a", "b"), "a or b"), (("a", "b", "c"), "a or b or c")]
)
def test_an_intent_is_said_in_one_line(tools: tuple[str, ...], intent: str) -> None:
    assert Case("1", "say it", tools).intent == intent


@given(cases())
def test_a_case_is_the_row_that_it_writes(case: Case) -> None:
    assert case_from_row(json.loads(json.dumps(case.to_dict()))) == (case, [])


def test_a_row_leaves_out_what_a_case_does_not_say() -> None:
    assert Case("1", "hello", ()).to_dict() == {"id": "1", "utterance": "hello", "intent": "out_of_scope"}
    assert CASE.to_dict() == {
        "id": "1",
        "utterance": "wake me at six",
        "intent": "set_alarm",
        "arguments": {"time": "six"},
        "tags": ["asr"],
        "language": "en",
        "cluster": "wake",
    }
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert replace(CASE, now=now).to_dict() == CASE.to_dict() | {"now": "2026-11-23T15:00:00+00:00"}
    assert Case("1", "play or wake", ("a", "b"), {}).to_dict()["intent"] == ["a", "b"]


def test_empty_arguments_are_not_the_same_as_none_stated() -> None:
    stated, _ = case_from_row({"utterance": "wake me", "intent": "set_alarm", "arguments": {}})
    unstated, _ = case_from_row({"utterance": "wake me", "intent": "set_alarm", "arguments": None})
    assert stated is not None
    assert stated.arguments == {}
    assert unstated is not None
    assert unstated.arguments is None


MOMENTS = {
    "2026-11-23T15:00": datetime(2026, 11, 23, 15),
    "2026-11-23 15:00:30": datetime(2026, 11, 23, 15, 0, 30),
    "2026-11-23T15:00Z": datetime(2026, 11, 23, 15, tzinfo=UTC),
    "2026-11-23T15:00+01:00": datetime(2026, 11, 23, 15, tzinfo=timezone(timedelta(hours=1))),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_row_says_when_it_is_said_with_or_without_a_time_zone(text: str) -> None:
    case, faults = case_from_row({"utterance": "wake me tomorrow", "intent": "a", "now": text})
    assert faults == []
    assert case is not None
    assert case.now == MOMENTS[text]
    assert case.now.utcoffset() == MOMENTS[text].utcoffset()


@pytest.mark.parametrize(
    "text", ["soon", "2026-11-23", "20261123", "2026-W48-1", "15:00", "2026-11-31T15:00", "1795446000"]
)
def test_what_is_no_moment_is_shown_with_what_would_be_one(text: str) -> None:
    right = "write a date and a time, such as 2026-11-23T15:00 or 2026-11-23T15:00+01:00"
    row = {"utterance": "wake me tomorrow", "intent": "a", "now": text}
    assert case_from_row(row) == (None, [("now", f"{text!r} is no moment; {right}")])


@given(st.text())
def test_any_text_is_a_moment_or_one_fault_at_most_of_each_kind(text: str) -> None:
    case, faults = case_from_row({"utterance": "hello", "intent": "a", "now": text})
    assert (case is None) == bool(faults)
    assert {path for path, _ in faults} <= {"now"}


@pytest.mark.parametrize("row", [{}, {"id": ""}, {"id": None}])
def test_a_case_without_an_id_is_named_after_its_utterance(row: dict[str, Any]) -> None:
    case, _ = case_from_row(row | {"utterance": "wäke me", "intent": "a"})
    assert case is not None
    assert case.id == hashlib.sha256("wäke me".encode()).hexdigest()[:10] == default_id("wäke me")


def test_tools_are_sorted_so_that_their_order_in_a_row_means_nothing() -> None:
    one, _ = case_from_row({"utterance": "say it", "intent": ["b", "a"]})
    other, _ = case_from_row({"utterance": "say it", "intent": ["a", "b"]})
    assert one == other
    assert one is not None
    assert one.tools == ("a", "b")


ROW = {"utterance": "say it", "intent": "a"}

FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", "'utterance' is missing"),
    ({}, "", "'intent' is missing"),
    (ROW | {"utterance": None}, "utterance", "null is not text"),
    (ROW | {"utterance": 7}, "utterance", "7 is not text"),
    (ROW | {"utterance": "\ud800"}, "utterance", "half a surrogate pair"),
    (ROW | {"id": 7}, "id", "7 is not text"),
    (ROW | {"language": ["en"]}, "language", "this list is not text"),
    (ROW | {"cluster": True}, "cluster", "true is not text"),
    (ROW | {"note": {}}, "note", "this mapping is not text"),
    (ROW | {"utterence": "x"}, "utterence", "unknown key 'utterence'. Did you mean 'utterance'? Known: id, utterance,"),
    (ROW | {"args": {}}, "args", "unknown key 'args'. Did you mean 'arguments'? Known: id, utterance,"),
    (ROW | {"intent": ""}, "intent", "'' is no intent; write a tool's name, out_of_scope, or a list"),
    (ROW | {"intent": None}, "intent", "null: this row is not labelled yet; write a tool's name, out_of_scope, or"),
    (ROW | {"intent": False}, "intent", "false is no intent"),
    (ROW | {"intent": {}}, "intent", "this is no intent"),
    (ROW | {"intent": []}, "intent", "a list needs two different tools"),
    (ROW | {"intent": ["a"]}, "intent", "a list needs two different tools"),
    (ROW | {"intent": ["a", "a"]}, "intent", "a list needs two different tools"),
    (ROW | {"intent": ["a", "out_of_scope"]}, "intent", "a list needs two different tools"),
    (ROW | {"intent": ["a", ""]}, "intent", "holds something that is no tool's name"),
    (ROW | {"intent": ["a", {}]}, "intent", "holds something that is no tool's name"),
    (ROW | {"intent": ["a", "\udfff"]}, "intent[1]", "half a surrogate pair"),
    (ROW | {"tags": "asr"}, "tags", "'asr' is not a list of texts"),
    (ROW | {"tags": ["asr", 1]}, "tags", "this list is not a list of texts"),
    (ROW | {"tags": ["asr", ""]}, "tags", "a tag is empty"),
    (ROW | {"tags": ["\ud800"]}, "tags[0]", "half a surrogate pair"),
    (ROW | {"arguments": ["six"]}, "arguments", "this list is not a mapping"),
    (ROW | {"arguments": {"who": ["\ud800"]}}, "arguments.who[0]", "half a surrogate pair"),
    (ROW | {"arguments": {"much": float("inf")}}, "arguments.much", "does not fit a 64-bit float"),
    (ROW | {"intent": "out_of_scope", "arguments": {}}, "arguments", "only a case for one tool has arguments"),
    (ROW | {"intent": ["a", "b"], "arguments": {}}, "arguments", "only a case for one tool has arguments"),
]


@pytest.mark.parametrize(("row", "path", "message"), FAULTS)
def test_a_wrong_row_says_where_and_what_would_be_right(row: dict[str, Any], path: str, message: str) -> None:
    case, faults = case_from_row(row)
    assert case is None
    assert [fault for fault in faults if fault[0] == path and message in fault[1]], faults


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    _, faults = case_from_row({"utterance": 7, "intent": "", "tags": "asr", "colour": "red"})
    assert sorted(path for path, _ in faults) == ["colour", "intent", "tags", "utterance"]


def test_values_that_nest_deeper_than_a_yaml_file_may_are_refused() -> None:
    deep: Any = "six"
    for _ in range(5000):
        deep = [deep]
    assert case_from_row(ROW | {"arguments": {"time": deep}})[1] == [("", "values nest deeper than 32 levels")]


_any_json = json_values | st.lists(st.text(max_size=2), max_size=3) | st.sampled_from(["\ud800", ["a", "b"], "a"])
_rows = st.dictionaries(st.sampled_from(KEYS) | words, _any_json, max_size=5).map(lambda row: ROW | row)


@given(_rows)
def test_any_row_is_a_case_that_can_be_written_or_has_faults(row: dict[str, Any]) -> None:
    case, faults = case_from_row(row)
    assert (case is None) == bool(faults)
    if case is not None:
        assert json.dumps(case.to_dict(), ensure_ascii=False).encode()


@settings(max_examples=50)
@given(suites, st.data())
def test_a_fingerprint_changes_with_any_case(suite: Suite, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(suite.cases) - 1))
    other = data.draw(cases())
    changed = (*suite.cases[:place], other, *suite.cases[place + 1 :])
    assert (replace(suite, cases=changed).fingerprint == suite.fingerprint) == (
        other.to_dict() == suite.cases[place].to_dict()
    )
    assert replace(suite, cases=suite.cases[1:]).fingerprint != suite.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "3"},
        {"utterance": "wake me at six "},
        {"tools": ()},
        {"arguments": {"time": "seven"}},
        {"arguments": None},
        {"tags": ()},
        {"language": "de"},
        {"cluster": ""},
    ],
    ids=str,
)
def test_a_fingerprint_changes_with_each_part_of_a_case(changed: dict[str, Any]) -> None:
    assert replace(SUITE, cases=(replace(CASE, **changed), *SUITE.cases[1:])).fingerprint != SUITE.fingerprint


def test_a_fingerprint_changes_with_the_order_but_not_with_names_lines_and_the_card() -> None:
    assert replace(SUITE, cases=SUITE.cases[::-1]).fingerprint != SUITE.fingerprint
    moved = tuple(replace(case, line=case.line + 1) for case in SUITE.cases)
    assert Suite("other", moved, Card("New."), "other.yaml").fingerprint == SUITE.fingerprint
