"""Where an utterance names a known value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from router.arguments.known import weights
from router.arguments.known.index import Index, Name, is_spaced, spelled_out
from router.arguments.known.languages import common_words
from router.arguments.known.matches import MOST_RIVALS, How, Match, Rival
from router.arguments.known.pieces import Pieces, pieces_of
from router.arguments.known.weights import Weights
from router.arguments.known.words import Word

MOST_WORDS = 12
"""Of an utterance, that one name is looked for in; a whole name may have more."""
MOST_BETWEEN = 2
"""Joining words that may stand between the words of a name: "mike from the gym"."""

_RANK: Mapping[How, int] = {"exact": 0, "alias": 1, "partial": 2, "spelling": 3, "sound": 4}


class _Found(NamedTuple):
    """How well some words fit an entry."""

    probability: float
    how: How


class _Chain(NamedTuple):
    """Words of a name that were said one after another."""

    covered: int
    quality: float
    """The sum over its pieces."""
    pieces: int
    how: How
    end: int
    """The word after the last one."""


_Spans = dict[tuple[int, int], dict[int, _Found]]
"""What was found, by first word and the word after the last, and by entry."""


def find(index: Index, words: Sequence[Word], weights_: Weights) -> tuple[Match, ...]:
    """Return the matches in the words of an utterance, in their order, the longer first."""
    spans: _Spans = {}
    for start, end, name in _whole(index, words):
        how: How = "alias" if index.names[name].is_alias else "exact"
        _keep(spans, start, end, index.names[name].entry, _Found(_worth(words[start:end], weights_), how))
    pieces = pieces_of(index, words, weights_)
    for start, word in enumerate(words):
        if word.begins and any(pieces[start]):
            for name, chain in _chains(pieces, words, start).items():
                found = _judged(index.names[name], chain, weights_)
                if found is not None and words[chain.end - 1].ends:
                    _keep(spans, start, chain.end, index.names[name].entry, found)
    matches = [_match(index, words[start].start, words[end - 1].end, spans[start, end]) for start, end in spans]
    return tuple(sorted(_outermost(matches), key=lambda match: (match.start, -match.end)))


def _whole(index: Index, words: Sequence[Word]) -> Iterator[tuple[int, int, int]]:
    """Yield each name that was said in full, as first word, word after the last, and number."""
    plain, other = tuple(common_words().canonical(words)), spelled_out(words)
    for said in (plain,) if plain == other else (plain, other):
        for start, first in enumerate(said):
            for length in index.lengths.get(first, ()) if words[start].begins else ():
                end = start + length
                if end <= len(said) and words[end - 1].ends:
                    for name in index.whole.get(said[start:end], ()):
                        yield start, end, name


def _worth(words: Sequence[Word], weights_: Weights) -> float:
    """Return how likely words that are all of a name mean it."""
    common = common_words()
    if all(word.folded in common.function or word.folded in common.joining for word in words):
        return weights_.function
    if len(words) > 1:
        return weights_.whole
    [word] = words
    if len(word.folded) == 1 or word.folded.isdigit():
        return weights_.whole if _is_emoji(word) else weights_.figure
    return weights_.everyday if word.folded in common.everyday else weights_.whole


def _is_emoji(word: Word) -> bool:
    return not word.folded.isalnum() and not is_spaced(word)


def _chains(pieces: Sequence[Sequence[Pieces]], words: Sequence[Word], start: int) -> dict[int, _Chain]:
    """Return for each name its most complete run of words that begins at a word."""
    best: dict[int, _Chain] = {}
    reached: dict[int, dict[int, _Chain]] = {
        start + 1 + more: {
            name: _Chain(piece.covered, piece.quality, 1, piece.how, start + 1 + more) for name, piece in found.items()
        }
        for more, found in enumerate(pieces[start])
        if found
    }
    joining = common_words().joining
    while reached:
        at = min(reached)
        chains = reached.pop(at)
        for name, chain in chains.items():
            if name not in best or best[name].covered.bit_count() < chain.covered.bit_count():
                best[name] = chain
            elif best[name].covered == chain.covered and best[name].quality < chain.quality:
                best[name] = chain
        if at >= len(words) or at - start >= MOST_WORDS:
            continue
        for more, found in enumerate(pieces[at]):
            for name in chains.keys() & found.keys():
                chain, piece = chains[name], found[name]
                if not chain.covered & piece.covered:
                    how = max(chain.how, piece.how, key=lambda each: _RANK[each])
                    longer = _Chain(
                        chain.covered | piece.covered, chain.quality + piece.quality, chain.pieces + 1, how, at + 1 + more
                    )
                    known = reached.setdefault(longer.end, {}).get(name)
                    if known is None or (known.covered.bit_count(), known.quality) < (
                        longer.covered.bit_count(),
                        longer.quality,
                    ):
                        reached[longer.end][name] = longer
        if words[at].folded in joining:
            further = {name: chain for name, chain in chains.items() if at - chain.end < MOST_BETWEEN}
            if further:
                reached[at + 1] = further | reached.get(at + 1, {})
    return best


def _judged(name: Name, chain: _Chain, weights_: Weights) -> _Found | None:
    """Return what a run of words is worth, or None if it is nothing to go by."""
    quality = chain.quality / chain.pieces
    if chain.pieces > 1:
        quality = 1 - (1 - quality) * weights.DOUBTS_SHARED
    is_whole = chain.covered & name.whole == name.whole
    if not is_whole and not weights_.takes_parts:
        return None
    only_weak = not chain.covered & ~name.weak
    if not is_whole:
        worth = weights_.weak_part if only_weak and chain.pieces == 1 else weights_.part
    elif only_weak and chain.covered.bit_count() == 1:
        worth = weights_.everyday
    else:
        worth = weights_.whole
    how = chain.how
    if how == "exact" and not is_whole:
        how = "partial"
    elif how == "exact" and name.is_alias:
        how = "alias"
    return _Found(worth * quality, how)


def _keep(spans: _Spans, start: int, end: int, entry: int, found: _Found) -> None:
    known = spans.setdefault((start, end), {}).get(entry)
    if known is None or (found.probability, -_RANK[found.how]) > (known.probability, -_RANK[known.how]):
        spans[start, end][entry] = found


def _match(index: Index, start: int, end: int, found: Mapping[int, _Found]) -> Match:
    """Return the match of some words: those that fit equally well share most of the probability."""
    ranked = sorted(found.items(), key=lambda item: (-item[1].probability, _RANK[item[1].how], item[0]))
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


def _outermost(matches: Sequence[Match]) -> Iterator[Match]:
    """Yield matches but those inside another that is at least as likely to name a value."""
    for match in matches:
        if not any(
            other is not match
            and other.start <= match.start
            and match.end <= other.end
            and other.known >= match.known
            for other in matches
        ):
            yield match
