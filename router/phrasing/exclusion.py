"""What a request leaves out: "all lights except the kitchen"."""

from __future__ import annotations

from collections.abc import Collection

from router.phrasing.lexicon import Lexicon
from router.phrasing.tokens import Tokens


def excluded(tokens: Tokens, start: int, end: int, lexicon: Lexicon, openings: Collection[str]) -> tuple[str, ...]:
    """Return what the request in the words `[start, end)` leaves out, as it was said."""
    words, is_about_all, index = tokens.words, False, start
    if not lexicon.exclusions.may_be_in(words) and not lexicon.universal_exclusions.may_be_in(words):
        return ()
    while index < end:
        if index > start and lexicon.quotes.length_at(words, index):
            return ()
        length = lexicon.exclusions.length_at(words, index)
        if not length and is_about_all:
            length = lexicon.universal_exclusions.length_at(words, index)
            if length and _begins_clause(tokens, index + length, end, lexicon, openings):
                length = 0
        if length:
            return _things(tokens, index + length, end, index == start, lexicon, openings)
        is_about_all = (not tokens.is_clause(index) and is_about_all) or lexicon.universals.length_at(words, index) > 0
        index += 1
    return ()


def _begins_clause(tokens: Tokens, index: int, end: int, lexicon: Lexicon, openings: Collection[str]) -> bool:
    """Whether here begins another request or a statement, and not the name of a thing."""
    words = tokens.words
    return (
        index >= end
        or words[index] in openings
        or lexicon.statements.length_at(words, index) > 0
        or lexicon.negations.length_at(words, index) > 0
        or any(word in lexicon.objects for word in words[index + 1 : index + 3])
    )


def _things(
    tokens: Tokens, index: int, end: int, leads: bool, lexicon: Lexicon, openings: Collection[str]
) -> tuple[str, ...]:
    """Return the things named from here on, up to what is no such name. `leads`: the request comes after them."""
    words, things = tokens.words, list[str]()
    while index < end:
        first = index
        while index < end and (index == first or not _ends_thing(tokens, index, lexicon)):
            if leads and index > first and words[index] in openings:
                return (*things, tokens.between(first, index))
            index += 1
        if first < index:
            things.append(tokens.between(first, index))
        joint = lexicon.conjunctions.length_at(words, index) if index < end else 0
        follows = index + joint
        joined = joint or (index < end and tokens.is_clause(index) and not tokens.is_sentence(index) and not leads)
        if not joined or follows >= end or words[follows] in openings or lexicon.statements.length_at(words, follows):
            break
        index = follows
    return tuple(things)


def _ends_thing(tokens: Tokens, index: int, lexicon: Lexicon) -> bool:
    words = tokens.words
    return bool(
        tokens.is_clause(index)
        or lexicon.conjunctions.length_at(words, index)
        or lexicon.quotes.length_at(words, index)
        or lexicon.strong_joints.length_at(words, index)
    )
