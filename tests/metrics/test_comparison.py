"""Two routers differ where exact counting, and resampling both together, say so."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.comparison import Paired, mcnemar, paired_bootstrap
from router.metrics.intervals import Interval, Ints, bootstrap


def _gain(first: np.ndarray, second: np.ndarray) -> Callable[[Ints], float | None]:
    return lambda rows: float(first[rows].mean() - second[rows].mean()) if len(rows) else None


@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemar_adds_up_what_is_no_likelier_than_what_was_seen(only_first: int, only_second: int) -> None:
    n = only_first + only_second
    seen = math.comb(n, only_first)
    exact = Fraction(sum(count for k in range(n + 1) if (count := math.comb(n, k)) <= seen), 2**n)
    assert mcnemar(only_first, only_second) == pytest.approx(float(exact), rel=1e-11)


@pytest.mark.parametrize(
    "counts",
    [(20_000, 20_000), (20_000, 20_001), (20_000, 20_400), (19_000, 21_000), (500_000, 502_000), (3, 900), (0, 40_000)],
)
def test_mcnemar_agrees_with_scipy_where_there_are_many(counts: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    reference = binomtest(counts[0], sum(counts)).pvalue
    assert mcnemar(*counts) == mcnemar(*reversed(counts)) == pytest.approx(reference, rel=1e-7, abs=1e-300)


def test_where_two_never_differ_nothing_speaks_against_them_being_equal() -> None:
    assert mcnemar(0, 0) == 1


def test_a_pair_is_compared_by_the_interval_of_its_difference() -> None:
    chance = np.random.default_rng(1)
    first, second = chance.uniform(size=400) < 0.8, chance.uniform(size=400) < 0.7
    clusters = np.arange(400) // 2
    gain = _gain(first, second)
    paired = paired_bootstrap(gain, clusters, 0.9, draws=500, seed=3)
    assert paired is not None
    assert paired.difference == first.mean() - second.mean()
    assert paired.interval == bootstrap(gain, clusters, 0.9, draws=500, seed=3)
    assert paired == paired_bootstrap(gain, clusters, 0.9, draws=500, seed=3)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([-1, 0, 1])), max_size=30),
    st.sampled_from([20, 101]),
    st.booleans(),
)
def test_p_counts_the_resamples_that_do_not_share_the_sign(rows: list[tuple[int, int]], draws: int, undo: bool) -> None:
    clusters, gains = np.array([c for c, _ in rows], np.int64), np.array([g for _, g in rows], np.int64)
    seen: list[float] = []

    def difference(drawn: Ints) -> float | None:
        if not len(drawn):
            return None
        seen.append(float(gains[drawn].mean()) * (-1 if undo else 1))
        return seen[-1]

    paired = paired_bootstrap(difference, clusters, draws=draws)
    if len(set(clusters)) < 2:
        assert paired is None
        return
    assert isinstance(paired, Paired)
    overall, *resamples = seen
    assert len(resamples) == draws
    not_above, not_below = sum(value <= 0 for value in resamples), sum(value >= 0 for value in resamples)
    assert paired.difference == overall
    assert paired.p == min(1, 2 * (1 + min(not_above, not_below)) / (1 + draws))


def test_p_of_routers_that_are_equally_good_is_small_as_rarely_as_it_says() -> None:
    chance = np.random.default_rng(12)
    found = []
    for _ in range(200):
        difficulty = np.repeat(chance.uniform(size=40), 3)
        first, second = (chance.uniform(size=120) < difficulty for _ in range(2))
        paired = paired_bootstrap(_gain(first, second), np.arange(120) // 3, draws=200)
        assert paired is not None
        found.append(paired.p)
    assert 0.01 <= np.mean(np.array(found) <= 0.05) <= 0.1


def test_a_difference_that_is_clear_has_a_small_p_and_none_has_one() -> None:
    right, wrong, clusters = np.arange(200) % 20 > 0, np.arange(200) % 2 > 0, np.arange(200)
    better, same = (paired_bootstrap(_gain(right, other), clusters, draws=199) for other in (wrong, right))
    assert better is not None
    assert better.p == 0.01
    assert better.interval.low > 0.2
    assert same == Paired(0.0, Interval(0.0, 0.0), 1.0)


def test_where_the_difference_is_not_defined_there_is_nothing_to_compare() -> None:
    assert paired_bootstrap(lambda rows: None, np.arange(5)) is None
    assert paired_bootstrap(lambda rows: 0.1 if len(set(rows)) == 5 else None, np.arange(5)) is None
