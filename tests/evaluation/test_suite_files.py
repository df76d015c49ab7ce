"""A suite's file gives the suite, or says everything that is wrong with it and where."""

import codecs
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import ToolSet
from router.errors import SuiteError
from router.evaluation import Card, Case, Suite, load_suite
from router.evaluation.suite_files import MAX_LINE_BYTES, MOST_PROBLEMS
from tests.evaluation.suites_written import (
    ROWS,
    WRITERS,
    as_json_lines,
    loaded,
    problems,
    survives,
)
from tests.strategies import damaged, suites, utterances, yaml_like


@settings(max_examples=60)
@given(suites)
def test_json_lines_yaml_and_csv_give_the_same_suite(folder: Path, suite: Suite) -> None:
    rows = [case.to_dict() for case in suite.cases]
    for name, write in WRITERS.items():
        again = loaded(folder, write(rows), name)
        assert again.cases == suite.cases
        assert (again.name, again.fingerprint) == ("everyday", suite.fingerprint)


@settings(max_examples=60)
@given(utterances)
def test_json_lines_and_csv_keep_every_character(folder: Path, utterance: str) -> None:
    for name in ("everyday.jsonl", "everyday.csv"):
        [case] = loaded(folder, WRITERS[name]([{"utterance": utterance, "intent": "a"}]), name).cases
        assert case.utterance == utterance


@pytest.mark.parametrize(
    ("name", "lines"), [("everyday.jsonl", [1, 2, 3]), ("everyday.csv", [2, 3, 4]), ("everyday.yaml", [3, 13, 19])]
)
def test_a_suite_is_named_as_its_file_and_its_cases_know_their_lines(
    tmp_path: Path, name: str, lines: list[int]
) -> None:
    suite = loaded(tmp_path, WRITERS[name](ROWS), name)
    assert (suite.name, suite.file, suite.card) == ("everyday", str(tmp_path / name), Card())
    assert [case.line for case in suite.cases] == lines
    now = datetime(2026, 11, 23, 15)
    assert suite.cases[2] == Case(
        suite.cases[2].id, "seven o'clock, jazz", ("play_music", "set_alarm"), cluster="seven", now=now
    )


@pytest.mark.parametrize("name", ["everyday.ndjson", "everyday.JSONL", "everyday.yml", "everyday.CSV"])
def test_a_suffix_may_be_another_or_in_capitals(tmp_path: Path, name: str) -> None:
    write = next(write for known, write in WRITERS.items() if known[9] == name.lower()[9].replace("n", "j"))
    assert len(loaded(tmp_path, write(ROWS), name).cases) == 3


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, b"", "everyday.txt") == [
        "0 the name ends in '.txt'; a suite's ends in one of .jsonl, .ndjson, .yaml, .yml, .csv"
    ]


@pytest.mark.parametrize("name", WRITERS)
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path, name: str) -> None:
    plain = WRITERS[name](ROWS)
    suite = loaded(tmp_path, plain, name)
    assert loaded(tmp_path, codecs.BOM_UTF8 + plain.replace(b"\n", b"\r\n"), name) == suite


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_named(tmp_path: Path, name: str, encoding: str) -> None:
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE
    [problem] = problems(tmp_path, mark + WRITERS[name](ROWS).decode().encode(encoding), name)
    assert problem.endswith("Save the file as UTF-8.")
    assert name.endswith("yaml") or problem == "0 this is UTF-16. Save the file as UTF-8."


@pytest.mark.parametrize(("name", "line"), [("everyday.jsonl", 2), ("everyday.csv", 3), ("everyday.yaml", 14)])
def test_a_byte_of_another_encoding_is_shown_with_its_line(tmp_path: Path, name: str, line: int) -> None:
    content = WRITERS[name](ROWS).replace(b"hamlet", "hämlet".encode("latin-1"))
    assert problems(tmp_path, content, name) == [f"{line} byte 0xe4 is not UTF-8. Save the file as UTF-8."]


def test_lines_after_one_that_cannot_be_read_keep_their_numbers(tmp_path: Path) -> None:
    rows = [*ROWS[:2], {"utterance": "say it", "intent": ""}]
    for name, first in (("everyday.jsonl", 1), ("everyday.csv", 2)):
        content = WRITERS[name](rows).replace(b"hamlet", b"h\xe4mlet")
        assert [problem.split()[0] for problem in problems(tmp_path, content, name)] == [f"{first + 1}", f"{first + 2}"]


