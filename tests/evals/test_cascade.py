"""The first router has the last word only where held-out utterances say that it costs no more than the limit."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import cascade
from evals.cascade_rule import NONE, HeldOut, Rule, fit_rule, held_out, within
from evals.cascade_table import EARLY, cascade_table
from router import Abstain, Candidate, Example, Router, Tool, ToolCall, ToolSet
from router.declarations import load
from router.encoders import HashingEncoder
from router.training import train
from tests.evals.test_public_sets import CURTAINS, KETTLE, labelled, put

KETTLE_TOOL = Tool("boil_water", "Boil water.", examples=tuple(map(Example, KETTLE)))
DELETE = Tool("delete_all", "Delete everything.", risk="irreversible", examples=(Example("delete it all"),))
TOOLS = ToolSet((KETTLE_TOOL, DELETE))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[HeldOut, HeldOut]:
    """Two routers' decisions about the same utterances, with many ties or none."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, tools, decimals = draw(st.integers(0, 60)), draw(st.integers(1, 3)), draw(st.sampled_from([1, 6]))
    wanted = chance.integers(NONE, tools, n)

    def one() -> HeldOut:
        probability, in_scope = chance.uniform(size=(2, n)).round(decimals)
        refuses = in_scope < 0.5
        return HeldOut(
            wanted,
            chance.integers(tools, size=n),
            probability,
            in_scope,
            refuses,
            ~refuses & (probability > 0.4),
            chance.uniform(size=n) < 0.8,
        )

    return one(), one()


@given(pairs(), st.sampled_from([0.0, 0.02, 0.1, 0.5]))
def test_both_limits_are_kept_on_what_the_rule_is_fitted_to(pair: tuple[HeldOut, HeldOut], limit: float) -> None:
    early, late = pair
    rule = fit_rule(early, late, limit)
    called = early.calls & early.can_be_undone & (early.probability >= rule.call)
    assert (called & early.calls_wrongly & ~late.calls_wrongly).sum() <= limit * len(called)
    inside = early.wanted != NONE
    refused = inside & early.refuses & (early.in_scope <= rule.refuse)
    assert (refused & late.calls_rightly).sum() <= limit * inside.sum()


@given(pairs(), st.sampled_from([0.02, 0.1, 0.5]))
def test_a_greater_limit_leaves_no_less_to_the_first_router(pair: tuple[HeldOut, HeldOut], limit: float) -> None:
    strict, lax = fit_rule(*pair, limit), fit_rule(*pair, 2 * limit)
    assert lax.call <= strict.call
    assert lax.refuse >= strict.refuse


@pytest.mark.parametrize(("utterances", "is_enough"), [(498, False), (499, True)])
def test_a_strict_limit_needs_many_utterances(utterances: int, is_enough: bool) -> None:
    none_wrong = np.zeros(utterances, bool)
    assert (within(np.linspace(0, 1, utterances), none_wrong, 0.002) < 1) == is_enough


def test_errors_that_are_as_sure_as_each_other_are_let_in_together_or_not_at_all() -> None:
    sureness, errors = np.array([0.9, 0.8, 0.8, 0.8, 0.1]), np.array([False, True, True, False, False])
    assert within(sureness, errors, 0.34) == np.nextafter(0.8, 1)  # one error of five would do, two would not
    assert within(sureness, errors, 0.5) == -np.inf


def test_only_sure_calls_that_can_be_undone_and_sure_refusals_are_final() -> None:
    rule = Rule(call=0.9, refuse=0.1)
    call = ToolCall("boil_water", utterance="", in_scope=1.0, candidates=(Candidate("boil_water", 0.9),))
    unsure = replace(call, candidates=(Candidate("boil_water", 0.89),))
    delete = replace(call, tool="delete_all", candidates=(Candidate("delete_all", 1.0),))
    refusal = Abstain("out_of_scope", utterance="", in_scope=0.1)
    assert [rule.is_final(each, TOOLS) for each in (call, unsure, delete)] == [True, False, False]
    others = (refusal, replace(refusal, in_scope=0.11), replace(refusal, reason="ambiguous"))
    assert [rule.is_final(each, TOOLS) for each in others] == [True, False, False]


def test_what_is_held_out_is_the_same_for_every_encoder_and_promises_count_it() -> None:
    tools = load("tool_specs")
    some = replace(tools, tools=tools.tools[:4])
    found = []
    for encoder in (HashingEncoder(64), HashingEncoder()):
        router = train(some, encoder)
        asked = held_out(router, encoder)
        assert router.held_out is not None
        inside = asked.wanted != NONE
        assert asked.calls[inside].mean() == pytest.approx(router.held_out.called)
        right = asked.first[inside] == asked.wanted[inside]
        assert right.mean() == pytest.approx(router.held_out.accuracy)
        assert (~asked.refuses[~inside]).mean() == pytest.approx(router.held_out.false_accepts)
        found.append(asked.wanted.tolist())
    assert found[0] == found[1]


def test_a_router_without_parameters_decides_the_same(tmp_path: Path) -> None:
    router = Router.from_specs("tool_specs/set_alarm.yaml", "tool_specs/send_message.yaml", encoder="hashing")
    bare = cascade.without_parameters(router)
    for text in ("wake me at seven", "text mum", "who invented tea"):
        assert bare.route(text).candidates == router.route(text).candidates
        assert bare.route(text).in_scope == router.route(text).in_scope


def test_a_run_writes_every_task_and_measures_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    data, file = tmp_path / "data", tmp_path / "cascade.json"
    rows = labelled(boil_water=KETTLE, close_curtains=CURTAINS)
    put(data / "banking77" / "train_5.jsonl", rows)
    put(data / "banking77" / "test.jsonl", rows)
    given = [str(data), "hashing", "--encoder", "hashing", "-o", str(file), "--only", "banking77/5-shot"]
    assert cascade.main(given) == 0
    [(name, result)] = json.loads(file.read_text("utf-8"))["tasks"].items()
    assert name == "banking77/5-shot"
    assert result["calls"]["early"] == 0.0  # nothing was held out
    assert result["calls"]["accuracy"] == result["second"]["accuracy"]
    monkeypatch.setattr(cascade, "measured", lambda *_: pytest.fail("measured again"))
    assert cascade.main(given) == 0
    with pytest.raises(SystemExit, match="2"):
        cascade.main([*given, "--validation"])


def test_a_row_stands_beside_the_second_router_alone() -> None:
    figures = {"accuracy": 0.92, "decision_accuracy": 0.69, "coverage": 0.7, "selective_accuracy": 0.99}
    found: dict[str, Any] = {"lost": {"value": 0.0012, "low": 0.0, "high": 0.003}}
    found |= {"early_inside": 0.641, "early_outside": None, "milliseconds": {"deciding": 0.8, "whole": 0.9}}
    alone = {"held_out": 1500, "second": figures, "milliseconds": {"whole": 1.9, "deciding": 1.7}}
    row = cascade_table({"banking77": alone | dict.fromkeys(EARLY, figures | found)})
    assert row.splitlines()[2] == (
        "| banking77 | calls | 1500 | 0.64 |  | 0.9200 | 0.9200 | 0.12 (0.0 to 0.3) "
        "| 0.690 | 0.690 | 0.700 | 0.700 | 0.990 | 0.990 |  |  | 0.80 | 1.70 | 0.90 | 1.90 |"
    )
