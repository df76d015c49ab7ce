"""The phrases of each language are well formed, and none says one thing and its opposite."""

from __future__ import annotations

import json
from importlib import resources
from itertools import combinations
from typing import get_args

import pytest

from router.conversation.folding import fold
from router.conversation.vocabulary import EVERYWHERE, LANGUAGES, Meaning, phrases_of, vocabularies, vocabulary

FOLDER = resources.files("router.conversation") / "languages"
TOGETHER = {
    frozenset(pair)
    for pair in [
        ("no", "not"),
        *(("filler", other) for other in ("yes", "again", "first")),
        *(("choosing", other) for other in ("yes", "first")),
    ]
}
"""Two meanings that one phrase of a language may have; `reading` says what becomes of it."""


def test_every_language_that_ships_has_a_file_and_every_file_ships() -> None:
    assert {each.name for each in FOLDER.iterdir() if each.name.endswith(".json")} == {
        f"{name}.json" for name in (EVERYWHERE, *LANGUAGES)
    }


@pytest.mark.parametrize("file", [EVERYWHERE, *LANGUAGES])
def test_a_file_has_every_meaning_and_no_phrase_twice(file: str) -> None:
    written = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    assert list(written) == list(get_args(Meaning))
    for meaning, phrases in written.items():
        assert all(isinstance(phrase, str) and fold(phrase) for phrase in phrases), meaning
        assert len(set(phrases)) == len(phrases), meaning
        assert phrases or file == EVERYWHERE, meaning


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_has_meanings_that_exclude_each_other(language: str) -> None:
    for phrase, meanings in vocabulary(language).phrases.items():
        assert {frozenset(pair) for pair in combinations(meanings, 2)} <= TOGETHER, (phrase, meanings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_plain_text_without_punctuation_around_them(language: str) -> None:
    for meaning, phrases in phrases_of(language).items():
        for phrase in phrases:
            assert phrase == " ".join(phrase.split()), (meaning, phrase)
            assert phrase == phrase.casefold() or language == "de", (meaning, phrase)


def test_an_apostrophe_may_be_left_out() -> None:
    phrases = vocabulary("en").phrases
    assert phrases["don t"] == phrases["dont"] == {"dont"}


def test_a_language_is_given_by_any_tag_of_it() -> None:
    assert vocabularies(["pt-BR", "pt", "PT-pt"]) == (vocabulary("pt"),)


def test_a_language_that_does_not_ship_is_named() -> None:
    with pytest.raises(ValueError, match=r"replies are not known in 'xx'\. Languages: en, ar"):
        vocabularies(["en", "xx"])


@pytest.mark.parametrize("languages", ["en", ()])
def test_languages_are_a_collection_of_tags(languages: str | tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected tags such as \('en', 'de'\)"):
        vocabularies(languages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_plain_no_has_a_word_that_may_forbid_what_follows(language: str) -> None:
    """A "c'est pas ça" that were one would make of "c'est pas ça le premier" a no, and then the first."""
    known = vocabulary(language)
    forbids = [phrase for phrase, meanings in known.phrases.items() if meanings & {"dont", "not"}]
    space = known.separator
    for phrase, meanings in known.phrases.items():
        if "no" in meanings and "not" not in meanings:
            assert not [each for each in forbids if f"{space}{each}{space}" in f"{space}{phrase}{space}"], phrase
