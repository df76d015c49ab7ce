"""A threshold keeps its limit on what it was fitted to, and is no higher than that takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router import Policy
from router.scoring.channels import CHANNELS
from router.scoring.scorer import fuse, gate_features, sigmoid, softmax
from router.training.evidence import Evidence, Measured
from router.training.thresholds import FEWEST, _lowest, fit_thresholds
from router.training.weigh import FUSION_PRIOR, GATE_PRIOR

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
    return Evidence(examples, owners, _measured(chance, 0, tools, 1), np.zeros(0, np.int32), others)


def _probabilities(measured: Measured) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    logits = fuse(measured.channels, FUSION_PRIOR)
    return sigmoid(gate_features(measured.channels, measured.none, logits) @ GATE_PRIOR), softmax(logits)


@given(evidences(), limits, limits)
def test_limits_are_kept_on_the_data_they_are_fitted_to(evidence: Evidence, accept: float, wrong: float) -> None:
    policy = fit_thresholds(evidence, FUSION_PRIOR, GATE_PRIOR, Policy(accept, wrong))
    assert (policy.max_false_accept, policy.max_wrong_call) == (accept, wrong)
    if len(evidence.out_of_scope) >= FEWEST:
        scope, _ = _probabilities(evidence.out_of_scope)
        assert (scope >= policy.in_scope_threshold).mean() <= accept
    if len(evidence.examples) >= FEWEST:
        scope, shares = _probabilities(evidence.examples)
        accepted = scope >= policy.in_scope_threshold
        called = accepted & (shares.max(axis=1) >= policy.call_threshold)
        if accepted.sum() >= FEWEST and called.any():
            assert (shares.argmax(axis=1) != evidence.owners)[called].mean() <= wrong


@given(evidences(), limits)
def test_a_lower_threshold_would_let_more_in_than_the_limit_allows(evidence: Evidence, accept: float) -> None:
    policy = fit_thresholds(evidence, FUSION_PRIOR, GATE_PRIOR, Policy(accept))
    if len(evidence.out_of_scope) >= FEWEST and len(evidence.examples) >= FEWEST:
        scope, _ = _probabilities(evidence.out_of_scope)
        refused = scope[scope < policy.in_scope_threshold]
        assert not len(refused) or (scope >= refused.max()).mean() > accept


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


def test_with_too_little_to_go_by_thresholds_stay_where_they_were() -> None:
    chance = np.random.default_rng(1)
    few = Evidence(
        _measured(chance, FEWEST - 1, 2, 6),
        np.zeros(FEWEST - 1, np.int32),
        _measured(chance, 0, 2, 6),
        np.zeros(0, np.int32),
        _measured(chance, FEWEST - 1, 2, 6),
    )
    policy = Policy(in_scope_threshold=0.4, call_threshold=0.3)
    assert fit_thresholds(few, FUSION_PRIOR, GATE_PRIOR, policy) == policy


def test_out_of_scope_utterances_alone_never_lower_the_threshold() -> None:
    chance = np.random.default_rng(1)
    nothing = _measured(chance, 0, 2, 6)
    unlike = Measured(np.zeros((40, 2, len(CHANNELS)), np.float32), np.full(40, 9.0, np.float32))
    evidence = Evidence(nothing, np.zeros(0, np.int32), nothing, np.zeros(0, np.int32), unlike)
    assert _probabilities(unlike)[0].max() < 0.1
    assert fit_thresholds(evidence, FUSION_PRIOR, GATE_PRIOR, Policy()) == Policy()


def test_calls_that_are_all_right_leave_the_threshold_at_a_half_however_sure_they_are() -> None:
    assert _lowest(np.full(50, 0.999), np.zeros(50, bool), 0.02) == 0.5


@pytest.mark.parametrize("limit", [0.0, 0.4])
def test_equal_probabilities_are_called_together_or_not_at_all(limit: float) -> None:
    half_wrong = np.array([False, True, False, True])
    assert _lowest(np.full(4, 0.9), half_wrong, limit) > 0.9
