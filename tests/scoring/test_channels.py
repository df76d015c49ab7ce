"""Channels are what plain loops over tools and prototypes give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.scoring.channels import CHANNELS, Channels

DIM, WIDTH = 3, 5


@st.composite
def channels(draw: st.DrawFn) -> Channels:
    """Random vectors of one to five tools."""
    tools = draw(st.integers(1, 5))
    heads = tools + draw(st.integers(0, 1))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    owners = np.repeat(np.arange(tools), [draw(st.integers(1, 3)) for _ in range(tools)])

    def floats(*shape: int) -> NDArray[np.float32]:
        return chance.normal(size=shape).astype(np.float32)

    return Channels(
        head_weights=floats(heads, WIDTH),
        head_biases=floats(heads),
        declaration_sketches=floats(tools, WIDTH - DIM),
        prototypes=floats(len(owners), DIM),
        owners=owners.astype(np.int32),
        examples=np.full(len(owners), -1, np.int32),
    )


def _by_hand(channels: Channels, row: NDArray[np.float32]) -> tuple[list[list[float]], float]:
    embedding = row[:DIM]
    measured = []
    for tool in range(channels.tools):
        own = [
            float(p @ embedding) for p, owner in zip(channels.prototypes, channels.owners, strict=True) if owner == tool
        ]
        measured.append(
            [
                float(channels.head_weights[tool] @ row + channels.head_biases[tool]),
                max(own),
            ]
        )
    none = float(channels.head_weights[-1] @ row + channels.head_biases[-1]) if channels.has_none else 0.0
    return measured, none


@given(channels(), st.integers(0, 2**32))
def test_channels_are_what_plain_loops_give(channels: Channels, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(4, WIDTH)).astype(np.float32)
    measured, none = channels.measure(rows, channels.similarities(rows))
    assert measured.shape == (4, channels.tools, len(CHANNELS))
    for n, row in enumerate(rows):
        expected, expected_none = _by_hand(channels, row)
        assert measured[n] == pytest.approx(np.array(expected), abs=1e-4)
        assert none[n] == pytest.approx(expected_none, abs=1e-4)


@given(channels())
def test_a_head_with_one_class_more_than_tools_knows_none_of_these(channels: Channels) -> None:
    assert channels.has_none == (len(channels.head_biases) == len(channels.declaration_sketches) + 1)
    assert channels.tools == len(channels.declaration_sketches)


@given(channels(), st.integers(0, 2**32))
def test_a_row_is_measured_to_the_same_bits_in_any_company(channels: Channels, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(7, WIDTH)).astype(np.float32)
    together, none = channels.measure(rows, channels.similarities(rows))
    for n in range(len(rows)):
        alone, alone_none = channels.measure(rows[n : n + 1], channels.similarities(rows[n : n + 1]))
        assert np.array_equal(alone[0], together[n])
        assert alone_none[0] == none[n]
