"""What single words of an utterance may be of which names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from router.arguments.known import weights
from router.arguments.known.index import MOST_JOINED, Index, is_spaced
from router.arguments.known.languages import common_words
from router.arguments.known.matches import How
from router.arguments.known.sounds import key, spoken_sounds
from router.arguments.known.spelling import SHORTEST, likeness
from router.arguments.known.weights import Worth
from router.arguments.known.words import Word


class Piece(NamedTuple):
    """Words of an utterance, read as words of a name."""

    covered: int
    """Which words of the name, one bit each."""
    quality: float
    """How well they fit, in (0, 1]."""
    how: How


Pieces = dict[int, Piece]
"""By the name's number: the best piece of each."""

SHORTEST_HEARD = 3
"""Words of fewer letters are never taken for others that sound alike; nor by spelling any below four."""
MOST_PIECES = 20_000
"""Of an utterance. Beyond them, as in a page of nothing but common names, only whole names are found."""


def pieces_of(index: Index, words: Sequence[Word], worth: Worth) -> list[list[Pieces]]:
    """Return for each word what it may be, and what it may be together with the next ones: lists of up to three."""
    found: list[list[Pieces]] = []
    left = MOST_PIECES
    for start, word in enumerate(words):
        longest = 0
        while left > 0 and longest < MOST_JOINED and start + longest < len(words) and is_spaced(words[start + longest]):
            longest += 1
        here = [_single(index, word, worth)] if longest else [{}]
        here += [_joined(index, words[start : start + n], worth) for n in range(2, longest + 1)]
        left -= 20 + sum(map(len, here))
        found.append(here)
    return found


def _single(index: Index, word: Word, worth: Worth) -> Pieces:
    common = common_words()
    found: Pieces = {}
    if word.folded in common.joining:
        return found
    for form in {common.same.get(word.folded, word.folded), *word.forms}:
        _add(found, index, form, 1.0, "exact")
    if word.folded in common.function:
        return found
    everyday = word.folded in common.everyday
    if not everyday:
        for form in word.forms:
            _add_slips(found, index, form)
            if form.endswith("s") and len(form) > max(worth.shortest_known, SHORTEST - 1):
                _add(found, index, form[:-1], weights.POSSESSIVE, "spelling")
    if len(word.folded) >= SHORTEST_HEARD:
        _add_sounds(found, index, word.folded, worth, everyday=everyday)
    return found


def _joined(index: Index, words: Sequence[Word], worth: Worth) -> Pieces:
    """Return what neighbours may be if they are one word."""
    common = common_words()
    found: Pieces = {}
    joined = "".join(word.forms[1] if word.forms[1:] and word.forms[1][-1:] == "s" else word.folded for word in words)
    content = [
        word.folded for word in words if word.folded not in common.joining and word.folded not in common.function
    ]
    if not content or len(joined) < SHORTEST:
        return found
    _add(found, index, joined, weights.WRITTEN_TOGETHER, "spelling")
    everyday = sum(word in common.everyday for word in content)
    if len(content) == len(words) > everyday and len(joined) > SHORTEST:
        if len(joined) > SHORTEST + 1:
            _add_slips(found, index, joined)
        if not everyday:
            _add_sounds(found, index, joined, worth, joined=True)
    return found


def _add_slips(found: Pieces, index: Index, word: str) -> None:
    for known, edits in index.spellings.near(word).items():
        longer = max(len(known), len(word))
        quality = weights.TWO_SLIPS if edits == 2 else weights.ONE_SLIP[min(longer, max(weights.ONE_SLIP))]
        _add(found, index, known, quality, "spelling")


def _add_sounds(
    found: Pieces, index: Index, word: str, worth: Worth, *, everyday: bool = False, joined: bool = False
) -> None:
    """Add known words that sound like a word; one of everyday life must sound the same to the last vowel."""
    share = weights.SAME_SOUND * (worth.everyday_sound if everyday else 1) * (weights.WRITTEN_TOGETHER if joined else 1)
    for heard in spoken_sounds(word):
        consonants = key(heard)
        for sounds, known in index.sounds.get(consonants, ()) if len(consonants) > 2 or not joined else ():
            if known == word or len(known) < worth.shortest_known:
                continue
            alike = likeness(sounds, heard)
            if alike == 1.0:
                _add(found, index, known, share, "sound")
            elif not everyday and alike >= weights.LIKE_SOUND and min(len(sounds), len(heard)) > 2:
                _add(found, index, known, share * alike ** (weights.VOWELS_COUNT / len(consonants)), "sound")


def _add(found: Pieces, index: Index, word: str, quality: float, how: How) -> None:
    for covered, names in index.words.get(word, ()):
        is_one = not covered & (covered - 1)
        piece = (
            Piece(covered, quality, how) if is_one else Piece(covered, quality * weights.WRITTEN_TOGETHER, "spelling")
        )
        better = (
            [name for name in names if name not in found or found[name].quality < piece.quality] if found else names
        )
        found.update(dict.fromkeys(better, piece))
