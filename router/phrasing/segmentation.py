"""Several requests in one utterance: where it may be cut, and where it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from router.decisions import Abstain, Decision
from router.phrasing.lexicon import Lexicon
from router.phrasing.reading import after, before, negated_verb
from router.phrasing.tokens import Tokens

MOST_SEGMENTS = 8
"""What is joined to the last of so many is left with it."""

Span: TypeAlias = tuple[int, int]
"""The first of some pieces and the one after the last."""


def pieces(tokens: Tokens, lexicon: Lexicon, openings: Collection[str]) -> list[Span]:
    """Return the words `[start, end)` of the smallest parts that could be requests of their own; one if it is one.

    Each begins like a request. What is joined by less than "and then" to a
    dictated text belongs to the text.
    """
    words = tokens.words
    if not _begins_request(words, 0, lexicon, openings):
        return [(0, len(words))]
    found: list[Span] = []
    start, index = 0, 1
    while index < len(words) and len(found) < MOST_SEGMENTS - 1:
        strong = lexicon.strong_joints.length_at(words, index)
        joint = strong or lexicon.joints.length_at(words, index)
        follows = index + joint
        if (joint or tokens.is_clause(index)) and _begins_request(words, follows, lexicon, openings):
            verb = after(lexicon.openers, words, start)
            is_refused = negated_verb(words, start, index, lexicon) is not None
            is_open = is_refused or _is_dictated(words, verb, index, lexicon)
            ends = strong or not is_open or (tokens.is_sentence(index) and not is_refused)
            if ends and not _corrects(words, index, follows, lexicon):
                found.append((start, index))
                start = follows
        index = max(follows, index + 1)
    return [*found, (start, len(words))]


def _begins_request(words: tuple[str, ...], index: int, lexicon: Lexicon, openings: Collection[str]) -> bool:
    verb = after(lexicon.openers, words, index)
    if (
        verb >= len(words)
        or lexicon.continuations.length_at(words, index)
        or lexicon.continuations.length_at(words, verb)
    ):
        return False
    return (
        words[verb] in openings
        or lexicon.questions.length_at(words, verb) > 0
        or negated_verb(words, index, len(words), lexicon) is not None
    )


def _corrects(words: tuple[str, ...], index: int, follows: int, lexicon: Lexicon) -> bool:
    """Whether what follows a joint is in place of what came before it: "call anna, no wait, call bella"."""
    if before(lexicon.corrections, words, index) < index:
        return True
    return (
        lexicon.corrections.length_at(words, follows) > 0 and negated_verb(words, follows, len(words), lexicon) is None
    )


def _is_dictated(words: tuple[str, ...], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether these words have come to what is dictated, searched for or asked about."""
    if words[start] in lexicon.dictations and end - start > _MOST_RECIPIENTS + 1:
        return True
    return any(lexicon.quotes.length_at(words, index) for index in range(start, end))


def best(decisions: Mapping[Span, Decision], count: int) -> tuple[Decision, ...]:
    """Return the decisions of the best segmentation of `count` pieces; none if they are one request.

    `decisions` has one for each run of pieces. In a segmentation every part is
    for a tool. The one with the most parts is best, of several the one whose
    least sure part is the surest.
    """
    until: list[tuple[int, float, tuple[Decision, ...]] | None] = [(0, 1.0, ())]
    for end in range(1, count + 1):
        choices = []
        for start in range(end):
            part, prior = decisions[start, end], until[start]
            if prior is not None and not (isinstance(part, Abstain) and part.reason == "out_of_scope"):
                parts, least, before = prior
                choices.append((parts + 1, min(least, part.probability), (*before, part)))
        until.append(max(choices, key=lambda choice: choice[:2], default=None))
    chosen = until[count]
    return chosen[2] if chosen is not None and chosen[0] > 1 else ()


_MOST_RECIPIENTS = 1
"""A request to tell somebody something has come to what, if it goes on for more words than this."""
