"""What the tagger computes quickly is what trying all labelings gives."""

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.arguments.tagger import Lattice, Tagger, nothing_said
from router.arguments.tagger.features import lexical_features
from router.arguments.tagger.tagger import NEVER, Doubles, Segment, allowed
from router.arguments.words import split_words
from tests.arguments.tagger.enumeration import labelings


@st.composite
def lattices(draw: st.DrawFn, scale: st.SearchStrategy[float] = st.sampled_from([0.0, 1.0, 5.0])) -> Lattice:  # noqa: B008
    """Potentials of a few words; those of scale 0 are all ties."""
    n, parameters = draw(st.sampled_from([(1, 0), (1, 1), (1, 3), (2, 1), (2, 2), (3, 1), (3, 2), (4, 2), (5, 1)]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    size, labels = draw(scale), 1 + 2 * parameters
    moves = random.normal(size=(labels + 1, labels)) * size
    return Lattice(random.normal(size=(n, labels)) * size, np.where(allowed(parameters), moves, -np.inf))


def _segments(lattice: Lattice) -> list[Segment]:
    n, labels = lattice.emissions.shape
    return [(p, first, last) for p in range(labels // 2) for first in range(n) for last in range(first, n)]


@given(lattices())
def test_probabilities_are_the_shares_of_alllabelings(lattice: Lattice) -> None:
    found = [(values, np.exp(score)) for values, score in labelings(lattice)]
    total = sum(weight for _, weight in found)
    segments = _segments(lattice)
    expected = [sum(weight for values, weight in found if segment in values) / total for segment in segments]
    np.testing.assert_allclose(lattice.probabilities(segments), expected, rtol=1e-9, atol=1e-300)


@st.composite
def _with_bonus(draw: st.DrawFn) -> tuple[Lattice, Doubles]:
    lattice = draw(lattices())
    n, labels = lattice.emissions.shape
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    bonus = random.choice([0.0, 1.5, -3.0, 10.0], size=(labels // 2, n, n)) * draw(st.sampled_from([0.0, 1.0]))
    bonus[random.random(bonus.shape) < draw(st.sampled_from([0.0, 0.5, 1.0]))] = -np.inf
    return lattice, bonus


@settings(max_examples=200)
@given(_with_bonus())
def test_the_best_segmentation_is_the_best_of_alllabelings(given: tuple[Lattice, Doubles]) -> None:
    lattice, bonus = given
    scores = {
        tuple(values): score + sum(bonus[p, first, last] for p, first, last in values)
        for values, score in labelings(lattice)
    }
    found = lattice.best(bonus)
    assert scores[tuple(found)] == pytest.approx(max(scores.values()), rel=1e-12, abs=1e-9)
    assert scores[tuple(found)] > -np.inf


def test_what_is_ruled_out_is_never_chosen() -> None:
    emissions = np.array([[0.0, 50.0, 50.0]] * 4)
    lattice = Lattice(emissions, np.where(allowed(1), 0.0, -np.inf))
    bonus = np.zeros((1, 4, 4))
    assert lattice.best(bonus)
    bonus[:, :2, 1:] = -np.inf
    assert lattice.best(bonus)
    assert not any(first <= 1 <= last for _, first, last in lattice.best(bonus))
    assert lattice.best(np.full((1, 4, 4), -np.inf)) == []


def test_no_word_has_no_values() -> None:
    lattice = nothing_said(0).with_untaught(1, -2.0)
    assert lattice.best(np.zeros((1, 0, 0))) == []
    assert lattice.probabilities([]) == []


@given(lattices(st.sampled_from([50.0, 1e3, 65504.0, 1e6])))
def test_extreme_weights_give_probabilities_all_the_same(lattice: Lattice) -> None:
    found = lattice.probabilities(_segments(lattice))
    assert np.isfinite(found).all()
    assert all(0.0 <= probability <= 1.0 + 1e-9 for probability in found)
    n, labels = lattice.emissions.shape
    lattice.best(np.zeros((labels // 2, n, n)))


@given(lattices(st.sampled_from([30.0, 60.0])))
def test_what_is_all_but_certain_is_the_best(lattice: Lattice) -> None:
    n, labels = lattice.emissions.shape
    best = lattice.best(np.zeros((labels // 2, n, n)))
    segments = _segments(lattice)
    for segment, probability in zip(segments, lattice.probabilities(segments), strict=True):
        if probability > 0.999999:
            assert segment in best


@pytest.mark.parametrize("text", ["a " * 1000, "東" * 2000])
def test_a_text_of_two_thousand_characters_neither_overflows_nor_takes_long(text: str) -> None:
    words = split_words(text.strip())
    random = np.random.default_rng(3)
    tagger = Tagger(
        ("x", "y"),
        random.normal(size=(9, 5)).astype(np.float32),
        ("w=a", "w=東"),
        np.full((2, 5), 100, np.float32),
        random.normal(size=(6, 5)).astype(np.float32) * 30,
    )
    vectors = random.normal(size=(len(words), 8)).astype(np.float32)
    before = time.perf_counter()
    lattice = tagger.lattice(words, vectors)
    found = lattice.best(np.zeros((2, len(words), len(words))))
    probabilities = lattice.probabilities([*found, (0, 0, len(words) - 1)])
    assert time.perf_counter() - before < 2.0
    assert found
    assert np.isfinite(probabilities).all()


def test_emissions_are_those_of_vectors_and_of_the_features_that_are_known() -> None:
    words, random = split_words("call anna now"), np.random.default_rng(1)
    features = [feature for own in lexical_features(words) for feature in own]
    known = tuple(dict.fromkeys(features[::3]))
    arrays: Any = [random.normal(size=shape).astype(np.float32) for shape in ((4, 3), (len(known), 3), (4, 3))]
    tagger = Tagger(("who",), arrays[0], known, arrays[1], arrays[2])
    vectors = random.normal(size=(3, 3)).astype(np.float32)
    expected = [
        vector @ arrays[0][:-1]
        + arrays[0][-1]
        + sum(arrays[1][known.index(feature)] for feature in own if feature in known)
        for vector, own in zip(vectors, lexical_features(words), strict=True)
    ]
    lattice = tagger.lattice(words, vectors)
    np.testing.assert_allclose(lattice.emissions, expected, rtol=1e-5)
    np.testing.assert_allclose(lattice.moves[allowed(1)], arrays[2][allowed(1)])
    assert np.isneginf(lattice.moves[~allowed(1)]).all()


def test_a_value_goes_on_only_where_it_has_begun() -> None:
    assert allowed(2).tolist() == [
        [True, True, False, True, False],
        [True, True, True, True, False],
        [True, True, True, True, False],
        [True, True, False, True, True],
        [True, True, False, True, True],
        [True, True, False, True, False],
    ]


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(0, 2), st.integers(0, 2))
def test_more_parameters_change_nothing_where_none_of_them_is_likely(seed: int, n: int, count: int, more: int) -> None:
    chance = np.random.default_rng(seed)
    labels = 1 + 2 * count
    moves = np.where(allowed(count), chance.normal(size=(labels + 1, labels)), NEVER)
    lattice = Lattice(chance.normal(size=(n, labels)), moves)
    extended = lattice.with_untaught(more, -30.0)
    chosen = lattice.best(np.zeros((count, n, n)))
    assert extended.best(np.zeros((count + more, n, n))) == chosen
    assert extended.probabilities(chosen) == pytest.approx(lattice.probabilities(chosen), abs=1e-9)


def test_where_nothing_is_taught_most_words_fill_nothing() -> None:
    lattice = nothing_said(3).with_untaught(2, -2.0)
    assert lattice.best(np.zeros((2, 3, 3))) == []
    assert lattice.best(np.where(np.arange(3) == 1, 3.0, 0.0) * np.eye(3) + np.zeros((2, 1, 1))) == [(0, 1, 1)]
    assert max(lattice.probabilities([(0, 0, 0), (1, 1, 2)])) < 0.2
