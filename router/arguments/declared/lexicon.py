"""Words that say how an utterance and a declaration go together: prepositions, links, nouns of places and of people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources


@dataclass(frozen=True)
class Lexicon:
    """What `lexicon.json` holds."""

    determiners: frozenset[str]
    links: frozenset[str]
    """Stand between what is named and its value: "the base *is* 10"."""
    context: tuple[str, ...]
    """Words beside a value that tell which value it is: "*in* Paris"."""
    function: frozenset[str]
    """Words of grammar: no value begins or ends with one, unless it is a name."""
    requests: frozenset[str]
    """Verbs that ask for something."""
    negations: frozenset[str]
    light: frozenset[str]
    """Words of the names of booleans that say nothing by themselves: "include" of `include_tax`."""
    stop: frozenset[str]
    """Words of descriptions that say nothing."""
    traits: Mapping[str, frozenset[str]]
    """Nouns that parameters are named by, by what their values are."""


@cache
def lexicon() -> Lexicon:
    """Read the words."""
    read = json.loads((resources.files(__package__) / "lexicon.json").read_text("utf-8"))
    sets = {name: frozenset(words) for name, words in read.items() if name not in ("context", "traits")}
    traits = {name: frozenset(map(stem, words)) for name, words in read["traits"].items()}
    return Lexicon(**sets, context=tuple(read["context"]), traits=traits)


@lru_cache(8192)
def stem(word: str) -> str:
    """Return a word in lower case without English endings, so that forms of a word are mostly alike.

    >>> [stem(word) for word in ("Cities", "city", "calculated", "prices", "is")]
    ['city', 'city', 'calculat', 'pric', 'is']
    """
    found = word.lower()
    for ending, put in _ENDINGS:
        if len(found) - len(ending) >= _LEAST and found.endswith(ending):
            found = found[: -len(ending)] + put
            break
    return found[:-1] if len(found) > _LEAST and found.endswith("e") else found


def name_words(name: str) -> list[str]:
    """Return the words of a name in snake_case or camelCase, in lower case.

    >>> name_words("maxPrice_perDay2")
    ['max', 'price', 'per', 'day', '2']
    """
    return [word.lower() for word in _NAME_WORD.findall(name)]


_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_ENDINGS = (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
_LEAST = 3
