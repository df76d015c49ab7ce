"""The word lists and the rules of sounds are data, and hold what the code expects."""

import importlib.resources
import json
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable

import pytest

from router.arguments.known.languages import common_words
from router.arguments.known.sounds import declared_sounds
from router.arguments.known.words import fold, words_of

PACKAGE = importlib.resources.files("router.arguments.known")
FILES = sorted(PACKAGE.joinpath("languages").iterdir(), key=lambda file: file.name)


def rules() -> Iterator[tuple[str, str, str]]:
    for language, each in json.loads(PACKAGE.joinpath("sounds.json").read_text("utf-8")).items():
        for pattern, sound in each["rules"]:
            yield language, pattern, sound


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_word_of_a_language_is_one_word_and_stands_in_one_list(file: Traversable) -> None:
    lists = json.loads(file.read_text("utf-8"))
    assert list(lists) == ["joining", "function", "everyday", "same", "titles"]
    for word in (*lists["joining"], *lists["function"], *lists["everyday"], *lists["titles"], *lists["same"]):
        assert len(words_of(f"{word} x")) == 2, word
    for one, other in (("joining", "function"), ("function", "everyday"), ("joining", "everyday")):
        assert set(map(fold, lists[one])).isdisjoint(map(fold, lists[other])), (one, other)


def test_what_is_written_in_two_ways_has_one_form() -> None:
    same = common_words().same
    assert not {form for form in same.values() if form in same and same[form] != form}
    assert {same["doctor"], same["doktor"]} == {"dr"}
    assert {same["two"], same["zwei"], same["deux"]} == {"2"}


def test_everyday_words_have_english_endings_too() -> None:
    assert {"turn", "turns", "turned", "turning"} <= common_words().everyday


@pytest.mark.parametrize(("language", "pattern", "sound"), [*rules()])
def test_a_rule_has_no_group_and_gives_sounds(language: str, pattern: str, sound: str) -> None:
    assert re.compile(pattern).groups == 0, language
    assert re.fullmatch("[a-zIO]*", sound)


@pytest.mark.parametrize("name", json.loads(PACKAGE.joinpath("pronunciations.json").read_text("utf-8")))
def test_a_respelled_name_sounds_as_respelled(name: str) -> None:
    for respelled in json.loads(PACKAGE.joinpath("pronunciations.json").read_text("utf-8"))[name]:
        assert declared_sounds(name) & declared_sounds(respelled)
