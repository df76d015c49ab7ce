"""Each measure of choices is what plain counting gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.classification import confusion, f1, macro_f1, precision, recall, share, top_k

labels = st.integers(-1, 4)
choices = st.lists(st.tuples(labels, labels), max_size=30)
"""What was expected and what was predicted, row by row."""


def _columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(pairs: list[tuple[int, int]], label: int) -> float | None:
    hits = sum(expected == label == predicted for expected, predicted in pairs)
    return _ratio(2 * hits, sum((expected == label) + (predicted == label) for expected, predicted in pairs))


@given(st.lists(st.booleans(), max_size=30))
def test_a_share_is_the_count_over_the_rows(right: list[bool]) -> None:
    assert share(np.array(right, bool)) == _ratio(sum(right), len(right))


@given(choices, labels)
def test_precision_and_recall_look_only_at_what_was_predicted_or_expected(
    pairs: list[tuple[int, int]], label: int
) -> None:
    columns = _columns(pairs)
    predicted = [expected == label for expected, predicted in pairs if predicted == label]
    wanted = [predicted == label for expected, predicted in pairs if expected == label]
    assert precision(*columns, label) == _ratio(sum(predicted), len(predicted))
    assert recall(*columns, label) == _ratio(sum(wanted), len(wanted))


@given(choices, labels)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(pairs: list[tuple[int, int]], label: int) -> None:
    columns = _columns(pairs)
    found, exact, complete = f1(*columns, label), precision(*columns, label), recall(*columns, label)
    assert found == _f1(pairs, label)
    if exact and complete:
        assert found == pytest.approx(2 / (1 / exact + 1 / complete))
    else:
        assert found == (None if exact is None and complete is None else 0.0)


@given(choices)
def test_macro_f1_is_the_mean_over_the_labels_that_are_expected(pairs: list[tuple[int, int]]) -> None:
    expected = {label for label, _ in pairs}
    means = [_f1(pairs, label) or 0.0 for label in expected]
    assert macro_f1(*_columns(pairs)) == (pytest.approx(sum(means) / len(means)) if means else None)


def test_macro_f1_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(5)
    expected, predicted = chance.integers(1, 12, 400), chance.integers(-1, 15, 400)
    reference = f1_score(expected, predicted, labels=np.unique(expected), average="macro")
    assert macro_f1(expected, predicted) == pytest.approx(reference)


def test_a_label_that_is_never_predicted_pulls_macro_f1_down_to_its_share() -> None:
    assert macro_f1(np.array([0, 0, 1]), np.array([0, 0, 7])) == 0.5


@given(
    st.integers(0, 5).flatmap(
        lambda width: st.lists(
            st.tuples(labels, st.lists(labels, min_size=width, max_size=width)), min_size=0, max_size=20
        ).map(lambda rows: (width, rows))
    ),
    st.integers(1, 7),
)
def test_a_label_is_found_among_the_first_k_of_its_ranking(
    case: tuple[int, list[tuple[int, list[int]]]], k: int
) -> None:
    width, rows = case
    expected = np.array([label for label, _ in rows], np.int64)
    ranked = np.array([ranking for _, ranking in rows], np.int64).reshape(len(rows), width)
    found = [label in [other for other in ranking[:k] if other != -1] for label, ranking in rows]
    assert top_k(expected, ranked, k) == _ratio(sum(found), len(found))


def test_padding_is_never_right() -> None:
    assert top_k(np.array([-1, 3]), np.array([[2, -1], [3, -1]]), 2) == 0.5


@pytest.mark.parametrize("k", [0, -1])
def test_a_ranking_is_looked_at_to_its_first_place_at_least(k: int) -> None:
    with pytest.raises(ValueError, match=rf"k is {k}\. .* 1 or more"):
        top_k(np.array([0]), np.array([[0, 1]]), k)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30))
def test_confusion_counts_each_pair_of_labels(pairs: list[tuple[int, int]]) -> None:
    counts = confusion(*_columns(pairs), 5)
    assert counts.dtype == np.int64
    assert counts.tolist() == [[pairs.count((row, column)) for column in range(5)] for row in range(5)]


def test_without_labels_there_is_no_confusion() -> None:
    assert confusion(np.zeros(0, np.int64), np.zeros(0, np.int64), 0).shape == (0, 0)


@pytest.mark.parametrize(("expected", "predicted"), [([0, 1], [0, -1]), ([0, 3], [0, 0])])
def test_a_label_that_has_no_place_in_the_confusion_is_named(expected: list[int], predicted: list[int]) -> None:
    with pytest.raises(
        ValueError, match=r"(predicted holds the label -1|expected holds the label 3); 3 labels are 0 to 2"
    ):
        confusion(np.array(expected), np.array(predicted), 3)
