"""Whether an utterance that is no reply refuses what was asked about, and what it asks for instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from router.conversation.folding import fold
from router.conversation.reading import MOST_TOKENS
from router.conversation.vocabulary import Meaning, Vocabulary
from router.text import MAX_UTTERANCE_CHARACTERS


def begins_with_no(utterance: str, vocabularies: Iterable[Vocabulary]) -> bool:
    """Whether an utterance begins with a no of one of the languages: "no", "um, not", "please don't"."""
    if len(utterance) > MAX_UTTERANCE_CHARACTERS:
        return False
    folded = fold(utterance)
    return any(_refusals(folded, vocabulary) for vocabulary in vocabularies)


def after_no(utterance: str, vocabularies: tuple[Vocabulary, ...]) -> str:
    """Return what follows a no and a pause, all of it if there is no such beginning.

    A "don't" and its like are left: they refuse what follows, whatever the pause.
    """
    while (match := _PAUSE.search(utterance)) and len(utterance) <= MAX_UTTERANCE_CHARACTERS:
        rest = utterance[match.end() :].strip()
        folded = fold(utterance[: match.start()])
        if not rest or not any(_is_only_no(folded, vocabulary) for vocabulary in vocabularies):
            break
        utterance = rest
    return utterance


def _is_only_no(folded: str, vocabulary: Vocabulary) -> bool:
    index, tokens = 0, vocabulary.tokens(folded)[:MOST_TOKENS]
    said = set[Meaning]()
    while index < len(tokens):
        end = _end_of_phrase(tokens, index, vocabulary)
        said |= vocabulary.phrases.get(vocabulary.separator.join(tokens[index:end]), frozenset())
        index = end if end > index else len(tokens) + 1
    return index == len(tokens) and "no" in said and said <= {"no", "not", "filler"}


def _refusals(folded: str, vocabulary: Vocabulary) -> bool:
    """Whether the first phrase that is no filler says no."""
    tokens = vocabulary.tokens(folded)[:MOST_TOKENS]
    start = 0
    while (end := _end_of_phrase(tokens, start, vocabulary)) > start:
        phrase = vocabulary.separator.join(tokens[start:end])
        meanings = vocabulary.phrases[phrase]
        if meanings & _NO:
            return bool(vocabulary.separator) or _is_word(phrase, folded)
        if "filler" not in meanings:
            return False
        start = end
    return False


def _is_word(phrase: str, folded: str) -> bool:
    """Whether a phrase is probably none of a longer word's syllables, where words are written together."""
    return len(phrase) > 1 or "\u4e00" <= phrase <= "\u9fff" or phrase in folded.split()


def _end_of_phrase(tokens: list[str], start: int, vocabulary: Vocabulary) -> int:
    """Return the end of the longest phrase that begins here, `start` if none does."""
    for end in range(min(len(tokens), start + vocabulary.longest), start, -1):
        if vocabulary.separator.join(tokens[start:end]) in vocabulary.phrases:
            return end
    return start


_NO: frozenset[Meaning] = frozenset({"no", "dont", "not"})
_PAUSE = re.compile(r"[,.;:!?…—–،؛؟。、，！？；：]")
