"""Words that are more often no name than one, of every language there is a list for.

All languages are read together: an utterance does not say which one it is in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from router.arguments.known.words import Word, fold, words_of
from router.text import normalize


@dataclass(frozen=True)
class CommonWords:
    """What `languages/*.json` hold, folded."""

    joining: frozenset[str]
    """Articles, prepositions and "and": they may be left out of a name, and come between its words."""
    function: frozenset[str]
    """Words of grammar: "will", "you". One alone is hardly ever a value, and none is misspelled."""
    everyday: frozenset[str]
    """Words of requests and of everyday life: "rose", "mark", "call". Alone they are often no value."""
    titles: frozenset[str]
    """Stand before a name: "dr". Alone they are no name."""
    weak: frozenset[str]
    """These last three: alone they are a weak hint at a name that has more words."""
    same: Mapping[str, str]
    """What is written in two ways: "doctor" is "dr", "two" is "2"."""

    def canonical(self, words: Iterable[Word]) -> list[str]:
        """Return folded words, each written the one way."""
        return [self.same.get(word.folded, word.folded) for word in words]


@cache
def common_words() -> CommonWords:
    """Read the lists."""
    lists: dict[str, set[str]] = {"joining": set(), "function": set(), "everyday": set(), "titles": set()}
    same: dict[str, str] = {}
    folder = resources.files(__package__) / "languages"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        language = json.loads(file.read_text("utf-8"))
        for name, known in lists.items():
            known.update(fold(normalize(listed)) for listed in language[name])
        for written, as_one in language["same"].items():
            same |= {form: as_one for word in words_of(normalize(written)) for form in word.forms}
    inflected = {form for word in lists["everyday"] if len(word) > 2 for form in _inflected(word)}
    lists["everyday"] |= inflected - lists["joining"] - lists["function"] - lists["titles"]
    weak = frozenset(lists["function"] | lists["everyday"] | lists["titles"])
    return CommonWords(**{name: frozenset(known) for name, known in lists.items()}, weak=weak, same=same)


def _inflected(word: str) -> tuple[str, ...]:
    """Return a word with English endings; of words of other languages they make hardly any word.

    >>> _inflected("smile"), _inflected("turn")
    (('smiles', 'smiled', 'smiling'), ('turns', 'turned', 'turning'))
    """
    stem = word.removesuffix("e")
    return f"{word}s", f"{stem}ed", f"{stem}ing"
