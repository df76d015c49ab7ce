"""How an utterance is meant: as it stands, not at all, or not any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from router.phrasing.exclusion import excluded
from router.phrasing.lexicon import Lexicon, Phrases
from router.phrasing.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Reading:
    """What an utterance asks for, and what it says about that."""

    request: str
    """What is to be routed: all of it, or what is left of "don't call mom, text her"."""
    negated_verb: str = ""
    """What is not to be done: "call". Empty where nothing is negated."""
    is_weak: bool = False
    """Whether the negation refuses only what the tool's own examples begin with."""
    is_contrast: bool = False
    """Whether the request is what was said to be done instead."""
    is_cancelled: bool = False
    """Whether it was taken back."""
    excluded: tuple[str, ...] = ()
    """What is to be left alone, as it was said."""
    otherwise: Reading | None = None
    """How it is meant if what seems to be dictated is not, as in "note the time but don't call her"."""


def read(tokens: Tokens, lexicon: Lexicon, openings: Collection[str]) -> Reading:
    """Read an utterance. `openings` are the words that requests to these tools begin with."""
    words, text = tokens.words, tokens.text
    start, end = after(lexicon.openers, words, 0), before(lexicon.closers, words, len(words))
    if is_cancelled(tokens, start, end, lexicon):
        return Reading(text, is_cancelled=True)
    verb = negated_verb(words, 0, end, lexicon)
    if verb is None and not lexicon.nominal.length_at(words, start) and not lexicon.instead.length_at(words, start):
        weak = after(lexicon.weak_negations, words, start)
        if start < weak < end:
            return Reading(text, words[weak], is_weak=True)
        return Reading(text, excluded=excluded(tokens, start, end, lexicon, openings))
    meant = _what_is_meant(tokens, start, end, lexicon, openings)
    refused = words[verb] if verb is not None else ""
    if meant is None:
        return Reading(text, refused)
    return Reading(tokens.between(meant, len(words)), refused, is_contrast=True)


def negated_verb(words: tuple[str, ...], start: int, end: int, lexicon: Lexicon) -> int | None:
    """Return which word is the verb of a negated request that begins at `start`, None if it is not negated."""
    opener, said = 1, words[:end]
    while opener and start < end:
        if length := lexicon.negated_verbs.length_at(said, start):
            return start + length - 1
        if length := lexicon.negations.length_at(said, start):
            verb = start + length
            return None if verb >= end or lexicon.spared.length_at(words, verb) else verb
        opener = lexicon.openers.length_at(words, start)
        start += opener
    whom = start + lexicon.addressing.length_at(words, start)
    if whom > start and (length := lexicon.nobodies.length_at(said, whom)):
        rest = whom + length
        ends = rest >= before(lexicon.closers, words, end) or lexicon.joints.length_at(words, rest)
        return start if ends or lexicon.strong_joints.length_at(words, rest) else None
    if lexicon.imperatives.length_at(words, start):
        for index in range(start + 1, min(start + 1 + _MOST_BEFORE_NEGATOR, end)):
            if lexicon.quotes.length_at(words, index) or lexicon.joints.length_at(words, index):
                return None
            if words[index] in lexicon.negators:
                return start
    return None


def is_cancelled(tokens: Tokens, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether all was taken back, or the end takes back what was said before."""
    words = tokens.words
    if not lexicon.cancellations.may_be_in(words) and not lexicon.sole_cancellations.may_be_in(words):
        return False
    ends = ends_of_cancellation(words, lexicon)
    if ends[0] == len(words) or lexicon.sole_cancellations.length_at(words, start) == max(end - start, 1):
        return True
    dictated = False
    for index, _ in enumerate(words[1:], start=1):
        dictated = dictated or bool(
            lexicon.quotes.length_at(words, index - 1) or words[index - 1] in lexicon.dictations
        )
        begins = tokens.is_clause(index) or lexicon.bridges.length_at(words, index)
        begins = begins or (not dictated and lexicon.hesitations.length_at(words, index))
        joint = joint_at(words, index, lexicon)
        if (begins and ends[index] == len(words)) or (joint and ends[index + joint] == len(words)):
            return True
    return False


def ends_of_cancellation(words: tuple[str, ...], lexicon: Lexicon) -> list[int | None]:
    """Return for each word, and the end, where the words end that take back from there on; None if none does."""
    kinds = (lexicon.bridges, lexicon.hesitations, lexicon.openers, lexicon.closers)
    ends, cancels = [*range(len(words) + 1)], [False] * (len(words) + 1)
    for index in reversed(range(len(words))):
        cancellation = lexicon.cancellations.length_at(words, index)
        length = cancellation or next((found for each in kinds if (found := each.length_at(words, index))), 0)
        if length:
            ends[index], cancels[index] = ends[index + length], cancellation > 0 or cancels[index + length]
    return [end if cancelled else None for end, cancelled in zip(ends, cancels, strict=True)]


def joint_at(words: tuple[str, ...], index: int, lexicon: Lexicon) -> int:
    """Return how many words join a part of an utterance to the one before it here."""
    kinds = (lexicon.strong_joints, lexicon.joints, lexicon.contrasts, lexicon.conjunctions)
    return max(phrases.length_at(words, index) for phrases in kinds)


def is_dictated(words: tuple[str, ...], start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether these words have come to what is dictated, searched for or asked about."""
    if start < end and words[start] in lexicon.dictations and end - start > _MOST_RECIPIENTS + 1:
        return True
    return any(lexicon.quotes.length_at(words, index) for index in range(start, end))


def _what_is_meant(tokens: Tokens, start: int, end: int, lexicon: Lexicon, openings: Collection[str]) -> int | None:
    """Return where the first request begins that is not negated, None if there is none."""
    words = tokens.words
    names_a_thing = lexicon.nominal.length_at(words, start) > 0
    for index in range(start + 1, end):
        contrast = lexicon.contrasts.length_at(words, index)
        if not contrast and not tokens.is_clause(index):
            continue
        rest = after(lexicon.openers, words, after(lexicon.contrasts, words, index))
        if rest >= end or lexicon.statements.length_at(words, rest):
            continue
        if negated_verb(words, rest, end, lexicon) is None and (names_a_thing or words[rest] in openings):
            return rest
    return None


def after(phrases: Phrases, words: tuple[str, ...], index: int) -> int:
    """Return the first word from `index` on that none of these phrases covers."""
    while length := phrases.length_at(words, index):
        index += length
    return index


def before(phrases: Phrases, words: tuple[str, ...], end: int) -> int:
    """Return the end of the words before `end` without these phrases at their end."""
    found = True
    while found and end > 0:
        found = False
        for length in range(1, min(_LONGEST, end) + 1):
            if phrases.length_at(words[:end], end - length) == length:
                end, found = end - length, True
                break
    return end


_MOST_BEFORE_NEGATOR = 4
"""So many words may stand between a verb and what negates it: "mach das große licht nicht an"."""
_MOST_RECIPIENTS = 1
"""A request to tell somebody something has come to what, if it goes on for more words than this."""
_LONGEST = 4
"""Words of the longest closer or correction."""
