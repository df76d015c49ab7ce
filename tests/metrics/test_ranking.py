"""Telling inside from outside is what comparing every pair, and trying every threshold, gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.ranking import auroc, fpr_at_tpr

numbers = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(-1e9, 1e9)
some = st.lists(numbers, max_size=25)
shares = st.sampled_from([0.07, 0.5, 0.9, 0.95, 1.0]) | st.floats(0, 1, exclude_min=True)


@given(some, some)
def test_auroc_is_the_share_of_pairs_in_order_and_half_the_ties(inside: list[float], outside: list[float]) -> None:
    won = [(one > other) + (one == other) / 2 for one in inside for other in outside]
    assert auroc(np.array(inside), np.array(outside)) == (sum(won) / len(won) if won else None)


@given(some, some)
def test_auroc_of_the_two_changed_about_is_what_is_missing_to_one(inside: list[float], outside: list[float]) -> None:
    one, other = auroc(np.array(inside), np.array(outside)), auroc(np.array(outside), np.array(inside))
    assert (one is None and other is None) or (one is not None and other == pytest.approx(1 - one))


@pytest.mark.parametrize("decimals", [1, 2, 9])
def test_auroc_agrees_with_scikit_learn(decimals: int) -> None:
    from sklearn.metrics import roc_auc_score

    chance = np.random.default_rng(decimals)
    inside, outside = chance.normal(0.7, size=700).round(decimals), chance.normal(size=300).round(decimals)
    reference = roc_auc_score([1] * 700 + [0] * 300, np.concatenate([inside, outside]))
    assert auroc(inside, outside) == pytest.approx(reference, rel=1e-12)


@given(some, some, shares)
def test_the_threshold_is_the_highest_that_accepts_enough_of_what_is_inside(
    inside: list[float], outside: list[float], tpr: float
) -> None:
    found = fpr_at_tpr(np.array(inside), np.array(outside), tpr)
    if not inside or not outside:
        assert found is None
        return
    enough = [t for t in inside if sum(number >= t for number in inside) / len(inside) >= tpr]
    assert found == sum(number >= max(enough) for number in outside) / len(outside)


def test_just_enough_is_enough_where_a_product_would_round_up() -> None:
    assert 0.07 * 100 > 7
    inside, outside = np.arange(100.0), np.array([92.5, 93.5])
    assert fpr_at_tpr(inside, outside, 0.07) == 0.5


@pytest.mark.parametrize("tpr", [0.0, -0.1, 1.01])
def test_a_share_of_what_is_inside_is_above_nothing_and_at_most_all(tpr: float) -> None:
    with pytest.raises(ValueError, match=r"above 0, at most 1"):
        fpr_at_tpr(np.ones(3), np.zeros(3), tpr)
