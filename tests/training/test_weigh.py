"""Fusion and gate say what the evidence says, the prior where there is none, and never the opposite of sense."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import check_grad
from scipy.special import logsumexp

from router.scoring.channels import CHANNELS
from router.scoring.scorer import GATE_FEATURES, softmax
from router.training import weigh
from router.training.evidence import Evidence, Measured, dealt
from router.training.weigh import (
    FUSION_PRIOR,
    FUSION_SPREAD,
    GATE_PRIOR,
    fit_fusion,
    fit_gate,
    fit_gates,
    gate_material,
)

Floats = NDArray[np.float64]


def _measured(chance: np.random.Generator, rows: int, tools: int) -> Measured:
    channels = chance.normal(size=(rows, tools, len(CHANNELS))).astype(np.float32)
    return Measured(channels, chance.normal(size=rows).astype(np.float32))


def _evidence(
    seed: int, tools: int, examples: int = 0, counterexamples: int = 0, out_of_scope: int = 0, background: int = 0
) -> Evidence:
    chance = np.random.default_rng(seed)
    return Evidence(
        _measured(chance, examples, tools),
        np.sort(chance.integers(tools, size=examples)).astype(np.int32),
        _measured(chance, counterexamples, tools),
        np.sort(chance.integers(tools, size=counterexamples)).astype(np.int32),
        _measured(chance, out_of_scope, tools),
        _measured(chance, background, tools),
    )


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    few = st.integers(0, 12)
    return _evidence(draw(st.integers(0, 2**32)), draw(st.integers(1, 5)), draw(few), draw(few), draw(few), draw(few))


@pytest.fixture(scope="module")
def losses() -> dict[str, Callable[[Floats], tuple[float, Floats]]]:
    """The two losses on random evidence, as the optimiser is given them."""
    given: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weigh, "_posterior_mode", lambda loss, *_: given.append(loss))
        evidence = _evidence(1, 4, examples=9, counterexamples=7, out_of_scope=5)
        fit_fusion(evidence)
        fit_gate(*gate_material(evidence, FUSION_PRIOR / 10))
    return dict(zip(["fusion", "gate"], given, strict=True))


@pytest.mark.parametrize(("name", "length"), [("fusion", len(CHANNELS)), ("gate", len(GATE_FEATURES))])
def test_gradients_are_what_finite_differences_say(
    losses: dict[str, Callable[[Floats], tuple[float, Floats]]], name: str, length: int
) -> None:
    for seed in range(20):
        weights = np.random.default_rng(seed).normal(size=length)
        value, gradient = losses[name](weights)
        error = check_grad(lambda x: losses[name](x)[0], lambda x: losses[name](x)[1], weights)
        assert value > 0
        assert error <= 1e-4 * max(1.0, float(np.linalg.norm(gradient)))


def _fusion_loss_by_hand(evidence: Evidence, weights: Floats) -> float:
    total = 0.5 * float((((weights - FUSION_PRIOR) / FUSION_SPREAD) ** 2).sum())
    for tools, owner in zip(evidence.examples.channels, evidence.owners, strict=True):
        logits = tools.astype(np.float64) @ weights
        total -= logits[owner] - logsumexp(logits)
    return total


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 5), st.integers(0, 15), st.integers(0, 15))
def test_no_small_step_from_the_fusion_is_better(seed: int, tools: int, examples: int, counterexamples: int) -> None:
    evidence = _evidence(seed, tools, examples, counterexamples)
    fusion = fit_fusion(evidence)
    least = _fusion_loss_by_hand(evidence, fusion)
    for channel in range(len(CHANNELS)):
        for step in (-0.05, 0.05):
            other = fusion.copy()
            other[channel] += step * FUSION_SPREAD[channel]
            if np.sign(other[channel]) == np.sign(FUSION_PRIOR[channel]):
                assert _fusion_loss_by_hand(evidence, other) > least - 1e-4


@pytest.mark.parametrize("tools", [0, 1, 4])
def test_no_evidence_gives_exactly_the_prior(tools: int) -> None:
    nothing = _evidence(1, 3)
    nothing = Evidence(_none(tools), nothing.owners, _none(tools), nothing.counter_owners, _none(tools), _none(tools))
    assert np.array_equal(fit_fusion(nothing), FUSION_PRIOR)
    assert np.array_equal(fit_gate(*gate_material(nothing, FUSION_PRIOR)), GATE_PRIOR)


def _none(tools: int) -> Measured:
    return Measured(np.zeros((0, tools, len(CHANNELS)), np.float32), np.zeros(0, np.float32))


@given(evidences())
def test_no_weight_ever_changes_its_sign(evidence: Evidence) -> None:
    fusion = fit_fusion(evidence)
    gate = fit_gate(*gate_material(evidence, fusion))
    assert (fusion * np.sign(FUSION_PRIOR) >= -1e-12).all()
    assert (gate * np.sign(GATE_PRIOR) >= -1e-12).all()
    assert np.isfinite(fusion).all()
    assert np.isfinite(gate).all()


def test_no_gate_of_a_fold_has_seen_it() -> None:
    evidence = _evidence(1, 3, examples=60, counterexamples=6)
    before = fit_gates(evidence, FUSION_PRIOR)
    first = dealt(evidence.owners) == 0
    evidence.examples.channels[first] += 9.0
    after = fit_gates(evidence, FUSION_PRIOR)
    assert np.array_equal(before[0], after[0])
    assert not np.isclose(before[1:], after[1:]).all(axis=1).any()


def test_evidence_against_a_channel_takes_its_weight_to_nothing_and_no_further() -> None:
    evidence = _evidence(1, 3, examples=300)
    evidence.examples.channels[:] = 0.0
    evidence.examples.channels[np.arange(300), evidence.owners, 0] = -5.0  # the head is always wrong
    assert fit_fusion(evidence)[0] == pytest.approx(0.0, abs=1e-9)


def test_counterexamples_say_nothing_about_the_fusion() -> None:
    evidence = _evidence(1, 4, counterexamples=50)
    assert np.array_equal(fit_fusion(evidence), FUSION_PRIOR)


def test_much_evidence_outweighs_the_prior() -> None:
    right = np.array([0.5, 12.0])
    errors = []  # in standard deviations of the prior
    for examples in (10, 100, 10_000):
        evidence = _evidence(1, 4, examples=examples)
        shares = softmax(evidence.examples.channels @ right)
        owners = (shares.cumsum(axis=1) < np.random.default_rng(2).random((examples, 1))).sum(axis=1)
        drawn = replace(evidence, owners=owners.astype(np.int32))
        errors.append(float((np.abs(fit_fusion(drawn) - right) / FUSION_SPREAD).max()))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.2


@given(evidences())
def test_both_sides_of_the_gate_weigh_the_same(evidence: Evidence) -> None:
    features, targets, weights = gate_material(evidence, FUSION_PRIOR)
    assert features.shape == (len(targets), len(GATE_FEATURES))
    assert len(weights) == len(targets)
    assert targets.sum() == len(evidence.examples)
    if 0 < targets.sum() < len(targets):
        assert weights[targets > 0].sum() == pytest.approx(weights[targets == 0].sum())


def test_the_gate_learns_from_counterexamples_that_would_be_called_and_from_examples_without_their_tool() -> None:
    evidence = _evidence(1, 2, examples=1, counterexamples=2)
    evidence.examples.channels[0] = [[1, 1], [9, 9]]
    evidence.owners[:] = 1
    evidence.counterexamples.channels[:, 0], evidence.counterexamples.channels[:, 1] = [7, 7], [2, 2]
    evidence.counter_owners[:] = [0, 1]
    features, targets, _ = gate_material(evidence, FUSION_PRIOR)
    heads = features[:, GATE_FEATURES.index("head")]
    assert list(zip(heads, targets, strict=True)) == [(9.0, 1.0), (7.0, 0.0), (1.0, 0.0)]
