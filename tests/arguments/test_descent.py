import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from router.arguments.descent import as_shipped, minimized

Doubles = NDArray[np.float64]


@pytest.mark.parametrize("condition", [1.0, 100.0])
@pytest.mark.parametrize("size", [1, 30])
def test_a_quadratic_has_its_minimum_where_it_should(condition: float, size: int) -> None:
    random = np.random.default_rng(0)
    turned = np.linalg.qr(random.normal(size=(size, size)))[0]
    curved = turned @ np.diag(np.geomspace(1.0, condition, size)) @ turned.T
    lowest = random.normal(size=size)

    def loss(weights: Doubles) -> tuple[float, Doubles]:
        away = weights - lowest
        return 0.5 * float(away @ curved @ away), curved @ away

    found = minimized(loss, np.zeros(size), 200)
    assert loss(found)[0] <= 1e-4
    np.testing.assert_allclose(found, lowest, atol=0.02)


def _logistic(rows: Doubles, signs: Doubles, weights: Doubles) -> tuple[float, Doubles]:
    margins = signs * (rows @ weights)
    value = float(np.logaddexp(0, -margins).sum() + 0.5 * weights @ weights)
    return value, rows.T @ (-signs / (1 + np.exp(margins))) + weights


def test_a_logistic_loss_has_the_minimum_that_scipy_finds() -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(80, 12)) * np.geomspace(0.1, 5, 12)
    signs = np.where(rows @ random.normal(size=12) + random.normal(size=80) > 0, 1.0, -1.0)
    reference = minimize(lambda weights: _logistic(rows, signs, weights), np.zeros(12), jac=True, method="L-BFGS-B")
    found = minimized(lambda weights: _logistic(rows, signs, weights), np.zeros(12), 200)
    assert _logistic(rows, signs, found)[0] <= reference.fun * (1 + 1e-4)
    np.testing.assert_allclose(found, reference.x, atol=0.02)


def test_every_iteration_is_at_least_as_low_as_the_one_before() -> None:
    rows = np.random.default_rng(2).normal(size=(40, 6))
    signs = np.sign(rows[:, 0])
    reached = [
        _logistic(rows, signs, minimized(lambda w: _logistic(rows, signs, w), np.zeros(6), n))[0] for n in range(9)
    ]
    assert reached == sorted(reached, reverse=True)
    assert reached[-1] < reached[0]


def test_where_it_is_flat_it_stays() -> None:
    start = np.array([1.0, 2.0])
    assert np.array_equal(minimized(lambda weights: (3.0, np.zeros(2)), start, 50), start)


def test_what_cannot_be_computed_is_stepped_back_from() -> None:
    def loss(weights: Doubles) -> tuple[float, Doubles]:
        x = float(weights[0])
        return (x - np.log(x), np.array([1 - 1 / x])) if x > 0 else (np.nan, np.array([np.nan]))

    assert minimized(loss, np.array([0.05]), 100)[0] == pytest.approx(1.0, abs=0.02)


def test_what_ships_is_what_half_floats_hold() -> None:
    weights = np.random.default_rng(3).normal(size=(4, 5))
    shipped = as_shipped(weights)
    assert shipped.dtype == np.float32
    assert np.array_equal(shipped, shipped.astype(np.float16).astype(np.float32))
    np.testing.assert_allclose(shipped, weights, rtol=1e-3)
