"""Words that are one slip of the pen apart.

Two words at one edit (a letter left out, added, replaced, or two neighbours
swapped) are equal once each loses at most one letter. So every known word is
kept under what is left when it loses one (Mor and Fraenkel, "A hash code method
for detecting and correcting spelling errors", 1982), and a word is found in as
many look-ups as it has letters, however many words are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

SHORTEST = 4
"""Shorter words have too many neighbours to guess."""
SHORTEST_TWICE = 8
"""From so many letters on, two slips are understood where each word shows one of them alone."""
LONGEST = 24


class Spellings:
    """Known words, by what is left of them."""

    def __init__(self, words: Iterable[str]) -> None:
        left: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(set(words)):
            for rest in _rests(word):
                left[rest].append(word)
        self._left = {rest: tuple(known) for rest, known in left.items()}

    def near(self, word: str) -> dict[str, int]:
        """Return the known words that are near, with the number of edits: 1, or 2 between long words."""
        found: dict[str, int] = {}
        for rest in _rests(word):
            for known in self._left.get(rest, ()):
                if known not in found and known != word:
                    edits = _edits(word, known)
                    if edits == 1 or (edits == 2 and min(len(word), len(known)) >= SHORTEST_TWICE):
                        found[known] = edits
        return found


def likeness(one: str, other: str) -> float:
    """Return the share of two texts that they have in common, in order, from 0 to 1.

    That is twice the length of their longest common subsequence over both lengths;
    the bits of a number are the row of the table (Hyyrö, "Bit-parallel LCS-length
    computation revisited", 2004).

    >>> likeness("xon", "xon"), likeness("xevon", "xivon"), likeness("a", "b")
    (1.0, 0.8, 0.0)
    """
    if one == other:
        return 1.0
    places: dict[str, int] = {}
    for n, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << n
    row = whole = (1 << len(one)) - 1
    for letter in other:
        common = row & places.get(letter, 0)
        row = ((row + common) | (row - common)) & whole
    return 2 * (len(one) - row.bit_count()) / (len(one) + len(other))


def _rests(word: str) -> Iterator[str]:
    if SHORTEST <= len(word) <= LONGEST:
        yield word
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]


def _edits(one: str, other: str) -> int:
    """Count the edits between words that are equal once each lost one letter: 1 or 2."""
    start = 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if max(len(left), len(right)) <= 1:
        return 1
    return 1 if len(left) == len(right) == 2 and left == right[::-1] else 2
