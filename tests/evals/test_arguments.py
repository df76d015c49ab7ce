"""Public sets with slots become tools and questions, and what is found is counted right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.arguments import call_sets, calls, sets
from evals.arguments.calls import Request, Round, judged
from evals.arguments.filling import measured
from evals.arguments.table import arguments_table, calls_table
from router import Tool
from router.encoders import HashingEncoder

PLAY = [
    {"text": f"play {song} by {artist}", "label": "PlayMusic", "args": {"song": song, "artist": artist}}
    for song, artist in (
        ("hurt", "cash"),
        ("creep", "radiohead"),
        ("toxic", "spears"),
        ("hello", "adele"),
        ("one", "u2"),
    )
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "snips").mkdir()
    for split in ("train_full", "validate"):
        lines = "".join(json.dumps(row) + "\n" for row in PLAY)
        (tmp_path / "snips" / f"{split}.jsonl").write_text(lines)
    (tmp_path / "massive" / "en-US").mkdir(parents=True)
    row = {"text": "wake me at nine am", "label": "alarm_set", "annot_utt": "wake me at [time : nine am]"}
    for split in ("train", "dev"):
        (tmp_path / "massive" / "en-US" / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
    return tmp_path


def test_arguments_are_marked_where_their_words_are(data: Path) -> None:
    [tool] = sets.snips(data, "validate", None).tools
    assert tool.examples[0].marked() == "play {song: hurt} by {artist: cash}"
    assert len(sets.snips(data, "validate", 2).tools[0].examples) == 2


def test_annotated_utterances_are_marked_as_they_are(data: Path) -> None:
    slots = sets.massive(data, "en-US", "dev")
    assert slots.tools[0].examples[0].marked() == "wake me at {time: nine am}"
    assert slots.asked[0].spans == {("time", "nine am")}


def test_for_development_what_is_asked_is_not_taught(data: Path) -> None:
    slots = sets.snips(data, "train", None)
    taught = {example.utterance for tool in slots.tools for example in tool.examples}
    assert len(slots.asked) == 1
    assert taught.isdisjoint(asked.utterance for asked in slots.asked)


def test_what_was_taught_is_found_and_counted(data: Path) -> None:
    found = measured(sets.snips(data, "validate", None), HashingEncoder(), "en")
    assert (found["n"], found["slots"], found["examples"]) == (5, 10, 5)
    assert found["slot_f1"] == found["frames"]["value"] == 1.0
    wrong = sets.Slots(
        sets.snips(data, "validate", None).tools, (sets.Asked("play hurt by cash", "PlayMusic", frozenset()),), 0
    )
    assert measured(wrong, HashingEncoder(), "en")["slot_f1"] == 0.0


TOOL = Tool(
    "set_alarm",
    "Set an alarm.",
    {
        "type": "object",
        "properties": {
            "time": {"type": "string", "format": "time", "description": "When it rings."},
            "day": {"type": "string", "enum": ["monday", "tuesday"], "description": "The day."},
        },
        "required": ["time"],
    },
)


@pytest.mark.parametrize(
    ("accepted", "given", "verdict"),
    [
        ({"a": [1]}, {"a": 1}, "right"),
        ({"a": [1]}, {"a": 1.0}, "right"),
        ({"a": [1]}, {"a": True}, "wrong"),
        ({"a": [True]}, {"a": 1}, "wrong"),
        ({"a": ["1"]}, {"a": 1}, "wrong"),
        ({"a": ["New York, NY", "NYC"]}, {"a": "new york n.y."}, "right"),
        ({"a": ["it's"]}, {"a": 'it"s'}, "right"),
        ({"a": ["New York"]}, {"a": "York"}, "wrong"),
        ({"a": [[1, "B"]]}, {"a": [1, "b"]}, "right"),
        ({"a": [[1, 2]]}, {"a": [2, 1]}, "wrong"),
        ({"a": [[1, 2]]}, {"a": [1]}, "wrong"),
        ({"a": [{"x": ["p", "q"], "y": [2, ""]}]}, {"a": {"x": "Q"}}, "right"),
        ({"a": [{"x": ["p", "q"], "y": [2, ""]}]}, {"a": {"x": "Q", "y": 3}}, "wrong"),
        ({"a": [{"x": ["p"], "y": [2]}]}, {"a": {"x": "p"}}, "wrong"),
        ({"a": [{"x": ["p"]}]}, {"a": {"x": "p", "z": 1}}, "wrong"),
        ({"a": [1, ""]}, {}, "right"),
        ({"a": [1]}, {}, "missing"),
        ({}, {"a": 1}, "too much"),
        ({"a": [1], "b": [2]}, {"a": 3}, "wrong"),
        ({}, {}, "right"),
    ],
)
def test_a_call_is_judged_by_its_accepted_values(accepted: Any, given: Any, verdict: str) -> None:
    assert judged(accepted, given) == verdict


def test_a_question_is_a_call_only_where_it_is_said_to_be() -> None:
    requests = (
        Request("set an alarm for 7 am", TOOL.name, {"time": ["07:00"]}),
        Request("set an alarm on monday", TOOL.name, {"day": ["monday"]}),
        Request("set an alarm", TOOL.name, {}),
        Request("set an alarm for 7 am on monday", TOOL.name, {"time": ["08:00"], "day": ["monday"]}),
    )
    rounds = [Round((TOOL,), requests)]
    strict, lenient = (calls.measured(rounds, HashingEncoder(), questions=each) for each in (False, True))
    assert strict["verdicts"] == {"asked": 2, "wrong": 1, "missing": 0, "too much": 0}
    assert lenient["verdicts"] == {"wrong": 1, "missing": 0, "too much": 0}
    assert (strict["calls"]["value"], strict["calls"]["n"]) == (0.25, 4)
    assert (lenient["calls"]["value"], lenient["with_values"]["n"]) == (0.75, 3)


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    """A split of two first turns that are said twice, and a later one."""
    declared: dict[str, Any] = {"id": "A_1.Find", "service": "A_1", "name": "Find", "description": "Find a show."}
    properties = {"city": {"type": "string"}, "kind": {"type": "string", "enum": ["Jazz", "Rock"]}}
    declared["parameters"] = {"type": "object", "properties": properties}
    said = [
        ("Shows in Sf", {"city": "San Francisco"}, {"city": "Sf"}),
        ("Loud shows", {"kind": "Rock"}, {}),
        ("Any kind of show in Rome", {"city": "Rome", "kind": "dontcare"}, {"city": "Rome"}),
        ("A {strange} show", {}, {}),
    ]
    rows = [
        {"text": text, "label": "A_1.Find", "args": args, "arg_spans": spans, "turn": turn}
        for turn in (0, 0, 2)
        for text, args, spans in said
    ]
    (tmp_path / "sgd").mkdir()
    (tmp_path / "sgd" / "tools.dev.jsonl").write_text(json.dumps(declared) + "\n")
    (tmp_path / "sgd" / "dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_a_value_is_right_as_the_data_has_it_or_as_it_was_said(turns: Path) -> None:
    [only] = call_sets.sgd(turns, "dev", marked=False)
    assert [tool.examples for tool in only.tools] == [()]
    assert [request.accepted for request in only.requests[:4]] == [
        {"city": ["San Francisco", "Sf"]},
        {"kind": ["Rock"]},
        {"city": ["Rome", "Rome"], "kind": ["dontcare", ""]},
        {},
    ]
    assert len(only.requests) == 8


def test_no_turn_is_asked_that_was_taught(turns: Path) -> None:
    rounds = call_sets.sgd(turns, "dev", marked=True)
    assert sum(len(each.requests) for each in rounds) == 8
    taught = [{example.utterance for example in each.tools[0].examples} for each in rounds]
    for each, own in zip(rounds, taught, strict=True):
        assert own.isdisjoint(request.utterance for request in each.requests)
        assert own
    examples = {e.marked(): e.arguments for each in rounds for e in each.tools[0].examples}
    assert examples["Shows in {city: Sf}"] is None
    assert examples["Loud shows"] == {"kind": "Rock"}
    assert examples["Any kind of show in {city: Rome}"] is None


def test_a_function_of_the_leaderboard_is_asked_alone(tmp_path: Path) -> None:
    (tmp_path / "bfcl_v4").mkdir()
    parameters = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}
    tools = [{"id": f"math.f{n}", "name": "math.f", "description": "F.", "parameters": parameters} for n in ("", "#2")]
    row = {"text": "f of 5", "label": "math.f", "args": {"number": [5]}, "candidates": ["math.f#2"]}
    (tmp_path / "bfcl_v4" / "tools.jsonl").write_text("".join(json.dumps(tool) + "\n" for tool in tools))
    (tmp_path / "bfcl_v4" / "simple_python.jsonl").write_text(json.dumps(row) + "\n")
    [only] = call_sets.bfcl(tmp_path)
    assert [tool.name for tool in only.tools] == [only.requests[0].tool] == ["math.f"]
    assert only.requests[0].accepted == {"number": [5]}


def test_the_everyday_suite_is_asked_of_all_tools_that_it_states_arguments_for() -> None:
    [only] = call_sets.everyday()
    assert {tool.name for tool in only.tools} == {request.tool for request in only.requests}
    assert len(only.requests) >= 200
    assert all(request.moment.now for request in only.requests)


def test_slots_and_calls_have_a_table_each() -> None:
    found = calls.measured(
        [Round((TOOL,), (Request("an alarm at noon", TOOL.name, {"time": ["12:00"]}),))],
        HashingEncoder(),
        questions=True,
    )
    assert len(arguments_table({"sgd/x": found}).splitlines()) == 2
    assert (
        calls_table({"sgd/x": found, "snips/full": {"slot_f1": 1.0}})
        .splitlines()[2]
        .startswith("| sgd/x | 1.000 | 0.206 to 1.000 | 1 | 1.000 | 0.206 to 1.000 | 1 |  | 0 | 0 | 0 | 0 | ")
    )


def test_the_table_names_the_goal_of_each_set(data: Path) -> None:
    found = measured(sets.snips(data, "validate", None), HashingEncoder(), "en")
    table = arguments_table({"massive/en-US": found, "snips/full": found})
    assert [line.split(" | ")[0:3] for line in table.splitlines()[2:]] == [
        ["| snips/full", "1.000", "0.88"],
        ["| massive/en-US", "1.000", "0.70"],
    ]
