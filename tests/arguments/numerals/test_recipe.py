"""The units that ship are those that the recipe makes."""

import json
from importlib import resources

import pytest

from router.arguments.numerals import recipe
from router.arguments.numerals.lexicon import LANGUAGES, lexicon

pytest.importorskip("babel", reason="the recipe reads the CLDR from babel")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_made_by_the_recipe(language: str) -> None:
    kept = resources.files("router.arguments.numerals").joinpath(f"units/{language}.json").read_text("utf-8")
    assert json.loads(kept) == recipe.words(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unit_of_the_recipe_can_be_said(language: str) -> None:
    sayable = {
        unit for names in recipe.words(language).values() for name in names for unit in _meanings(language, name)
    }
    assert {"kilometer", "celsius", "EUR", "USD", "megabyte"} <= sayable


def _meanings(language: str, name: str) -> tuple[str, ...]:
    from router.arguments.numerals.tokens import tokenize

    words = tokenize(name).words
    found = lexicon(language).units.longest(words, 0)
    return found[1] if found is not None and found[0] == len(words) else ()
