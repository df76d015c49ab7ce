"""The slope is that of the loss, the minimum that of scipy, and what is learnt is the pattern."""

import numpy as np
import pytest
from scipy.optimize import minimize

from router.arguments.tagger import Marked, Tagger, fit_tagger
from router.arguments.tagger.fit import (
    FEATURE_PENALTY,
    HELD_BACK,
    HELD_BACK_BY_RARITY,
    LEAST_WEIGHT,
    TRANSITION_PENALTY,
    VECTOR_PENALTY,
    _held_back,
    _Problem,
)
from router.arguments.tagger.tagger import Segment, allowed
from router.arguments.words import split_words
from router.declarations import Example
from tests.arguments.tagger.enumeration import labelings

PARAMETERS = ["who", "when"]
SAID = [
    "call {who: anna}",
    "call {who: my boss} at {when: seven}",
    "please call {who: uncle bob} {when: at noon}",
    "{who: eve}",
    "ring {who: jim} {who: joe}",
    "call",
    "what time is it now",
]


def _marked(said: list[str], dims: int = 4) -> list[Marked]:
    """Mark examples, with the same random vector for a word wherever it is."""
    marked = []
    for example in map(Example.parse, said):
        words = split_words(example.utterance)
        places = [(PARAMETERS.index(slot.parameter), words.covering(slot.start, slot.end)) for slot in example.slots]
        values = tuple((p, place[0], place[1] - 1) for p, place in places if place)
        assert len(values) == len(places)
        marked.append(Marked(words, _vectors(words.forms, dims), values))
    return marked


def _vectors(forms: tuple[str, ...], dims: int = 4) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = [np.random.default_rng(list(map(ord, form))).normal(size=dims) for form in forms]
    return np.array(rows, np.float32).reshape(len(forms), dims)


def _values(tagger: Tagger, text: str, dims: int = 4) -> list[Segment]:
    words = split_words(text)
    bonus = np.zeros((len(tagger.parameters), len(words), len(words)))
    return tagger.lattice(words, _vectors(words.forms, dims)).best(bonus)


@pytest.mark.parametrize("dims", [0, 4])
@pytest.mark.parametrize("size", [0.0, 0.3])
def test_the_slope_is_that_of_the_loss(dims: int, size: float) -> None:
    problem = _Problem(2, _marked(SAID, dims))
    random = np.random.default_rng(5)
    weights = random.normal(size=problem.size) * size
    slope = problem.loss(weights)[1]
    for _ in range(20):
        direction = random.normal(size=problem.size)
        direction /= np.linalg.norm(direction)
        ahead, behind = (problem.loss(weights + step * direction)[0] for step in (1e-2, -1e-2))
        assert (ahead - behind) / 2e-2 == pytest.approx(slope @ direction, rel=1e-3, abs=2e-3)


def test_the_loss_is_the_likelihood_that_all_labelings_give() -> None:
    examples = _marked(SAID[:4])
    problem = _Problem(2, examples)
    weights = np.random.default_rng(2).normal(size=problem.size)
    parts = problem.split(weights)
    vectors, features, transitions = (part.astype(np.float32) for part in parts)
    tagger = Tagger(("who", "when"), vectors, problem.features, features, transitions)
    expected = 0.0
    for example in examples:
        scores = {tuple(v): score for v, score in labelings(tagger.lattice(example.words, example.vectors))}
        expected += float(np.logaddexp.reduce([*scores.values()])) - scores[example.values]
    for penalty, part in zip((VECTOR_PENALTY, FEATURE_PENALTY, TRANSITION_PENALTY), parts, strict=True):
        expected += 0.5 * penalty * float((part**2).sum())
    assert problem.loss(weights)[0] == pytest.approx(expected, rel=1e-5)


