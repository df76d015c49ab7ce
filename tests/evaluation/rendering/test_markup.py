from __future__ import annotations

import re

import pytest
from hypothesis import given

from router.evaluation.rendering.markup import bullets, code, details, prose, table
from router.evaluation.wording import harmless
from tests.evaluation.rendering import hostile


def without_code_spans(line: str) -> tuple[str, list[str]]:
    """Return what a line of Markdown holds beside its code spans, and these, found as CommonMark says (6.1)."""
    rest, spans = "", []
    while opening := re.search("`+", line):
        closing = next((m for m in re.finditer("`+", line[opening.end() :]) if len(m[0]) == len(opening[0])), None)
        assert closing, "a run of backticks that opens nothing"
        inside = line[opening.end() :][: closing.start()]
        both = len(inside) > 1 and inside[0] == inside[-1] == " " and inside.strip(" ")
        spans.append(inside[1:-1] if both else inside)
        rest += line[: opening.start()]
        line = line[opening.end() :][closing.end() :]
    return rest + line, spans


@given(hostile.texts.filter(lambda text: "`" * 41 not in text))
def test_a_code_span_holds_the_whole_text(text: str) -> None:
    rest, spans = without_code_spans(code(text, 5000))
    assert (rest, spans) == ("", [harmless(text) or " "])


@pytest.mark.parametrize("length", [40, 41, 80, 2000])
def test_no_fence_is_longer_than_github_reads(length: int) -> None:
    span = code(f"a{'`' * length}b", 5000)
    assert len(span) - len(span.lstrip("`")) == 41
    assert without_code_spans(span) == ("", [f"a{'`' * 40}{'…' * (length > 40)}b"])


def test_a_long_text_is_cut() -> None:
    assert code("x" * 121) == f"`{'x' * 120}`…"


@given(hostile.texts)
def test_prose_is_words_or_a_code_span(text: str) -> None:
    rest, _ = without_code_spans(prose(text))
    assert not re.search(r"[@#<>&\[\]`*_~$!|\\/]|www\.|GH-", re.sub(r"<\d", "", rest))
    assert "\n" not in rest


@pytest.mark.parametrize(
    "text",
    ["Alarms wake people.", "is 0.333 (95 % CI 0.097 to 0.700, n=6, p<0.001); the ceiling is 0.040", "für Mütter"],
)
def test_plain_words_stay_prose(text: str) -> None:
    assert prose(text) == text


@pytest.mark.parametrize(
    "text", ["@someone", "#12", "GH-12", "see www.x.org", "<b>", "a_b_", "https://x.org", "x\ny", ":tada:"]
)
def test_what_means_something_does_not(text: str) -> None:
    assert prose(text).startswith("`")


@given(hostile.texts)
def test_a_cell_stays_in_its_column(text: str) -> None:
    _, _, row, _ = table(["a", "b"], [[code(text), "1"]])
    assert len(re.split(r"(?<!\\)\|", row)) == 4


def test_a_table_without_rows_is_none() -> None:
    assert [*table(["a"], [])] == []
    assert [*table(["a", "b"], [["x", "1"]], numbers=[1])] == ["| a | b |", "| --- | --: |", "| x | 1 |", ""]


def test_lists_say_what_they_leave_out() -> None:
    assert [*bullets(["a"], 1)] == ["- a"]
    assert [*bullets(["a"], 1201)] == ["- a", "- and 1,200 more"]
    assert [*bullets([], 3)] == ["- 3, left out to keep this short"]
    assert [*bullets([], 0)] == []


def test_details_are_markdown_within() -> None:
    assert [*details("1 case broken", ["- a"], is_open=True)] == [
        "<details open><summary>1 case broken</summary>", "", "- a", "", "</details>", "",
    ]  # fmt: skip
    assert [*details("nothing", [])] == []
