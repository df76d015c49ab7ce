"""All that is said in an utterance, each thing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from router.arguments.mention import Kind
from router.arguments.numerals.numeral import Numeral
from router.arguments.temporal.calendar import Day
from router.arguments.temporal.clock import UNKNOWN, Clock
from router.arguments.temporal.grammar import BARE, WEAK
from router.arguments.temporal.holes import Holes, later
from router.arguments.temporal.weekday_sets import weekday_sets


@dataclass(frozen=True, slots=True)
class Found:
    """Some tokens and what they may mean."""

    kind: Kind
    start: int
    end: int
    certainty: float
    value: Any
    """
    | kind | value |
    |---|---|
    | number, ordinal | `Numeral` |
    | measure | a number and a unit |
    | duration | `Duration` |
    | time | `Clock` |
    | date | `Day` |
    | date-time | a date-time, None if it is not known |
    | days | numbers of days of the week |
    | interval | two of a `Clock` and its first and last token |
    """


def find(holes: Holes) -> list[Found]:
    """Return what may be said at each token, idioms left out."""
    grammar, words, kinds = holes.grammar, holes.words, holes.tokens.kinds
    found: list[Found] = []
    idle = numbered = dated = 0
    for at, word in enumerate(words):
        if at < idle:
            continue
        if word in grammar.idioms and (idiom := grammar.idioms.longest(words, at)):
            idle = idiom[0]
            continue
        is_start = word in grammar.starts
        if kinds[at] == "word" and not is_start and not grammar.numerals.may_begin(word):
            continue
        if word in grammar.numerals.lexicon.symbols:
            found += _symbols(holes, at)
        numbers = holes.numbers(at)
        fits = holes.possible(at)
        if numbers and at >= numbered:
            numbered = numbers[0].end
            found.append(_number(at, numbers[0]))
        found += _measures(holes, at, numbers)
        found += _durations(holes, at, fits)
        if "times" in fits:
            found += _times(holes, at)
        if word in grammar.parts and (part := grammar.parts.longest(words, at)):
            dated = part[0]
        if "date" in fits and at >= dated:
            found += _dates(holes, at)
        if is_start:
            found += [Found("days", at, end, sure, days) for end, sure, days in weekday_sets(holes, at)]
        if "time" in fits or word in grammar.openers:
            found += _intervals(holes, at)
    return found


def _number(at: int, number: Numeral) -> Found:
    return Found("ordinal" if number.is_ordinal else "number", at, number.end, number.certainty, number)


def _measures(holes: Holes, at: int, numbers: tuple[Numeral, ...]) -> Iterator[Found]:
    lexicon, words = holes.grammar.numerals.lexicon, holes.words
    for number in numbers:
        if number.is_ordinal or number.end >= len(words):
            continue
        unit_at = number.end
        if isinstance(number.value, float) and words[unit_at] in lexicon.articles:
            unit_at += 1
        if unit := lexicon.units.longest(words, unit_at):
            sure = 0.6 if number.is_article else 0.9
            for rank, name in enumerate(unit[1]):
                yield Found("measure", at, unit[0], round(sure - 0.2 * rank, 2), (number.value, name))
            return
    if words[at] in lexicon.articles and not numbers and (unit := lexicon.units.longest(words, at + 1)):
        yield Found("measure", at, unit[0], 0.55, (1, unit[1][0]))


def _symbols(holes: Holes, at: int) -> Iterator[Found]:
    lexicon = holes.grammar.numerals.lexicon
    for end, units in lexicon.symbols.matches(holes.words, at):
        amount = holes.numbers(end) if end < len(holes.words) else ()
        if amount and not amount[0].is_ordinal:
            yield Found("measure", at, amount[0].end, 0.95, (amount[0].value, units[0]))
            return


def _durations(holes: Holes, at: int, fits: frozenset[str]) -> Iterator[Found]:
    for end, duration in holes("duration", at)[:1] if "duration" in fits else ():
        articles, is_weak = holes.grammar.numerals.lexicon.articles, holes.words[end - 1] in holes.grammar.weak
        is_weak = is_weak and end == at + 2 and holes.words[at] in articles
        yield Found("duration", at, end, 0.4 if is_weak else 0.9, duration)
    for end, rule, bound in holes.grammar.relative.matches(holes.words, at, holes):
        said = dict(bound)
        duration = said["duration"]
        sign = -1 if rule.action in ("ago", "before") else 1
        start: Any = holes.context.now
        if "date" in said:
            is_weeks = duration.days % 7 == 0 and not duration.months
            is_length = _word_before(holes, at) in holes.grammar.lengths or (
                rule.action == "weeks from" and not is_weeks
            )
            if duration.has_time or is_length:
                continue
            start = said["date"].date
        moment = later(start, duration, sign) if start is not None else None
        if not duration.has_time:
            day = moment.date() if isinstance(moment, datetime) else moment
            yield Found("date", at, end, 0.92, Day(day, 0.92))
        else:
            yield Found("date-time", at, end, 0.92, moment)


def _times(holes: Holes, at: int) -> Iterator[Found]:
    best: tuple[int, Clock] | None = None
    for end, read in holes.times(at):
        if best is None or (read.certainty > best[1].certainty and best[1].certainty < 0.5 and not read.is_bare):
            best = end, read
    if best is None:
        return
    end, read = best
    before = _word_before(holes, at)
    grammar = holes.grammar
    rank = 2 if before in grammar.strong else 1 if before in grammar.hints else 0
    if read.is_bare:
        is_article = any(number.is_article and number.end == end for number in holes.numbers(at))
        if _is_counted(holes, at, end) or (is_article and not (rank and _ends(holes, end))) or _is_nought(read):
            return
        certainty = _CERTAINTIES[read.certainty][rank]
        if at == 0 and end == len(holes.words):
            certainty = max(certainty, 0.5)
    else:
        certainty = max(read.certainty, (0.0, 0.7, 0.9)[rank])
    yield Found("time", at, end, certainty, read)


def _word_before(holes: Holes, at: int) -> str:
    """Return the word before a token in lower case, with its accents: "as" is no "às"."""
    if not at:
        return ""
    start, end = holes.tokens.spans[at - 1]
    return holes.tokens.text[start:end].lower()


def _ends(holes: Holes, end: int) -> bool:
    """Whether no noun follows that an article may go with."""
    return end == len(holes.words) or holes.tokens.kinds[end] != "word" or holes.words[end] in holes.grammar.joints


def _is_nought(read: Clock) -> bool:
    return read.is_bare and read.minutes == 0 and read.is_exact


def _is_counted(holes: Holes, at: int, end: int) -> bool:
    """Whether the number is part of something else: "7 %", "3/4", "5 minutes"."""
    words, kinds = holes.words, holes.tokens.kinds
    if at and words[at - 1] in ("/", "-", ".", "$", "€", "£", "#") and holes.tokens.touches(at):
        return True
    if end >= len(words):
        return False
    return (
        words[end] in ("/", "%")
        or bool(holes.grammar.units.matches(words, end))
        or bool(holes.grammar.numerals.lexicon.units.matches(words, end))
        or (kinds[end] == "figures" and not holes("mm", end))
        or (kinds[end] == "word" and holes.tokens.touches(end))
    )


def _dates(holes: Holes, at: int) -> Iterator[Found]:
    if holes.tokens.kinds[at] == "stamp" and ":" in (stamp := holes.words[at]):
        try:
            moment = datetime.fromisoformat(stamp.replace("/", "-"))
        except ValueError:
            return
        tzinfo = holes.context.now.tzinfo if holes.context.now else None
        yield Found("date-time", at, at + 1, 0.95, moment.replace(tzinfo=tzinfo))
    for end, day in holes("date", at)[:1]:
        yield Found("date", at, end, _in_context(holes, at, end, day), day)


def _in_context(holes: Holes, at: int, end: int, day: Day) -> float:
    """Return how sure a date is after what stands before it: "on sun", "in may"."""
    grammar, before = holes.grammar, _word_before(holes, at)
    if day.is_month and before in grammar.month_hints:
        return max(day.certainty, 0.6)
    if day.is_month or day.certainty >= 0.5 or before not in grammar.date_hints:
        return day.certainty
    if day.weekday is not None or end > at + 1:
        return 0.85
    return day.certainty if holes.words[at] in grammar.weak else 0.6


def _intervals(holes: Holes, at: int) -> Iterator[Found]:
    grammar = holes.grammar
    best: Found | None = None
    for end, _, bound in grammar.intervals.matches(holes.words, at, holes):
        times = tuple(value for _, value in bound)
        if any(_is_nought(read) or read.minutes == UNKNOWN for read, _, _ in times) or (
            times[-1][0].is_bare and _is_counted(holes, *times[-1][1:])
        ):
            continue
        is_opened = times[0][1] > at
        is_bare = all(read.is_bare for read, _, _ in times)
        certainty = (0.6 if is_opened else 0.3) if is_bare else 0.95 if is_opened else 0.85
        if best is None or (end, certainty) > (best.end, best.certainty):
            best = Found("interval", at, end, certainty, times)
    if best is not None:
        yield best


_CERTAINTIES = {BARE: (0.12, 0.45, 0.8), WEAK: (0.1, 0.3, 0.6)}
"""Of a number that may be an hour: by itself, after a word that may say so, after one that does."""
