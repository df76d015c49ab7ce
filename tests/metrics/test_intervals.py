"""Intervals hold what they promise: against references, against every possible resample, and in simulations."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.metrics.classification import macro_f1, share
from router.metrics.intervals import (
    Interval,
    Ints,
    bootstrap,
    clustered_share,
    default_draws,
    percentile_interval,
    resampled,
    wilson,
)

confidences = st.sampled_from([0.5, 0.8, 0.95, 0.99])
clustered = st.lists(st.tuples(st.integers(-2, 5), st.booleans()), max_size=25)
"""The cluster of each row, and whether it is right."""


def _columns(rows: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([cluster for cluster, _ in rows], np.int64), np.array([right for _, right in rows], bool)


def _share_of(right: np.ndarray) -> Callable[[Ints], float | None]:
    return lambda rows: share(right[rows])


def _width(interval: Interval | None) -> float:
    assert interval is not None
    return interval.high - interval.low


def _holds(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), confidences)
def test_wilson_agrees_with_scipy(counts: tuple[int, int], confidence: float) -> None:
    from scipy.stats import binomtest

    reference = binomtest(*counts).proportion_ci(confidence, method="wilson")
    assert wilson(*counts, confidence) == pytest.approx((reference.low, reference.high), abs=1e-12)


@given(st.integers(0, 200), st.integers(0, 200))
def test_wilson_stays_among_the_shares_and_is_never_sure(successes: int, failures: int) -> None:
    interval = wilson(successes, successes + failures)
    if not successes + failures:
        assert interval is None
        return
    assert interval is not None
    assert 0 <= interval.low <= successes / (successes + failures) <= interval.high <= 1
    assert interval.low < interval.high
    assert ((interval.low == 0), (interval.high == 1)) == (not successes, not failures)


@given(
    st.lists(st.sampled_from([1.0, 2.0]) | st.floats(-1e6, 1e6), max_size=120),
    st.sampled_from([0.05, 0.5, 0.9, 0.95]),
    confidences,
)
def test_a_quantile_lies_between_the_closest_values_that_are_far_enough_apart(
    values: list[float], q: float, confidence: float
) -> None:
    n, tail, ordered = len(values), (1 - confidence) / 2, sorted(values)
    likely = [math.comb(n, below) * q**below * (1 - q) ** (n - below) for below in range(n + 1)]
    lows = [place for place in range(n) if sum(likely[: place + 1]) <= tail]
    highs = [place for place in range(n) if sum(likely[place + 1 :]) <= tail]
    expected = Interval(ordered[lows[-1]], ordered[highs[0]]) if lows and highs else None
    assert percentile_interval(np.array(values), q, confidence) == expected


@pytest.mark.parametrize("q", [0.01, 0.5, 0.95, 0.999])
@pytest.mark.parametrize("n", [20_000, 500_000])
def test_a_quantile_of_many_values_agrees_with_scipy(n: int, q: float) -> None:
    from scipy.stats import binom

    interval = percentile_interval(np.arange(n, dtype=np.float64), q)
    assert interval is not None
    below, above = binom.cdf(interval.low, n, q), binom.sf(interval.high, n, q)
    assert below <= 0.025 < binom.cdf(interval.low + 1, n, q)
    assert above <= 0.025 < binom.sf(interval.high - 1, n, q)


def test_an_interval_for_a_quantile_covers_it_as_often_as_it_says() -> None:
    chance = np.random.default_rng(8)
    samples = np.round(chance.exponential(size=(500, 200)), 2)
    found = [percentile_interval(sample, 0.95) for sample in samples]
    covered = np.mean([_holds(interval, round(-math.log(0.05), 2)) for interval in found])
    assert 0.94 <= covered <= 0.99


def test_the_fewest_values_that_bound_the_95th_percentile_are_as_documented() -> None:
    assert percentile_interval(np.arange(71.0), 0.95) is None
    assert percentile_interval(np.arange(72.0), 0.95) is not None


@pytest.mark.parametrize("q", [0.0, 1.0, 95.0])
def test_a_quantile_is_between_nothing_and_all(q: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1: 0\.95 for the 95th"):
        percentile_interval(np.arange(9.0), q)


def _all_shares(rows: list[tuple[int, bool]]) -> list[float]:
    """The share over every way to draw as many clusters as there are."""
    groups: dict[int, list[bool]] = {}
    for cluster, right in rows:
        groups.setdefault(cluster, []).append(right)
    resamples = product(groups.values(), repeat=len(groups))
    return [sum(map(sum, drawn)) / sum(map(len, drawn)) for drawn in resamples]


def _leaves_out(interval: Interval, shares: list[float], tail: float) -> bool:
    """Whether the interval's ends are quantiles of these equally likely shares, as exactly as draws show."""
    slack = 0.06
    below = sum(s < interval.low - 1e-12 for s in shares), sum(s <= interval.low + 1e-12 for s in shares)
    above = sum(s > interval.high + 1e-12 for s in shares), sum(s >= interval.high - 1e-12 for s in shares)
    return all(
        few <= (tail + slack) * len(shares) and many >= (tail - slack) * len(shares) for few, many in (below, above)
    )


