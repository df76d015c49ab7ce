"""Two routers differ where exact counting, and swapping their answers, say so."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.comparison import Bools, mcnemar, swap_test


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


pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=18)
"""The cluster of each row, and what each of two routers made of it."""


def _columns(rows: list[tuple[int, int, int]]) -> list[np.ndarray]:
    return [np.array(column, np.int64) for column in zip(*rows, strict=True)]


def _swapping(first: np.ndarray, second: np.ndarray) -> Callable[[Bools], float]:
    return lambda swapped: float(
        np.where(swapped, second, first).mean() ** 2 - np.where(swapped, first, second).mean() ** 2
    )


@given(pairs)
def test_p_of_few_clusters_is_the_share_of_all_ways_to_swap_them(rows: list[tuple[int, int, int]]) -> None:
    clusters, first, second = _columns(rows)
    difference, differing = _swapping(first, second), first != second
    changed = sorted({*clusters[differing].tolist()})
    seen = [
        abs(difference(np.isin(clusters, [c for c, swap in zip(changed, way, strict=True) if swap])))
        for way in itertools.product((False, True), repeat=len(changed))
    ]
    observed = abs(difference(np.zeros(len(rows), bool)))
    p = swap_test(difference, clusters, differing)
    assert p == sum(value >= observed - 1e-12 for value in seen) / len(seen)
    assert p >= min(1.0, 2 / 2 ** len(changed))
    assert swap_test(_swapping(second, first), clusters, differing) == p, "which of the two came first matters"
    assert swap_test(difference, clusters, np.ones(len(rows), bool)) == pytest.approx(p), (
        "what differs in nothing counts"
    )


def test_p_of_many_clusters_is_found_by_chance_and_is_never_nothing() -> None:
    right, wrong = np.ones(40, np.int64), np.zeros(40, np.int64)
    differing = np.ones(40, bool)
    assert swap_test(_swapping(right, wrong), np.arange(40), differing) == 1 / 1001
    assert swap_test(_swapping(right, wrong), np.arange(40), differing, draws=199) == 1 / 200
    mixed = np.arange(40) % 2
    assert swap_test(_swapping(mixed, 1 - mixed), np.arange(40), differing) == 1.0
    gain = swap_test(_swapping((np.arange(40) < 26).astype(np.int64), (np.arange(40) >= 26).astype(np.int64)),
                     np.arange(40), differing)  # fmt: skip
    assert gain == pytest.approx(mcnemar(26, 14), abs=0.03)


@pytest.mark.parametrize(("clusters", "p"), [([0, 0, 0], 1.0), ([0, 0, 1], 0.5), ([0, 1, 2], 0.25)])
def test_three_broken_cases_are_as_much_evidence_as_they_have_clusters(clusters: list[int], p: float) -> None:
    found = swap_test(_swapping(np.zeros(3), np.ones(3)), np.array(clusters), np.ones(3, bool))
    assert found == p == 2 / 2 ** len(set(clusters))


def test_where_nothing_differs_nothing_speaks_against_being_equal() -> None:
    assert swap_test(lambda swapped: 0.3, np.arange(9), np.zeros(9, bool)) == 1


def test_a_way_that_cannot_be_measured_speaks_for_chance() -> None:
    assert swap_test(lambda swapped: None if swapped.any() else 1.0, np.arange(4), np.ones(4, bool)) == 1


def test_p_of_routers_that_are_equally_good_is_small_as_rarely_as_it_says() -> None:
    chance = np.random.default_rng(12)
    found = []
    for _ in range(300):
        difficulty = np.repeat(chance.uniform(size=30), 3)
        first, second = ((chance.uniform(size=90) < difficulty).astype(np.int64) for _ in range(2))
        found.append(swap_test(_swapping(first, second), np.arange(90) // 3, first != second, draws=200))
    assert 0.02 <= np.mean(np.array(found) <= 0.05) <= 0.08
