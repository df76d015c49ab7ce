from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router import Tool, ToolSet
from router.declarations import loads
from router.encoder_making.tuning.texts import EXAMPLES_TOGETHER, NO_TOOL, Texts, batches, texts_of
from router.encoders import HashingEncoder, Prefixes
from router.training.background import with_background
from tests.encoder_making.tuning.tasks import by_words

PREFIXES = Prefixes("query: ", "passage: ")


class Listening(HashingEncoder):
    """Remembers what it was asked to encode."""

    prefixes = PREFIXES

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        self.heard.update(utterances)
        return super().encode(utterances)


@pytest.fixture(scope="module")
def many() -> Texts:
    """Twelve tools with six examples each."""
    tools = tuple(replace(tool, name=f"{tool.name}_{n}") for n in range(6) for tool in by_words(6))
    return texts_of(ToolSet(tools, ("who won", "how old are you")), Prefixes())


def test_texts_are_those_that_the_router_encodes_prefixes_included(everyday: ToolSet) -> None:
    encoder = Listening()
    tools = ToolSet(tuple(tool for tool in everyday if tool.examples), everyday.out_of_scope)
    with_background(tools, encoder)
    assert set(texts_of(tools, PREFIXES).texts) == encoder.heard


def test_a_counterexample_that_is_another_tools_example_is_for_that_tool_alone() -> None:
    tools = loads(
        """
        - {name: stop, description: Stop., examples: [halt], counterexamples: [Go on, look there]}
        - {name: go, description: Go., examples: [go on]}
        """
    )
    texts = texts_of(tools, Prefixes())
    assert [texts.texts[n] for n in np.flatnonzero(texts.against != NO_TOOL)] == ["Go on", "look there"]
    tools = ToolSet((replace(tools["stop"], counterexamples=("go on",)), tools["go"]))
    assert not (texts_of(tools, Prefixes()).against != NO_TOOL).any()


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_a_step_depends_on_the_seed_and_its_number_alone(many: Texts, seed: int, steps: int) -> None:
    teacher = np.ones((len(many), 4), np.float32)
    drawn = list(batches(many, teacher, 8, seed))
    assert drawn[:steps] == list(batches(many, teacher, steps, seed))
    assert drawn != list(batches(many, teacher, 8, seed + 1))


def test_a_batch_has_two_examples_and_a_wording_of_eight_tools_and_what_is_for_none(many: Texts) -> None:
    for batch in batches(many, np.ones((len(many), 4), np.float32), 20, 0):
        assert len(set(batch)) == len(batch)
        examples, wordings = (
            Counter(many.tool[n] for n in batch if many.tool[n] >= 0 and (many.weight[n] > 0) == worded)
            for worded in (False, True)
        )
        assert set(examples.values()) == {2}
        assert set(wordings.values()) == {1}
        assert len(examples) == len(wordings) == 8
        assert many.outside[batch].sum() == 2
        assert (many.held & ~many.outside)[batch].sum() == 6


def test_of_few_tools_more_examples_are_seen_together() -> None:
    texts = texts_of(by_words(20), Prefixes())
    for batch in batches(texts, np.ones((len(texts), 4), np.float32), 5, 0):
        assert texts.examples[batch].sum() == EXAMPLES_TOGETHER


def test_tools_that_are_near_each_other_are_told_apart_in_the_same_batch() -> None:
    tools = ToolSet(tuple(Tool(f"tool_{n}", f"Do {n}.") for n in range(40)))
    texts = texts_of(tools, Prefixes())
    angles = texts.tool * 2 * np.pi / 40  # each is nearest to those of the next numbers
    teacher = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    for batch in batches(texts, teacher, 20, 0):
        chosen = [int(n) for n in texts.tool[batch] if n != NO_TOOL]
        near = [any(1 <= min((one - other) % 40, (other - one) % 40) <= 2 for other in chosen) for one in chosen]
        assert sum(near) >= 7


def test_a_tool_without_examples_is_seen_in_two_wordings() -> None:
    texts = texts_of(ToolSet((Tool("stop", "Stop."), Tool("go", "Go on."))), Prefixes())
    for batch in batches(texts, np.ones((len(texts), 4), np.float32), 5, 0):
        assert Counter(texts.tool[batch].tolist())[0] == 2
        assert len(set(batch)) == len(batch)
