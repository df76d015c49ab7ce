"""Whether an utterance that is no reply refuses what was asked about, and what it asks for instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from router.conversation.folding import fold
from router.conversation.reading import MOST_TOKENS
from router.conversation.vocabulary import Meaning, Vocabulary
from router.text import MAX_UTTERANCE_CHARACTERS


def begins_with_no(utterance: str, vocabularies: Iterable[Vocabulary]) -> bool:
    """Whether an utterance begins with a no of one of the languages: "no", "um, not", "please don't"."""
    return _is_any(_refuses, utterance, vocabularies)


def forbids(utterance: str, vocabularies: tuple[Vocabulary, ...]) -> bool:
    """Whether an utterance begins with what refuses that which follows: "don't", "no not".

    A plain no does not, "no call anna", and where one language takes it for a
    plain no and another for a "not", it is a plain no.
    """
    return _is_any(_forbids, utterance, vocabularies) and not _is_any(_says_plain_no, utterance, vocabularies)


def _is_any(is_so: Callable[[str, Vocabulary], bool], utterance: str, vocabularies: Iterable[Vocabulary]) -> bool:
    if len(utterance) > MAX_UTTERANCE_CHARACTERS:
        return False
    folded = fold(utterance)
    return any(is_so(folded, vocabulary) for vocabulary in vocabularies)


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


def _refuses(folded: str, vocabulary: Vocabulary) -> bool:
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


def _forbids(folded: str, vocabulary: Vocabulary) -> bool:
    """Whether a phrase that refuses what follows is the first but for fillers and a no."""
    tokens = vocabulary.tokens(folded)[:MOST_TOKENS]
    start = 0
    while (end := _end_of_phrase(tokens, start, vocabulary)) > start:
        phrases = [vocabulary.separator.join(tokens[start:stop]) for stop in range(start + 1, end + 1)]
        for phrase in phrases:
            if vocabulary.phrases.get(phrase, frozenset()) & {"dont", "not"}:
                return bool(vocabulary.separator) or _is_word(phrase, folded)
        if not vocabulary.phrases[phrases[-1]] & {"filler", "no"}:
            return False
        start = end
    return False


def _says_plain_no(folded: str, vocabulary: Vocabulary) -> bool:
    tokens = vocabulary.tokens(folded)[:MOST_TOKENS]
    first = vocabulary.separator.join(tokens[: _end_of_phrase(tokens, 0, vocabulary)])
    meanings = vocabulary.phrases.get(first, frozenset())
    return "no" in meanings and not meanings & {"dont", "not"} and not _forbids(folded, vocabulary)


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
