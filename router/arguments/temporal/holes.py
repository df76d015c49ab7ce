"""What fills the holes of a language's rules, at each token of one utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from router.arguments.numerals.numeral import Numeral
from router.arguments.numerals.phrases import Phrases
from router.arguments.numerals.tokens import Tokens
from router.arguments.temporal import calendar
from router.arguments.temporal.calendar import Context, Day
from router.arguments.temporal.clock import DAY, UNKNOWN, Clock, clock, offset
from router.arguments.temporal.duration import SIZES, Duration
from router.arguments.temporal.figures import READERS
from router.arguments.temporal.grammar import Grammar, Match


class Holes:
    """The numbers, times, dates and durations that may begin at a token; each place is read once."""

    def __init__(self, tokens: Tokens, grammar: Grammar, context: Context) -> None:
        self.tokens, self.grammar, self.context = tokens, grammar, context
        self.words = tokens.words
        self._numbers: dict[int, tuple[Numeral, ...]] = {}
        self._possible: dict[int, frozenset[str]] = {}
        self._read: dict[tuple[str, int], Sequence[tuple[int, Any]]] = {}

    def __call__(self, name: str, at: int) -> Sequence[tuple[int, Any]]:
        """Return what may fill a hole at a token: where it ends, and its value."""
        key = (name, at)
        found = self._read.get(key)
        if found is None:
            self._read[key] = ()  # nothing fills a hole within itself
            if at < len(self.words) and name in self.possible(at):
                found = self._read[key] = self._fill(name, at)
            else:
                found = ()
        return found

    def _fill(self, name: str, at: int) -> Sequence[tuple[int, Any]]:
        if reader := READERS.get(name):
            return reader(self.numbers(at), self.words[at], at)
        match name:
            case "unit" | "weekday" | "month":
                phrases: Phrases[Any] = getattr(self.grammar, f"{name}s")
                return phrases.matches(self.words, at)
            case "unit3":
                return [one for one in self.grammar.units.matches(self.words, at) if one[1] == "three-quarters"]
            case "time":
                return [(end, (read, at, end)) for end, read in self.times(at)]
            case "times":
                return self._times(at)
            case "date":
                return self._dates(at)
            case "duration":
                return self._durations(at)
            case "year":
                return self._years(at)
        raise AssertionError(name)

    def possible(self, at: int) -> frozenset[str]:
        """Return the names of the holes that may be filled from this token on."""
        found = self._possible.get(at)
        if found is None:
            found = self._possible[at] = self._possible_at(at)
        return found

    def _possible_at(self, at: int) -> frozenset[str]:
        kind, word, grammar = self.tokens.kinds[at], self.words[at], self.grammar
        if kind != "word":
            return grammar.kind_fits.get(kind) or grammar.fits.get(word, _NONE)
        if grammar.numerals.may_begin(word) and self.numbers(at):
            fits = grammar.fits.get(word)
            return grammar.number_fits if fits is None else grammar.number_fits | fits
        return grammar.fits.get(word, _NONE)

    def numbers(self, at: int) -> tuple[Numeral, ...]:
        """Return the numbers that may begin at a token, the longest first."""
        found = self._numbers.get(at)
        if found is None:
            found = self._numbers[at] = self.grammar.numerals.at(self.tokens, at)
        return found

    def times(self, at: int) -> Sequence[tuple[int, Clock]]:
        """Return the times that may begin at a token, the longest first."""
        return self("times", at)

    def _years(self, at: int) -> list[tuple[int, Any]]:
        """Return years in four figures, or in words: "two thousand", "twenty twenty-seven"."""
        in_halves = [
            (rest.end, first.value * 100 + rest.value)
            for first in self.numbers(at)
            if first.value in (19, 20) and first.end < len(self.words)
            for rest in self.numbers(first.end)
            if rest.value in range(10, 100)
        ]
        whole = [
            (number.end, number.value)
            for number in self.numbers(at)
            if number.value in range(1900, 2200)
            and not number.is_ordinal
            and (not number.is_figures or len(self.words[at]) == 4)
        ]
        return in_halves + whole

    def _durations(self, at: int) -> list[tuple[int, Any]]:
        """Return the durations, the longest first; what goes on in a smaller unit is one with it."""
        found: dict[int, Duration] = {}
        for end, duration, unit in self._simple_durations(at):
            found.setdefault(end, duration)
            size, so_far, reached = SIZES.get(unit, 0), duration, end
            for _ in range(_MOST_PARTS):
                joined = [reached, *(after for after, _ in self.grammar.conjunctions.matches(self.words, reached))]
                more = [
                    one
                    for start in joined
                    if start < len(self.words)
                    for one in self._simple_durations(start)
                    if SIZES.get(one[2], size) < size
                ]
                if not more:
                    break
                reached, further, unit = max(more, key=lambda one: one[0])
                so_far, size = so_far + further, SIZES[unit]
                found[reached] = so_far
        return sorted(found.items(), key=lambda one: -one[0])

    def _simple_durations(self, at: int) -> list[tuple[int, Duration, str]]:
        key = ("simple duration", at)
        if key not in self._read:
            matches = self.grammar.durations.matches(self.words, at, self)
            made = (
                (end, _duration(rule.action, dict(bound)), dict(bound).get("unit", "hour"))
                for end, rule, bound in matches
            )
            self._read[key] = [(end, (duration, unit)) for end, duration, unit in made if duration is not None]
        return [(end, duration, unit) for end, (duration, unit) in self._read[key]]

    def _times(self, at: int) -> list[tuple[int, Clock]]:
        """Return the times, the longest first, with the part of the day that follows them."""
        found: list[tuple[int, Clock]] = []
        for match in self.grammar.times.matches(self.words, at, self):
            read = self._clock(match)
            if read is None:
                continue
            for end, part in self.grammar.parts.matches(self.words, match[0]):
                with_part = read.in_part(part) if part else read
                found.append((end, replace(with_part, is_bare=False, certainty=0.95)))
            found.append((match[0], read))
        return sorted(found, key=lambda one: (-one[0], -one[1].certainty))

    def _clock(self, match: Match) -> Clock | None:
        _, rule, bound = match
        said = dict(bound)
        hour, minute, second, is_padded = 0, 0, None, False
        action = rule.action
        further = offset(action, said.get("mm", said.get("minute", said.get("five", 0))))
        if action.startswith("next"):
            return self._next_minute(further % 60, rule.certainty)
        if action.startswith("="):
            hour, minute, is_padded = int(action[1:3]), int(action[4:6]), True
        elif "hour" in said:
            hour, is_padded = said["hour"]
        else:
            hour, minute, second, is_padded = next(said[name] for name in _WRITTEN if name in said)
        read = clock(hour, minute, further, second, is_padded)
        return read and replace(read, is_bare=rule.certainty < 0, certainty=rule.certainty)

    def _next_minute(self, minute: int, certainty: float) -> Clock:
        """Return the next time so many minutes past the hour; of a day that is not known, an unknown one."""
        now = self.context.now
        if now is None:
            return Clock(UNKNOWN, is_exact=True, certainty=certainty)
        hour = now.hour if now.minute < minute else now.hour + 1
        return Clock((hour * 60 + minute) % DAY, is_exact=True, certainty=certainty)

    def _dates(self, at: int) -> list[tuple[int, Day]]:
        """Return the dates, the longest first, with the part of the day that follows them."""
        grammar, found = self.grammar, []
        for end, rule, bound in grammar.dates.matches(self.words, at, self):
            said = dict(bound)
            try:
                day = calendar.day_of(rule.action, said, self.context)
            except (ValueError, OverflowError):
                if not _is_plainly_a_date(rule.action, said):
                    continue
                day = None
            weekday = said.get("weekday")
            is_weak = rule.action == "weekday" and all(word in grammar.weak for word in self.words[at:end])
            certainty = 0.3 if is_weak else rule.certainty
            if rule.action == "day" and rule.certainty > 0.3 and said.get("ordinal", said.get("day", 0)) >= _LIKELY_DAY:
                certainty = max(certainty, 0.55)
            found.append((end, Day(day, certainty, weekday=weekday, is_month=rule.action == "month")))
        for end, feast in grammar.feasts.matches(self.words, at):
            month, day_of_month = map(int, feast.split("-"))
            found.append((end, Day(calendar.yearly(month, day_of_month, None, self.context), 0.9)))
        for end, one in list(found):
            for after, part in grammar.day_parts.matches(self.words, end):
                found.append((after, Day(one.date, 0.95, part, one.weekday)))
        found += [
            (end, Day(self.context.today, 0.9, part)) for end, part in grammar.today_parts.matches(self.words, at)
        ]
        for end, (part, which) in grammar.compound_days.matches(self.words, at):
            action, said = ("weekday", {"weekday": which}) if isinstance(which, int) else ("today 1", {})
            day = calendar.day_of(action, said, self.context)
            found.append((end, Day(day, 0.95, part, which if isinstance(which, int) else None)))
        return sorted(found, key=lambda one: (-one[0], -one[1].certainty))


def _is_plainly_a_date(action: str, said: Mapping[str, Any]) -> bool:
    """Say whether what is no day, such as the 31st of November, was meant to be one."""
    return action in ("date", "stamp") or (action == "dmy" and said["dmy"][-4:].isdigit())


def _duration(action: str, said: Mapping[str, Any]) -> Duration | None:
    if action == "hm":
        hours, minutes, *_ = said["hm"]
        return Duration(seconds=hours * 3600 + minutes * 60)
    if action.startswith("="):
        return Duration(seconds=int(action[1:]))
    if action == "n+m":
        return None if said["number"] > 99 else Duration(seconds=said["number"] * 3600 + said["mm"] * 60)
    count = sum(said["number"] if part == "n" else float(part) for part in action.split("+"))
    unit = said.get("unit") or said.get("unit3") or "hour"
    return Duration.of(count, unit)


def later(moment: Any, duration: Duration, sign: int) -> Any:
    """Return a date or date-time so long after another, or before it; None if the calendar ends there."""
    if not isinstance(moment, date):
        return None
    day = duration.after(moment, sign)
    try:
        return None if day is None else day + timedelta(seconds=sign * duration.seconds)
    except OverflowError:
        return None


_NONE: frozenset[str] = frozenset()
_LIKELY_DAY = 13
"""Of the things that people count, few are so many: "the fifteenth" is rather a day."""
_MOST_PARTS = 3
_WRITTEN = ("clock", "dotted", "hm", "hhmm", "hundreds")
