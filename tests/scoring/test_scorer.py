"""Measurements become probabilities that are finite and add up, whatever is measured."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from router import Router
from router.scoring.channels import CHANNELS
from router.scoring.scorer import GATE_FEATURES, fuse, gate_features, sigmoid, softmax

huge = st.floats(-1e300, 1e300)
measurements = arrays(
    np.float32,
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.just(len(CHANNELS))),
    elements=st.floats(-50, 50, width=32),
)


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=huge))
def test_a_softmax_adds_up_and_keeps_the_order_even_of_huge_values(logits: NDArray[np.float64]) -> None:
    with warnings.catch_warnings(action="error"):
        shares = softmax(logits)
    assert np.isfinite(shares).all()
    assert shares.sum(axis=1) == pytest.approx(1.0)
    for row, share in zip(logits, shares, strict=True):
        assert share[row.argmax()] == share.max()


def test_a_softmax_is_the_textbook_one() -> None:
    powers = [math.exp(value) for value in (0.5, -1.0, 2.0)]
    assert softmax(np.array([[0.5, -1.0, 2.0]]))[0] == pytest.approx([power / sum(powers) for power in powers])


@given(arrays(np.float64, st.integers(1, 6), elements=huge))
def test_a_sigmoid_is_a_probability_even_of_huge_values(logits: NDArray[np.float64]) -> None:
    with warnings.catch_warnings(action="error"):
        values = sigmoid(logits)
    assert ((values >= 0.0) & (values <= 1.0)).all()
    assert values + sigmoid(-logits) == pytest.approx(1.0)


@given(st.floats(-30, 30))
def test_a_sigmoid_is_the_textbook_one(logit: float) -> None:
    assert sigmoid(np.array([logit]))[0] == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-12)


@given(measurements, st.integers(0, 2**32))
def test_the_gate_looks_at_the_winner(measured: NDArray[np.float32], seed: int) -> None:
    chance = np.random.default_rng(seed)
    none, fusion = chance.normal(size=len(measured)).astype(np.float32), chance.normal(size=len(CHANNELS))
    logits = fuse(measured, fusion)
    features = gate_features(measured, none, logits)
    for n, tools in enumerate(measured):
        fused = [float(tool.astype(np.float64) @ fusion) for tool in tools]
        assert logits[n] == pytest.approx(fused, abs=1e-3)
        winner = dict(zip(CHANNELS, map(float, tools[logits[n].argmax()]), strict=True))
        expected = {
            "nearest": winner["nearest"],
            "head": winner["head"],
            "none_lead": none[n] - winner["head"],
            "bias": 1.0,
        }
        assert dict(zip(GATE_FEATURES, features[n], strict=True)) == pytest.approx(expected, abs=1e-3)


def test_scores_of_a_real_router_are_consistent(everyday_router: Router) -> None:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(50, everyday_router.scorer.channels.head_weights.shape[1])).astype(np.float32)
    scores = everyday_router.scorer.score(rows)
    assert scores.probabilities.sum(axis=1) == pytest.approx(1.0)
    assert ((scores.in_scope >= 0) & (scores.in_scope <= 1)).all()
    logits = fuse(scores.channels, everyday_router.scorer.fusion)
    assert np.array_equal(scores.probabilities.argmax(axis=1), logits.argmax(axis=1))
    assert sigmoid(scores.gate_features @ everyday_router.scorer.gate) == pytest.approx(scores.in_scope)
