"""The project's own suites: what they hold, and what the shipped tools must keep on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from router import Router, ToolSet
from router.cli import main
from router.evaluation import load_suite
from router.metrics.calibration import calibration_error
from router.text import normalize
from router.training.background import background

EVALS = Path(__file__).parents[2] / "evals"
SUITES = ("everyday", "development")


def folded(text: str) -> str:
    """What makes two utterances the same: their letters and digits."""
    kept = (character for character in normalize(text).casefold() if character.isalnum() or character.isspace())
    return " ".join("".join(kept).split())


@pytest.mark.parametrize("name", SUITES)
def test_no_utterance_of_a_suite_is_one_that_the_router_learns_from(name: str, shipped_tools: ToolSet) -> None:
    learnt = {folded(text) for tool in shipped_tools for text in tool.counterexamples}
    learnt |= {folded(example.utterance) for tool in shipped_tools for example in tool.examples}
    learnt |= set(map(folded, (*shipped_tools.out_of_scope, *background())))
    asked = [case.utterance for case in load_suite(EVALS / "suites" / f"{name}.jsonl", shipped_tools).cases]
    assert [text for text in asked if folded(text) in learnt] == []


def test_probabilities_are_as_good_after_tools_come_and_go(shipped_router: Router, shipped_tools: ToolSet) -> None:
    """Ten tools are taken out and added again; what is left of the calibration was measured when this was written."""
    cases = [case for case in load_suite(EVALS / "suites" / "development.jsonl").cases if len(case.tools) == 1]

    def quality(router: Router) -> tuple[float, float]:
        first = [router.route(case.utterance).candidates[0] for case in cases]
        right = np.array([one.tool in case.tools for one, case in zip(first, cases, strict=True)])
        return float(right.mean()), calibration_error(np.array([one.probability for one in first]), right) or 0.0

    moved = shipped_router.without("set_alarm").with_tool(shipped_tools["set_alarm"])
    assert quality(moved)[0] >= quality(shipped_router)[0] - 0.01
    for name in shipped_tools.names[::5]:
        moved = moved.without(name).with_tool(shipped_tools[name])
    accuracy, error = quality(moved)
    assert accuracy >= quality(shipped_router)[0] - 0.07
    assert error <= quality(shipped_router)[1] + 0.04


def test_the_suites_share_no_utterance() -> None:
    everyday, development = (
        {folded(case.utterance) for case in load_suite(EVALS / "suites" / f"{name}.jsonl").cases} for name in SUITES
    )
    assert everyday & development == set()


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_says_where_it_comes_from(name: str) -> None:
    card = load_suite(EVALS / "suites" / f"{name}.jsonl").card
    assert all([card.description, card.source, card.licence, card.how_made])


def test_the_everyday_suite_asks_for_every_tool_and_for_none(shipped_tools: ToolSet) -> None:
    cases = load_suite(EVALS / "suites" / "everyday.jsonl").cases
    for_one, for_none = ([case for case in cases if len(case.tools) == count] for count in (1, 0))
    assert len(for_one) >= 600
    assert {tool for case in for_one for tool in case.tools} == set(shipped_tools.names)
    assert len(for_none) >= 300
    assert sum("near_miss" in case.tags for case in for_none) >= 100
    assert all(case.tags and case.language and case.cluster for case in cases)


def test_the_everyday_suite_states_arguments_of_every_tool_that_has_parameters(shipped_tools: ToolSet) -> None:
    """And each is one that the declaration allows; what was not said may be missing."""
    cases = load_suite(EVALS / "suites" / "everyday.jsonl").cases
    stated = [(shipped_tools[case.tools[0]], case.arguments) for case in cases if case.arguments is not None]
    assert len(stated) >= 200
    assert {tool.name for tool, _ in stated} == {
        tool.name for tool in shipped_tools if tool.parameters.get("properties")
    }
    for tool, arguments in stated:
        schema = {key: value for key, value in tool.parameters.items() if key != "required"}
        assert [error.message for error in Draft202012Validator(schema).iter_errors(arguments)] == []
    assert all(case.now is not None for case in cases), "the card says when"


def test_the_shipped_tools_keep_the_gates(
    shipped_router: Router, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped_router.save(tmp_path / "shipped.bundle")
    command = ["eval", "--bundle", str(tmp_path / "shipped.bundle"), "--suite", str(EVALS / "suites/everyday.jsonl")]
    command += ["--gates", str(EVALS / "gates.yaml"), "--baseline", str(EVALS / "baselines/everyday.json")]
    code = main(command)
    assert code == 0, capsys.readouterr().out
