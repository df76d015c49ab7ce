"""What the words of one utterance can be read as: computed once, and only what a hole asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from router.arguments.holes import Hole, as_list
from router.arguments.mention import Kind as MentionKind
from router.arguments.mention import Mention
from router.arguments.validity import allows
from router.decisions import How

if TYPE_CHECKING:
    from router.arguments.known import KnownValues, Match

CERTAIN = 3.0
"""What a mention that is sure speaks for its words being a value that it can be, in logits."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and how something is said."""

    now: datetime | None = None
    """None: what is relative to now, such as "tomorrow", is not resolved."""
    language: str = "en"
    """BCP 47; the region decides what differs by it, such as the order of day and month."""


@dataclass(frozen=True, slots=True)
class Read:
    """A value that some characters of the text stand for."""

    start: int
    end: int
    value: Any
    """None where the hole cannot have it, "300 percent", or it is not known, "tomorrow" without a date."""
    bonus: float
    """What it speaks for these words being a value, in logits."""
    how: How = "said"
    rivals: tuple[str, ...] = ()
    """Other values that the words mean as likely."""


class Readings:
    """What can be read in a text."""

    def __init__(self, text: str, moment: Moment) -> None:
        self._text = text
        self._moment = moment

    def of(self, hole: Hole, phrases: Mapping[str, Any], known: KnownValues | None) -> list[Read]:
        """Return what can be read for a hole.

        `phrases` are words that examples say for one of its choices, `known` the
        values that are known for it.
        """
        found = self._of(hole, phrases, known)
        return [read if _fits(hole, read.value) else replace(read, value=None) for read in found]

    def _of(self, hole: Hole, phrases: Mapping[str, Any], known: KnownValues | None) -> Iterator[Read]:
        if known is not None:
            yield from map(_matched, known.find(self._text))
            if hole.kind == "text":  # a number or an address is nobody's name
                yield from self._addresses("phone")
                yield from self._addresses("email")
        match hole.kind:
            case "choice":
                yield from self._learnt(phrases)
                if any(choice in _DAYS for choice in hole.choices if isinstance(choice, str)):
                    yield from self._days()
            case "integer" | "number":
                yield from self._mentions(hole.kind, ("number", "measure", "ordinal"))
            case "time":
                yield from self._mentions("time", ("time", "date-time"))
            case "date":
                yield from self._mentions("date", ("date", "date-time"))
            case "date-time":
                yield from self._mentions("date-time", ("date-time", "time", "date"))
            case "duration":
                yield from self._mentions("duration", ("duration",))
            case "email" | "uri" | "phone":
                yield from self._addresses(hole.kind)

    def _mentions(self, wanted: Any, kinds: tuple[MentionKind, ...]) -> Iterator[Read]:
        """Yield what has a format: of the first kind always, of other kinds where none of the first is inside."""
        own = [each for each in self._found if each.kind in kinds]
        plain = [each for each in own if each.kind == kinds[0]]
        for each in own:
            if each.kind == kinds[0] or not any(each.start <= one.start and one.end <= each.end for one in plain):
                yield Read(each.start, each.end, each.as_format(wanted), CERTAIN * each.certainty)

    def _addresses(self, kind: Literal["email", "uri", "phone"]) -> Iterator[Read]:
        for match in _PATTERNS[kind].finditer(self._text):
            yield Read(match.start(), match.end(), match[0], CERTAIN)

    def _days(self) -> Iterator[Read]:
        for each in self._found:
            days = each.as_format("days")
            if days:
                yield Read(each.start, each.end, days, CERTAIN * each.certainty)

    def _learnt(self, phrases: Mapping[str, Any]) -> Iterator[Read]:
        folded = self._text.casefold()
        for words, value in phrases.items() if len(folded) == len(self._text) else ():
            for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", folded):
                yield Read(match.start(), match.end(), value, CERTAIN)

    @cached_property
    def _found(self) -> tuple[Mention, ...]:
        from router.arguments.temporal import mentions

        try:
            return mentions(self._text, self._moment.language, self._moment.now)
        except ValueError:  # times are not read in this language
            return ()


def _matched(match: Match) -> Read:
    equals = match.equals
    bonus = CERTAIN * match.known
    return Read(match.start, match.end, match.value, bonus, "known", equals[1:])


def _fits(hole: Hole, value: Any) -> bool:
    return value is None or all(allows(hole.schema, each) for each in as_list(value))


_DAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
_PATTERNS = {
    "email": re.compile(r"[\w.+-]{1,64}@\w[\w-]{0,62}(?:\.[\w-]{1,63}){1,8}"),
    "uri": re.compile(r"(?:https?://|www\.)[^\s<>\"]{1,500}[^\s<>\".,;:!?)]"),
    "phone": re.compile(r"(?<![\w.])\+?\d(?:[ ().-]{0,2}\d){2,16}(?![\w.])"),
}
