"""Any set of tools trains, and the same set gives the same router."""

import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import Abstain, Example, MissingExtraError, Policy, Router, Tool, ToolCall, ToolSet
from router.encoders import HashingEncoder
from router.training import train
from router.training.evidence import FOLDS
from router.training.head import fit_head
from tests.strategies import tool_sets, utterances

ENCODER = HashingEncoder(64)


def _tool(name: str, description: str, *examples: str, counterexamples: tuple[str, ...] = ()) -> Tool:
    return Tool(name, description, examples=tuple(map(Example, examples)), counterexamples=counterexamples)


MANY = [f"wake me at {hour}:{minute:02}" for hour in range(5, 15) for minute in range(0, 60, 3)]
DEGENERATE = {
    "no tools": ToolSet(),
    "out of scope only": ToolSet((), tuple(f"hello {n}" for n in range(30))),
    "one tool by its declaration": ToolSet((_tool("wake", "Wake me up."),)),
    "one tool with one example": ToolSet((_tool("wake", "Wake me up.", "wake me"),)),
    "one tool with a counterexample": ToolSet((_tool("wake", "Wake me.", "wake me", counterexamples=("sleep",)),)),
    "one tool against out of scope": ToolSet((_tool("wake", "Wake me up."),), tuple(f"hello {n}" for n in range(30))),
    "declarations only": ToolSet((_tool("wake", "Wake me up."), _tool("play", "Play music."))),
    "equal declarations": ToolSet((_tool("a", "Wake me up."), _tool("b", "Wake me up."))),
    "a single example each": ToolSet((_tool("wake", "Wake me.", "wake me"), _tool("play", "Play.", "play jazz"))),
    "two hundred against none": ToolSet((_tool("wake", "Wake me up.", *MANY), _tool("play", "Play music."))),
    "one example many times": ToolSet((_tool("wake", "Wake me.", *["up"] * 9), _tool("play", "Play.", *["up"] * 9))),
    "counterexamples only": ToolSet((_tool("a", "Wake.", counterexamples=("x", "y")), _tool("b", "Play."))),
    "names and descriptions without a word": ToolSet((_tool("_", "."), _tool("__", "..."))),
    "out of scope that normalises to nothing": ToolSet((_tool("wake", "Wake me."),), ("\u200b", " ")),
}
SAID = ["wake me", "wake me at 9:30", "play music", "hello", "hello 3", "qwrtz", "🔦", "."]


@pytest.mark.parametrize("tools", DEGENERATE.values(), ids=DEGENERATE.keys())
def test_any_set_of_tools_trains_routes_saves_and_loads(tools: ToolSet, tmp_path: Path) -> None:
    router = train(tools, ENCODER)
    decisions = router.route_many(SAID)
    for decision, text in zip(decisions, SAID, strict=True):
        assert 0.0 <= decision.in_scope <= 1.0
        assert len(decision.candidates) == min(len(tools), 5)
        assert router.explain(text).decision == decision
    router.save(tmp_path / "bundle")
    assert Router.load(tmp_path / "bundle", ENCODER).route_many(SAID) == decisions
    extra = _tool("zzz", "Something new.", "do the new thing")
    assert router.with_tool(extra).without("zzz").route_many(SAID) == decisions


@pytest.mark.parametrize("name", ["no tools", "out of scope only"])
def test_without_tools_everything_is_out_of_scope(name: str) -> None:
    assert train(DEGENERATE[name], ENCODER).route("wake me") == Abstain(
        "out_of_scope", utterance="wake me", in_scope=0.0
    )


def test_many_examples_do_not_swallow_a_tool_that_has_none() -> None:
    router = train(DEGENERATE["two hundred against none"], ENCODER)
    for text, tool in [("wake me at 9:31", "wake"), ("play music", "play"), ("play some music", "play")]:
        decision = router.route(text)
        assert isinstance(decision, ToolCall), text
        assert decision.tool == tool


def test_a_single_tool_is_called_or_not_but_never_asked_about() -> None:
    router = train(DEGENERATE["one tool with one example"], ENCODER)
    assert isinstance(router.route("wake me"), ToolCall)
    assert isinstance(router.route("order sushi"), Abstain)


