import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from router.arguments.implied import INVERSE_PENALTY, Implied, fit_implied

LEFT_OUT = object()


def _rows(count: int = 45, dims: int = 12) -> NDArray[np.float32]:
    rows = np.random.default_rng(4).normal(size=(count, dims))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def _fitted(rows: NDArray[np.float32], values: list[object]) -> Implied:
    fitted = fit_implied(rows, values, LEFT_OUT)
    assert fitted is not None
    return fitted


def test_probabilities_are_those_of_a_logistic_regression() -> None:
    rows = _rows()
    classes = np.where(rows[:, 0] > 0.4, 0, np.where(rows[:, 1] > -0.1, 1, 2))  # not equally many
    fitted = _fitted(rows, [["on", "off", LEFT_OUT][each] for each in classes])
    order = [["on", "off"].index(str(value)) for value in fitted.values] + [2]
    reference = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000, tol=1e-8).fit(rows, classes)
    expected = reference.predict_proba(rows)[:, order]
    np.testing.assert_allclose([fitted.probabilities(row) for row in rows], expected, atol=0.01)
    np.testing.assert_allclose(fitted.weights, reference.coef_[order], atol=0.1)
    np.testing.assert_allclose(
        fitted.biases - fitted.biases.mean(), (reference.intercept_ - reference.intercept_.mean())[order], atol=0.05
    )


def test_one_value_or_none_is_the_regression_of_two_classes_with_twice_the_weight_of_the_data() -> None:
    rows = _rows()
    is_on = rows[:, 0] > 0
    fitted = _fitted(rows, ["on" if each else LEFT_OUT for each in is_on])
    reference = LogisticRegression(C=2 * INVERSE_PENALTY, max_iter=5000, tol=1e-8).fit(rows, is_on)
    expected = reference.predict_proba(rows)[:, 1]
    np.testing.assert_allclose([fitted.probabilities(row)[0] for row in rows], expected, atol=0.01)


@pytest.mark.parametrize("size", [1.0, 1e4])
def test_probabilities_sum_to_one(size: float) -> None:
    rows = _rows()
    fitted = _fitted(rows, ["a", "b", LEFT_OUT] * 15)
    for row in rows * np.float32(size):
        probabilities = fitted.probabilities(row)
        assert probabilities.shape == (3,)
        assert probabilities.sum() == pytest.approx(1.0)
        assert (probabilities >= 0).all()


def test_values_keep_their_order_and_may_be_of_any_kind() -> None:
    values = [False, ["mon", "tue"], LEFT_OUT, 3, ["tue"], False, ["mon", "tue"]]
    fitted = _fitted(_rows(7), values)
    assert fitted.values == (False, ["mon", "tue"], 3, ["tue"])
    assert fitted.weights.shape == (5, 12)
    assert fitted.biases.shape == (5,)


def test_a_value_that_every_example_has_is_always_meant() -> None:
    fitted = _fitted(_rows(), ["on"] * 45)
    assert np.isfinite(fitted.biases).all()
    assert all(fitted.probabilities(row)[0] > 0.95 for row in _rows())


def test_where_nothing_is_known_nothing_is_fitted() -> None:
    assert fit_implied(_rows(3), [LEFT_OUT] * 3, LEFT_OUT) is None
    assert fit_implied(_rows(0), [], LEFT_OUT) is None


def test_weights_survive_half_precision_and_are_the_same_each_time() -> None:
    one, two = (_fitted(_rows(), ["a", "b", LEFT_OUT] * 15) for _ in range(2))
    assert one.weights.tobytes() == two.weights.tobytes()
    for weights in (one.weights, one.biases):
        assert np.array_equal(weights, weights.astype(np.float16).astype(np.float32))