few_clusters = st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=14)


@settings(max_examples=60)
@given(few_clusters, confidences)
def test_resampled_shares_are_those_of_every_possible_resample(rows: list[tuple[int, bool]], confidence: float) -> None:
    clusters, right = _columns(rows)
    shares = _all_shares(rows)
    found = resampled(_share_of(right), clusters, draws=1500)
    assert (found is None) == (len(set(clusters)) < 2)
    if found is not None:
        low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
        assert _leaves_out(Interval(low, high), shares, (1 - confidence) / 2)
        interval = bootstrap(_share_of(right), clusters, confidence, draws=1500)
        assert (interval is None) == (max(found) - min(found) <= 1e-12)
        if interval is not None:
            bias, share = found.mean() - right.mean(), right.mean()
            np.testing.assert_allclose(interval, (min(low - bias, share), max(high - bias, share)), atol=1e-12)


@given(clustered, st.integers(0, 9))
def test_whole_clusters_are_drawn_as_many_as_there_are(rows: list[tuple[int, bool]], seed: int) -> None:
    clusters, _ = _columns(rows)
    seen: list[list[int]] = []

    def look(drawn: Ints) -> float:
        seen.append(drawn.tolist())
        return 0.0

    values = resampled(look, clusters, 20, seed)
    number = len(set(clusters))
    assert (values is None) == (number < 2)
    assert len(seen) == (20 if number > 1 else 0)
    for drawn in seen:
        times = Counter(drawn)
        each = {cluster: {times[row] for row, (own, _) in enumerate(rows) if own == cluster} for cluster, _ in rows}
        assert all(len(counts) == 1 for counts in each.values())
        assert sum(counts.pop() for counts in each.values()) == number


@given(clustered, st.integers(0, 3))
def test_the_same_seed_gives_the_same_interval(rows: list[tuple[int, bool]], seed: int) -> None:
    clusters, right = _columns(rows)
    one, other = (bootstrap(_share_of(right), clusters, draws=100, seed=seed) for _ in range(2))
    assert one == other


def test_another_seed_draws_other_resamples() -> None:
    right = np.random.default_rng(3).uniform(size=400) < 0.4
    clusters = np.arange(400) // 3
    assert len({bootstrap(_share_of(right), clusters, draws=150, seed=seed) for seed in range(5)}) > 1


@given(clustered)
def test_what_clusters_are_called_changes_nothing(rows: list[tuple[int, bool]]) -> None:
    clusters, right = _columns(rows)
    one, other = clustered_share(right, clusters), clustered_share(right, 7 - 3 * clusters)
    assert one == (other and pytest.approx(other, abs=1e-12))


@pytest.mark.parametrize(("share", "alike"), [(0.7, 0.2), (0.7, 0.6), (0.9, 0.2), (0.9, 0.6)])
def test_clustered_rows_get_an_interval_that_covers_where_wilson_does_not(share: float, alike: float) -> None:
    """Cases of a cluster are right together: `alike` is how much their chances correlate."""
    chance = np.random.default_rng(6)
    clusters = np.repeat(np.arange(40), 6)
    spread = 1 / alike - 1
    covered, pretended = [], []
    for _ in range(400):
        right = chance.uniform(size=240) < np.repeat(chance.beta(share * spread, (1 - share) * spread, 40), 6)
        covered.append(_holds(clustered_share(right, clusters), share))
        pretended.append(_holds(wilson(int(right.sum()), 240), share))
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(pretended) <= 0.88


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=60), confidences)
def test_clusters_never_make_a_share_surer(rows: list[tuple[int, bool]], confidence: float) -> None:
    clusters, right = _columns(rows)
    honest, naive = clustered_share(right, clusters, confidence), wilson(int(right.sum()), len(rows), confidence)
    assert honest is not None
    assert naive is not None
    assert honest.low <= naive.low + 1e-12
    assert honest.high >= naive.high - 1e-12


@given(st.lists(st.booleans(), min_size=1, max_size=60), confidences)
def test_where_each_row_is_its_own_cluster_a_share_has_wilson_s_interval(rights: list[bool], confidence: float) -> None:
    right = np.array(rights)
    expected = wilson(int(right.sum()), len(right), confidence)
    assert clustered_share(right, np.arange(len(right)), confidence) == pytest.approx(expected, abs=1e-12)


