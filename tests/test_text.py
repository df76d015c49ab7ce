"""The normalisation that every runtime repeats."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.text import MAX_UTTERANCE_CHARACTERS, normalize

any_text = st.text(st.characters(categories=None, exclude_categories=[]))


@pytest.mark.parametrize(
    ("said", "normal"),
    [
        ("", ""),
        (" \t\r\n\u3000\u00a0", ""),
        ("wake me", "wake me"),
        ("  wake \n\n me\t", "wake me"),
        ("a\x00b\x1fc\x85d", "a b c d"),
        ("a\u2028b\u2029c", "a b c"),
        ("ｗａｋｅ　７：３０", "wake 7:30"),
        ("cafe\u0301", "café"),
        ("½ ﬁne", "1⁄2 fine"),
        ("soft\u00adhy\u200dphen\ufeff", "softhyphen"),
        ("\u202eright to left", "right to left"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("private\ue000 un\u0378assigned", "private unassigned"),
        ("👩\u200d🚒", "👩🚒"),
        ("Groß GROSS", "Groß GROSS"),
    ],
)
def test_what_is_said_gets_one_form(said: str, normal: str) -> None:
    assert normalize(said) == normal


@given(any_text)
def test_the_form_is_printable_composed_and_without_spare_space(text: str) -> None:
    normal = normalize(text)
    assert normal.isprintable()
    assert normal == " ".join(normal.split(" ")).strip()
    assert "  " not in normal
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in normal)
    normal.encode()  # valid Unicode


@given(any_text, st.integers(1, 400), any_text)
def test_what_has_this_form_stays_as_it_is(text: str, times: int, end: str) -> None:
    normal = normalize(text * times + end)
    assert normalize(normal) == normal
    assert len(normal) <= MAX_UTTERANCE_CHARACTERS


@pytest.mark.parametrize("part", ["…", "call ana … ", "ﷺ", "a\u0301\u0323\u00a8", "½ \u200d", "ab \u0301", "\u1680ﷺ"])
@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_what_grows_when_it_is_composed_is_cut_at_the_same_length(before: str, part: str) -> None:
    normal = normalize(before + part * MAX_UTTERANCE_CHARACTERS)
    assert normalize(normal) == normal
    assert len(normal) <= MAX_UTTERANCE_CHARACTERS


@given(any_text)
def test_white_space_around_it_changes_nothing(text: str) -> None:
    assert normalize(f" \t{text}\n ") == normalize(text)


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert normalize("a" * 10**6) == "a" * MAX_UTTERANCE_CHARACTERS
    assert normalize(" " * MAX_UTTERANCE_CHARACTERS + "a") == ""