@pytest.mark.parametrize("name", WRITERS)
def test_an_utterance_twice_and_an_id_twice_are_shown_with_both_lines(tmp_path: Path, name: str) -> None:
    rows = [
        {"id": "1", "utterance": "wake me", "intent": "a"},
        {"id": "1", "utterance": "play it", "intent": "a"},
        {"utterance": "sing", "intent": "a"},
        {"utterance": "sing", "intent": "a"},
    ]
    first, _, third, _ = lines = [n + (name[9:] == "csv") for n in range(1, 5)]
    if name == "everyday.yaml":
        first, _, third, _ = lines = [3, 8, 13, 17]
    right = "Delete one, or give each its own id."
    assert problems(tmp_path, WRITERS[name](rows), name) == [
        f"{lines[1]} the id '1' is already that of line {first}. {right}",
        f"{lines[3]} the utterance is already that of line {third}. {right}",
    ]


def test_cases_on_one_line_are_compared_too(tmp_path: Path) -> None:
    content = "cases: [{utterance: sing, intent: a}, {utterance: sing, intent: a}, {utterance: sing, intent: b}]"
    assert problems(tmp_path, content, "everyday.yaml") == [
        "1 the utterance is already that of line 1. Delete one, or give each its own id.",
        "1 intent: the utterance of line 1 is the same, but for a",
    ]


def test_an_utterance_may_stand_twice_if_each_has_an_id(tmp_path: Path) -> None:
    rows = [{"id": n, "utterance": "sing", "intent": "a"} for n in "12"]
    assert [case.id for case in loaded(tmp_path, as_json_lines(rows)).cases] == ["1", "2"]


@pytest.mark.parametrize("again", ["sing a song", "Sing  a SONG", "\uff53ing a song\u200b"])
@pytest.mark.parametrize("intent", ["b", "out_of_scope", ["a", "b"]])
def test_what_a_router_hears_alike_cannot_have_two_intents(tmp_path: Path, again: str, intent: object) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "1", "utterance": "sing a song", "intent": "a"},
        {"id": "2", "utterance": again, "intent": intent},
    ]
    assert problems(tmp_path, as_json_lines(rows)) == ["2 intent: the utterance of line 1 is the same, but for a"]


@pytest.mark.parametrize(("name", "line"), [("everyday.jsonl", 1), ("everyday.csv", 2), ("everyday.yaml", 3)])
def test_an_unknown_tool_is_shown_with_the_nearest(tmp_path: Path, everyday: ToolSet, name: str, line: int) -> None:
    rows: list[dict[str, Any]] = [
        {"utterance": "wake me", "intent": "set_alrm"},
        {"utterance": "sing", "intent": ["play_music", "flip_a_coin"]},
    ]
    second = line + (5 if name == "everyday.yaml" else 1)
    found = problems(tmp_path, WRITERS[name](rows), name, everyday)
    assert [problem.partition(" ")[2] for problem in found] == [
        "intent: no tool is named 'set_alrm'. Did you mean 'set_alarm'?",
        "intent: no tool is named 'flip_a_coin'. Did you mean 'flip_coin'?",
    ]
    assert int(found[0].split()[0]) == line
    assert int(found[1].split()[0]) in {second, second - 1}
    assert len(loaded(tmp_path, WRITERS[name](rows), name).cases) == 2


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("none", "no tool is named 'none'. For an utterance that is for none, write out_of_scope."),
        ("OOS", "no tool is named 'OOS'. For an utterance that is for none, write out_of_scope."),
        ("out-of-scope", "no tool is named 'out-of-scope'. Did you mean 'out_of_scope'?"),
    ],
)
def test_an_intent_for_no_tool_is_shown_how_to_say_so(
    tmp_path: Path, everyday: ToolSet, intent: str, said: str
) -> None:
    rows = [{"utterance": "hum", "intent": intent}]
    assert problems(tmp_path, as_json_lines(rows), tools=everyday) == [f"1 intent: {said}"]


def test_out_of_scope_needs_no_tool(tmp_path: Path, everyday: ToolSet) -> None:
    assert loaded(tmp_path, as_json_lines(ROWS), tools=everyday).cases[1].tools == ()


