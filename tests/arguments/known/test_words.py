"""Words keep their places, and what is written as one word is one word."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.known.words import fold, words_of
from router.text import MAX_UTTERANCE_CHARACTERS, normalize


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("call Zoë O’Brien", ["call", "zoe", "obrien"]),
        ("Mum's mobile, the boys' room", ["mum", "mobile", "the", "boys", "room"]),
        ("don't", ["dont"]),
        ("appelle l'Antoine d’Alice", ["appelle", "l", "antoine", "d", "alice"]),
        ("给妈妈打电话", ["给", "妈", "妈", "打", "电", "话"]),
        ("アレックスに電話", ["アレックス", "に", "電", "話"]),
        ("राहुल को", ["राहुल", "को"]),
        ("엄마에게", ["엄마에게"]),
        ("Mum ❤️", ["mum", "❤"]),
        ("Łukasz Yıldız Søren Weiß", ["lukasz", "yildiz", "soren", "weiss"]),
        ("Piano & Rain", ["piano", "rain"]),
    ],
)
def test_words_are_folded(text: str, folded: list[str]) -> None:
    assert [word.folded for word in words_of(normalize(text))] == folded


def test_a_possessive_is_no_part_of_the_place() -> None:
    text = "what's priya's number"
    assert [text[word.start : word.end] for word in words_of(text)] == ["what", "priya", "number"]


def test_umlauts_and_possessives_may_be_written_in_another_way() -> None:
    assert words_of("Jörg's")[0].forms == ("jorg", "jorgs", "joerg")


def test_the_inner_ends_of_a_compound_are_no_ends() -> None:
    compound = words_of("e-mail bob@x.io at 7:30")
    assert [(word.folded, word.begins, word.ends) for word in compound] == [
        ("e", True, False),
        ("mail", False, True),
        ("bob", True, False),
        ("x", False, False),
        ("io", False, True),
        ("at", True, True),
        ("7", True, False),
        ("30", False, True),
    ]


@given(st.text(max_size=300))
def test_words_lie_in_the_text_in_order(text: str) -> None:
    text = normalize(text)
    words = words_of(text)
    assert all(word.folded for word in words)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_word_that_is_cut_off_is_not_read() -> None:
    assert [word.folded for word in words_of("a" * (MAX_UTTERANCE_CHARACTERS - 2) + " bcd")] == [
        "a" * (MAX_UTTERANCE_CHARACTERS - 2)
    ]
    assert words_of("a" * 1_000_000) == []


@pytest.mark.parametrize("repeated", ["a", "a'", "a-", "'a", "a'-", "l'", "a.b@", "।", "❤️", "妈", "\u0301", "qu'a's-"])
def test_no_text_takes_long(repeated: str) -> None:
    started = time.perf_counter()
    words_of(repeated * 100_000)
    assert time.perf_counter() - started < 0.5
