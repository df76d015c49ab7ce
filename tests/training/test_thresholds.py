"""A threshold keeps its limit on what it was fitted to, and is no higher than that takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router import Policy
from router.decisions import Thresholds
from router.declarations import Risk
from router.scoring.channels import CHANNELS
from router.scoring.scorer import fuse, gate_features, sigmoid, softmax
from router.training.evidence import FOLDS, Evidence, Measured
from router.training.thresholds import (
    FEWEST,
    _lowest,
    call_threshold,
    fewest_for,
    fit_policy,
    in_scope_threshold,
    upper_bound,
)
from router.training.weigh import FUSION_PRIOR, GATE_PRIOR

GATES = np.tile(GATE_PRIOR, (FOLDS, 1))
RISKS: tuple[Risk, ...] = ("normal",) * 4
limits = st.sampled_from([0.0, 0.01, 0.05, 0.3, 1.0])


def _measured(chance: np.random.Generator, rows: int, tools: int, decimals: int) -> Measured:
    channels = chance.uniform(size=(rows, tools, len(CHANNELS))).round(decimals).astype(np.float32)
    return Measured(channels, chance.uniform(size=rows).round(decimals).astype(np.float32))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    """Measurements with many ties, or none."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    tools, decimals, sizes = draw(st.integers(1, 4)), draw(st.sampled_from([0, 1, 6])), st.integers(0, 70)
    examples = _measured(chance, draw(sizes), tools, decimals)
    owners = np.sort(chance.integers(tools, size=len(examples))).astype(np.int32)
    others = _measured(chance, draw(sizes), tools, decimals)
    return Evidence(
        examples, owners, _measured(chance, 0, tools, 1), np.zeros(0, np.int32), others, _measured(chance, 0, tools, 1)
    )


def _probabilities(measured: Measured) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    logits = fuse(measured.channels, FUSION_PRIOR)
    return sigmoid(gate_features(measured.channels, measured.none, logits) @ GATE_PRIOR), softmax(logits)


@given(evidences(), limits, limits)
def test_limits_are_kept_on_the_data_they_are_fitted_to(evidence: Evidence, accept: float, wrong: float) -> None:
    policy, held_out = fit_policy(evidence, FUSION_PRIOR, GATES, Policy(accept, wrong), RISKS)
    assert (policy.max_false_accept, policy.max_wrong_call) == (accept, wrong)
    normal = policy.thresholds["normal"]
    scope, _ = _probabilities(evidence.out_of_scope)
    if len(evidence.out_of_scope) >= FEWEST:
        assert (scope >= normal.in_scope).mean() <= accept
    scope, shares = _probabilities(evidence.examples)
    accepted = scope >= normal.in_scope
    called = accepted & (shares.max(axis=1, initial=0.0) >= normal.call)
    if accepted.sum() >= FEWEST and called.any():
        assert (shares.argmax(axis=1) != evidence.owners)[called].mean() <= wrong
    for promise in held_out.promises:
        if promise.kept and promise.bound is not None:
            assert promise.bound <= promise.asked + 1e-12
            assert promise.needed is not None
            assert promise.utterances >= promise.needed


@given(evidences())
def test_what_cannot_be_undone_needs_at_least_as_much_as_the_rest(evidence: Evidence) -> None:
    thresholds = fit_policy(evidence, FUSION_PRIOR, GATES, Policy(), RISKS)[0].thresholds
    assert thresholds["irreversible"].in_scope >= thresholds["normal"].in_scope


def test_a_promised_share_of_false_accepts_is_kept_exactly_as_often_as_promised() -> None:
    """The share that passes is known: scores are uniform, so it is 1 minus the threshold."""
    chance = np.random.default_rng(0)
    for size, limit, confidence in ((60, 0.05, 0.95), (300, 0.05, 0.9), (150, 0.2, 0.8)):
        kept = [
            1.0 - found <= limit
            for _ in range(2000)
            if (found := in_scope_threshold(chance.uniform(size=size), limit, confidence)) is not None
        ]
        assert len(kept) == 2000
        # Exact, but for the steps of whole utterances: at least as often, within three standard errors.
        assert np.mean(kept) >= confidence - 3 * np.sqrt(confidence * (1 - confidence) / 2000)
    assert (
        np.mean([1.0 - (in_scope_threshold(chance.uniform(size=3000), 0.1, 0.8) or 0) <= 0.1 for _ in range(999)])
        < 0.87
    )


def test_a_promised_share_of_wrong_calls_is_kept_at_least_as_often_as_promised() -> None:
    """A call with probability p is right with probability p, so the true share of wrong calls is known."""
    chance = np.random.default_rng(0)
    population = np.sort(chance.beta(4, 0.5, size=200_000))[::-1]
    shares = np.cumsum(1.0 - population) / np.arange(1, len(population) + 1)
    for size, limit, confidence in ((400, 0.05, 0.95), (400, 0.05, 0.8), (2000, 0.02, 0.9)):
        broken = found = 0
        for _ in range(600):
            surest = chance.choice(population, size)
            threshold = call_threshold(surest, chance.uniform(size=size) < surest, limit, confidence)
            if threshold is not None:
                found += 1
                broken += shares[np.searchsorted(-population, -threshold, side="right") - 1] > limit
        assert found > 200
        assert broken / 600 <= 1 - confidence + 3 * np.sqrt(confidence * (1 - confidence) / 600)