def test_one_pair_among_many_rows_changes_hardly_anything() -> None:
    right, clusters = np.arange(50) > 0, np.arange(50)
    clusters[-1] = clusters[-2]
    naive = wilson(49, 50)
    assert naive is not None
    assert clustered_share(right, clusters) == pytest.approx(naive, abs=0.01)


def test_a_bootstrapped_share_of_separate_rows_is_about_what_wilson_gives() -> None:
    right = np.random.default_rng(7).permutation(np.arange(2000) < 1700)
    naive = wilson(1700, 2000)
    assert naive is not None
    assert bootstrap(_share_of(right), np.arange(2000), draws=2000) == pytest.approx(naive, abs=0.003)


@given(clustered)
def test_a_clustered_share_is_never_sure(rows: list[tuple[int, bool]]) -> None:
    clusters, right = _columns(rows)
    found = clustered_share(right, clusters)
    assert (found is None) == (not rows)
    if found is not None:
        assert 0 <= found.low < found.high <= 1
        assert _holds(found, right.mean())


@pytest.mark.parametrize("right", [True, False])
def test_where_all_rows_agree_a_cluster_counts_as_one_row(right: bool) -> None:
    clusters = np.repeat(np.arange(12), 5)
    assert clustered_share(np.full(60, right), clusters) == wilson(12 * right, 12)


def test_a_statistic_that_is_mostly_undefined_has_no_interval() -> None:
    drawn = itertools.count()
    assert bootstrap(lambda rows: None if (n := next(drawn)) % 2 else float(n), np.arange(9), draws=100) is not None
    assert bootstrap(lambda rows: float(n) if (n := next(drawn)) % 3 == 0 else None, np.arange(9), draws=100) is None
    assert bootstrap(lambda rows: None, np.arange(9), draws=100) is None
    assert bootstrap(lambda rows: 1.0, np.arange(0)) is None


@pytest.mark.parametrize("value", [1.0, 0.3, 0.0])
def test_where_no_resample_differs_there_is_no_interval(value: float) -> None:
    """Or nine right cases of nine would make a router perfect: 1.000 to 1.000."""
    assert bootstrap(lambda rows: value, np.arange(9)) is None
    scattered = np.full(9, 0.1)
    assert bootstrap(lambda rows: float(scattered[rows].sum()), np.arange(9)) is None, "but for how sums are rounded"


def test_any_statistic_of_rows_has_an_interval() -> None:
    chance = np.random.default_rng(9)
    expected = chance.integers(4, size=600)
    predicted = np.where(chance.uniform(size=600) < 0.8, expected, chance.integers(4, size=600))
    interval = bootstrap(lambda rows: macro_f1(expected[rows], predicted[rows]), np.arange(600) // 2, draws=300)
    assert _holds(interval, macro_f1(expected, predicted) or 0.0)
    assert 0.04 < _width(interval) < 0.09


@given(st.integers(0, 10**9))
def test_there_are_fewer_draws_of_many_rows_but_never_few(rows: int) -> None:
    draws = default_draws(rows)
    assert draws == 1000 or rows * draws <= 20_000_000 or draws == 100
    assert 100 <= draws <= 1000
    assert draws == 1000 or rows * (draws + 1) > 20_000_000
    assert draws <= default_draws(max(rows - 1, 0))


def test_the_default_is_to_draw_as_often_as_the_rows_allow() -> None:
    values = resampled(lambda rows: 0.0, np.arange(50_000))
    assert values is not None
    assert len(values) == default_draws(50_000) == 400


def test_the_interval_is_corrected_for_what_resampling_takes_away() -> None:
    """A macro F1 over many labels is lower on resamples, as they lose labels; uncorrected it lies too low."""
    chance, labels, n, draws = np.random.default_rng(0), 40, 400, 60
    truth, covered, plain = 0.0, [], []
    for number in range(120):
        size = n if number else 200_000
        expected = chance.integers(labels, size=size)
        predicted = np.where(chance.uniform(size=size) < 0.6, expected, chance.integers(labels, size=size))

        def value(rows: Ints, expected: Ints = expected, predicted: Ints = predicted) -> float | None:
            return macro_f1(expected[rows], predicted[rows])

        if not number:
            truth = value(np.arange(size)) or 0.0
            continue
        drawn = resampled(value, np.arange(n), draws)
        assert drawn is not None
        low, high = np.quantile(drawn, [0.025, 0.975])
        plain.append(low <= truth <= high)
        covered.append(_holds(bootstrap(value, np.arange(n), draws=draws), truth))
    assert np.mean(covered) >= 0.85
    assert np.mean(plain) <= 0.8
