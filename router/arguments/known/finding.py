"""Where an utterance names a known value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from router.arguments.known import weights
from router.arguments.known.chains import RANK, Chain, chains_from
from router.arguments.known.index import Index, Name, is_spaced, spelled_out
from router.arguments.known.languages import common_words
from router.arguments.known.matches import MOST_RIVALS, How, Match, Rival
from router.arguments.known.pieces import pieces_of
from router.arguments.known.weights import Worth
from router.arguments.known.words import Word


class _Found(NamedTuple):
    """How well some words fit an entry."""

    probability: float
    how: How


_Spans = dict[tuple[int, int], dict[int, _Found]]
"""What was found, by first word and the word after the last, and by entry."""


def find(index: Index, words: Sequence[Word], worth: Worth) -> tuple[Match, ...]:
    """Return the matches in the words of an utterance, in their order, the longer first."""
    spans: _Spans = {}
    for start, end, name in _whole(index, words):
        how: How = "alias" if index.names[name].is_alias else "exact"
        _keep(spans, start, end, index.names[name].entry, _Found(_worth_of_whole(words[start:end], worth), how))
    pieces = pieces_of(index, words, worth)
    for start, word in enumerate(words):
        if word.begins and any(pieces[start]):
            for name, chain in chains_from(start, pieces, words).items():
                found = _judged(index.names[name], chain, worth)
                if found is not None and words[chain.end - 1].ends:
                    _keep(spans, start, chain.end, index.names[name].entry, found)
    matches = [_match(index, words[start].start, words[end - 1].end, spans[start, end]) for start, end in spans]
    return tuple(_outermost(matches))


def _whole(index: Index, words: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """Yield the longest names that were said in full from each word on: first word, word after the last, number."""
    plain, other = tuple(common_words().canonical(words)), spelled_out(words)
    for said in (plain,) if plain == other else (plain, other):
        for start, first in enumerate(said):
            for length in index.lengths.get(first, ()) if words[start].begins else ():
                end = start + length
                if end <= len(said) and words[end - 1].ends and (names := index.whole.get(said[start:end])):
                    yield from ((start, end, name) for name in names)
                    break


def _worth_of_whole(words: Sequence[Word], worth: Worth) -> float:
    """Return how likely words that are all of a name mean it."""
    common = common_words()
    if all(word.folded in common.function or word.folded in common.joining for word in words):
        return worth.function
    if len(words) > 1:
        return worth.whole
    [word] = words
    if len(word.folded) == 1 or word.folded.isdigit():
        return worth.whole if _is_emoji(word) else worth.figure
    return worth.everyday if word.folded in common.everyday else worth.whole


def _is_emoji(word: Word) -> bool:
    return not word.folded.isalnum() and not is_spaced(word)


def _judged(name: Name, chain: Chain, worth: Worth) -> _Found | None:
    """Return what a chain is worth; None if it is nothing to go by, or a name of one word, found as a whole before."""
    if chain.how == "exact" and chain.covered == name.whole == 1:
        return None
    quality = chain.quality / chain.pieces
    if chain.pieces > 1:
        quality = 1 - (1 - quality) * weights.DOUBTS_SHARED
    is_whole = chain.covered & name.whole == name.whole
    if not is_whole and (not worth.takes_parts or not chain.covered & ~name.figures):
        return None
    only_weak = not chain.covered & ~(name.weak | name.figures)
    if not is_whole:
        likely = worth.weak_part if only_weak and chain.pieces == 1 else worth.part
    elif only_weak and chain.covered.bit_count() == 1:
        likely = worth.everyday
    else:
        likely = worth.whole
    how = chain.how
    if how == "exact" and not is_whole:
        how = "partial"
    elif how == "exact" and name.is_alias:
        how = "alias"
    return _Found(likely * quality, how)


def _keep(spans: _Spans, start: int, end: int, entry: int, found: _Found) -> None:
    known = spans.setdefault((start, end), {}).get(entry)
    if known is None or (found.probability, -RANK[found.how]) > (known.probability, -RANK[known.how]):
        spans[start, end][entry] = found


def _match(index: Index, start: int, end: int, found: Mapping[int, _Found]) -> Match:
    """Return the match of some words: those that fit equally well share most of the probability."""
    ranked = sorted(found.items(), key=lambda item: (-item[1].probability, RANK[item[1].how], item[0]))
    likely = ranked[0][1].probability
    equal = [item for item in ranked if item[1].probability >= weights.EQUAL * likely]
    others = ranked[len(equal) :]
    equal.sort(key=lambda item: item[0])
    share = likely * (1 - weights.OTHERS_SHARE if others else 1.0) / len(equal)
    left = likely * weights.OTHERS_SHARE / (sum(each.probability for _, each in others) or 1.0)
    rivals = [Rival(index.entries[entry].value, share, each.how) for entry, each in equal[: MOST_RIVALS + 1]]
    rivals += [
        Rival(index.entries[entry].value, min(left * each.probability, share), each.how)
        for entry, each in others[: MOST_RIVALS + 1 - len(rivals)]
    ]
    first = rivals[0]
    return Match(start, end, first.value, first.probability, first.how, likely, tuple(rivals[1:]))


def _outermost(matches: Sequence[Match]) -> list[Match]:
    """Return the matches in order, but those inside another that is at least as likely to name a value."""
    kept: list[Match] = []
    still_open: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        still_open = [other for other in still_open if other.end > match.start]
        if not any(match.end <= other.end and match.known <= other.known for other in still_open):
            kept.append(match)
            still_open.append(match)
    return kept
