"""Several requests in one utterance: where it may be cut, and where it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from router.decisions import Abstain, Decision
from router.phrasing.lexicon import Lexicon
from router.phrasing.reading import after, before, is_dictated, negated_verb
from router.phrasing.tokens import Tokens

MOST_SEGMENTS = 8
"""What is joined to the last of so many is left with it."""

MOST_JOINED = 3
"""A request is made of at most so many of the smallest parts."""

Span: TypeAlias = tuple[int, int]
"""The first of some pieces and the one after the last."""


def pieces(tokens: Tokens, lexicon: Lexicon, openings: Collection[str]) -> list[Span]:
    """Return the words `[start, end)` of the smallest parts that could be requests of their own; one if it is one.

    Each begins like a request. What is joined by less than "and then" to a
    dictated text belongs to the text.
    """
    words = tokens.words
    if not begins_request(words, 0, lexicon, openings):
        return [(0, len(words))]
    found: list[Span] = []
    start, index = 0, 1
    while index < len(words) and len(found) < MOST_SEGMENTS - 1:
        strong = lexicon.strong_joints.length_at(words, index)
        joint = strong or lexicon.joints.length_at(words, index)
        follows = index + joint
        if index > start and (joint or tokens.is_clause(index)) and begins_request(words, follows, lexicon, openings):
            verb = after(lexicon.openers, words, start)
            is_refused = negated_verb(words, start, index, lexicon) is not None
            is_open = is_refused or is_dictated(words, verb, index, lexicon)
            ends = strong or not is_open or (tokens.is_sentence(index) and not is_refused)
            if ends and not _corrects(words, index, follows, lexicon):
                found.append((start, index))
                start = follows
        index = max(follows, index + 1)
    return [*found, (start, len(words))]


def begins_request(words: tuple[str, ...], index: int, lexicon: Lexicon, openings: Collection[str]) -> bool:
    """Whether a request begins at this word, behind what opens it, and is none that belongs to the one before."""
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


def runs(sentences: Sequence[int]) -> list[Span]:
    """Return the runs of pieces that could be one request, given where each sentence ends."""
    starts = (0, *sentences)
    return [
        (start, end)
        for first, last in zip(starts, sentences, strict=False)
        for start in range(first, last)
        for end in range(start + 1, last + 1)
        if end - start <= MOST_JOINED or ((start, end) == (first, last) and len(sentences) > 1)
    ]


def best(decisions: Mapping[Span, Decision], sentences: Sequence[int]) -> tuple[Decision, ...]:
    """Return the decisions of the best segmentation, given where each sentence ends; none if it is one request.

    `decisions` has one for each of the `runs`. In a segmentation of a sentence
    every part is for a tool. The one with the most parts is best, of several the
    one whose least sure part is the surest. A sentence without any is one part,
    and so is each of those that are for no tool if another is for one.
    """
    parts: list[Decision] = []
    for first, last in zip((0, *sentences), sentences, strict=False):
        parts += _best_of_sentence(decisions, first, last) or filter(None, [decisions.get((first, last))])
    return tuple(parts) if len(parts) > 1 and any(map(_is_for_a_tool, parts)) else ()


def _best_of_sentence(decisions: Mapping[Span, Decision], first: int, last: int) -> tuple[Decision, ...]:
    until: dict[int, tuple[int, float, tuple[Decision, ...]]] = {first: (0, 1.0, ())}
    for end in range(first + 1, last + 1):
        choices = []
        for start in range(first, end):
            part, prior = decisions.get((start, end)), until.get(start)
            if prior is not None and part is not None and _is_for_a_tool(part):
                parts, least, before = prior
                choices.append((parts + 1, min(least, part.probability), (*before, part)))
        if choices:
            until[end] = max(choices, key=lambda choice: choice[:2])
    return until[last][2] if last in until else ()


def _is_for_a_tool(decision: Decision) -> bool:
    return not (isinstance(decision, Abstain) and decision.reason == "out_of_scope")
