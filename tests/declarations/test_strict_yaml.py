import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given

from router.declarations import strict_yaml
from router.declarations.document import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Document
from router.declarations.strict_yaml import read
from router.declarations.wording import Json
from tests.strategies import as_yaml, json_values, yaml_like


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test holds for libyaml's parser and for the one in Python."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_yaml, "LOADER", getattr(yaml, request.param))
        yield


def value(text: str | bytes) -> Json:
    [document], problems = read(text, "file.yaml")
    assert not problems
    return document.value


def complaints(text: str | bytes) -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in read(text, "file.yaml")[1]]


@given(json_values)
def test_json_is_read_as_json(data: Any) -> None:
    assert repr(value(as_yaml([data]))) == repr([data])


@given(yaml_like)
def test_any_text_gives_documents_and_problems(text: str) -> None:
    documents, problems = read(text, "file.yaml")
    assert all(isinstance(document, Document) for document in documents)
    assert all(0 <= problem.line <= len(re.split(r"\r\n|\r|\n", text)) + 1 for problem in problems)


_TEXTS = "on off yes No True NULL ~ 06:30 12:30:00 2024-01-02 0x1F 0o7 007 1_000 +1 .5 1. .inf NaN Infinity = １２"


@pytest.mark.parametrize("text", _TEXTS.split())
def test_what_json_does_not_know_is_text(text: str) -> None:
    assert value(f"- {text} # comment") == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.50", 1.5),
        ("2e3", 2000.0),
        ("1e-999", 0.0),
        ("9" * 40, int("9" * 40)),
    ],
)
def test_what_json_knows_is_typed(text: str, expected: Json) -> None:
    assert repr(value(f"a: {text}")) == repr({"a": expected})


@pytest.mark.parametrize("text", ["true", "null", "", "12", "1e999"])
def test_quoted_scalars_are_text(text: str) -> None:
    assert value(f"['{text}', \"{text}\"]") == [text, text]
    assert value(f"- |-\n  {text or 'x'}") == [text or "x"]


def test_keys_are_always_text() -> None:
    assert value("{on: 1, 12: 2, null: 3, true: 4}") == {"on": 1, "12": 2, "null": 3, "true": 4}


def test_lines_are_those_of_keys_and_items() -> None:
    [document], _ = read("a:\n  b:\n    - x\n    - - y\n", "file.yaml")
    assert dict(document.lines) == {
        (): 1, ("a",): 1, ("a", "b"): 2, ("a", "b", 0): 3, ("a", "b", 1): 4, ("a", "b", 1, 0): 4,
    }  # fmt: skip
    assert document.line(("a", "b", 7)) == 2


def test_a_byte_order_mark_and_foreign_line_ends_are_accepted() -> None:
    [document], problems = read("\ufeffa: 1\r\nb: 2\rc: 3\n".encode(), "file.yaml")
    assert not problems
    assert document.lines["c",] == 3


def test_empty_documents_are_left_out() -> None:
    documents, problems = read("---\n---\na: 1\n---\n# nothing\n", "file.yaml")
    assert [document.value for document in documents] == [{"a": 1}]
    assert not problems


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "3: the key 'a' stands here twice; first on line 1"),
        ("a: !!str b", "1: the tag 'tag:yaml.org,2002:str' is not supported. Write plain YAML."),
        ("a: !!python/object:os.system b", "1: the tag 'tag:yaml.org,2002:python/object:os.system' is not supported."),
        ("? [a]\n: b", "1: a key must be plain text"),
        ("x: &a {b: c}\ny:\n  <<: *a", "3: the merge key '<<' is not supported. Write its keys out."),
        ("a: *b", "1: the alias '*b' stands for nothing: no '&b' comes before it"),
        ("a: &b [*b]", "1: the alias '*b' contains itself"),
        ("a: 1e999", "1: the number '1e999' does not fit a 64-bit float"),
        ("a: " + "9" * 5000, "1: the number '9999"),
        ("a:\n\t- b", "2: a tab indents this line. Indent with spaces."),
        ("a: b\nc: 'd\ne: f\n", "2: the quote that opens here is never closed"),
        ("a: [b\n", ": not YAML: "),
        ("a: note: this", '1: unquoted text with a slot mark or \': \' in it confuses YAML. Put the text in double '
         'quotes: a: "note: this"'),
        ("[at {time: six}]", "Put text with a slot mark in double quotes."),
        ("a: \x07", "1: the character U+0007 cannot stand in a YAML file. Delete it."),
        ("a: b\n\x00", "2: the character U+0000"),
        ("a: b\u2028", "1: the character U+2028"),
        ("a: \ud800", "1: the character U+D800"),
        (b"a: b\n\xff", "2: byte 0xff is not UTF-8. Save the file as UTF-8."),
        ("a: 1".encode("utf-16"), "1: byte 0xff is not UTF-8."),
        ('a: "\\ud800"', "1: "),
        ('a: "\\U00110000"', ": "),
        ("[" * (MAX_DEPTH + 2), f": values nest deeper than {MAX_DEPTH} levels"),
        ("[" * 500_000, ": values nest deeper"),
        ("- a\n" * (MAX_VALUES + 1), f": more than {MAX_VALUES} values"),
        ("#" * (MAX_BYTES + 1), f"0: larger than {MAX_BYTES} bytes. Split it into several files."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained(text: str | bytes, complaint: str) -> None:
    [found] = complaints(text)
    assert complaint in found


def test_aliases_are_copies() -> None:
    [document], problems = read("a: &x [1]\nb: *x\n", "file.yaml")
    assert not problems
    assert isinstance(document.value, dict)
    assert document.value["a"] == document.value["b"]
    assert document.value["a"] is not document.value["b"]


def test_aliases_that_multiply_or_nest_are_refused() -> None:
    laughs = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    assert complaints("\n".join(laughs))[0].endswith(f"more than {MAX_VALUES} values. Split the file, and use fewer "
                                                     "aliases.")  # fmt: skip
    deep = ["a0: &a0 [ha]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 40)]
    assert complaints("\n".join(deep))[0].endswith(f"values nest deeper than {MAX_DEPTH} levels")


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("- wake me at {time: half past six}", '- "wake me at {time: half past six}"'),
        ("- wake me at {time: six} {day: tomorrow}  # both", '- "wake me at {time: six} {day: tomorrow}"'),
        ("- {time: six} please wake me", '- "{time: six} please wake me"'),
        ("- weck mich über {time: \"sechs\"}", '- "weck mich über {time: \\"sechs\\"}"'),
        ("- utterance: wake me at {time: six}", '- utterance: "wake me at {time: six}"'),
    ],
)  # fmt: skip
def test_an_unquoted_slot_mark_is_met_with_the_quoted_line(line: str, quoted: str) -> None:
    [complaint] = complaints(f"examples:\n  - fine\n  {line}\n")
    assert complaint.startswith("3: ")
    assert complaint.endswith(f"Put the text in double quotes: {quoted}")


def test_an_unquoted_slot_mark_is_read_as_meant() -> None:
    [document], _ = read("- wake me at {time: half past six}\n- next", "file.yaml")
    assert document.value == ["wake me at {time: half past six}", "next"]
