"""Whether two routers differ that answered the same rows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from router.metrics.intervals import SAME, default_draws

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value of McNemar (1947) for the rows that only one of two routers got right.

    Where they differ, either is as likely to be right if neither is better. With
    no such row nothing speaks against that, and p is 1.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    # The largest term of the binomial tail, then the ratios of those below it until they no longer count.
    term = total = 1.0
    for successes in range(fewer, 0, -1):
        term *= successes / (n - successes + 1)
        total += term
        if term < total * 1e-18:
            break
    log_largest = math.lgamma(n + 1) - math.lgamma(fewer + 1) - math.lgamma(n - fewer + 1) - n * math.log(2)
    return min(1.0, 2 * math.exp(log_largest) * total)


def swap_test(
    difference: Callable[[Bools], float | None],
    clusters: Ints,
    differing: Bools,
    draws: int | None = None,
    seed: int = 0,
) -> float:
    """Return the two-sided p-value of the difference between two routers that answered the same rows [n].

    The paired permutation test (Fisher, 1935; Noreen, "Computer-intensive methods
    for testing hypotheses", 1989): if neither is better, their answers to a cluster
    could as well be swapped. `difference` is called with the rows [n] whose answers
    are, and returns one statistic minus the other; where that is None it counts as
    large. p is the share of all ways to swap with a difference as large as that
    without: exact for up to eleven clusters with `differing` rows [n], by random ways
    for more. With k such clusters it is 2 / 2**k at least.
    """
    names, places = np.unique(clusters, return_inverse=True)
    changed = np.unique(places[differing])
    if not len(changed):
        return 1.0
    observed = difference(np.zeros(len(clusters), bool))
    least = -math.inf if observed is None else abs(observed) - SAME

    def as_large(ways: Iterable[Bools]) -> Iterator[bool]:
        swapped = np.zeros(len(names), bool)
        for way in ways:
            swapped[changed] = way
            found = difference(swapped[places])
            yield found is None or abs(found) >= least

    if len(changed) <= _MOST_EXACT:
        # Swapping all that a way leaves and leaving all that it swaps changes the sign alone: one of the two will do.
        halves = itertools.product((False, True), repeat=len(changed) - 1)
        return sum(as_large(np.array([False, *rest]) for rest in halves)) / 2.0 ** (len(changed) - 1)
    draws = default_draws(len(clusters)) if draws is None else draws
    chance = np.random.default_rng(seed)
    count = sum(as_large(chance.integers(2, size=len(changed), dtype=bool) for _ in range(draws)))
    return (count + 1) / (draws + 1)


_MOST_EXACT = 11
"""There are as many ways to swap so many clusters, up to the sign, as there are draws."""
