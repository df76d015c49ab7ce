"""A text falls into words, figures and marks, each with its place."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.numerals.tokens import fold, tokenize
from router.text import MAX_UTTERANCE_CHARACTERS, normalize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("at 7:30pm", ("at", "7:30", "pm")),
        ("7 p. m.", ("7", "pm")),
        ("the 10th", ("the", "10", "th")),
        ("play mp3 and b2b", ("play", "mp3", "and", "b2b")),
        ("1,200.50 on 10/6/2026", ("1,200.50", "on", "10/6/2026")),
        ("2-4 pm, mon-fri", ("2", "-", "4", "pm", ",", "mon", "fri")),
        ("quatre-vingt-dix d'après", ("quatre", "vingt", "dix", "d", "apres")),
        ("2026-03-04T18:00", ("2026-03-04t18:00",)),
        ("2h30", ("2h30",)),
        ("$20 or 20%", ("$", "20", "or", "20", "%")),
    ],
)
def test_words_figures_and_marks_are_parted(text: str, words: tuple[str, ...]) -> None:
    assert tokenize(text).words == words


@given(st.text())
def test_tokens_are_parts_of_the_text_in_its_order(text: str) -> None:
    text = normalize(text)
    tokens = tokenize(text)
    assert [start for start, _ in tokens.spans] == sorted(start for start, _ in tokens.spans)
    assert all(0 <= start < end <= len(text) for start, end in tokens.spans)
    assert len(tokens.words) == len(tokens.spans) == len(tokens.kinds)


@given(st.text())
def test_folding_moves_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_a_longer_text_is_read_as_far_as_an_utterance_goes() -> None:
    assert tokenize("7 " * 1_000_000).spans[-1][1] <= MAX_UTTERANCE_CHARACTERS


@pytest.mark.parametrize("unit", ["1.", "1:", "1/", "-", "1h", "p.", "2026-", "a'", "1,000", "é", "٣", "7 "])
def test_no_text_makes_the_tokens_slow(unit: str) -> None:
    text = (unit * MAX_UTTERANCE_CHARACTERS)[:MAX_UTTERANCE_CHARACTERS]
    began = time.perf_counter()
    tokenize(text)
    assert time.perf_counter() - began < 0.5


def test_what_is_not_white_space_or_a_gap_is_in_a_token() -> None:
    text = normalize("Wake me at 7:30, it's €5 (maybe) #3 – ok? 🙂")
    left = "".join(c for n, c in enumerate(text) if not any(s <= n < e for s, e in tokenize(text).spans))
    assert re.fullmatch(r"[\s'–]*", left)
