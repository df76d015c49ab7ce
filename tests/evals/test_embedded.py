"""A text is embedded once, whatever is measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evals.embedded import Embedded
from router.encoders import HashingEncoder


class Counting(HashingEncoder):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        self.seen.extend(utterances)
        return super().encode(utterances)


def test_a_text_is_embedded_once() -> None:
    counting = Counting()
    encoder = Embedded(counting)
    rows = encoder.encode(["tea", "milk", "tea"])
    assert np.array_equal(rows, HashingEncoder().encode(["tea", "milk", "tea"]))
    assert np.array_equal(encoder.encode(["milk"]), rows[1:2])
    assert encoder.encode([]).shape == (0, encoder.dim)
    assert counting.seen == ["tea", "milk"]
    assert (encoder.name, encoder.fingerprint) == (counting.name, counting.fingerprint)
