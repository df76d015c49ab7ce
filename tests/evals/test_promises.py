"""Splits share no text, chance is told from excess, and what is near is drawn from the domains of the set."""

import itertools
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.promises import __main__ as command
from evals.promises import curve, everyday, limits, near_domain, splits, table
from evals.promises.domains import DOMAINS
from evals.promises.limits import Counted
from evals.promises.splits import Split
from router import Example, Tool, ToolSet
from router.encoders import HashingEncoder
from router.evaluation import Case, Suite
from router.held_out import Promise
from tests.evals.test_public_sets import labelled, put

SAID = ("who invented tea", "tell me about your boots", "is the moon made of cheese", "why do cats purr") * 10


def promise(errors: int = 8, utterances: int = 300, asked: float = 0.05) -> Promise:
    return Promise("max_false_accept", "normal", asked, True, 0.7, utterances, errors, 0.0476, 0.01, 59)


def tools(count: int = 8) -> ToolSet:
    subjects = {"boil": "kettle", "shut": "curtains", "water": "garden"}
    return ToolSet(
        tuple(
            Tool(verb, f"{verb} the {noun}", examples=tuple(Example(f"{verb} the {noun} {n}") for n in range(count)))
            for verb, noun in subjects.items()
        ),
        tuple(f"{said} {n}" for n, said in enumerate(SAID)),
    )


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """CLINC150's layout, all its intents, three utterances of each in every split."""
    for name in ("train", "val", "test"):
        said = {intent: [f"{name} {intent} {n}" for n in range(3)] for each in DOMAINS.values() for intent in each}
        put(tmp_path / f"clinc150/{name}.jsonl", labelled(**said))
        put(
            tmp_path / f"clinc150/oos_{name}.jsonl", labelled(oos=[f"{name} {said} {n}" for n, said in enumerate(SAID)])
        )
    return tmp_path


def test_every_intent_has_one_domain() -> None:
    intents = [intent for each in DOMAINS.values() for intent in each]
    assert len(DOMAINS) == 10
    assert {len(each) for each in DOMAINS.values()} == {15}
    assert len(set(intents)) == 150


def test_a_split_of_clinc150_asks_nothing_that_was_trained_on(rows: Path) -> None:
    first, second = itertools.islice(splits.clinc150(rows), 2)
    trained = {example.utterance for tool in first.tools for example in tool.examples}
    asked = {text for text, _ in first.inside}
    assert len(first.tools) == splits.TOOLS
    assert not trained & asked
    assert not set(first.tools.out_of_scope) & set(first.outside)
    assert {tool for _, tool in first.inside} <= set(first.tools.names)
    assert len(first.tools.out_of_scope) == 30, "a quarter of 120"
    assert len(first.outside) == 90
    assert first.tools.names != second.tools.names
    assert first == next(splits.clinc150(rows)), "splits are the same each time"


def test_a_row_that_repeats_an_example_is_not_asked(rows: Path) -> None:
    said = labelled(boil=[f"boil {n}" for n in range(10)])
    repeated = [*said, *({**row, "text": row["text"].upper()} for row in said)]
    drawn = splits.split_rows(repeated, labelled(oos=SAID), random.Random(0), 0)
    trained = {example.utterance.casefold() for tool in drawn.tools for example in tool.examples}
    assert not trained & {text.casefold() for text, _ in drawn.inside}


def test_own_declarations_are_halved_tool_by_tool() -> None:
    risky = ToolSet(tuple(replace(tool, risk="harmless") for tool in tools()), tools().out_of_scope)
    split = next(splits.own(risky))
    assert [len(tool.examples) for tool in split.tools] == [4, 4, 4]
    assert {tool.risk for tool in split.tools} == {"normal"}, "or one limit would not be for all calls"
    assert not {e.utterance for tool in split.tools for e in tool.examples} & {text for text, _ in split.inside}
    assert sorted(split.tools.out_of_scope + split.outside) == sorted(tools().out_of_scope)


def test_a_share_at_the_limit_is_within_it_and_one_above_is_not() -> None:
    assert not Counted(promise(), 45, 900).exceeded
    assert Counted(promise(), 46, 900).exceeded


def test_a_small_excess_is_noise_and_a_large_one_is_not() -> None:
    # The 95th percentile of a binomial of 900 at 0.05 is 56.
    assert not Counted(promise(), 56, 900).beyond_noise
    assert Counted(promise(), 57, 900).beyond_noise
    assert not Counted(promise(), 0, 900).beyond_noise


def test_the_excess_of_an_exact_promise_is_that_of_a_rank_in_a_random_split() -> None:
    chance = np.random.default_rng(0)
    over = 0
    for _ in range(4_000):
        scores = chance.random(1_200)
        threshold = np.sort(scores[:300])[::-1][8]
        over += int((scores[300:] > threshold).sum() > 45)
    assert Counted(promise(), 0, 900).exact == pytest.approx(over / 4_000, abs=0.015)


def test_nothing_called_is_no_error() -> None:
    nothing = Counted(promise(), 0, 0)
    assert (nothing.rate, nothing.noise, nothing.exceeded) == (0.0, 0.0, False)


def test_a_summary_counts_splits() -> None:
    found = limits.limit_summary([Counted(promise(), errors, 900) for errors in (0, 50, 90, 45)])
    assert (found["exceeded"]["value"], found["beyond_noise"]["value"]) == (0.5, 0.25)
    assert found["mean"] == pytest.approx(185 / 3600, abs=1e-4)
    assert found["promised"] == 4


