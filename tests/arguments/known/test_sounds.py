"""Names are heard as they sound in the language they are from."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.known.sounds import declared_sounds, key, spoken_sounds


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("shawn", "Sean"),
        ("katherine", "Catherine"),
        ("jon", "John"),
        ("maier", "Meyer"),
        ("fogel", "Vogel"),
        ("novak", "Nowak"),
        ("horhay", "Jorge"),
        ("wookash", "Łukasz"),
        ("jang", "Zhang"),
        ("rory", "Ruairi"),
        ("kristof", "Christoph"),
    ],
)
def test_a_name_may_sound_as_it_is_heard(heard: str, name: str) -> None:
    assert spoken_sounds(heard) & declared_sounds(name)


@pytest.mark.parametrize(("heard", "name"), [("light", "Lloyd"), ("peter", "Robert"), ("anna", "Ivan"), ("tim", "Tom")])
def test_other_names_sound_otherwise(heard: str, name: str) -> None:
    assert not spoken_sounds(heard) & declared_sounds(name)


def test_a_key_has_no_vowel_but_the_sign_of_a_first_one() -> None:
    assert key("ana") == key("Ini") == "AN"
    assert key("sofia") == key("zafi") == "SF"


@pytest.mark.parametrize("name", ["妈妈", "Иван", "राहुल", "R2", "", "a" * 25])
def test_what_the_rules_do_not_read_has_no_sound(name: str) -> None:
    assert declared_sounds(name) == spoken_sounds(name) == frozenset()


@given(st.text(st.characters(max_codepoint=0x24F), max_size=24))
def test_sounds_are_letters_and_none_twice_in_a_row(word: str) -> None:
    for sounds in spoken_sounds(word) | declared_sounds(word):
        assert sounds.isascii()
        assert sounds.isalpha()
        assert all(one != other for one, other in pairwise(sounds))


@pytest.mark.parametrize("letters", ["ough", "aeiou", "h", "sch", "gh", "y", "ie", "j"])
def test_no_word_takes_long(letters: str) -> None:
    started = time.perf_counter()
    for n in range(200):
        declared_sounds((letters * 24)[n % 5 : 24])
    assert time.perf_counter() - started < 1
