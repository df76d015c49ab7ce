"""What fills the holes of a language's rules, at each token of one utterance."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from router.arguments.numerals.numeral import Numeral
from router.arguments.numerals.tokens import Tokens
from router.arguments.temporal import calendar
from router.arguments.temporal.calendar import Context, Day
from router.arguments.temporal.clock import DAY, UNKNOWN, Clock, clock, offset
from router.arguments.temporal.duration import SIZES, Duration
from router.arguments.temporal.grammar import Grammar, Match


class Holes:
    """The numbers, times, dates and durations that may begin at a token; each place is read once."""

    def __init__(self, tokens: Tokens, grammar: Grammar, context: Context) -> None:
        self.tokens, self.grammar, self.context = tokens, grammar, context
        self.words = tokens.words
        self._numbers: dict[int, tuple[Numeral, ...]] = {}
        self._read: dict[tuple[str, int], Sequence[tuple[int, Any]]] = {}
        self._readers: dict[str, Callable[[int], Sequence[tuple[int, Any]]]] = {
            "number": lambda at: [
                (n.end, n.value) for n in self.numbers(at) if not n.is_ordinal and n.value >= 0
            ],
            "hour": self._hours, "minute": lambda at: self._minutes(at, range(1, 60)),
            "five": lambda at: self._minutes(at, range(5, 30, 5)), "mm": self._two_figures, "hhmm": self._four_figures, 
            "military": self._military,
            "clock": self._clocks, "dotted": self._dotted, "hm": self._hours_and_minutes,
            "day": self._days, "ordinal": lambda at: self._days(at, ordinal=True), "year": self._years,
            "stamp": lambda at: self._written("stamp", at), "dmy": lambda at: self._written("dmy", at),
            "unit": lambda at: grammar.units.matches(self.words, at),
            "unit3": lambda at: [one for one in grammar.units.matches(self.words, at) if one[1] == "three-quarters"],
            "weekday": lambda at: grammar.weekdays.matches(self.words, at),
            "month": lambda at: grammar.months.matches(self.words, at),
            "time": lambda at: [(end, (read, at, end)) for end, read in self.times(at)],
            "times": self._times, "date": self._dates, "duration": self._durations,
        }  # fmt: skip

    def __call__(self, name: str, at: int) -> Sequence[tuple[int, Any]]:
        """Return what may fill a hole at a token: where it ends, and its value."""
        key = (name, at)
        found = self._read.get(key)
        if found is None:
            self._read[key] = ()  # nothing fills a hole within itself
            found = self._read[key] = self._readers[name](at) if at < len(self.words) else ()
        return found

    def numbers(self, at: int) -> tuple[Numeral, ...]:
        """Return the numbers that may begin at a token, the longest first."""
        found = self._numbers.get(at)
        if found is None:
            found = self._numbers[at] = self.grammar.numerals.at(self.tokens, at)
        return found

    def times(self, at: int) -> Sequence[tuple[int, Clock]]:
        """Return the times that may begin at a token, the longest first."""
        return self("times", at)

    def _hours(self, at: int) -> list[tuple[int, Any]]:
        return [
            (n.end, (int(n.value), n.is_figures and self.words[at].startswith("0")))
            for n in self.numbers(at)
            if not n.is_ordinal
            and isinstance(n.value, int)
            and 0 <= n.value <= 24
            and (not n.is_figures or (n.end == at + 1 and len(self.words[at]) <= 2))
        ]

    def _minutes(self, at: int, allowed: range) -> list[tuple[int, Any]]:
        return [(n.end, n.value) for n in self.numbers(at) if n.value in allowed and not n.is_ordinal]

    def _two_figures(self, at: int) -> list[tuple[int, Any]]:
        return [
            (n.end, n.value)
            for n in self.numbers(at)
            if not n.is_ordinal
            and isinstance(n.value, int)
            and 0 <= n.value < 60
            and (n.value >= 10 if not n.is_figures else n.end == at + 1 and len(self.words[at]) == 2)
        ]

    def _four_figures(self, at: int) -> list[tuple[int, Any]]:
        word = self.words[at]
        is_clock = self.tokens.kinds[at] == "figures" and re.fullmatch(r"(?:[01][0-9]|2[0-3])[0-5][0-9]", word)
        return [(at + 1, (int(word[:2]), int(word[2:]), None, True))] if is_clock else []

    def _military(self, at: int) -> list[tuple[int, Any]]:
        """Return what is said in hundreds: "six hundred", "five hundred and thirty"."""
        return [
            (n.end, (n.value // 100, n.value % 100, None, False))
            for n in self.numbers(at)
            if isinstance(n.value, int) and 100 <= n.value < 2400 and n.value % 100 < 60 and not n.is_figures
        ]

    def _clocks(self, at: int) -> list[tuple[int, Any]]:
        if self.tokens.kinds[at] != "clock":
            return []
        hour, minute, *second = self.words[at].split(":")
        return [(at + 1, (int(hour), int(minute), int(second[0]) if second else None, hour.startswith("0")))]

    def _dotted(self, at: int) -> list[tuple[int, Any]]:
        found = self.tokens.kinds[at] == "figures" and re.fullmatch(r"([0-9]{1,2})\.([0-5][0-9])", self.words[at])
        return [(at + 1, (int(found[1]), int(found[2]), None, found[1].startswith("0")))] if found else []

    def _hours_and_minutes(self, at: int) -> list[tuple[int, Any]]:
        if self.tokens.kinds[at] != "hm":
            return []
        hour, minute = re.findall("[0-9]+", self.words[at])
        return [(at + 1, (int(hour), int(minute), None, False))] if int(minute) < 60 else []

    def _days(self, at: int, ordinal: bool = False) -> list[tuple[int, Any]]:
        return [
            (n.end, n.value)
            for n in self.numbers(at)
            if isinstance(n.value, int)
            and 1 <= n.value <= 31
            and not (n.is_article and not n.is_ordinal)
            and (n.is_ordinal or not ordinal)
        ]

    def _years(self, at: int) -> list[tuple[int, Any]]:
        spoken = [
            (rest.end, first.value * 100 + rest.value)
            for first in self.numbers(at)
            if first.value in (19, 20) and first.end < len(self.words)
            for rest in self.numbers(first.end)
            if isinstance(rest.value, int) and 10 <= rest.value < 100
        ]
        return spoken + [
            (n.end, n.value)
            for n in self.numbers(at)
            if isinstance(n.value, int)
            and 1900 <= n.value < 2200
            and not n.is_ordinal
            and (not n.is_figures or len(self.words[at]) == 4)
        ]

    def _written(self, kind: str, at: int) -> list[tuple[int, Any]]:
        return [(at + 1, self.words[at])] if self.tokens.kinds[at] == kind else []

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
                continue
            weekday = said.get("weekday")
            is_weak = rule.action == "weekday" and all(word in grammar.weak for word in self.words[at:end])
            found.append((end, Day(day, 0.3 if is_weak else rule.certainty, weekday=weekday)))
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


_MOST_PARTS = 3
_WRITTEN = ("clock", "dotted", "hm", "hhmm", "military")