def test_the_minimum_is_that_of_scipy() -> None:
    problem = _Problem(2, _marked(SAID * 3))
    reference = minimize(problem.loss, np.zeros(problem.size), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    tagger = fit_tagger(PARAMETERS, _marked(SAID * 3))
    vectors, features, transitions = problem.split(reference.x)
    vectors[-1, 1::2] += _held_back(2, _marked(SAID * 3))
    np.testing.assert_allclose(tagger.vector_weights, vectors, atol=0.08)
    np.testing.assert_allclose(tagger.transitions, np.where(allowed(2), transitions, 0), atol=0.08)
    rows = [problem.features.index(feature) for feature in tagger.features]
    np.testing.assert_allclose(tagger.feature_weights, features[rows], atol=0.08)
    left_out = np.delete(features, rows, axis=0)
    assert np.abs(left_out).max(initial=0.0) < LEAST_WEIGHT + 0.02


def test_more_is_given_back_to_the_rarer_parameter() -> None:
    said = ["call {who: anna} at {when: six}", *["ring {who: bob}"] * 4, "call", "ring", "phone"]
    often, seldom = _held_back(2, _marked(said)) - HELD_BACK
    assert (often, seldom) == pytest.approx((HELD_BACK_BY_RARITY * np.log(8 / 5), HELD_BACK_BY_RARITY * np.log(8)))


def test_a_pattern_is_learnt() -> None:
    names = ["anna", "bob", "carla", "my boss", "uncle joe", "eve"]
    said = [f"call {{who: {name}}}" for name in names] + [f"call {{who: {name}}} at {{when: six}}" for name in names]
    tagger = fit_tagger(PARAMETERS, _marked([*said, "call", "what is six times two"], dims=0))
    assert _values(tagger, "call zacharias", dims=0) == [(0, 1, 1)]
    assert _values(tagger, "call aunt petunia at eleven", dims=0) == [(0, 1, 2), (1, 4, 4)]
    assert _values(tagger, "what is love", dims=0) == []
    words = split_words("call zoe")
    assert tagger.lattice(words, _vectors(words.forms, 0)).probabilities([(0, 1, 1)])[0] > 0.6


def test_vectors_alone_can_teach_it() -> None:
    def marked(forms: list[str], values: tuple[Segment, ...]) -> Marked:
        words = split_words(" ".join(forms))
        return Marked(words, np.array([[form.startswith("n")] for form in forms], np.float32), values)

    examples = [marked(["x1", f"n{i}", f"y{i}"], ((0, 1, 1),)) for i in range(20)]
    examples += [marked([f"n{i}", f"y{i}"], ((0, 0, 0),)) for i in range(20, 40)]
    tagger = fit_tagger(["who"], examples)
    words = split_words("aa bb cc dd")
    lattice = tagger.lattice(words, np.array([[0], [0], [1], [0]], np.float32))
    assert lattice.best(np.zeros((1, 4, 4))) == [(0, 2, 2)]


def test_neighbours_that_fill_the_same_parameter_stay_apart() -> None:
    said = [f"ring {{who: {a}}} {{who: {b}}}" for a, b in [("jim", "joe"), ("ann", "eve"), ("bob", "sue")] * 3]
    tagger = fit_tagger(PARAMETERS, _marked(said))
    assert _values(tagger, "ring max eve") == [(0, 1, 1), (0, 2, 2)]


def test_the_same_examples_give_the_same_bits() -> None:
    one, two = fit_tagger(PARAMETERS, _marked(SAID)), fit_tagger(PARAMETERS, _marked(SAID))
    assert one.features == two.features
    for name in ("vector_weights", "feature_weights", "transitions"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()


def test_weights_survive_half_precision_and_what_is_ruled_out_has_none() -> None:
    tagger = fit_tagger(PARAMETERS, _marked(SAID))
    for weights in (tagger.vector_weights, tagger.feature_weights, tagger.transitions):
        assert weights.dtype == np.float32
        assert np.array_equal(weights, weights.astype(np.float16).astype(np.float32))
        assert np.isfinite(weights).all()
    assert not tagger.transitions[~allowed(2)].any()


def test_features_that_say_nothing_are_dropped() -> None:
    tagger = fit_tagger(PARAMETERS, _marked(SAID))
    assert len(tagger.features) == len(tagger.feature_weights) == len(set(tagger.features))
    assert "-1=call" in tagger.features
    assert len(tagger.features) < len(_Problem(2, _marked(SAID)).features)


def test_examples_without_words_teach_nothing() -> None:
    nothing = Marked(split_words(""), np.zeros((0, 4), np.float32), ())
    with_it, without = fit_tagger(PARAMETERS, [nothing, *_marked(SAID)]), fit_tagger(PARAMETERS, _marked(SAID))
    assert np.array_equal(with_it.vector_weights, without.vector_weights)
