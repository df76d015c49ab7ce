"""What must not be the same is found, in whatever marks and order it stands."""

from __future__ import annotations

import pytest

from router.linting import duplicates
from router.linting.duplicates import NEAR_COSINE, NEAR_LETTERS
from tests.linting.conftest import linted, of_rule

RULE = "near-duplicate"
TOOLS = """\
- name: make_call
  description: Call a person by phone.
  examples:
    - {mine}
  counterexamples:
    - {counterexample}
- name: send_message
  description: Write somebody a text.
  examples:
    - {theirs}
---
out_of_scope:
  - {out_of_scope}
"""


def _source(
    mine: str = "dial a number",
    theirs: str = "write a text",
    counterexample: str = "what is a call",
    out_of_scope: str = "hello",
) -> str:
    quoted = {"mine": mine, "theirs": theirs, "counterexample": counterexample, "out_of_scope": out_of_scope}
    return TOOLS.format(**{name: f'"{text}"' for name, text in quoted.items()})


@pytest.mark.parametrize(
    ("source", "other", "line"),
    [
        (_source(mine="What's up?", theirs="whats up"), "whats up", 10),
        (_source(mine="What's up?", counterexample="whats up"), "whats up", 6),
        (_source(mine="What's up?", out_of_scope="whats up!"), "whats up!", 13),
    ],
    ids=["another tool", "own counterexample", "out of scope"],
)
def test_the_same_letters_are_an_error_that_names_both_places(source: str, other: str, line: int) -> None:
    [finding] = of_rule(linted(source), RULE)
    assert finding.severity == "error"
    assert (finding.subject.tool, finding.subject.text, finding.subject.line) == ("make_call", "What's up?", 4)
    assert [(each.text, each.file, each.line) for each in finding.others] == [(other, "tools.yaml", line)]
    assert "differs only in marks" in finding.message


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("call 😀", "call 😡"),
        ("set it to 5", "set it to -5"),
        ("read c", "read c++"),
        ("read c", "read c#"),
        ("दिन", "दान"),
        ("5", "5€"),
    ],
)
def test_what_says_something_tells_texts_apart(mine: str, theirs: str) -> None:
    assert [finding for finding in of_rule(linted(_source(mine, theirs)), RULE) if finding.severity == "error"] == []


@pytest.mark.parametrize("other", ["covid-19 news", "Covid 19: news", "covid19 news", "¿covid19? «news»"])
def test_punctuation_and_spaces_are_all_that_is_left_out(other: str) -> None:
    [finding] = of_rule(linted(_source("covid19 news!", other)), RULE)
    assert finding.severity == "error"


def test_of_several_rivals_the_next_is_left_where_one_is_suppressed() -> None:
    third = "- {name: text, description: Phone somebody., examples: [whats up]}\n---"
    source = _source(mine="What's up?", theirs="whats up?").replace("---", third)
    [first] = [finding for finding in of_rule(linted(source), RULE) if finding.subject.tool == "make_call"]
    assert first.others[0].tool == "send_message"
    note = "  lint: [{ignore: near-duplicate, about: send_message, reason: so be it}]\n- name: send_message"
    rest = linted(source.replace("- name: send_message", note))
    [left] = [finding for finding in of_rule(rest, RULE) if finding.subject.tool == "make_call"]
    assert (left.others[0].tool, left.others[0].text) == ("text", "whats up")


def test_of_several_that_are_nearly_the_same_the_nearest_comes_first() -> None:
    third = "- {name: phone, description: Phone somebody., examples: [at home please ring my mother]}\n---"
    source = _source("please ring my mother at home", "ring my mother at home please").replace("---", third)
    [first] = [finding for finding in of_rule(linted(source), RULE) if finding.subject.tool == "make_call"]
    other = first.others[0].tool
    note = f"  lint: [{{ignore: near-duplicate, about: {other}, reason: so be it}}]\n- name: send_message"
    rest = linted(source.replace("- name: send_message", note))
    [left] = [finding for finding in of_rule(rest, RULE) if finding.subject.tool == "make_call"]
    assert {other, left.others[0].tool} == {"phone", "send_message"}
    assert left.numbers["cosine"] <= first.numbers["cosine"]


def test_nearly_the_same_is_a_warning_with_its_figures() -> None:
    [finding] = of_rule(linted(_source("please ring my mother at home", "ring my mother at home please")), RULE)
    assert finding.severity == "warning"
    assert finding.numbers["cosine"] >= NEAR_COSINE
    assert finding.numbers["letters"] >= NEAR_LETTERS
    assert "an example of 'send_message'" in finding.message


@pytest.mark.parametrize("threshold", ["NEAR_COSINE", "NEAR_LETTERS"])
def test_meaning_and_letters_must_both_be_near(threshold: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, threshold, 1.1)
    assert of_rule(linted(_source("please ring my mother at home", "ring my mother at home please")), RULE) == []


@pytest.mark.parametrize(
    "source",
    [
        _source(),
        _source("set it to 1.5", "set it to 15"),
        _source("turn the radio on", "turn the radio off now"),
        _source(theirs="What is a call?"),
        _source("🔦", "🔔"),
        _source("?!", "..."),
    ],
    ids=[
        "nothing alike",
        "a point between digits",
        "opposites",
        "another's counterexample",
        "emoji",
        "marks alone",
    ],
)
def test_what_may_stand_beside_each_other_is_no_finding(source: str) -> None:
    assert of_rule(linted(source), RULE) == []


def test_each_pair_is_reported_once_whatever_the_size_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    people = ("mother", "father", "sister")
    mine = "\n".join(f"    - please ring my {who} at home" for who in people)
    theirs = "\n".join(f"    - ring my {who} at home please" for who in people)
    source = _source().replace('    - "dial a number"', mine).replace('    - "write a text"', theirs)
    whole = of_rule(linted(source), RULE)
    assert [finding.subject.line for finding in whole] == [4, 5, 6]
    assert [finding.others[0].line for finding in whole] == [12, 13, 14]
    monkeypatch.setattr(duplicates, "_ROWS", 2)
    assert [finding.message for finding in of_rule(linted(source), RULE)] == [finding.message for finding in whole]
