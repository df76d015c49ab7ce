"""Which texts are seen together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from router.encoder_making.shipped.multilingual.translations import Sources, Translation

SHARES = {"massive": 0.5, "cldr": 0.12, "home_assistant": 0.2, "english": 0.18}
"""Of each source in what is drawn."""
BATCH = 256
_TOGETHER = 8
"""So many batches are drawn together, and parted by the length of their texts: a batch is as wide as its longest."""


def batches(
    sources: Sources, lengths: Callable[[Sequence[str]], NDArray[np.int64]], steps: int, seed: int
) -> tuple[list[Translation], list[list[int]]]:
    """Return what is seen, and what of it each step sees, by number. `lengths` counts the tokens of texts.

    Drawn with replacement: languages with more texts are seen more.
    """
    chance = np.random.default_rng(seed)
    seen: list[Translation] = []
    drawn: list[list[int]] = []
    while len(drawn) < steps:
        some = [
            each[number]
            for name, each in sources.items()
            for number in chance.integers(len(each), size=round(SHARES[name] * BATCH) * _TOGETHER)
        ]
        order = np.argsort(lengths([each.text for each in some]), kind="stable") + len(seen)
        parts = np.array_split(order, _TOGETHER)
        drawn += [parts[at].tolist() for at in chance.permutation(_TOGETHER)]
        seen += some
    return seen, drawn[:steps]
