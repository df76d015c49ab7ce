from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.evaluation import Report
from router.evaluation.changes import compare
from router.evaluation.gates import Gate
from router.evaluation.judging import judge
from router.evaluation.measures import Slice
from router.evaluation.rendering.layout import cells
from router.evaluation.rendering.text import as_text, changes_as_text
from tests.evaluation import made_up
from tests.evaluation.rendering import hostile

pytestmark = pytest.mark.usefixtures("few_draws")


def test_a_report_reads_as_it_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("report.txt", as_text(made_up.report(), made_up.gates(), made_up.changes(), 80))


def test_a_comparison_reads_as_it_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("changes.txt", changes_as_text(made_up.changes(), 80))


def test_a_failed_gate_reads_as_in_the_design_where_there_is_room() -> None:
    text = as_text(made_up.report(), made_up.gates(), None, 200)
    assert text.startswith(
        "gate failed: false_accept_rate on suite 'everyday' is 0.333 (95 % CI 0.097 to 0.700, n=6); "
        "the ceiling is 0.040.\n"
        "Most confident false accepts: 'order me a taxi' -> set_alarm (0.93); 'who won last night' -> get_weather "
        "(0.88).\n"
    )


def test_without_gates_and_baseline_nothing_is_said_of_them() -> None:
    text = as_text(made_up.report(), (), None, 80)
    assert "gate" not in text
    assert "baseline" not in text
    assert text.startswith("everyday: 20 cases: 12 right")


def test_reports_without_a_suite_in_common_say_so() -> None:
    everyday, spoken = (
        Report(made_up.report().provenance, (suite,), made_up.TOOLS) for suite in made_up.report().suites
    )
    text = changes_as_text(compare(everyday, spoken), 80)
    assert "no suite is in both" in text
    assert "suite 'everyday' is in one of the two only" in text


def test_lists_are_cut_and_say_how_long_they_are() -> None:
    wrong = made_up.result("many", [made_up.outcome(f"no {n}", [], "set_alarm", tags=("t",)) for n in range(1200)])
    right = made_up.result("many", [made_up.outcome(f"no {n}", [], "", tags=("t",)) for n in range(1200)])
    before, after = (Report(made_up.report().provenance, (suite,), {}) for suite in (right, wrong))
    text = as_text(after, (), compare(before, after), 80)
    assert "worst mistakes, the first 5 of 1,200" in text
    assert "broken, the first 10 of 1,200" in text
    assert len(text.splitlines()) < 100


def test_an_escape_sequence_reaches_the_terminal_from_nowhere() -> None:
    red = "\x1b[31mred"
    outcomes = [
        made_up.outcome(red, [red], "flip_coin", tags=(red,)),
        made_up.outcome("a", [], red),
        made_up.outcome("b", [], "", 0.5, 0.1),
    ]
    report = Report(made_up.report().provenance, (made_up.result(red, outcomes),), {red: None})
    gates = judge([Gate("accuracy", red, red, Slice(tag=red), floor=1.0), Gate("coverage", red, floor=0.0)], report)
    text = as_text(report, gates, compare(made_up.baseline(), report), 80)
    assert "worst tools" in text
    assert "worst slices" in text
    assert text.count("\\x1b[31mred") > 10
    assert text.replace("\n", "").isprintable()


@settings(max_examples=30)
@given(hostile.reports(), hostile.reports(), st.integers(72, 120))
def test_no_utterance_breaks_a_line_or_commands_the_terminal(
    made: tuple[Report, Gate], earlier: tuple[Report, Gate], width: int
) -> None:
    report, gate = made
    gates = judge([gate], report)
    text = as_text(report, gates, compare(earlier[0], report), width)
    for line in text.splitlines():
        assert cells(line) <= width
    assert re.sub("[\n\u200c\u200d]", "", text).isprintable()
    assert text == as_text(report, gates, compare(earlier[0], report), width)
