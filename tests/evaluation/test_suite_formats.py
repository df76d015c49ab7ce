"""What JSON lines, CSV, YAML and cards each get wrong in their own way."""

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.declarations.document import MAX_BYTES
from router.errors import SuiteError
from router.evaluation import Card, load_suite
from tests.evaluation.suites_written import (
    COLUMNS,
    ROWS,
    WRITERS,
    as_csv,
    as_json_lines,
    as_yaml_suite,
    loaded,
    problems,
    survives,
)
from tests.strategies import as_yaml, damaged

JSON_LINES = [
    ('{"utterance": "a"', "2 is not JSON: Expecting ',' delimiter at column 18"),
    ('{"utterance": "a"} x', "2 is not JSON: Extra data at column 20"),
    ('["a"]', "2 is no JSON object"),
    ("null", "2 is no JSON object"),
    ('{"utterance": "a", "utterance": "b"}', "2 is not JSON: the key 'utterance' stands there twice"),
    ('{"arguments": {"b": 0, "a": 1, "a": 1}}', "2 is not JSON: the key 'a' stands there twice"),
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
    ("id,tags\n", "1 the first line names the columns; 'utterance' and 'intent' are missing"),
    ("utterance;intent\na;b\n", "1 semicolons part the columns; use commas"),
    ("utterance,intent,args\n", "1 unknown column 'args'. Did you mean 'arguments'? Known: id, utterance,"),
    ("utterance,intent\na\n", "2 1 cells where the first line names 2"),
    ("utterance,intent\n\na,b,c\n", "3 3 cells where the first line names 2"),
    ('utterance,intent\na,b\n"never,closed\n\nlines\n', "3 is not CSV: unexpected end of data"),
    ('utterance,intent\n"a"b,c\n', "2 is not CSV: ',' expected after '\"'"),
    ("utterance,intent\na,\n", "2 intent: '' is no intent"),
    ("utterance,intent\na,b|\n", "2 intent: this list holds something that is no tool's name"),
    ("utterance,intent,tags\na,b,x||y\n", "2 tags: a tag is empty"),
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


def test_a_yaml_suite_may_have_a_mebibyte_and_no_more(tmp_path: Path) -> None:
    content = as_yaml_suite(ROWS) + b"\n"
    longest = content + b"#" * (MAX_BYTES - len(content))
    assert len(loaded(tmp_path, longest, "everyday.yaml").cases) == 3
    found = problems(tmp_path, longest + b"#", "everyday.yaml")
    assert found == ["0 larger than 1048576 bytes. Split it into several files."]


CARD = "description: What people say,\n  day by day.\nsource: https://example.org\nlicence: MIT\nhow_made: By hand.\n"
READ = Card("What people say, day by day.", "https://example.org", "MIT", "By hand.")


def test_a_card_stands_beside_a_suite_or_in_it(tmp_path: Path) -> None:
    inside = "card:\n  " + CARD.replace("\n", "\n  ") + "\n" + as_yaml_suite(ROWS).decode()[1:-1].strip()
    assert loaded(tmp_path, inside, "inside.yaml").card == READ
    (tmp_path / "everyday.card.yaml").write_text(CARD)
    for name in ("everyday.jsonl", "everyday.csv"):
        assert loaded(tmp_path, WRITERS[name](ROWS), name).card == READ
    assert loaded(tmp_path, as_json_lines(ROWS), "other.jsonl").card == Card()


@pytest.mark.parametrize("name", WRITERS)
def test_a_card_says_when_those_cases_are_said_that_do_not_say_it(tmp_path: Path, name: str) -> None:
    if name.endswith("yaml"):
        content = as_yaml({"card": {"now": "2027-01-01T09:00+01:00"}, "cases": ROWS})
    else:
        content = WRITERS[name](ROWS)
        (tmp_path / "everyday.card.yaml").write_text("now: 2027-01-01T09:00+01:00\n")
    suite = loaded(tmp_path, content, name)
    assert suite.card.now == "2027-01-01T09:00+01:00"
    morning = datetime(2027, 1, 1, 9, tzinfo=timezone(timedelta(hours=1)))
    assert [case.now for case in suite.cases] == [morning, morning, datetime(2026, 11, 23, 15)]
    assert suite.fingerprint != loaded(tmp_path, as_json_lines(ROWS), "other.jsonl").fingerprint


CARDS = [
    ("licence: MIT\nauthor: me\n", 2, "unknown key 'author'. Known: description, source, licence, how_made, now."),
    ("license: MIT\n", 1, "unknown key 'license'. Did you mean 'licence'?"),
    ("licence: 7\n", 1, "a card is a mapping of texts: description, source, licence, how_made, now"),
    ("- MIT\n", 1, "a card is a mapping of texts"),
    ("licence: MIT\nnow: noon\n", 2, "'noon' is no moment; write a date and a time, such as 2026-11-23T15:00"),
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


@given(damaged(st.just(CARD.encode())))
def test_a_damaged_card_gives_a_suite_or_a_suite_error(folder: Path, card: bytes) -> None:
    (folder / "carded.card.yaml").write_bytes(card)
    survives(folder, "carded.jsonl", as_json_lines(ROWS))
