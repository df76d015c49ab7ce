from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given, settings

from router.declarations import Location
from router.evaluation import Outcome, Report
from router.evaluation.gates import Gate
from router.evaluation.judging import judge
from router.evaluation.rendering.notices import MOST, notices
from tests.evaluation import made_up
from tests.evaluation.made_up import outcome
from tests.evaluation.rendering import hostile

pytestmark = pytest.mark.usefixtures("few_draws")

PLACES = {"a": Location("a.yaml", 3), "b": Location("b.yaml", 7)}


def report(*outcomes: Outcome) -> Report:
    return Report(made_up.report().provenance, (made_up.result("s", outcomes),), PLACES)


def test_failed_gates_are_errors_where_they_are_written_and_come_first() -> None:
    found = [*notices(made_up.report(), made_up.gates())]
    assert [each.level for each in found] == ["error"] * 3 + ["warning"] * 3
    assert (found[0].file, found[0].line) == ("gates.yaml", 6)
    assert found[0].title == "gate failed: false_accept_rate on suite 'everyday'"
    assert found[0].message.split("\n") == [
        "false_accept_rate on suite 'everyday' is 0.333 (95 % CI 0.097 to 0.700, n=6); the ceiling is 0.040.",
        "Most confident false accepts: 'order me a taxi' -> set_alarm (0.93); 'who won last night' -> get_weather "
        "(0.88).",
        "Reason: Small talk calls nothing.",
    ]


def test_mistakes_are_grouped_by_tool_the_most_confident_first() -> None:
    found = [each for each in notices(made_up.report(), ()) if each.level == "warning"]
    assert [(each.title, each.file, each.line) for each in found] == [
        ("set_alarm took part in 3 mistakes", "tools/clock.yaml", 14),
        ("get_weather took part in 5 mistakes", "tools/weather.yaml", 2),
        ("play_music took part in 3 mistakes", "tools/music.yaml", 1),
    ]
    assert found[0].message.split("\n")[0] == "'order me a taxi' is out of scope, but called set_alarm (0.93)."


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (outcome("x", ["b"], "a"), "a.yaml"),
        (outcome("x", [], "a"), "a.yaml"),
        (outcome("x", ["b"], ""), "b.yaml"),
        (outcome("x", ["a", "b"], "b"), "b.yaml"),
        (outcome("x", ["b"], "a or b"), "b.yaml"),
        (outcome("x", [], "b or a"), "b.yaml"),
    ],
    ids=["wrong call", "false accept", "false reject", "guess", "needless question", "question out of scope"],
)
def test_a_mistake_stands_at_the_tool_that_it_is_about(wrong: Outcome, place: str) -> None:
    (notice,) = notices(report(wrong), ())
    assert notice.file == place


def test_a_wrong_call_mentions_the_tool_that_was_expected() -> None:
    (notice,) = notices(report(outcome("x", ["b"], "a")), ())
    assert "should call b, but called a" in notice.message


def test_a_tool_of_unknown_place_stands_at_its_first_case() -> None:
    (notice,) = notices(report(outcome("x", [], "elsewhere", line=12)), ())
    assert (notice.file, notice.line) == ("suites/s.jsonl", 12)


def test_a_notice_names_five_cases_and_counts_the_rest() -> None:
    (notice,) = notices(report(*(outcome(f"x{n}", [], "a") for n in range(1205))), ())
    assert notice.title == "a took part in 1,205 mistakes"
    assert notice.message.split("\n")[5:] == ["And 1,200 more."]


def test_no_more_are_made_than_github_shows() -> None:
    wrong = report(*(outcome(f"x{n}", [], f"t{n:02}", 0.99 - n / 100) for n in range(15)))
    gates = judge([Gate("accuracy", "why", floor=2.0, line=n + 1) for n in range(MOST + 2)], wrong)
    found = [*notices(wrong, gates)]
    assert [each.level for each in found] == ["error"] * MOST + ["warning"] * MOST
    assert found[MOST - 1].title == "3 more gates that failed"
    assert found[-1].title == "6 more tools with mistakes"
    assert found[-1].message.startswith("t09 took part in 1 mistake\n")


def test_nothing_wrong_is_nothing_to_say() -> None:
    assert [*notices(report(outcome("x", ["a"], "a")), ())] == []


@settings(max_examples=50)
@given(hostile.reports())
def test_a_notice_has_no_characters_but_what_can_be_seen(made: tuple[Report, Gate]) -> None:
    made_report, gate = made
    gates = judge([gate], made_report)
    found = [*notices(made_report, gates)]
    assert found == [*notices(made_report, gates)]
    for notice in found:
        shown = notice.title + re.sub("\n", "", notice.message)
        assert re.sub("[\u200c\u200d]", "", shown).isprintable()
        assert "\n" not in notice.title
        assert dataclasses.astuple(notice)[1] in {gate.file, made_report.suites[0].file, "", *_files()}


def _files() -> set[str]:
    return {place.file for place in made_up.TOOLS.values() if place}
