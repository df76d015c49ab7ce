"""A sketch is what a plain loop over code points gives; any runtime can write that loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.scoring.lexical import SKETCH_DIM, sketches
from router.text import normalize
from tests.strategies import utterances


def _by_hand(text: str) -> list[float]:
    """The n-grams of 2 to 4 characters, a space before and after the text included, hashed by hand."""
    codes = [ord(character) for character in f" {text.casefold()} "]
    counts = [0] * SKETCH_DIM
    for length in (2, 3, 4):
        for start in range(len(codes) - length + 1):
            gram = codes[start : start + length]
            hashed = gram[0] * 0x9E3779B1 % 2**32
            for code in gram[1:]:
                hashed = (hashed ^ code) * 0x9E3779B1 % 2**32
            counts[hashed >> 23] += -1 if hashed >> 22 & 1 else 1
    length_of_row = math.sqrt(sum(count * count for count in counts)) or 1.0
    return [count / length_of_row for count in counts]


@given(utterances.map(normalize).filter(bool))
def test_a_sketch_is_what_a_plain_loop_gives(text: str) -> None:
    assert sketches([text])[0] == pytest.approx(_by_hand(text), abs=1e-6)


@pytest.mark.parametrize(
    "text", ["a", "wake me at 7:30", "Straße", "🔦", "👩‍🚒 an", "𝔘𐍈", "日本語", "a b c d", "x" * 2000]
)
def test_letters_of_every_plane_are_hashed_alike(text: str) -> None:
    assert sketches([text])[0] == pytest.approx(_by_hand(text), abs=1e-6)
    assert np.linalg.norm(sketches([text])[0]) == pytest.approx(1.0, abs=1e-6)


def test_a_text_without_characters_is_zero() -> None:
    assert not sketches([""]).any()
    assert sketches([]).shape == (0, SKETCH_DIM)
    assert sketches([]).dtype == sketches(["a"]).dtype == np.float32


@given(st.lists(utterances.map(normalize).filter(bool), min_size=1, max_size=5))
def test_the_company_of_other_texts_changes_nothing(texts: list[str]) -> None:
    together = sketches(texts)
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(sketches([text])[0], row)


def test_upper_and_lower_case_are_the_same_but_spaces_are_not() -> None:
    upper, lower, split = sketches(["WAKE ME, STRASSE", "wake me, straße", "wa ke me, straße"])
    assert np.array_equal(upper, lower)
    assert not np.array_equal(lower, split)


def test_a_misspelt_name_stays_near_and_a_strange_one_does_not() -> None:
    name, misspelt, other = sketches(["call stephanie", "call stefanie", "jump over"])
    assert name @ misspelt > 0.5
    assert abs(float(name @ other)) < 0.25
