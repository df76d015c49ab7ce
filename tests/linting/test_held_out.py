"""What another tool wins once it is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from router.declarations import Example, Tool, ToolSet
from router.encoders import HashingEncoder
from router.linting import Finding, held_out
from router.linting.held_out import stolen_examples, winning_counterexamples
from router.linting.inspection import Inspection, inspect


def _with(everyday: ToolSet, name: str, *, example: str | None = None, counterexample: str | None = None) -> Inspection:
    tool = everyday[name]
    examples = (*tool.examples, Example(example)) if example else tool.examples
    counterexamples = (counterexample,) if counterexample else ()
    return inspect(
        everyday.with_tool(replace(tool, examples=examples, counterexamples=counterexamples)), HashingEncoder()
    )


@pytest.fixture(scope="module")
def stolen(everyday: ToolSet) -> Finding:
    """The finding about an example that is in the wrong file."""
    found = stolen_examples(_with(everyday, "set_alarm", example="play some jazz music"))
    [finding] = [finding for finding in found if finding.subject.text == "play some jazz music"]
    return finding


def test_an_example_that_sounds_like_another_tool_is_stolen_by_it(stolen: Finding) -> None:
    assert stolen.subject.tool == "set_alarm"
    [thief] = stolen.others
    assert thief.tool == "play_music"
    assert stolen.numbers["probability"] > stolen.numbers["own_probability"]
    assert stolen.numbers["cosine"] > stolen.numbers["own_cosine"]
    assert "'play_music' with" in stolen.message
    assert f"nearest there: {thief.text!r}" in stolen.message
    assert "as a counterexample to 'play_music'" in stolen.suggestion


def test_examples_that_their_own_tool_wins_are_no_finding(everyday_inspection: Inspection) -> None:
    right = everyday_inspection.known.evidence.examples
    found = [finding.subject for finding in stolen_examples(everyday_inspection)]
    assert len(set(found)) == len(found) < 0.2 * len(right)


def test_a_counterexample_that_nobody_else_wants_is_won_by_its_own_tool(everyday: ToolSet) -> None:
    inspection = _with(everyday, "set_alarm", counterexample="set an alarm for my house against thieves")
    found = [finding for finding in winning_counterexamples(inspection) if finding.subject.tool == "set_alarm"]
    [finding] = found
    assert finding.subject.text == "set an alarm for my house against thieves"
    assert finding.others[0].tool == "set_alarm"
    assert 0.0 < finding.numbers["probability"] <= 1.0


def test_a_counterexample_that_another_tool_wins_is_no_finding(everyday: ToolSet) -> None:
    inspection = _with(everyday, "set_alarm", counterexample="play a song by prince at seven")
    assert [f for f in winning_counterexamples(inspection) if f.subject.tool == "set_alarm"] == []


@pytest.mark.parametrize(
    ("called", "probability", "severity"), [(True, 0.9, "warning"), (True, 0.89, "info"), (False, 1.0, "info")]
)
def test_only_a_sure_call_is_a_warning(called: bool, probability: float, severity: str) -> None:
    assert held_out._severity(called, probability) == severity


@pytest.mark.parametrize("tools", [(), (Tool("a", "Wake me.", counterexamples=("sleep",)), Tool("b", "Play."))])
def test_tools_without_examples_have_none_to_lose(tools: tuple[Tool, ...]) -> None:
    inspection = inspect(ToolSet(tools, ("hello",)), HashingEncoder())
    assert list(stolen_examples(inspection)) == []
    assert all(finding.others == () for finding in winning_counterexamples(inspection))
