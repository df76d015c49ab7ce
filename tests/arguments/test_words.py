"""The words of a text are all that is not white space, in order, and each knows its place."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.words import Words, split_words
from router.encoders import TokenVectors
from router.text import normalize
from tests.strategies import utterances

texts = st.one_of(
    utterances.map(normalize),
    st.text(max_size=30),
    st.text("ab7'’_ ,:\u0301\u093e\u0e01\u6771🔦", max_size=20),
)


@given(texts)
def test_words_cover_all_that_is_not_white_space_in_order(text: str) -> None:
    words = split_words(text)
    assert "".join(words.forms) == "".join(text.split())
    assert all(text[start:end] == form for form, (start, end) in zip(words.forms, words.spans, strict=True))
    assert all(before[1] <= after[0] for before, after in pairwise(words.spans))
    assert all(start < end for start, end in words.spans)
    assert len(words) == len(words.forms) == len(words.spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   ", []),
        ("wake me at 7:30pm", ["wake", "me", "at", "7", ":", "30pm"]),
        ("o'clock, don’t", ["o'", "clock", ",", "don", "’t"]),
        ("anna's, ANNA’S, we're, 90's", ["anna", "'s", ",", "ANNA", "’S", ",", "we", "'re", ",", "90", "'s"]),
        ("la sœur d'anna, qu’il aujourd'hui", ["la", "sœur", "d'", "anna", ",", "qu", "’il", "aujourd'", "hui"]),
        ("rock 'n' roll'", ["rock", "'", "n", "'", "roll", "'"]),
        ("it''s", ["it", "'", "'", "s"]),
        ("a_b_", ["a", "_", "b", "_"]),
        ("$5.20/50%", ["$", "5", ".", "20", "/", "50", "%"]),
        ("anna@example.org", ["anna", "@", "example", ".", "org"]),
        ("🔦on🇩🇪", ["🔦", "on", "🇩", "🇪"]),
        ("明日6時半に起こして", ["明", "日", "6", "時", "半", "に", "起", "こ", "し", "て"]),
        ("ปลุก 7 โมง", ["ป", "ล", "ุ", "ก", "7", "โ", "ม", "ง"]),
        ("내일 일곱 시", ["내일", "일곱", "시"]),
        ("मुझे सात बजे जगाओ।", ["मुझे", "सात", "बजे", "जगाओ", "।"]),
        ("நாளை ஏழு மணி", ["நாளை", "ஏழு", "மணி"]),
        ("أَيْقِظْنِي غدًا", ["أَيْقِظْنِي", "غدًا"]),
        ("הָעִיר אותי", ["הָעִיר", "אותי"]),
        ("q\u0303ue x\u0302", ["q\u0303ue", "x\u0302"]),
        ("𠀀𠀁", ["𠀀", "𠀁"]),
        ("Straße 12b", ["Straße", "12b"]),
    ],
)
def test_scripts_are_split_where_their_words_end(text: str, expected: list[str]) -> None:
    assert list(split_words(text).forms) == expected


@pytest.mark.parametrize("unit", ["a", "a'", "' ", "東", "\u0301", "a\u0301'", "क", "_"])
def test_time_grows_with_the_text_and_no_faster(unit: str) -> None:
    before = time.perf_counter()
    split_words(unit * 100_000)
    assert time.perf_counter() - before < 5.0


def _covering_by_trying_all(words: Words, start: int, end: int) -> tuple[int, int] | None:
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            if (words.spans[first][0], words.spans[last - 1][1]) == (start, end):
                return first, last
    return None


@given(texts.filter(lambda text: len(text) <= 20), st.data())
def test_the_words_that_characters_are_made_of_are_found(text: str, data: st.DataObject) -> None:
    words = split_words(text)
    edges = st.integers(-1, len(text) + 1)
    own = [(words.spans[i][0], words.spans[j][1]) for i in range(len(words)) for j in range(i, len(words))]
    start, end = data.draw(st.one_of(st.tuples(edges, edges), *([st.sampled_from(own)] if own else [])))
    found = words.covering(start, end)
    assert found == _covering_by_trying_all(words, start, end)
    if found:
        assert words.between(*found) == text[start:end]


def _tokens(spans: list[tuple[int, int]], vectors: list[list[float]]) -> TokenVectors:
    return TokenVectors(np.ones(1, np.float32), np.array(vectors, np.float32), np.array(spans, np.intp).reshape(-1, 2))


def test_a_word_has_the_direction_of_its_tokens() -> None:
    words = split_words("unbelievable jazz now")
    tokens = _tokens([(0, 2), (2, 12), (13, 17)], [[3, 0], [0, 3], [-5, 0]])
    expected = [[0.5**0.5, 0.5**0.5], [-1, 0], [0, 0]]
    np.testing.assert_allclose(words.vectors(tokens), expected, atol=1e-6)
    assert words.vectors(tokens).dtype == np.float32


def test_a_token_of_several_words_counts_for_each() -> None:
    words = split_words("7:30")
    np.testing.assert_allclose(words.vectors(_tokens([(0, 4)], [[0, 2]])), [[0, 1]] * 3)


@given(texts, st.integers(1, 4), st.data())
def test_vectors_are_of_unit_length_or_zero(text: str, dims: int, data: st.DataObject) -> None:
    words = split_words(text)
    edges = st.integers(0, len(text) + 1)
    spans = data.draw(st.lists(st.tuples(edges, edges).map(sorted).map(tuple), max_size=5))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    tokens = TokenVectors(
        np.ones(dims, np.float32),
        random.normal(size=(len(spans), dims)).astype(np.float32),
        np.array(spans, np.intp).reshape(-1, 2),
    )
    vectors = words.vectors(tokens)
    assert vectors.shape == (len(words), dims)
    for (start, end), length in zip(words.spans, np.linalg.norm(vectors, axis=1), strict=True):
        has_tokens = any(s < end and e > start for s, e in spans)
        assert length == pytest.approx(1.0 if has_tokens else 0.0, abs=1e-5)


def test_without_tokens_vectors_have_no_dimensions() -> None:
    nothing = TokenVectors(np.ones(3, np.float32), np.zeros((0, 0), np.float32), np.zeros((0, 2), np.intp))
    assert split_words("wake me").vectors(nothing).shape == (2, 0)
    assert split_words("").vectors(nothing).shape == (0, 0)
