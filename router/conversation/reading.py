"""Whether an utterance is a reply to a question, and to what effect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from router.conversation.folding import fold
from router.conversation.question import Question
from router.conversation.vocabulary import Meaning, Vocabulary
from router.text import MAX_UTTERANCE_CHARACTERS

MOST_TOKENS = 30
"""A longer utterance is no reply."""


@dataclass(frozen=True)
class Choice:
    """The reply is for one of the choices."""

    position: int
    described: bool = False
    """It rests on a word of the description only."""


Reading: TypeAlias = Choice | Literal["yes", "no", "again"] | None
"""What a reply comes to: "again" if it answers nothing, None if it is no reply."""


def read(utterance: str, question: Question, vocabularies: Iterable[Vocabulary]) -> Reading:
    """Read an utterance in each language by itself; where languages disagree, it answers nothing.

    It is a reply only if all of it is made of phrases that the language has and
    of words that name the choices. A language that has none of its phrases is
    not heard where another has.
    """
    if len(utterance) > MAX_UTTERANCE_CHARACTERS:
        return None
    folded = fold(utterance)
    cuts = [_parts(folded, question, vocabulary) for vocabulary in vocabularies]
    spoken = [parts for parts in cuts if any(part.meanings for part in parts)]
    readings = {_read(parts, question) for parts in spoken or cuts} - {None}
    if len(readings) > 1 or (readings == {"yes"} and _ASKS.search(utterance)):
        return "again"
    return readings.pop() if readings else None


@dataclass(frozen=True)
class _Part:
    """A phrase of the reply, or a word that names a choice, or both at once."""

    text: str
    meanings: frozenset[Meaning]
    names: bool


_ASKS = re.compile("[?？؟]")
"""Who says "yes?" has not agreed to anything."""
_EMPTY: frozenset[Meaning] = frozenset({"choosing", "filler"})
_COUNTED: dict[Meaning, int] = {"first": 0, "second": 1, "third": 2, "last": -1}
_COUNTING: frozenset[Meaning] = frozenset({"other", *_COUNTED})


def _read(parts: list[_Part], question: Question) -> Reading:
    named = [part.text for part in parts if part.names and not part.meanings]
    if named:  # beside a word of a choice, another such word is no reply word: the "cancel" of "cancel the alarm"
        named = [part.text for part in parts if part.names]
        parts = [part if not part.names else _Part(part.text, frozenset(), True) for part in parts]
    elif len(question.choices) > 1 and len(question.chosen({part.text for part in parts if part.names}) or ()) == 1:
        return "again"
    said = _said(parts, weakly=not named)
    if named:
        return _named(parts, frozenset(named), said, question)
    if not said or said == {"not"}:
        return None
    if counted := said & _COUNTING:
        first = next(n for n, part in enumerate(parts) if part.meanings & counted)
        return "again" if _says_no(parts[first:]) else _counted(counted, said, question)
    if len(said) == 1 and said <= {"yes", "no", "dont"} and any(part.meanings == {"choosing"} for part in parts):
        return None  # "take a right"
    return _verdict(said, question)


def _said(parts: list[_Part], *, weakly: bool) -> frozenset[Meaning]:
    """Return what is said; what may be filler counts only where there is nothing else."""
    strong = frozenset().union(*(part.meanings for part in parts if not part.meanings & _EMPTY))
    if strong or not weakly:
        return strong
    return frozenset().union(*(part.meanings for part in parts)) - _EMPTY


def _verdict(said: frozenset[Meaning], question: Question) -> Reading:
    """Read a reply that is for no choice in particular."""
    if said & {"no", "dont", "cancel"}:
        return "again" if "yes" in said else "no"
    if "yes" in said and not said & {"not", "again"} and question.asked is not None:
        return "yes"
    return "again"


def _counted(counted: frozenset[Meaning], said: frozenset[Meaning], question: Question) -> Reading:
    """Read "the second one" and "the other one"."""
    if len(question.choices) == 1:
        return None
    if len(counted) > 1:
        return "again"
    (which,) = counted
    if which != "other":
        position = _COUNTED[which] % len(question.choices) if which == "last" else _COUNTED[which]
    elif question.asked is not None and len(question.choices) == 2:
        position = 1 - question.asked
    else:
        return "again"
    return _for(position, said, question) if position < len(question.choices) else "again"


def _named(parts: list[_Part], words: frozenset[str], said: frozenset[Meaning], question: Question) -> Reading:
    """Read "the alarm", and "yes, send the message"."""
    first = next(n for n, part in enumerate(parts) if part.names)
    if said & {"cancel", "again", *_COUNTING}:
        return "again" if "dont" in said else None  # "don't cancel the alarm", "cancel it", "set a second alarm"
    if any("yes" in part.meanings and not part.meanings & _EMPTY for part in parts[first:]):
        return None  # "play yes"
    if _says_no(parts[first:]) and len(question.choices) > 1:
        return "again"
    if len(question.choices) == 1:
        return _verdict(said, question) if said else None
    chosen = question.chosen(words)
    described = not words <= question.in_names
    if chosen is None or (described and len(chosen) != 1):
        return None
    if len(chosen) != 1 or (first > 0 and "no" in parts[first - 1].meanings):
        return "again"  # "no alarm" may mean "no, the alarm"
    (position,) = chosen
    return _for(position, said, question, described=described)


def _for(position: int, said: frozenset[Meaning], question: Question, *, described: bool = False) -> Reading:
    """Read a reply that is for one of several choices."""
    if said == {"dont"} and position == question.asked:
        return "no"
    if said & {"dont", "cancel", "again", "not"} or {"yes", "no"} <= said:
        return "again"
    if question.asked is None:
        return Choice(position, described)
    if position == question.asked:
        return "yes" if "yes" in said else "again"
    return "again" if "yes" in said else Choice(position, described)


def _says_no(parts: list[_Part]) -> bool:
    """Whether there is a no among these: behind a choice it does not say which of the two counts."""
    return any(part.meanings & {"no", "dont"} for part in parts)


def _parts(folded: str, question: Question, vocabulary: Vocabulary) -> list[_Part]:
    """Cut a text into as few phrases as possible; return none if something is left."""
    tokens = vocabulary.tokens(folded)
    if len(tokens) > MOST_TOKENS:
        return []
    cuts: list[list[_Part] | None] = [*([None] * len(tokens)), []]
    for start in reversed(range(len(tokens))):
        for end in range(min(len(tokens), start + vocabulary.longest), start, -1):
            rest, best = cuts[end], cuts[start]
            if rest is not None and (best is None or len(rest) + 1 < len(best)):
                part = _part(vocabulary.separator.join(tokens[start:end]), question, vocabulary)
                if part is not None:
                    cuts[start] = [part, *rest]
    return cuts[0] or []


def _part(text: str, question: Question, vocabulary: Vocabulary) -> _Part | None:
    meanings = vocabulary.phrases.get(text, frozenset())
    names = text in question.in_names if meanings else text in question.in_names | question.in_descriptions
    names = names and not meanings & _EMPTY
    return _Part(text, meanings, names) if meanings or names else None
