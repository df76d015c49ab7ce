from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.encoder_making.fitting import fitted, principal, summed, unit

TEXTS = [[0, 1], [1, 2, 2], [3], [], [0, 3, 4], [4, 2]]


def _given(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(7, 5)).astype(np.float32)
    return vectors, unit(random.normal(size=(len(TEXTS), 5)).astype(np.float32))


@settings(max_examples=30)
@given(st.integers(0, 1000), st.sampled_from([0.5, 1.0, 3.0]))
def test_it_is_ridge_regression_towards_the_vectors_as_they_were(seed: int, strength: float) -> None:
    vectors, wanted = _given(seed)
    counts = np.zeros((len(TEXTS), len(vectors)))
    for row, text in zip(counts, TEXTS, strict=True):
        np.add.at(row, text, 1)
    lengths = np.linalg.norm(counts @ vectors, axis=1)
    sums = counts / np.where(lengths > 0, lengths, np.inf)[:, None]
    bent = sums.T @ sums + strength * np.eye(len(vectors))
    expected = vectors + np.linalg.solve(bent, sums.T @ (wanted - sums @ vectors))
    np.testing.assert_allclose(fitted(vectors, TEXTS, wanted, strength), expected, atol=0.02)


def test_tokens_of_no_text_stay() -> None:
    vectors, wanted = _given(1)
    result = fitted(vectors, TEXTS, wanted, 1.0)
    assert np.array_equal(result[5:], vectors[5:])
    assert not np.array_equal(result[:5], vectors[:5])


def test_texts_come_nearer_to_their_rows() -> None:
    vectors, wanted = _given(2)
    moved = fitted(vectors, TEXTS, wanted, 1.0)
    before, after = (float((summed(each, TEXTS) * wanted).sum()) for each in (vectors, moved))
    assert after > before + 0.5


def test_the_first_directions_hold_the_most() -> None:
    rows = np.array([[3, 0, 0], [-3, 0, 0.5], [0, 1, 0]], np.float32)
    kept = np.square(rows @ principal(rows, 3)).sum(axis=0)
    assert kept[0] > kept[1] > kept[2]
    assert principal(rows, 2).shape == (3, 2)
    assert kept.sum() == pytest.approx(np.square(rows).sum(), rel=1e-5)
