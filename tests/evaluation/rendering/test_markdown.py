from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from router.evaluation import Report
from router.evaluation.changes import Change, Changes, SuiteChanges, compare
from router.evaluation.gates import Gate
from router.evaluation.judging import judge
from router.evaluation.rendering.markdown import LONGEST, as_markdown, changes_as_markdown
from tests.evaluation import made_up
from tests.evaluation.rendering import hostile
from tests.evaluation.rendering.test_markup import without_code_spans

pytestmark = pytest.mark.usefixtures("few_draws")

OURS = re.compile(r"</?details( open)?>|</?summary>|<(?=\d)|^- |^#{3,4} | -> |\*\*Gate failed:\*\*")
"""The marks that mean something and that we set."""


def test_a_report_reads_as_it_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("report.md", as_markdown(made_up.report(), made_up.gates(), made_up.changes()))


def test_a_comparison_reads_as_it_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("changes.md", changes_as_markdown(made_up.changes()))


def test_without_gates_and_baseline_nothing_is_said_of_them() -> None:
    text = as_markdown(made_up.report(), (), None)
    assert text.startswith("### Measured; there is no gate\n")
    assert "aseline" not in text
    assert text.count("| metric | value | 95 % CI | n |\n") == 2


def test_the_value_on_the_cases_in_both_is_only_shown_where_it_may_differ() -> None:
    report = made_up.report()
    assert "| baseline | now, of both | change |" in as_markdown(report, (), made_up.changes())
    assert "| n | baseline | change |" in as_markdown(report, (), compare(report, report))


@settings(max_examples=30)
@given(hostile.reports(), hostile.reports())
def test_what_people_made_stands_in_code_spans_only(made: tuple[Report, Gate], earlier: tuple[Report, Gate]) -> None:
    report, gate = made
    before = Report(earlier[0].provenance, (dataclasses.replace(earlier[0].suites[0], name=report.suites[0].name),), {})
    changes = compare(before, report)
    gates = judge([gate], report)
    text = as_markdown(report, gates, changes)
    assert text == as_markdown(report, gates, changes)
    for whole in (text, changes_as_markdown(changes)):
        assert len(whole) <= LONGEST
        ours = [mark for line in whole.split("\n") for mark in assert_harmless(line)]
        assert ours.count("</details>") == sum(mark.startswith("<details") for mark in ours)


def assert_harmless(line: str) -> list[str]:
    """Check that a line holds words and numbers beside code spans and marks of ours, and return these."""
    if line.startswith("| "):
        line = re.sub(r"^\| | \|$| \| ", " ", line)
        assert not re.search(r"(?<!\\)\|", line)
        line = line.replace("\\|", "|")
    rest, _ = without_code_spans(line)
    ours = [found[0] for found in OURS.finditer(rest)]
    rest = OURS.sub("", rest.replace("…", ""))
    assert re.fullmatch(r"(\w|[ .,;:()%=+'-])*", rest), rest
    assert not re.search(r"www\.|GH-\d", rest)
    return ours


def test_an_utterance_of_markdown_is_shown_as_it_was_said() -> None:
    said = "@you <b>#1</b> | `x` *y*"
    suite = made_up.result("a|b", [made_up.outcome(said, [], "set_alarm"), made_up.outcome("x", [], "", tags=("p|q",))])
    text = as_markdown(Report(made_up.report().provenance, (suite,), {}), (), None)
    assert f"- `` {said} `` is out of scope, but called `set_alarm`" in text.replace("``@you", "`` @you").replace(
        "*y*``", "*y* ``"
    )
    assert "#### Suite `a|b`" in text


def test_a_comment_is_never_too_long_for_github() -> None:
    utterances = [f"{n} {'正`' * 60}" for n in range(400)]
    suites = [
        made_up.result(f"suite {n}", [made_up.outcome(each, [], "set_alarm") for each in utterances[n : n + 40]])
        for n in range(0, 400, 40)
    ]
    report = Report(made_up.report().provenance, tuple(suites), {})
    gate = Gate("decision_accuracy", "r" * 10_000, floor=1.0)
    text = as_markdown(report, judge([gate] * 30, report), None)
    assert 5_000 < len(text) <= LONGEST
    assert "more" in text
    assert "failed gates left out." in text


def test_the_shortest_form_is_short_whatever_the_names() -> None:
    name = "\x00" * 2000
    outcomes = tuple(made_up.outcome(f"{name}{n}", [name, "b", "c"], name, tags=(name,)) for n in range(50))
    moved = tuple(Change(each, each) for each in outcomes)
    provenance = dataclasses.replace(
        made_up.report().provenance, policy={f"{name}{n}": 1.0 for n in range(50)}, commit=name
    )
    changes = Changes(
        provenance,
        dataclasses.replace(provenance, machine={}),
        tuple(SuiteChanges(f"{name}{n}", 1, 1, 1, moved, moved, moved, ()) for n in range(99)),
        tuple(f"{name}{n}" for n in range(99)),
    )
    text = changes_as_markdown(changes)
    assert len(text) <= LONGEST
    assert "suites left out." in text
    suite = made_up.result(name, outcomes)
    suites = tuple(dataclasses.replace(suite, name=f"{name}{n}") for n in range(3))
    assert len(as_markdown(Report(provenance, suites, {}), (), changes)) <= LONGEST