@settings(max_examples=10)
@given(tool_sets, st.randoms(), st.lists(utterances, min_size=1, max_size=4))
def test_the_order_of_tools_changes_no_decision(tools: ToolSet, chance: random.Random, said: list[str]) -> None:
    shuffled = list(tools)
    chance.shuffle(shuffled)
    scope = list(tools.out_of_scope)
    chance.shuffle(scope)
    said += [example.utterance for tool in tools for example in tool.examples]
    again = train(ToolSet(tuple(shuffled), tuple(scope)), ENCODER)
    assert again.route_many(said) == train(tools, ENCODER).route_many(said)


def test_training_twice_gives_the_same_bytes(everyday: ToolSet, tmp_path: Path) -> None:
    bundles = []
    for name in ("one", "two"):
        train(everyday, HashingEncoder()).save(tmp_path / name)
        bundles.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert bundles[0] == bundles[1]


def test_accuracy_rises_with_examples_and_never_falls_off_a_cliff(shipped_tools: ToolSet) -> None:
    held_out = [(tool.name, example.utterance) for tool in shipped_tools for example in tool.examples[-8:]]
    accuracies = []
    for shots in (0, 1, 3, 8):
        few = ToolSet(tuple(_with_examples(tool, tool.examples[:shots]) for tool in shipped_tools))
        router = train(few, ENCODER)
        best = [router.route(text).candidates[0].tool for _, text in held_out]
        accuracies.append(np.mean([tool == name for tool, (name, _) in zip(best, held_out, strict=True)]))
    assert accuracies == sorted(accuracies)
    assert accuracies[0] > 5 / len(shipped_tools)


def _with_examples(tool: Tool, examples: tuple[Example, ...]) -> Tool:
    return Tool(tool.name, tool.description, tool.parameters, examples)


def test_the_limits_of_a_policy_are_the_authors(everyday: ToolSet) -> None:
    strict, lenient = (train(everyday, HashingEncoder(), Policy(limit, 0.1)).policy for limit in (0.0, 0.5))
    assert (strict.max_false_accept, strict.max_wrong_call) == (0.0, 0.1)
    assert strict.thresholds["normal"].in_scope > lenient.thresholds["normal"].in_scope
    assert train(everyday, HashingEncoder(), Policy(1.0, 1.0)).policy.thresholds["normal"].in_scope < 1e-9


def test_progress_is_told_from_first_to_last(everyday: ToolSet) -> None:
    told: list[tuple[str, int, int]] = []
    train(everyday, HashingEncoder(), progress=lambda *stage: told.append(stage))
    by_stage = {stage: [(done, total) for name, done, total in told if name == stage] for stage, _, _ in told}
    assert list(by_stage) == ["teaching arguments", "cross-validating"]
    for stage, count in zip(by_stage, (len(everyday), FOLDS), strict=True):
        assert by_stage[stage] == [(done, count) for done in range(1, count + 1)]


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'intent-router\[train\]'"):
        train(ToolSet(), ENCODER)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(0, 2))
def test_the_head_is_the_optimum_of_its_likelihood(seed: int, present: int, absent: int) -> None:
    chance = np.random.default_rng(seed)
    classes = np.concatenate([np.arange(present), chance.integers(present, size=20)]).astype(np.int32) + absent
    rows = chance.normal(size=(len(classes), 5)).astype(np.float32)
    weights, biases = fit_head(rows, classes, present + absent, 10.0)
    assert not weights[:absent].any()
    logits = rows @ weights[absent:].T + biases[absent:]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    surplus = shares - np.eye(present)[classes - absent]
    penalty = weights[absent:] / 10.0 * (2.0 if present == 2 else 1.0)  # one row of weights stands for both classes
    assert np.abs(surplus.T @ rows + penalty).max() < 0.3
    assert np.abs(surplus.sum(axis=0)).max() < 0.3


def test_a_head_of_one_class_is_silent() -> None:
    weights, biases = fit_head(np.ones((3, 2), np.float32), np.ones(3, np.int32), 2, 1.0)
    assert not weights.any()
    assert not biases.any()
