"""Days of the week that are meant together: "every monday", "tuesdays and thursdays", "weekends"."""

from __future__ import annotations

from collections.abc import Iterator

from router.arguments.temporal.calendar import WEEKDAYS
from router.arguments.temporal.holes import Holes


def weekday_sets(holes: Holes, at: int) -> Iterator[tuple[int, float, tuple[int, ...]]]:
    """Return the sets that begin at a token: where each ends, how sure it is, and its days."""
    grammar, words = holes.grammar, holes.words
    for end, names in grammar.sets.matches(words, at)[:1]:
        yield (end, 0.95, tuple(WEEKDAYS.index(day) for day in names.split()))
    every = grammar.every.longest(words, at)
    first = every[0] if every else at
    opener = grammar.range_openers.longest(words, at)
    weekday = grammar.weekdays.longest(words, opener[0]) if opener else None
    if weekday and (last := _range_end(holes, weekday[0])):
        yield (last[0], 0.95, _between(weekday[1], last[1]))
        return
    reached, has_plural, is_weak = first, False, True
    days: list[int] = []
    while True:
        article = grammar.set_articles.longest(words, reached)
        name_at = article[0] if article and (reached > first or not every) else reached
        plural = grammar.weekday_sets.longest(words, name_at)
        name = plural or grammar.weekdays.longest(words, name_at)
        if name is None:
            break
        if not days and (last := _range_end(holes, name[0])):
            yield (last[0], 0.95, _between(name[1], last[1]))
            return
        has_plural = has_plural or plural is not None
        is_weak = is_weak and all(word in grammar.weak for word in words[name_at : name[0]])
        days.append(name[1])
        end = name[0]
        joint = grammar.conjunctions.longest(words, end)
        reached = joint[0] if joint else end
    if days and (len(set(days)) > 1 or has_plural or every):
        is_sure = every or has_plural or not is_weak
        yield end, 0.95 if is_sure else 0.3, tuple(sorted(set(days)))


def _range_end(holes: Holes, at: int) -> tuple[int, int] | None:
    """Return the last day of a range that goes on at this token, and where it ends."""
    grammar, tokens = holes.grammar, holes.tokens
    for through, _ in grammar.through.matches(holes.words, at):
        if last := grammar.weekdays.longest(holes.words, through):
            return last
    if 0 < at < len(tokens) and tokens.text[tokens.spans[at - 1][1] : tokens.spans[at][0]].strip() in ("-", "–"):
        return grammar.weekdays.longest(holes.words, at)
    return None


def _between(first: int, last: int) -> tuple[int, ...]:
    return tuple(sorted((first + step) % 7 for step in range((last - first) % 7 + 1)))
