"""Every declared text becomes numbers, and of many examples those stay that stand for all."""

import itertools
import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router import Example, Tool, ToolSet
from router.encoders import HashingEncoder
from router.scoring.lexical import SKETCH_DIM, sketches
from router.scoring.material import MAX_PROTOTYPES, embed_tools, exemplars, gather_channels, unit
from router.scoring.wording import wordings
from router.text import normalize
from tests.strategies import tool_sets

ENCODER = HashingEncoder(32)


def _unit_rows(seed: int, count: int) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32))


@given(st.integers(0, 2**32), st.integers(0, 40), st.integers(1, 10))
def test_exemplars_are_at_most_so_many_sorted_and_all_where_there_are_few(seed: int, rows: int, count: int) -> None:
    chosen = exemplars(_unit_rows(seed, rows), count)
    assert len(chosen) <= count
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert set(chosen.tolist()) <= set(range(rows))
    assert np.array_equal(chosen, exemplars(_unit_rows(seed, rows), count))
    if rows <= count:
        assert chosen.tolist() == list(range(rows))


@given(st.integers(0, 2**32), st.permutations([1, 2, 5, 20]))
def test_exemplars_reach_every_cluster_however_small(seed: int, sizes: list[int]) -> None:
    cluster = np.repeat(np.arange(4), sizes)
    noise = np.random.default_rng(seed).normal(scale=0.02, size=(len(cluster), 4))
    chosen = exemplars(unit((np.eye(4)[cluster] + noise).astype(np.float32)), 4)
    assert sorted(cluster[chosen]) == [0, 1, 2, 3]


@given(st.integers(0, 2**32), st.integers(4, 9))
def test_exemplars_reach_nearly_as_far_as_the_best_choice_there_is(seed: int, rows: int) -> None:
    similar = _unit_rows(seed, rows) @ _unit_rows(seed, rows).T + 1.0

    def reach(chosen: Iterable[int]) -> float:
        return float(similar[list(chosen)].max(axis=0).sum())

    best = max(map(reach, itertools.combinations(range(rows), 3)))
    assert reach(exemplars(_unit_rows(seed, rows), 3)) >= (1 - 1 / math.e) * best  # Nemhauser, Wolsey and Fisher


def test_of_very_many_examples_a_thousand_are_looked_at_from_first_to_last() -> None:
    rows = _unit_rows(1, 5000)
    chosen = exemplars(rows, 1000)
    assert (len(chosen), chosen[0], chosen[-1]) == (1000, 0, 4999)


def test_the_same_example_five_times_is_one_prototype_or_more_but_no_error() -> None:
    assert exemplars(np.ones((20, 1), np.float32), 8).tolist() == [0]


@given(tool_sets)
def test_every_text_is_found_under_its_tool(tools: ToolSet) -> None:
    material = embed_tools(tools, tools.out_of_scope, ENCODER)
    said = [(n, m, example.utterance) for n, tool in enumerate(tools) for m, example in enumerate(tool.examples)]
    assert list(zip(material.owners, material.positions, strict=True)) == [(n, m) for n, m, _ in said]
    texts = [normalize(text) for _, _, text in said]
    assert np.array_equal(material.examples.embeddings, ENCODER.encode(texts))
    assert np.array_equal(material.examples.sketches, sketches(texts))
    countered = [(n, text) for n, tool in enumerate(tools) for text in tool.counterexamples]
    assert material.counter_owners.tolist() == [n for n, _ in countered]
    assert np.array_equal(material.out_of_scope.embeddings, ENCODER.encode([normalize(t) for t in tools.out_of_scope]))
    declared = zip(material.declarations.embeddings, material.declarations.sketches, tools, strict=True)
    for embedding, sketch, tool in declared:
        for found, measure in ((embedding, ENCODER.encode), (sketch, sketches)):
            by_hand = sum(weight * measure([normalize(text)])[0] for weight, text in wordings(tool))
            assert found == pytest.approx(by_hand / max(float(np.linalg.norm(by_hand)), 1e-12), abs=1e-5)


@given(tool_sets, st.integers(0, 12))
def test_every_tool_has_its_declaration_and_at_most_so_many_examples_as_prototypes(tools: ToolSet, more: int) -> None:
    extra = Tool("zzz", "More.", examples=tuple(Example(f"{n} times {n * n}") for n in range(more)))
    tools = tools.with_tool(extra)
    material = embed_tools(tools, (), ENCODER)
    zeros = np.zeros((len(tools), 1), np.float32)
    channels = gather_channels(material, zeros, zeros[:, 0])
    assert channels.owners.tolist() == sorted(channels.owners.tolist())
    for n, tool in enumerate(tools):
        kept = channels.examples[channels.owners == n].tolist()
        assert kept[0] == -1
        assert len(kept) == len(set(kept)) <= 1 + min(len(tool.examples), MAX_PROTOTYPES)
        for example, prototype in zip(kept[1:], channels.prototypes[channels.owners == n][1:], strict=True):
            assert np.array_equal(prototype, ENCODER.encode([normalize(tool.examples[example].utterance)])[0])


def test_a_row_holds_the_embedding_and_the_weighted_sketch() -> None:
    material = embed_tools([Tool("a", "A.", examples=(Example("wake me"),))], (), ENCODER)
    (row,) = material.examples.rows(0.25)
    assert row.dtype == np.float32
    assert np.array_equal(row[:32], ENCODER.encode(["wake me"])[0])
    assert np.array_equal(row[32:], np.float32(0.25) * sketches(["wake me"])[0])
    assert len(row) == 32 + SKETCH_DIM


def test_a_zero_row_stays_zero_and_others_get_length_one() -> None:
    rows = unit(np.array([[0.0, 0.0], [3.0, 4.0]], np.float32))
    assert rows.tolist() == [[0.0, 0.0], pytest.approx([0.6, 0.8])]
