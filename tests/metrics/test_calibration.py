"""What probabilities promise and what they keep, bin by bin, is what plain loops give."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.calibration import brier, calibration_error, reliability

probabilities = st.sampled_from([0.0, 0.2, 1 / 3, 0.5, 15 / 22, 1.0]) | st.floats(0, 1)
predictions = st.lists(st.tuples(probabilities, st.booleans()), max_size=40)
bins = st.sampled_from([1, 2, 10, 15, 22])


def _columns(rows: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p for p, _ in rows], np.float64), np.array([right for _, right in rows], bool)


def _binned(rows: list[tuple[float, bool]], number: int) -> list[list[tuple[float, bool]]]:
    """Put each row where its probability is, by trying every bin."""
    binned: list[list[tuple[float, bool]]] = [[] for _ in range(number)]
    for p, right in rows:
        (place,) = [b for b in range(number) if b / number <= p < (b + 1) / number or (p == 1 and b == number - 1)]
        binned[place].append((p, right))
    return binned


@given(predictions, bins)
def test_each_bin_holds_the_rows_between_its_edges(rows: list[tuple[float, bool]], number: int) -> None:
    diagram = reliability(*_columns(rows), number)
    assert (diagram.low[0], diagram.high[-1]) == (0, 1)
    assert diagram.low[1:].tolist() == diagram.high[:-1].tolist()
    for place, held in enumerate(_binned(rows, number)):
        assert (diagram.low[place], diagram.high[place]) == (place / number, (place + 1) / number)
        assert diagram.count[place] == len(held)
        if held:
            assert diagram.probability[place] == pytest.approx(sum(p for p, _ in held) / len(held))
            assert diagram.right[place] == pytest.approx(sum(right for _, right in held) / len(held))
        else:
            assert math.isnan(diagram.probability[place])
            assert math.isnan(diagram.right[place])


@given(predictions, bins)
def test_calibration_error_is_the_mean_gap_weighted_by_the_rows(rows: list[tuple[float, bool]], number: int) -> None:
    gaps = [abs(sum(p for p, _ in held) - sum(right for _, right in held)) for held in _binned(rows, number)]
    expected = pytest.approx(sum(gaps) / len(rows), abs=1e-12) if rows else None
    assert calibration_error(*_columns(rows), number) == expected


def test_probabilities_that_keep_their_word_have_no_calibration_error() -> None:
    assert calibration_error(np.full(4, 0.75), np.array([True, True, True, False])) == 0
    assert calibration_error(np.full(4, 0.75), np.zeros(4, bool)) == 0.75


@given(predictions)
def test_brier_is_the_mean_squared_distance(rows: list[tuple[float, bool]]) -> None:
    squares = [(p - right) ** 2 for p, right in rows]
    assert brier(*_columns(rows)) == (pytest.approx(sum(squares) / len(squares), abs=1e-15) if rows else None)


def test_brier_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import brier_score_loss

    chance = np.random.default_rng(2)
    sure, right = chance.uniform(size=300), chance.uniform(size=300) < 0.6
    assert brier(sure, right) == pytest.approx(brier_score_loss(right, sure))
