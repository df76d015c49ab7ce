"""Words of a name that are said one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from router.arguments.known.languages import common_words
from router.arguments.known.matches import How
from router.arguments.known.pieces import Piece, Pieces
from router.arguments.known.words import Word

MOST_WORDS = 12
"""Of an utterance, that one name is looked for in. A name that is said in full may have more."""
MOST_BETWEEN = 2
"""Joining words that may stand between the words of a name: "mike from the gym"."""

RANK: Mapping[How, int] = {"exact": 0, "alias": 1, "partial": 2, "spelling": 3, "sound": 4}
"""What is weaker has a higher number."""


class Chain(NamedTuple):
    """Some words of a name, in any order."""

    covered: int
    """Which words of the name, one bit each."""
    quality: float
    """The sum over its pieces."""
    pieces: int
    how: How
    """That of its weakest piece."""
    end: int
    """The word of the utterance after its last one."""

    @property
    def completeness(self) -> tuple[int, float]:
        """By which the best chain of a name is chosen."""
        return self.covered.bit_count(), self.quality / self.pieces


def chains_from(start: int, pieces: Sequence[Sequence[Pieces]], words: Sequence[Word]) -> dict[int, Chain]:
    """Return for each name its most complete chain that begins at a word."""
    joining = common_words().joining
    best: dict[int, Chain] = {}
    reached: dict[int, dict[int, Chain]] = {}
    for more, found in enumerate(pieces[start]):
        if found:
            end = start + 1 + more
            first = {piece: Chain(piece.covered, piece.quality, 1, piece.how, end) for piece in set(found.values())}
            reached[end] = {name: first[piece] for name, piece in found.items()}
    while reached:
        at = min(reached)
        chains = reached.pop(at)
        for name, chain in chains.items():
            if name not in best or best[name].completeness < chain.completeness:
                best[name] = chain
        if at >= len(words) or at - start >= MOST_WORDS:
            continue
        for more, found in enumerate(pieces[at]):
            for name in chains.keys() & found.keys():
                if not chains[name].covered & found[name].covered:
                    longer = _extended(chains[name], found[name], at + 1 + more)
                    _reach(reached, name, longer, longer.end)
        if words[at].folded in joining:
            for name, chain in chains.items():
                if at - chain.end < MOST_BETWEEN:
                    _reach(reached, name, chain, at + 1)
    return best


def _reach(reached: dict[int, dict[int, Chain]], name: int, chain: Chain, at: int) -> None:
    """Keep a chain that may go on at a word, unless the name has a better one there."""
    known = reached.setdefault(at, {}).get(name)
    if known is None or known.completeness < chain.completeness:
        reached[at][name] = chain


def _extended(chain: Chain, piece: Piece, end: int) -> Chain:
    how = max(chain.how, piece.how, key=lambda each: RANK[each])
    return Chain(chain.covered | piece.covered, chain.quality + piece.quality, chain.pieces + 1, how, end)
