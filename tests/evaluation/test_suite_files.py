"""A suite's file gives the suite, or says everything that is wrong with it and where."""

import codecs
import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import ToolSet
from router.errors import SuiteError
from router.evaluation import Card, Case, Suite, load_suite
from router.evaluation.suite_files import MAX_LINE_BYTES, MOST_PROBLEMS
from tests.strategies import as_yaml, damaged, suites, utterances, yaml_like

ROWS: list[dict[str, Any]] = [
    {"utterance": "wake me at six", "intent": "set_alarm", "arguments": {"time": "six"}, "tags": ["asr"]},
    {"utterance": "who wrote hamlet", "intent": "out_of_scope", "language": "en", "note": "From a walk."},
    {"utterance": "seven o'clock, jazz", "intent": ["set_alarm", "play_music"], "cluster": "seven"},
]
COLUMNS = ("id", "utterance", "intent", "arguments", "tags", "language", "cluster")


def as_json_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = COLUMNS) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = dict(row) | {key: "|".join(row[key]) for key in ("tags", "intent") if isinstance(row.get(key), list)}
        cells |= {"arguments": json.dumps(row["arguments"])} if "arguments" in row else {}
        writer.writerow([cells.get(column, "") for column in columns])
    return written.getvalue().encode()


def as_yaml_suite(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return as_yaml({"cases": list(rows)})


WRITERS = {"everyday.jsonl": as_json_lines, "everyday.yaml": as_yaml_suite, "everyday.csv": as_csv}


def loaded(folder: Path, content: bytes | str, name: str = "everyday.jsonl", tools: ToolSet | None = None) -> Suite:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_suite(file, tools)


def problems(
    folder: Path, content: bytes | str, name: str = "everyday.jsonl", tools: ToolSet | None = None
) -> list[str]:
    """What is wrong with a file, each as `LINE PATH: MESSAGE`."""
    with pytest.raises(SuiteError, match=re.escape(str(folder))) as raised:
        loaded(folder, content, name, tools)
    return [f"{p.line} {p.path}: {p.message}" if p.path else f"{p.line} {p.message}" for p in raised.value.problems]


@given(suites)
def test_json_lines_yaml_and_csv_give_the_same_suite(folder: Path, suite: Suite) -> None:
    rows = [case.to_dict() for case in suite.cases]
    for name, write in WRITERS.items():
        again = loaded(folder, write(rows), name)
        assert again.cases == suite.cases
        assert (again.name, again.fingerprint) == ("everyday", suite.fingerprint)


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
    assert suite.cases[2] == Case(
        suite.cases[2].id, "seven o'clock, jazz", ("play_music", "set_alarm"), cluster="seven"
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


def test_out_of_scope_needs_no_tool(tmp_path: Path, everyday: ToolSet) -> None:
    assert loaded(tmp_path, as_json_lines(ROWS), tools=everyday).cases[1].tools == ()


@pytest.mark.parametrize("name", ["everyday.jsonl", "everyday.yaml"])
def test_an_unknown_key_is_shown_with_the_nearest(tmp_path: Path, name: str) -> None:
    [problem] = problems(tmp_path, WRITERS[name]([ROWS[0] | {"tag": ["asr"]}]), name)
    assert "tag: unknown key 'tag'. Did you mean 'tags'? Known: id, utterance, intent," in problem


JSON_LINES = [
    ('{"utterance": "a"', "2 is not JSON: Expecting ',' delimiter at column 18"),
    ('{"utterance": "a"} x', "2 is not JSON: Extra data at column 20"),
    ('["a"]', "2 is no JSON object"),
    ("null", "2 is no JSON object"),
    ('{"utterance": "a", "utterance": "b"}', "2 is not JSON: the key 'utterance' stands there twice"),
    ('{"arguments": {"a": 1, "a": 1}}', "2 is not JSON: the key 'a' stands there twice"),
    ('{"arguments": {"a": NaN}}', "2 is not JSON: NaN is no number"),
    ('{"arguments": {"a": -Infinity}}', "2 is not JSON: -Infinity is no number"),
    ("[" * 100_000, "2 is nested too deeply"),
    (
        '{"utterance": "a", "intent": "a", "arguments": {"a": 1e999}}',
        "2 arguments.a: the number does not fit a 64-bit float",
    ),
    ('{"utterance": "\\ud800", "intent": "a"}', "2 utterance: the text holds half a surrogate pair"),
    ('{"utterance": "a", "intent": "a", "arguments": {"a": ' + "9" * 5000 + "}}", "2 is not JSON: Exceeds the limit"),
]


@pytest.mark.parametrize(("line", "problem"), JSON_LINES, ids=[line[:40] for line, _ in JSON_LINES])
def test_a_line_that_is_no_json_object_is_shown_with_its_cause(tmp_path: Path, line: str, problem: str) -> None:
    good = json.dumps(ROWS[0])
    [found] = problems(tmp_path, f"{good}\n{line}\n\n{good.replace('six', 'ten')}\n")
    assert found.startswith(problem)


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


def test_cells_may_hold_line_ends_commas_and_quotes(tmp_path: Path) -> None:
    content = 'utterance,intent,tags\r\n"two\nlines, and ""so""",a,x | y\r\nplain,a|b,\r\n,out_of_scope,\r\n'
    first, second, third = loaded(tmp_path, content, "everyday.csv").cases
    assert (first.utterance, first.tags, first.line) == ('two\nlines, and "so"', ("x", "y"), 2)
    assert (second.utterance, second.tools, second.line) == ("plain", ("a", "b"), 4)
    assert (third.utterance, third.tools, third.line) == ("", (), 5)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    suite = loaded(tmp_path, as_csv(ROWS), "everyday.csv")
    assert loaded(tmp_path, as_csv(ROWS, columns=COLUMNS[::-1]), "everyday.csv") == suite
    spaced = " utterance , intent\nwake me at six,set_alarm\n"
    assert loaded(tmp_path, spaced, "everyday.csv").cases[0].tools == ("set_alarm",)


TABLES = [
    ("utterance,intent,tag\n", "1 unknown column 'tag'. Did you mean 'tags'? Known: id, utterance,"),
    ("utterance,intent,\n", "1 unknown column ''. Known: id, utterance,"),
    ("utterance,intent,tags,tags\n", "1 the column 'tags' stands there twice"),
    ("utterance\n", "1 the first line names the columns; 'intent' is missing"),
    ("utterance,intent\na\n", "2 1 cells where the first line names 2"),
    ("utterance,intent\n\na,b,c\n", "3 3 cells where the first line names 2"),
    ('utterance,intent\na,b\n"never,closed\n\nlines\n', "3 is not CSV: unexpected end of data"),
    ('utterance,intent\n"a"b,c\n', "2 is not CSV: ',' expected after '\"'"),
    ("utterance,intent\na,\n", "2 intent: '' is no intent"),
    ("utterance,intent\na,b|\n", "2 intent: this list holds something that is no tool's name"),
    ("utterance,intent,tags\na,b,x||y\n", "2 tags: this list is not a list of texts"),
    ("utterance,intent,arguments\na,b,six\n", "2 arguments: is not JSON: Expecting value"),
    ("utterance,intent,arguments\na,b,[]\n", "2 arguments: this list is not a mapping"),
    ('utterance,intent,arguments\na,b,"{""x"": NaN}"\n', "2 arguments: is not JSON: NaN is no number"),
    ('utterance,intent,arguments\na,b,"{""x"": 1, ""x"": 2}"\n', "2 arguments: is not JSON: the key 'x' stands there"),
    ("utterance,intent,arguments\na,b," + "[" * 50_000 + "\n", "2 arguments: is not JSON: "),
]


@pytest.mark.parametrize(("content", "problem"), TABLES, ids=[content[:50] for content, _ in TABLES])
def test_a_wrong_table_says_where_and_what_would_be_right(tmp_path: Path, content: str, problem: str) -> None:
    found = problems(tmp_path, content, "everyday.csv")
    assert found[0].startswith(problem), found
    assert len(found) == 1


@pytest.mark.parametrize("text", ["on", "no", "yes", "off", "12:30", "2024-01-02", "0x1F", "~", "1_000", ".5", "Null"])
def test_yaml_reads_what_people_say_as_text(tmp_path: Path, text: str) -> None:
    content = f"cases:\n  - {{utterance: {text}, intent: a, arguments: {{said: {text}}}, tags: [{text}]}}\n"
    [case] = loaded(tmp_path, content, "everyday.yaml").cases
    assert (case.utterance, case.arguments, case.tags) == (text, {"said": text}, (text,))


DOCUMENTS = [
    ("cases:\n  - utterance: 12\n    intent: a\n", "2 utterance: 12 is not text"),
    ("cases:\n  - utterance: a\n    intent: no_tool\n    intent: a\n", "4 the key 'intent' stands here twice"),
    ("cases:\n  - wake me\n", "2 cases[0]: 'wake me' is not a mapping"),
    ("cases:\n  - {utterance: a, intent: b}\ncrad: {}\n", "3 unknown key 'crad'. Known: 'card', 'cases'."),
    ("cases:\n  - {utterance: a, intent: b\n", "3 not YAML: did not find expected ',' or '}' while parsing"),
    ("cases: !!set\n  - {utterance: a, intent: b}\n", "1 the tag 'tag:yaml.org,2002:set' is not supported."),
    ("cases: [{utterance: a, intent: b}]\n---\ncases: []\n", "0 expected one YAML document, and there are 2"),
]


@pytest.mark.parametrize(("content", "problem"), DOCUMENTS, ids=[content[:40] for content, _ in DOCUMENTS])
def test_wrong_yaml_says_where_and_what_would_be_right(tmp_path: Path, content: str, problem: str) -> None:
    found = problems(tmp_path, content, "everyday.yaml")
    assert len(found) == 1, found
    assert found[0].startswith(problem)


CARD = "description: What people say,\n  day by day.\nsource: https://example.org\nlicence: MIT\nhow_made: By hand.\n"
READ = Card("What people say, day by day.", "https://example.org", "MIT", "By hand.")


def test_a_card_stands_beside_a_suite_or_in_it(tmp_path: Path) -> None:
    inside = "card:\n  " + CARD.replace("\n", "\n  ") + "\n" + as_yaml_suite(ROWS).decode()[1:-1].strip()
    assert loaded(tmp_path, inside, "inside.yaml").card == READ
    (tmp_path / "everyday.card.yaml").write_text(CARD)
    for name in ("everyday.jsonl", "everyday.csv"):
        assert loaded(tmp_path, WRITERS[name](ROWS), name).card == READ
    assert loaded(tmp_path, as_json_lines(ROWS), "other.jsonl").card == Card()


CARDS = [
    ("licence: MIT\nauthor: me\n", 2, "unknown key 'author'. Known: description, source, licence, how_made."),
    ("license: MIT\n", 1, "unknown key 'license'. Did you mean 'licence'?"),
    ("licence: 7\n", 1, "a card is a mapping of texts: description, source, licence, how_made"),
    ("- MIT\n", 1, "a card is a mapping of texts"),
    ("licence: [\n", 2, "not YAML: "),
    ("licence: MIT\n---\nlicence: GPL\n", 0, "expected one YAML document, and there are 2"),
]


@pytest.mark.parametrize(("card", "line", "message"), CARDS)
def test_a_wrong_card_is_named_beside_what_is_wrong_with_the_suite(
    tmp_path: Path, card: str, line: int, message: str
) -> None:
    beside = tmp_path / "everyday.card.yaml"
    beside.write_text(card)
    for name in ("everyday.jsonl", "everyday.csv"):
        file = tmp_path / name
        file.write_bytes(WRITERS[name]([{"utterance": "say it", "intent": ""}]))
        with pytest.raises(SuiteError, match=re.escape(message)) as raised:
            load_suite(file)
        found = {problem.file: problem for problem in raised.value.problems}
        assert found.keys() == {str(beside), str(file)}
        assert found[str(beside)].line == line
        assert "is no intent" in found[str(file)].message


def test_an_empty_card_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "everyday.card.yaml").write_text("# to be written\n")
    assert loaded(tmp_path, as_json_lines(ROWS)).card == Card()
    assert loaded(tmp_path, as_yaml({"card": None, "cases": ROWS}), "everyday.yaml").card == Card()


def test_a_wrong_card_in_a_suite_is_shown_with_its_line(tmp_path: Path) -> None:
    content = "cases:\n  - {utterance: a, intent: b}\ncard:\n  license: MIT\n"
    [problem] = problems(tmp_path, content, "everyday.yaml")
    assert problem.startswith("4 card.license: unknown key 'license'. Did you mean 'licence'?")


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".yaml"])
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(SuiteError, match=r"missing\.\w+ has 1 problem\n  file     cannot be read: No such file"):
        load_suite(tmp_path / f"missing{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    with pytest.raises(SuiteError, match="cannot be read: Is a directory"):
        load_suite(tmp_path / f"folder{suffix}")


def survives(folder: Path, name: str, content: bytes) -> None:
    """Any file gives a suite that can be written and read again, or the one error, with a problem in it."""
    try:
        cases = loaded(folder, content, name).cases
    except SuiteError as error:
        cases, explanation = (), str(error)
    else:
        explanation = ""
    assert "problem" in explanation or loaded(folder, as_json_lines([case.to_dict() for case in cases])).cases == cases


@given(st.sampled_from([*WRITERS]), st.binary(max_size=200) | yaml_like.map(str.encode))
def test_any_bytes_give_a_suite_or_a_suite_error(folder: Path, name: str, content: bytes) -> None:
    survives(folder, name, content)


@given(st.sampled_from([*WRITERS]), st.data())
def test_a_damaged_file_gives_a_suite_or_a_suite_error(folder: Path, name: str, data: st.DataObject) -> None:
    survives(folder, name, data.draw(damaged(st.just(WRITERS[name](ROWS)))))


@given(damaged(st.just(CARD.encode())))
def test_a_damaged_card_gives_a_suite_or_a_suite_error(folder: Path, card: bytes) -> None:
    (folder / "carded.card.yaml").write_bytes(card)
    survives(folder, "carded.jsonl", as_json_lines(ROWS))


def test_a_long_suite_is_read_whole(tmp_path: Path) -> None:
    """Every row is compared with all before it; this ends only if that takes no longer for the last ones."""
    rows = ({"utterance": f"wake me at {n}", "intent": "a", "tags": ["asr"], "language": "en"} for n in range(50_000))
    suite = loaded(tmp_path, as_json_lines([*rows]))
    assert suite.cases[-1].line == len(suite.cases) == 50_000