@pytest.mark.parametrize(("limit", "confidence"), [(0.05, 0.95), (0.01, 0.9), (0.5, 0.99)])
def test_one_utterance_fewer_than_the_fewest_promises_nothing(limit: float, confidence: float) -> None:
    fewest = fewest_for(limit, confidence)
    assert fewest is not None
    scores = np.linspace(0.1, 0.9, fewest)
    assert in_scope_threshold(scores, limit, confidence) is not None
    assert in_scope_threshold(scores[1:], limit, confidence) is None
    assert call_threshold(scores, np.ones(fewest, bool), limit, confidence) == scores[0]
    assert call_threshold(scores[1:], np.ones(fewest - 1, bool), limit, confidence) is None
    assert upper_bound(0, fewest, confidence) <= limit < upper_bound(0, fewest - 1, confidence)


@given(
    st.lists(st.tuples(st.sampled_from([0.2, 0.4, 0.6, 0.61, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30),
    limits,
)
def test_the_lowest_threshold_is_the_one_that_a_plain_search_finds(
    pairs: list[tuple[float, bool]], limit: float
) -> None:
    def share_of_wrong(threshold: float) -> float:
        called = [wrong for probability, wrong in pairs if probability >= threshold]
        return sum(called) / len(called) if called else 0.0

    found = _lowest(np.array([p for p, _ in pairs]), np.array([wrong for _, wrong in pairs]), limit)
    if share_of_wrong(0.0) <= limit:
        assert found == min(0.5, *(probability for probability, _ in pairs), 0.5)
        return
    within = [probability for probability, _ in pairs if share_of_wrong(probability) <= limit]
    assert found == min(within) if within else found > max(probability for probability, _ in pairs)


def test_with_too_little_to_go_by_thresholds_are_a_half_and_what_cannot_be_undone_is_not_done() -> None:
    chance = np.random.default_rng(1)
    few = Evidence(
        _measured(chance, FEWEST - 1, 2, 6),
        np.zeros(FEWEST - 1, np.int32),
        _measured(chance, 0, 2, 6),
        np.zeros(0, np.int32),
        _measured(chance, FEWEST - 1, 2, 6),
        _measured(chance, 0, 2, 6),
    )
    policy, held_out = fit_policy(few, FUSION_PRIOR, GATES, Policy(), RISKS)
    assert policy.thresholds == {**Policy().thresholds, "irreversible": Thresholds(1.0, 1.0)}
    assert not any(promise.kept for promise in held_out.promises)
    assert [promise.needed for promise in held_out.promises] == [59, 149]  # no tool has another risk


def test_a_limit_is_for_the_calls_to_tools_of_one_risk() -> None:
    evidence = _mostly_right_about_the_first(400)
    risks: tuple[Risk, ...] = ("harmless", "irreversible")
    policy, held_out = fit_policy(evidence, FUSION_PRIOR, GATES, Policy(), risks)
    calls = {each.risk: each for each in held_out.promises if each.limit == "max_wrong_call"}
    assert list(calls) == ["harmless", "irreversible"]
    assert calls["harmless"].kept
    assert calls["harmless"].errors == 0
    assert not calls["irreversible"].kept
    assert policy.thresholds["irreversible"].call > policy.thresholds["harmless"].call
    pooled, _ = fit_policy(evidence, FUSION_PRIOR, GATES, Policy(), ("normal", "normal"))
    assert pooled.thresholds["harmless"].call >= policy.thresholds["harmless"].call, "one may be added later"


def _mostly_right_about_the_first(count: int) -> Evidence:
    """Two tools with so many examples each: of the first all are right, of the second one in five is the first's."""
    owners = np.repeat(np.arange(2, dtype=np.int32), count)
    channels = np.zeros((2 * count, 2, len(CHANNELS)), np.float32)
    chance = np.random.default_rng(1)
    channels[np.arange(2 * count), owners] = chance.uniform(0.3, 1.0, size=(2 * count, 1))
    stolen = np.arange(count) % 5 == 0
    owners = np.concatenate([owners[:count], np.where(stolen, 0, 1)]).astype(np.int32)
    order = np.argsort(owners, kind="stable")
    nothing = Measured(channels[:0], np.zeros(0, np.float32))
    none = np.full(2 * count, -9.0, np.float32)
    return Evidence(Measured(channels[order], none), owners[order], nothing, np.zeros(0, np.int32), nothing, nothing)


def test_out_of_scope_utterances_alone_never_lower_the_threshold() -> None:
    chance = np.random.default_rng(1)
    nothing = _measured(chance, 0, 2, 6)
    unlike = Measured(np.zeros((40, 2, len(CHANNELS)), np.float32), np.full(40, 9.0, np.float32))
    evidence = Evidence(nothing, np.zeros(0, np.int32), nothing, np.zeros(0, np.int32), unlike, nothing)
    assert _probabilities(unlike)[0].max() < 0.1
    policy, _ = fit_policy(evidence, FUSION_PRIOR, GATES, Policy(), RISKS)
    assert policy.thresholds["normal"] == Thresholds()


def test_the_background_promises_nothing() -> None:
    chance = np.random.default_rng(1)
    nothing, far = _measured(chance, 0, 2, 6), _measured(chance, 500, 2, 6)
    evidence = Evidence(nothing, np.zeros(0, np.int32), nothing, np.zeros(0, np.int32), nothing, far)
    policy, held_out = fit_policy(evidence, FUSION_PRIOR, GATES, Policy(), RISKS)
    assert policy.thresholds["normal"] == Thresholds()
    assert held_out.out_of_scope == held_out.promises[0].utterances == 0


def test_calls_that_are_all_right_leave_the_threshold_at_a_half_however_sure_they_are() -> None:
    assert _lowest(np.full(50, 0.999), np.zeros(50, bool), 0.02) == 0.5


@pytest.mark.parametrize("limit", [0.0, 0.4])
def test_equal_probabilities_are_called_together_or_not_at_all(limit: float) -> None:
    half_wrong = np.array([False, True, False, True])
    assert _lowest(np.full(4, 0.9), half_wrong, limit) > 0.9
