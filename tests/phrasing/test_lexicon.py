"""The word lists are read strictly, all languages at once."""

import importlib.resources
import json
from dataclasses import fields
from importlib.resources.abc import Traversable

import pytest

from router.phrasing.lexicon import Lexicon, Phrases, lexicon
from router.phrasing.templates import expanded
from router.phrasing.tokens import tokenize

LANGUAGES = sorted(importlib.resources.files("router.phrasing").joinpath("languages").iterdir(), key=lambda f: f.name)


def test_the_longest_phrase_is_found() -> None:
    phrases = Phrases(["do not [ever]", "do"])
    assert phrases.length_at(("do", "not", "ever", "call"), 0) == 3
    assert phrases.length_at(("do", "it"), 0) == 1
    assert phrases.length_at(("not",), 0) == phrases.length_at((), 0) == 0


def test_a_phrase_has_a_word_that_is_not_common_if_any_is() -> None:
    phrases = Phrases(["i would rather not"], common={"i", "would", "rather"})
    assert phrases.may_be_in(["not"])
    assert not phrases.may_be_in(["would", "rather"])


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.name)
def test_every_phrase_of_every_language_can_be_said(file: Traversable) -> None:
    lists = json.loads(file.read_text("utf-8"))
    assert lists.keys() <= {"common", *(each.name for each in fields(Lexicon))}
    for key in lists.keys() - {"common"}:
        phrases = getattr(lexicon(), key)
        for template in lists[key]:
            for words in expanded(template):
                said = " ".join([*words, "x"]).replace("' ", "'")
                assert tokenize(said).words == (*words, "x"), f"{key}: {template}"
                assert phrases.length_at(words, 0) == len(words)
                assert phrases.may_be_in(words)


def test_every_list_has_words() -> None:
    assert {key for file in LANGUAGES for key in json.loads(file.read_text("utf-8"))} == {
        "common",
        *(each.name for each in fields(Lexicon)),
    }
