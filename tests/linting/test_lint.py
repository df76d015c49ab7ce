"""Any set of tools can be linted, and what is found is in order."""

from __future__ import annotations

import importlib.util
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import Example, MissingExtraError, Tool, ToolSet
from router.declarations import Suppression
from router.encoders import HashingEncoder
from router.linting import RULES, SEVERITIES, lint
from router.training import train
from router.training.evidence import FOLDS
from tests.linting.conftest import linted
from tests.strategies import tool_sets

ENCODER = HashingEncoder(64)

TROUBLED = """\
- name: make_call
  description: Make a call.
  parameters: {type: object, properties: {who: {type: string, description: Who to call.}}}
  examples: [call mum, ring my mother, phone the office, dial a number, play some jazz]
  counterexamples: [call a taxi]
  lint:
    - {ignore: near-duplicat, reason: x}
    - {ignore: few-examples, reason: x}
- name: phone
  description: Ring somebody up.
  examples: [call mum!, ring my mother please, phone the office please, dial a number please]
- name: play_music
  description: Start a song.
  examples: [play some jazz now, play some rock, play the beatles]
"""


def test_every_rule_finds_something_in_tools_that_have_every_trouble() -> None:
    findings = linted(TROUBLED)
    assert {finding.rule for finding in findings.found} == set(RULES)


def test_the_gravest_come_first_then_file_and_line() -> None:
    found = linted(TROUBLED).found
    assert [finding.severity for finding in found] == sorted((f.severity for f in found), key=SEVERITIES.index)
    for severity in SEVERITIES:
        places = [(f.subject.file, f.subject.line) for f in found if f.severity == severity]
        assert places == sorted(places)
        assert linted(TROUBLED).count(severity) == len(places) > 0


@settings(max_examples=15)
@given(tool_sets, st.randoms())
def test_any_set_of_tools_can_be_linted_in_any_order(tools: ToolSet, chance: random.Random) -> None:
    findings = lint(tools, ENCODER)
    assert {finding.rule for finding in findings.found} <= set(RULES)
    assert findings.suppressed == ()
    shuffled = list(tools)
    chance.shuffle(shuffled)
    assert lint(ToolSet(tuple(shuffled), tools.out_of_scope), ENCODER) == findings


@pytest.mark.parametrize(
    "tools",
    [
        ToolSet(),
        ToolSet((), tuple(f"hello {n}" for n in range(30))),
        ToolSet((Tool("wake", "Wake me up."),)),
        ToolSet((Tool("_", "."), Tool("__", "..."))),
        ToolSet((Tool("a", "Wake.", examples=(Example("up"),) * 9), Tool("b", "Play.", examples=(Example("up"),) * 9))),
        ToolSet((Tool("a", "Wake.", counterexamples=("x", "y")), Tool("b", "Play."))),
        ToolSet((Tool("a", "Wake."),), ("\u200b", " ")),
    ],
    ids=["none", "out of scope only", "one", "no words", "one example many times", "counterexamples only", "nothing"],
)
def test_degenerate_sets_can_be_linted(tools: ToolSet) -> None:
    for finding in lint(tools, ENCODER).found:
        assert finding.message
        assert finding.suggestion


def test_a_suppression_changes_nothing_that_the_router_does(everyday: ToolSet) -> None:
    noted = everyday.with_tool(replace(everyday["set_alarm"], lint=(Suppression("stolen-example", "so be it"),)))
    said = ["wake me at six", "play some jazz", "hello"]
    assert train(noted, ENCODER).route_many(said) == train(everyday, ENCODER).route_many(said)
    assert noted.fingerprint == everyday.fingerprint


def test_progress_is_told_while_folds_are_trained(everyday: ToolSet) -> None:
    told: list[tuple[str, int, int]] = []
    lint(everyday, ENCODER, lambda *stage: told.append(stage))
    assert told == [("cross-validating", done, FOLDS) for done in range(1, FOLDS + 1)]


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"linting tools needs 'scikit-learn'.*intent-router\[train\]"):
        lint(ToolSet(), ENCODER)
