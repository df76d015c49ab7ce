"""A correction speaks up to what is as near for another tool, and no farther than its reach."""

import numpy as np
import pytest

from router.scoring import Scores
from router.scoring.memory import NONE, REACH, Memory


def _weight(similarities: list[float], nearest_prototypes: list[float], word_for_word: bool = False) -> float:
    """Of the first of two corrections, for tool 0 and for none, where there are three tools."""
    memory = Memory(
        np.zeros((2, 4), np.float32), np.array([0, NONE], np.int32), np.array([word_for_word] * 2), np.zeros((2, 2))
    )
    channels = np.zeros((1, 3, 2), np.float32)
    channels[0, :, 1] = nearest_prototypes
    empty = np.zeros((1, 0))
    scores = Scores(np.zeros((1, 0), np.float32), channels, empty, empty, empty)
    return memory._weight(0, np.array(similarities, np.float32), scores)


@pytest.mark.parametrize(
    ("similarities", "prototypes", "weight"),
    [
        ([1.0, 0.0], [0.0, 0.0, 0.0], 1.0),
        ([0.7, 0.0], [0.0, 0.0, 0.0], 0.5),
        ([REACH, 0.0], [0.0, 0.0, 0.0], 0.0),
        ([0.9, 0.0], [1.0, 0.0, 0.0], 0.9 / (1.0 - REACH) - REACH / (1.0 - REACH)),
        ([0.9, 0.0], [0.0, 0.8, 0.0], 0.5),
        ([0.9, 0.8], [0.0, 0.0, 0.0], 0.5),
        ([0.9, 0.0], [0.0, 0.0, 0.9], 0.0),
        ([1.0, 0.0], [0.0, 1.0, 0.0], 0.0),
    ],
)
def test_the_weight_falls_off_linearly_to_the_nearest_rival_or_the_reach(
    similarities: list[float], prototypes: list[float], weight: float
) -> None:
    assert _weight(similarities, prototypes) == pytest.approx(weight, abs=1e-6)


def test_beyond_its_reach_a_correction_has_no_weight() -> None:
    assert _weight([REACH - 0.1, 0.0], [0.0, 0.0, 0.0]) <= 0.0


def test_what_is_learnt_word_for_word_has_no_weight_beside_it() -> None:
    assert _weight([0.9, 0.0], [0.0, 0.0, 0.0], word_for_word=True) == 0.0