def test_a_router_is_asked_what_it_was_not_trained_on() -> None:
    split = next(splits.own(tools(count=16)))
    done = limits.tried(split, HashingEncoder(), 0.5)
    assert (done.passed.n, done.accepted.n) == (20, 20)
    assert done.accepted.errors <= done.passed.errors
    assert done.wrong.n == round(done.coverage * len(split.inside))
    assert done.passed.promise.limit == "max_false_accept"
    assert done.wrong.promise.limit == "max_wrong_call"


def test_wrong_calls_and_false_accepts_are_counted() -> None:
    known = tools(count=16)
    swapped = {"boil": "shut", "shut": "boil", "water": "water"}
    inside = tuple((e.utterance, swapped[tool.name]) for tool in known for e in tool.examples)
    accepted = tuple(example.utterance for example in known["boil"].examples)
    done = limits.tried(Split(replace(known, out_of_scope=()), inside, accepted), HashingEncoder(), 0.5)
    assert done.accepted.errors > 0
    assert 0 < done.wrong.errors < done.wrong.n


def test_each_confidence_has_its_number_of_splits() -> None:
    seen: list[int] = []
    found = limits.measured(splits.own(tools()), HashingEncoder(), {0.95: 2, 0.5: 1}, seen.append)
    assert seen == [1, 2]
    assert {name: each["splits"] for name, each in found["at"].items()} == {"0.95": 2, "0.5": 1}


def test_a_third_of_each_domain_is_for_no_tool(rows: Path) -> None:
    [draw] = near_domain.draws(rows, "val", 1)
    assert len(draw.tools) == 100
    held_out = {text.split()[1] for text in draw.outside}
    assert {len(held_out.intersection(intents)) for intents in DOMAINS.values()} == {5}
    assert not held_out & set(draw.tools.names)
    assert {text.split()[1] for text in draw.near} == held_out, "one utterance of each sibling"
    assert all(text.startswith("train ") for text in (*draw.near, *draw.far))
    assert all(text.startswith("val ") for text in draw.outside)
    assert (len(draw.inside), len(draw.outside)) == (300, 150)


def test_a_label_of_no_domain_is_named(rows: Path) -> None:
    put(rows / "clinc150/val.jsonl", labelled(boil_water=["kettle on"]))
    with pytest.raises(ValueError, match=r"differ in the intents .*'boil_water'"):
        next(near_domain.draws(rows, "val"))


def test_what_is_declared_near_is_refused_more_often() -> None:
    siblings = tuple(f"pour the kettle {n}" for n in range(160))
    inside = tuple((example.utterance, tool.name) for tool in tools() for example in tool.examples)
    draw = near_domain.Draw(replace(tools(), out_of_scope=()), siblings[:80], (), inside, siblings[80:])
    nothing, near = (near_domain.asked(draw, declared, HashingEncoder()) for declared in ((), draw.near))
    assert near["false_accept_rate"] < nothing["false_accept_rate"]


def test_the_everyday_shares_are_of_the_risk_that_was_called() -> None:
    [boil, shut, water] = tools(count=30)
    mixed = ToolSet((boil, replace(shut, risk="harmless"), water), tools().out_of_scope)
    cases = [Case(f"{t.name}-{n}", e.utterance, (t.name,)) for t in mixed for n, e in enumerate(t.examples)]
    outside = [Case(f"none-{n}", f"sing me a song {n}", ()) for n in range(5)]
    found = everyday.measured(mixed, Suite("made up", (*cases, *outside)), HashingEncoder())["at"]["0.5"]
    assert found["accepted"]["n"] == 5
    assert found["wrong"]["n"] + found["wrong_harmless"]["n"] == round(found["coverage"] * len(cases))
    assert found["wrong_harmless"]["n"] > 0
    assert (found["accepted"]["limit"], found["wrong"]["limit"], found["wrong_harmless"]["limit"]) == (0.05, 0.02, 0.03)


@pytest.mark.parametrize(
    ("low", "high", "promised", "said"),
    [
        (0.01, 0.05, True, "kept"),
        (0.06, 0.09, True, "exceeded"),
        (0.04, 0.06, True, "cannot tell"),
        (0.0, 0.01, False, "not promised"),
    ],
)
def test_the_verdict_is_what_the_interval_allows(low: float, high: float, promised: bool, said: str) -> None:
    assert table.verdict({"low": low, "high": high, "promised": promised, "limit": 0.05}) == said


def test_a_laxer_limit_and_less_confidence_never_promise_less() -> None:
    found = {
        (each["max_false_accept"], each["confidence"]): each
        for each in curve.measured(tools(), HashingEncoder())["rows"]
    }
    assert list(found) == list(itertools.product(curve.LIMITS, curve.CONFIDENCES))
    assert found[0.2, 0.5]["promised"]
    assert not found[0.01, 0.95]["promised"], "40 utterances cannot"
    for limit, confidence in found:
        assert found[limit, confidence]["promised"] <= found[0.2, confidence]["promised"]


def test_the_command_keeps_other_parts_and_no_utterance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(command, "load_encoder", HashingEncoder)
    monkeypatch.setattr(command, "load", lambda _: tools())
    file = tmp_path / "promises.json"
    assert command.main([str(tmp_path), "-o", str(file), "--only", "curve"]) == 0
    before: Mapping[str, Any] = json.loads(file.read_text())
    assert list(before["tasks"]) == ["curve"]
    assert before["tasks"]["curve"]["encoder"].startswith("hashing")
    with pytest.raises(SystemExit, match="2"):
        command.main([str(tmp_path), "-o", str(file), "--only", "curve", "--validation"])
    assert json.loads(file.read_text()) == before
