from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from router.encoder_making.shipped.multilingual.batches import BATCH, SHARES, batches
from router.encoder_making.shipped.multilingual.translations import Sources, Translation

TOGETHER = 8


def _characters(texts: Sequence[str]) -> NDArray[np.int64]:
    return np.array([len(text) for text in texts])


@pytest.fixture(scope="module")
def many() -> Sources:
    """So many texts of so many lengths that hardly two draws are the same."""
    chance = np.random.default_rng(0)
    texts = {name: [f"{name} {'x' * n}" for n in chance.integers(1, 300, size=200)] for name in SHARES}
    return {name: [Translation(text, text) for text in some] for name, some in texts.items()}


def test_what_is_drawn_depends_on_the_seed_and_a_step_on_its_own_number(many: Sources) -> None:
    seen, drawn = batches(many, _characters, 10, 3)
    assert batches(many, _characters, 10, 3) == (seen, drawn)
    fewer, first = batches(many, _characters, 6, 3)
    assert (first, fewer) == (drawn[:6], seen[: len(fewer)])
    assert batches(many, _characters, 10, 4)[0] != seen


def test_each_source_has_its_share(many: Sources) -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
    seen, _ = batches(many, _characters, 2 * TOGETHER, 0)
    assert len(seen) == 2 * TOGETHER * BATCH
    for name, share in SHARES.items():
        found = sum(pair.text.startswith(f"{name} ") for pair in seen)
        assert found == pytest.approx(share * len(seen), abs=2 * TOGETHER)


def test_every_text_that_was_drawn_is_in_one_batch_of_the_same_size(many: Sources) -> None:
    seen, drawn = batches(many, _characters, 2 * TOGETHER, 0)
    assert {len(batch) for batch in drawn} == {BATCH}
    assert sorted(number for batch in drawn for number in batch) == list(range(len(seen)))


def test_batches_that_are_drawn_together_are_parted_by_length_and_not_seen_in_that_order(many: Sources) -> None:
    seen, drawn = batches(many, _characters, 8 * TOGETHER, 0)
    orders = set()
    for first in range(0, len(drawn), TOGETHER):
        together = drawn[first : first + TOGETHER]
        lengths = [_characters([seen[number].text for number in batch]) for batch in together]
        order = np.argsort([each.mean() for each in lengths]).tolist()
        for shorter, longer in pairwise(order):
            assert lengths[shorter].max() <= lengths[longer].min()
        orders.add(tuple(order))
    assert len(orders) > 1
