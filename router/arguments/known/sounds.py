"""How a written word may sound, coarsely, by the spelling rules of several languages.

A speech recogniser writes an unusual name as it would be spelled in the
language it listens in. So a declared name is read by the rules of every language
that its letters suggest, a spoken word by those of English and German, and the
two are compared as sounds. The rules are data, `sounds.json`; names that no rule
reads right are respelled in `pronunciations.json`. The idea is Beider and
Morse's ("Phonetic Matching: A Better Soundex", 2010), with far fewer rules.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib import resources

from router.arguments.known.words import fold

HEARD = ("en", "de")
"""The languages by whose rules a spoken word is read."""
MOST_CHARACTERS = 24
"""A longer word is no name that is misheard."""


@lru_cache(4096)
def spoken_sounds(word: str) -> frozenset[str]:
    """Return how a word that was heard may sound: consonants, and vowels in classes.

    >>> sorted(spoken_sounds("shawn")), sorted(spoken_sounds("fogel"))
    (['xavn', 'xon'], ['fogel', 'fojel'])
    """
    return frozenset(_read(word.lower(), language) for language in HEARD if _is_readable(word)) - {""}


def declared_sounds(word: str) -> frozenset[str]:
    """Return how a declared name may sound when it is spoken.

    >>> "xon" in declared_sounds("Sean"), "fogel" in declared_sounds("Vogel")
    (True, True)
    """
    if not _is_readable(word):
        return frozenset()
    lowered = word.lower()
    read = {_read(lowered, language) for language, (when, _) in _rules().items() if when.search(lowered)}
    for respelled in (*_pronunciations().get(lowered, ()), *_pronunciations().get(fold(lowered), ())):
        read.add(_read(respelled, "en"))
    return frozenset(read) - {""}


def key(sounds: str) -> str:
    """Return the consonants of sounds, without voice, for which candidates are looked up.

    >>> key("katerin"), key("kafrin"), key("ana")
    ('KTRN', 'KFRN', 'AN')
    """
    consonants = sounds.translate(_COARSE)
    return f"A{consonants}" if sounds[:1] in _VOWELS else consonants


def _read(word: str, language: str) -> str:
    """Apply the rules of a language in one pass; of several that fit in one place the first counts."""
    rules = _rules()[language][1]
    read = rules[0].sub(lambda match: rules[1][match.lastindex - 1] if match.lastindex else match[0], word)
    plain = read if read.isascii() else fold(read)
    return _REPEATED.sub(r"\1", _NO_SOUND.sub("", plain))


def _is_readable(word: str) -> bool:
    return len(word) <= MOST_CHARACTERS and _LATIN.fullmatch(word) is not None


@cache
def _rules() -> dict[str, tuple[re.Pattern[str], tuple[re.Pattern[str], tuple[str, ...]]]]:
    """Return for each language what letters suggest it, and its rules as one expression and what each becomes."""
    data = json.loads((resources.files(__package__) / "sounds.json").read_text("utf-8"))
    return {
        language: (
            re.compile(each["when"]),
            (
                re.compile("|".join(f"({pattern})" for pattern, _ in each["rules"])),
                tuple(sound for _, sound in each["rules"]),
            ),
        )
        for language, each in data.items()
    }


@cache
def _pronunciations() -> dict[str, tuple[str, ...]]:
    data = json.loads((resources.files(__package__) / "pronunciations.json").read_text("utf-8"))
    return {name: tuple(respelled) for name, respelled in data.items()}


_VOWELS = "aeiouIO"
_COARSE = str.maketrans("pbtdkgfvszxcjmnlrw", "PPTTKKFFSSXXXMNLRW", "aeiouIOhy")
_NO_SOUND = re.compile(r"[^a-zIO]")
_REPEATED = re.compile(r"(.)\1+")
_LATIN = re.compile("[A-Za-zÀ-ɏ'’]+")
