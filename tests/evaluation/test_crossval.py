"""Cross-validation decides about each utterance with a router that has not seen it."""

from __future__ import annotations

import pytest

from router import ToolSet
from router.declarations import loads
from router.encoders import HashingEncoder
from router.errors import SuiteError
from router.evaluation import crossval
from router.evaluation.crossval import cross_validate, suite_of
from router.training import train


def test_every_utterance_is_a_case_once(everyday: ToolSet) -> None:
    cases = suite_of(everyday).cases
    assert len(cases) == sum(len(tool.examples) for tool in everyday) + len(everyday.out_of_scope)
    assert len({case.id for case in cases}) == len(cases)
    assert {case.intent for case in cases} == {"out_of_scope", *(tool.name for tool in everyday if tool.examples)}


def test_no_router_has_seen_what_it_decides_about(everyday: ToolSet, monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[set[str]] = []

    def spied(tools: ToolSet, *rest: object) -> object:
        known.append({example.utterance for tool in tools for example in tool.examples} | set(tools.out_of_scope))
        return train(tools, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("router.training.train", spied)
    suite = suite_of(everyday)
    outcomes = cross_validate(everyday, suite, HashingEncoder(), folds=4)
    assert [outcome.case for outcome in outcomes] == list(suite.cases)
    everything = {case.utterance for case in suite.cases}
    held_out = [everything - texts for texts in known]
    assert set.union(*held_out) == everything
    assert sum(map(len, held_out)) == len(everything)


def test_what_is_held_out_is_no_tool_s_counterexample_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or every other tool is told that the answer is not itself."""
    tools = loads("""
- {name: flip_coin, description: Flip a coin., examples: [heads or tails, toss it]}
- name: roll_die
  description: Roll a die.
  examples: [throw the die, roll]
  counterexamples: [Heads  or tails, call it]
""")
    leaked = []

    def spied(known: ToolSet, *rest: object) -> object:
        examples = {example.utterance for tool in known for example in tool.examples}
        leaked.append("heads or tails" not in examples and "Heads  or tails" in known["roll_die"].counterexamples)
        assert "call it" in known["roll_die"].counterexamples
        return train(known, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("router.training.train", spied)
    cross_validate(tools, suite_of(tools), HashingEncoder(), folds=2)
    assert leaked == [False, False]


def test_there_are_no_more_folds_than_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    tools = loads("{name: flip_coin, description: Flip a coin., examples: [heads or tails, toss it]}")
    trained = []

    def spied(*rest: object) -> object:
        trained.append(rest)
        return train(*rest)  # type: ignore[arg-type]

    monkeypatch.setattr("router.training.train", spied)
    assert len(cross_validate(tools, suite_of(tools), HashingEncoder(), folds=100)) == 2
    assert len(trained) == 2


def test_each_tool_is_held_out_evenly(everyday: ToolSet) -> None:
    for tool in everyday:
        places = [n % 4 for n, case in enumerate(suite_of(everyday).cases) if case.tools == (tool.name,)]
        assert max(map(places.count, range(4))) - min(map(places.count, range(4))) <= 1


def test_a_tool_that_loses_its_only_example_is_decided_from_its_declaration() -> None:
    tools = loads("""
- {name: flip_coin, description: Flip a coin., examples: [heads or tails]}
- {name: roll_die, description: Roll a die., examples: [throw the die]}
""")
    outcomes = cross_validate(tools, suite_of(tools), HashingEncoder(), folds=2)
    assert [outcome.case.intent for outcome in outcomes] == ["flip_coin", "roll_die"]


def test_nothing_to_hold_out_is_an_error() -> None:
    with pytest.raises(SuiteError, match="no tool has an example, and nothing is out of scope"):
        suite_of(loads("{name: hum, description: Hum a tune.}"))


def test_one_fold_is_none(everyday: ToolSet) -> None:
    with pytest.raises(ValueError, match="folds is 1; expected 2 or more"):
        cross_validate(everyday, suite_of(everyday), HashingEncoder(), folds=1)


def test_its_name_is_the_one_that_gates_use(everyday: ToolSet) -> None:
    assert suite_of(everyday).name == crossval.NAME == "crossval"
