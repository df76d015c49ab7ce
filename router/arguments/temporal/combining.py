"""What the things that are said in an utterance mean together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from router.arguments.mention import Format, Mention
from router.arguments.temporal.calendar import WEEKDAYS, Day
from router.arguments.temporal.clock import GOING_OUT, UNKNOWN, WAKING_UP, Clock, aligned
from router.arguments.temporal.finding import Found
from router.arguments.temporal.holes import Holes


def combined(found: list[Found], holes: Holes) -> list[Mention]:
    """Return the mentions of an utterance, in its order."""
    kept = _without_fragments(found)
    if any(one.kind in _TEMPORAL for one in kept):
        kept = _resolved(kept, holes)
    mentions = [_mention(one, holes) for one in kept]
    return sorted(mentions, key=lambda one: (one.start, -one.end, -one.certainty))


def _without_fragments(found: list[Found]) -> list[Found]:
    """Leave out what is only a part of something else, and make what stands against something surer less sure."""
    temporal = [one for one in found if one.kind in _TEMPORAL or one.kind == "measure"]
    if not temporal:
        return found
    sure = [one for one in temporal if one.certainty >= 0.4]
    kept: list[Found] = []
    for one in found:
        certainty = one.certainty
        for other in sure:
            if other is one or other.end <= one.start or one.end <= other.start:
                continue
            is_within = other.start <= one.start and one.end <= other.end
            is_equal = is_within and one.end - one.start == other.end - other.start
            is_unit = (one.kind, other.kind) == ("number", "measure") and other.start < one.start  # "trente pour cent"
            if is_within and not is_equal and (is_unit or (one.kind, other.kind) in _FRAGMENTS):
                break
            if is_equal and (one.kind, other.kind) in {("interval", "time"), ("time", "interval")}:
                if other.certainty >= one.certainty:
                    break
            elif (one.kind, other.kind) in _WEAKENED and not is_equal:
                certainty *= 0.4 if is_within else 1.0
            is_around = one.start <= other.start and other.end <= one.end
            if one.kind == other.kind and not is_within and not is_around and one.certainty < other.certainty:
                certainty *= 0.5
        else:
            kept.append(one if certainty == one.certainty else replace(one, certainty=round(certainty, 3)))
    return kept


def _resolved(found: list[Found], holes: Holes) -> list[Found]:
    """Choose the halves of the day, and join dates with times."""
    hint = _hint(found, holes)
    made, within = _intervals(found, hint)
    dates = [one for one in found if one.kind == "date"]
    is_other_day = any(one.kind == "days" and one.certainty >= _LIKELY for one in found) or any(
        one.value.date != holes.context.today for one in dates if one.certainty >= _LIKELY
    )
    for one in found:
        if one.kind != "time":
            made += [] if one.kind == "interval" else [one]
        elif any(start <= one.start and one.end <= end for start, end in within):
            continue
        elif (joined := next((day for day in dates if _is_joined(one, day, holes)), None)) is None:
            made.append(replace(one, value=one.value.resolved(hint, _after(is_other_day, holes))))
        else:
            made += _with_date(one, joined, hint, holes)
    return made


def _intervals(found: list[Found], hint: str) -> tuple[list[Found], list[tuple[int, int]]]:
    """Return the intervals with the times of the likely ones, and where those are: no other time may be within."""
    made: list[Found] = []
    within = []
    for one in found:
        if one.kind == "interval":
            first, last = one.value
            ends = aligned(first[0], last[0], hint)
            made.append(replace(one, value=ends))
            if one.certainty >= _LIKELY:
                within.append((one.start, one.end))
                pairs = zip(ends, (first, last), strict=True)
                made += [Found("time", start, end, 0.85, read) for read, (_, start, end) in pairs]
    return made, within


def _with_date(one: Found, joined: Found, hint: str, holes: Holes) -> list[Found]:
    """Return a time in the half of the day that its date suggests, and the two as one date-time."""
    day: Day = joined.value
    read = one.value.resolved(day.part or hint, _after(day.date != holes.context.today, holes))
    certainty = max(one.certainty, 0.6) if read.is_bare else one.certainty
    made = [replace(one, value=read, certainty=certainty)]
    if joined.certainty >= _LIKELY or day.part:
        start, end = min(one.start, joined.start), max(one.end, joined.end)
        moment = _moment(day, read, one.value, holes)
        made.append(Found("date-time", start, end, round(min(0.95, certainty + 0.05), 3), moment))
    return made


def _after(is_other_day: bool, holes: Holes) -> int | None:
    """Return the minutes of the day that a time comes after; None if it is of any part of another day."""
    now = holes.context.now
    return None if now is None or is_other_day or not holes.context.is_future else now.hour * 60 + now.minute


def _is_joined(one: Found, day: Found, holes: Holes) -> bool:
    """Whether a time and a date stand together."""
    first, second = (one, day) if one.start < day.start else (day, one)
    if second.start < first.end:
        return False
    at = first.end
    joint_at = holes.grammar.joints
    while at < second.start and (joint := joint_at.longest(holes.words, at)):
        at = joint[0]
    if at != second.start:
        return False
    return not one.value.is_bare or one.certainty > 0.4 or one.start < day.start or day.end == one.start


def _hint(found: Iterable[Found], holes: Holes) -> str:
    """Return the part of the day that is meant: of a date, else in the utterance, else by what that is about."""
    for one in found:
        if one.kind == "date" and one.value.part:
            part: str = one.value.part
            return part
    grammar, words = holes.grammar, holes.words
    for at in range(len(words)):
        for _, part in grammar.parts.matches(words, at) if words[at] in grammar.parts else ():
            if part in ("morning", "afternoon", "evening", "night"):
                return part
    if any(word in grammar.morning and grammar.morning.matches(words, at) for at, word in enumerate(words)):
        return WAKING_UP
    if any(word in grammar.evening and grammar.evening.matches(words, at) for at, word in enumerate(words)):
        return GOING_OUT
    loose = (grammar.day_parts.longest(words, at) for at, word in enumerate(words) if word in grammar.day_parts)
    return next((found[1] for found in loose if found), "")


def _moment(day: Day, read: Clock, said: Clock, holes: Holes) -> datetime | None:
    if day.date is None or read.minutes == UNKNOWN:
        return None
    is_after_midnight = day.part in ("night", "evening") and not said.is_exact and read.minutes < 300
    try:
        on = day.date + timedelta(days=1 if is_after_midnight else 0)
    except OverflowError:
        return None
    now = holes.context.now
    at = time(read.minutes // 60, read.minutes % 60, read.second or 0, tzinfo=now.tzinfo if now else None)
    return datetime.combine(on, at)


def _mention(one: Found, holes: Holes) -> Mention:
    spans = holes.tokens.spans
    values = dict(_values(one, holes))
    return Mention(spans[one.start][0], spans[one.end - 1][1], one.kind, one.certainty, values)


def _values(one: Found, holes: Holes) -> Iterator[tuple[Format, Any]]:
    value = one.value
    match one.kind:
        case "number" | "ordinal":
            yield from _number(value.value)
        case "measure":
            amount, unit = value
            yield from _number(amount)
            yield "unit", unit
            yield "measure", {"value": amount, "unit": unit}
        case "duration":
            yield "duration", value.text
        case "time":
            if value.minutes == UNKNOWN:
                return
            yield "time", value.text
            if value.is_chosen:
                yield "other half", value.in_other_half.text
            if (moment := _next(value, holes)) is not None:
                yield "date-time", moment.isoformat()
        case "date":
            if value.date is not None:
                yield "date", value.date.isoformat()
            if value.part:
                yield "part", value.part
            if value.weekday is not None:
                yield "days", [WEEKDAYS[value.weekday]]
        case "date-time":
            if value is not None:
                yield "date-time", value.isoformat(timespec="seconds")
                yield "date", value.date().isoformat()
                yield "time", f"{value:%H:%M}"
        case "days":
            yield "days", [WEEKDAYS[day] for day in value]
        case "interval":
            yield "interval", [read.text for read in value]


def _number(value: float) -> Iterator[tuple[Format, Any]]:
    yield "number", value
    if value == int(value):
        yield "integer", int(value)


def _next(read: Clock, holes: Holes) -> datetime | None:
    """Return when it is that time next."""
    now = holes.context.now
    if now is None:
        return None
    today = _moment(Day(now.date(), 1.0), read, read, holes)
    if today is None or today > now or not holes.context.is_future:
        return today
    try:
        return today + timedelta(days=1)
    except OverflowError:
        return None


_TEMPORAL = frozenset({"time", "date", "date-time", "duration", "days", "interval"})
_LIKELY = 0.5
_FRAGMENTS = frozenset(
    {
        ("time", "time"), ("date", "date"), ("duration", "duration"), ("days", "days"), ("interval", "interval"),
        ("measure", "measure"), ("time", "date"), ("date", "time"), ("time", "duration"), ("time", "date-time"),
        ("time", "measure"), ("date", "measure"), ("date", "date-time"), ("interval", "date"), ("interval", "duration"),
    }
)  # fmt: skip
"""Kinds of what is nothing by itself within what: "10" is no time in "10 June"."""
_WEAKENED = frozenset(
    {("duration", "time"), ("date", "days"), ("measure", "time"), ("measure", "duration"), ("duration", "measure")}
)
