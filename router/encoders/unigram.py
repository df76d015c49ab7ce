"""A unigram tokenizer of a hundred thousand pieces, mapped into memory and not read.

`tokenizers` takes 145 MB and 0.7 s for the 135,000 pieces of a trimmed
multilingual-e5-small. All that encoding needs is what each piece is worth, found
by a hash of its characters. This reads it where it lies, and gives the tokens
that `tokenizers` gives for XLM-RoBERTa's kind of `tokenizer.json`: words that
begin with "▁", each cut into the pieces of the greatest total score.

Kudo 2018, "Subword Regularization".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.mapped import SPACE, Encoded, MappedTokenizer

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NO_CHARACTER = np.uint32(0x110000)
"""What stands for U+0000, which no piece holds: a zero at the beginning would leave the hash as it is."""
_PENALTY = 10.0
"""So much less than the least likely piece a character is worth that is in none."""
_WHITE = re.compile(r"[^\S\x1c-\x1f]+")


class UnigramTokenizer(MappedTokenizer):
    """Words that begin with "▁", each cut into the pieces of the greatest total score."""

    def _open(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        _check(arrays)
        self._hashes, self._ids, self._scores = arrays["hashes"], arrays["ids"], arrays["scores"]
        self._unknown, self._longest = (int(arrays[name][0]) for name in ("unknown", "longest"))
        self._unknown_score = float(arrays["lowest"][0]) - _PENALTY

    def encode(self, text: str) -> Encoded:
        """Return the tokens of a text. Raises UnicodeEncodeError if it is no valid Unicode."""
        marked, places = _marked(text)
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        for start, end, token in self._path(marked):
            offset = places[start][0], places[end - 1][1]
            if token == self._unknown and ids[-1:] == [token] and marked[start] != SPACE:
                offsets[-1] = offsets[-1][0], offset[1]  # what is unknown in a row is one token
            elif len(ids) == self._room:
                break
            else:
                ids.append(token)
                offsets.append(offset)
        return self._between_marks(ids, offsets)

    def _path(self, text: str) -> list[tuple[int, int, int]]:
        """Return the pieces of the greatest total score: where each begins and ends, and its token (Viterbi)."""
        best = [-np.inf] * (len(text) + 1)
        came = [(0, self._unknown)] * (len(text) + 1)
        pieces = self._pieces(text)
        for start, letter in enumerate(text):
            here = 0.0 if letter == SPACE else best[start]
            known = False
            for end, token, score in pieces[start]:
                known |= end == start + 1
                if here + score > best[end]:
                    best[end], came[end] = here + score, (start, token)
            if not known and here + self._unknown_score > best[start + 1]:
                best[start + 1], came[start + 1] = here + self._unknown_score, (start, self._unknown)
        found = []
        end = len(text)
        while end:
            start, token = came[end]
            found.append((start, end, token))
            end = start
        return found[::-1]

    def _pieces(self, text: str) -> list[list[tuple[int, int, float]]]:
        """Return the pieces that begin at each character and leave no word, the shortest first: end, token, score."""
        found: list[list[tuple[int, int, float]]] = [[] for _ in text]
        if not text:
            return found
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
        count = len(codes)
        words = np.append(np.flatnonzero(codes == ord(SPACE)), count)
        room = words[np.searchsorted(words, np.arange(count), side="right")] - np.arange(count)  # to the word's end
        longest = min(self._longest, int(room.max()))
        padded = np.append(np.where(codes, codes, _NO_CHARACTER), np.zeros(longest, np.uint32))
        hashes = np.zeros((count, longest), np.int64)
        last = np.zeros(count, np.int64)
        for length in range(longest):
            last = hash_on(last, padded[length : length + count])
            hashes[:, length] = last
        starts, lengths = np.nonzero(np.arange(longest) < room[:, None])
        wanted = hashes[starts, lengths]
        places = np.searchsorted(self._hashes, wanted)
        places[places == len(self._hashes)] = 0
        known = self._hashes[places] == wanted
        starts, ends, places = starts[known], (starts + lengths + 1)[known], places[known]
        scores = self._scores[places].tolist()
        for start, end, token, score in zip(
            starts.tolist(), ends.tolist(), self._ids[places].tolist(), scores, strict=True
        ):
            found[start].append((end, token, score))
        return found


def hash_on(hashes: NDArray[np.int64], codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Return the hashes of texts that are longer by a character each; that of the empty text is 0."""
    mixed = (hashes.view(np.uint64) ^ codes) * _FACTOR
    found: NDArray[np.int64] = (mixed ^ (mixed >> np.uint64(29))).view(np.int64)
    return found


def _marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text as the pieces are of it, and which of its characters `[start, end)` each character stands for.

    Unicode's NFKC, and "▁" for white space and before the first word.
    """
    composed, places = _composed(text)
    kept = []
    marked = []
    for at, letter in enumerate(composed):
        if _WHITE.match(letter):
            letter = SPACE
            if at and _WHITE.match(composed[at - 1]):
                continue
        marked.append(letter)
        kept.append(places[at])
    if marked and marked[0] != SPACE:
        marked.insert(0, SPACE)
        kept.insert(0, kept[0])
    return "".join(marked), kept


def _composed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text's NFKC, and where in the text each of its characters is from: all of it where that is not clear."""
    composed = unicodedata.normalize("NFKC", text)
    if composed == text:
        return text, [(at, at + 1) for at in range(len(text))]
    starts = [at for at, letter in enumerate(text) if not at or not _joins(letter)]
    places = [
        (start, end)
        for start, end in pairwise([*starts, len(text)])
        for _ in unicodedata.normalize("NFKC", text[start:end])
    ]
    return composed, places if len(places) == len(composed) else [(0, len(text))] * len(composed)


def _joins(letter: str) -> bool:
    """Whether a letter may become one with those before it: a mark, or the middle or end of a syllable of Hangul."""
    return unicodedata.combining(letter) > 0 or "\u1160" <= letter <= "\u11ff"


def _check(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise ValueError or LookupError unless these are what `write_pieces` writes."""
    if odd := [
        name for name in ("hashes", "ids", "unknown", "longest", "before", "after") if arrays[name].dtype.kind != "i"
    ]:
        raise ValueError(f"{odd[0]!r} are no whole numbers")
    if arrays["lowest"].dtype.kind != "f":
        raise ValueError("'lowest' is no score")
    if not len(arrays["hashes"]) == len(arrays["ids"]) == len(arrays["scores"]) > 0:
        raise ValueError("'hashes', 'ids' and 'scores' differ in length")
