"""What the phrases of a language mean as a reply. The phrases are data: `languages/*.json`."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias, get_args

from router.conversation.folding import fold
from router.errors import did_you_mean

Meaning: TypeAlias = Literal[
    "yes", "no", "dont", "cancel", "again", "first", "second", "third", "last", "other", "not", "choosing", "filler"
]
"""What a phrase says, and the keys of a language's file.

| meaning | the phrase |
|---|---|
| yes, no | answers a yes-or-no question |
| dont | says no where it stands alone, and may forbid what is said with it: "don't" |
| cancel | takes back what was said, or turns down every choice |
| again | answers nothing: "both", "which one", "I don't know" |
| first, second, third, last | counts the choices |
| other | is for the choice that was not asked about |
| not | denies what follows or precedes it: the "not" of "not the alarm" |
| choosing | goes with a choice only: the "I want the" of "I want the second" |
| filler | says nothing, or only where nothing else is said: "please" |
"""

LANGUAGES = ("en", "ar", "de", "es", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh")
"""The languages that ship. No file has been checked by a native speaker yet."""
UNSPACED = frozenset({"ja", "ko", "zh"})
"""Languages whose words are written together, or as people please."""
EVERYWHERE = "mul"
"""The file of what means the same in every language: emoji and figures."""


@dataclass(frozen=True)
class Vocabulary:
    """The phrases of one language, with what each means."""

    phrases: Mapping[str, frozenset[Meaning]]
    """By the folded phrase; in an unspaced language without spaces."""
    longest: int
    """The most tokens a phrase has."""
    separator: str
    """What stands between tokens: a space, or nothing."""

    def tokens(self, folded: str) -> list[str]:
        """Return the words of a folded text, or its characters where words are not set apart."""
        return folded.split() if self.separator else _CHARACTERS.findall(folded)


@cache
def vocabulary(language: str) -> Vocabulary:
    """Read a language's file."""
    separator = "" if language in UNSPACED else " "
    phrases: defaultdict[str, set[Meaning]] = defaultdict(set)
    for file in (language, EVERYWHERE):
        for meaning, said in phrases_of(file).items():
            for phrase in said:
                for written in (phrase, phrase.replace("'", "")):
                    phrases[fold(written).replace(" ", separator)].add(meaning)
    longest = max(len(phrase.split() if separator else phrase) for phrase in phrases)
    return Vocabulary({phrase: frozenset(meanings) for phrase, meanings in phrases.items()}, longest, separator)


def phrases_of(file: str) -> dict[Meaning, list[str]]:
    """Return the phrases of a language's file by what they mean, as they are written there."""
    text = (resources.files(__package__) / "languages" / f"{file}.json").read_text(encoding="utf-8")
    phrases: dict[Meaning, list[str]] = json.loads(text)
    return {meaning: phrases[meaning] for meaning in get_args(Meaning)}


def vocabularies(languages: Collection[str]) -> tuple[Vocabulary, ...]:
    """Return the vocabularies of languages given by BCP 47 tags, of which the language counts.

    Raises ValueError for a language that does not ship, and for none.
    """
    if isinstance(languages, str) or not languages:
        raise ValueError(f"languages is {languages!r}; expected tags such as ('en', 'de')")
    return tuple(vocabulary(language) for language in dict.fromkeys(_known(languages)))


def _known(languages: Iterable[str]) -> Iterable[str]:
    for tag in languages:
        language = tag.partition("-")[0].lower()
        if language not in LANGUAGES:
            raise ValueError(
                f"replies are not known in {tag!r}.{did_you_mean(tag, LANGUAGES)} Languages: {', '.join(LANGUAGES)}."
            )
        yield language


_CHARACTERS = re.compile(r"[a-z0-9]+|\S")