@pytest.mark.parametrize("name", ["everyday.jsonl", "everyday.yaml"])
def test_an_unknown_key_is_shown_with_the_nearest(tmp_path: Path, name: str) -> None:
    [problem] = problems(tmp_path, WRITERS[name]([ROWS[0] | {"tag": ["asr"]}]), name)
    assert "tag: unknown key 'tag'. Did you mean 'tags'? Known: id, utterance, intent," in problem


@pytest.mark.parametrize("name", WRITERS)
def test_blank_lines_count_but_hold_nothing(tmp_path: Path, name: str) -> None:
    content = WRITERS[name](ROWS[:1])
    [case] = loaded(tmp_path, content + b"\n\n", name).cases
    first, rest = content.split(b"\n", 1)
    [moved] = loaded(
        tmp_path,
        (b"\n\n" if name.endswith("jsonl") else first + b"\n\n\n") + (content if name.endswith("jsonl") else rest),
        name,
    ).cases
    assert moved.line == case.line + 2


@pytest.mark.parametrize("name", ["everyday.jsonl", "everyday.ndjson"])
@pytest.mark.parametrize("content", [b"", b"\n \n\r\n", codecs.BOM_UTF8])
def test_a_file_without_a_case_is_no_suite(tmp_path: Path, name: str, content: bytes) -> None:
    assert problems(tmp_path, content, name) == ["0 this suite holds no case"]


def test_a_table_or_a_list_without_a_case_is_no_suite(tmp_path: Path) -> None:
    assert problems(tmp_path, "utterance,intent\n", "everyday.csv") == ["0 this suite holds no case"]
    assert problems(tmp_path, "cases: []\n", "everyday.yaml") == ["0 this suite holds no case"]
    assert "the first line names the columns; 'utterance' and 'intent'" in problems(tmp_path, "", "everyday.csv")[0]
    for content in ("", "card: {}", "cases: none", "- utterance: a", "cases: {}"):
        assert problems(tmp_path, content, "everyday.yaml") == [
            "1 expected a mapping with the keys 'card' and 'cases', a list of rows"
        ]


def test_a_line_may_have_a_mebibyte_and_no_more(tmp_path: Path) -> None:
    def row(size: int) -> bytes:
        start, end = b'{"intent": "a", "utterance": "', b'"}\n'
        return start + b"x" * (size - len(start) - len(end)) + end

    longest = row(MAX_LINE_BYTES)
    assert len(loaded(tmp_path, longest).cases) == 1
    good = as_json_lines(ROWS[:1])
    assert problems(tmp_path, good + row(MAX_LINE_BYTES + 1) + b"nonsense\n") == [
        "2 is longer than 1048576 bytes; the rest was not read"
    ]


@pytest.mark.parametrize("name", WRITERS)
def test_after_a_hundred_problems_the_rest_is_not_read(tmp_path: Path, name: str) -> None:
    wrong = [{"utterance": f"say {n}", "intent": ""} for n in range(MOST_PROBLEMS)]
    assert len(problems(tmp_path, WRITERS[name](wrong), name)) == MOST_PROBLEMS
    found = problems(tmp_path, WRITERS[name]([*wrong, {"utterance": "one more", "intent": ""}]), name)
    assert len(found) == MOST_PROBLEMS + 1
    assert found[0] == "0 100 problems; the rest was not read"


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".yaml"])
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(SuiteError, match=r"missing\.\w+ has 1 problem\n  file     cannot be read: No such file"):
        load_suite(tmp_path / f"missing{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    with pytest.raises(SuiteError, match="cannot be read: Is a directory"):
        load_suite(tmp_path / f"folder{suffix}")


@given(st.sampled_from([*WRITERS]), st.binary(max_size=200) | yaml_like.map(str.encode))
def test_any_bytes_give_a_suite_or_a_suite_error(folder: Path, name: str, content: bytes) -> None:
    survives(folder, name, content)


@given(st.sampled_from([*WRITERS]), st.data())
def test_a_damaged_file_gives_a_suite_or_a_suite_error(folder: Path, name: str, data: st.DataObject) -> None:
    survives(folder, name, data.draw(damaged(st.just(WRITERS[name](ROWS)))))


def test_a_long_suite_is_read_whole(tmp_path: Path) -> None:
    """Every row is compared with all before it; this ends only if that takes no longer for the last ones."""
    rows = ({"utterance": f"wake me at {n}", "intent": "a", "tags": ["asr"], "language": "en"} for n in range(30_000))
    suite = loaded(tmp_path, as_json_lines([*rows]))
    assert suite.cases[-1].line == len(suite.cases) == 30_000
