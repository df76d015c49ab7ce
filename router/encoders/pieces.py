"""A tokenizer of hundreds of thousands of pieces, mapped into memory and not read.

`tokenizers` takes 190 MB for the 262,144 pieces of EmbeddingGemma, more than its
transformer in 4 bits. All that encoding needs are three sorted arrays in a file:
what each character is, which pairs are joined, and in what order. This reads
them where they lie, and gives the tokens that `tokenizers` gives for Gemma's kind
of `tokenizer.json`: BPE of the whole text, with bytes to fall back on.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.mapped import SPACE, Encoded, MappedTokenizer

_NONE = -1


class PieceTokenizer(MappedTokenizer):
    """BPE of the whole text, with bytes to fall back on."""

    def _open(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        _check(arrays)
        self._characters, self._character_ids = arrays["characters"], arrays["character_ids"]
        # Memory views give Python's own numbers, several times faster than numpy's scalars.
        self._pairs, self._ranks, self._joined = (arrays[name].data for name in ("pairs", "ranks", "joined"))
        self._bytes: list[int] = arrays["bytes"].tolist()
        ends = np.cumsum(arrays["added_lengths"]).tolist()
        text = arrays["added"].astype("<u4").tobytes().decode("utf-32-le")
        words = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        self._added: dict[str, list[tuple[str, int]]] = {}
        for word, token in sorted(
            zip(words, arrays["added_ids"].tolist(), strict=True), key=lambda pair: -len(pair[0])
        ):
            self._added.setdefault(word[0], []).append((word, token))

    def encode(self, text: str) -> Encoded:
        """Return the tokens of a text. Raises UnicodeEncodeError if it is no valid Unicode."""
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        for start, end, token in self._parts(text):
            if token != _NONE:
                ids.append(token)
                offsets.append((start, end))
            elif start < end:
                self._join(text[start:end].replace(" ", SPACE), start, ids, offsets)
        return self._between_marks(ids, offsets)

    def _parts(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield the words that are tokens by themselves, and what stands between: start, end, and the token if any."""
        last = at = 0
        while at < len(text):
            for word, token in self._added.get(text[at], ()):
                if text.startswith(word, at):
                    yield last, at, _NONE
                    yield at, at + len(word), token
                    last = at = at + len(word)
                    break
            else:
                at += 1
        yield last, len(text), _NONE

    def _join(self, text: str, offset: int, ids: list[int], offsets: list[tuple[int, int]]) -> None:
        """Append the tokens of a text: of its characters the pair that comes first in order is joined, again and again.

        Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units".
        """
        pieces, starts, ends = self._characters_of(text)
        count = len(pieces)
        following = [*range(1, count), _NONE]
        preceding = [_NONE, *range(count - 1)]
        wanted = [_NONE] * count  # what a piece and the one after it are joined to
        heap: list[tuple[int, int, int]] = []

        def look(at: int) -> None:
            key = pieces[at] << 32 | pieces[following[at]]
            found = bisect_left(self._pairs, key)
            wanted[at] = _NONE
            if found < len(self._pairs) and self._pairs[found] == key:
                wanted[at] = self._joined[found]
                heapq.heappush(heap, (self._ranks[found], at, wanted[at]))

        for at in range(count - 1):
            look(at)
        while heap:
            _, at, joined = heapq.heappop(heap)
            if wanted[at] != joined:
                continue
            gone = following[at]
            pieces[at], ends[at], following[at] = joined, ends[gone], following[gone]
            pieces[gone] = wanted[gone] = wanted[at] = _NONE
            if following[at] != _NONE:
                preceding[following[at]] = at
                look(at)
            if preceding[at] != _NONE:
                look(preceding[at])
        for piece, start, end in zip(pieces, starts, ends, strict=True):
            if piece != _NONE:
                ids.append(piece)
                offsets.append((offset + start, offset + end))

    def _characters_of(self, text: str) -> tuple[list[int], list[int], list[int]]:
        """Return the tokens of single characters, of their bytes where there are none, with starts and ends."""
        codes = np.frombuffer(text.encode("utf-32-le"), "<i4")
        places = np.searchsorted(self._characters, codes)
        places[places == len(self._characters)] = 0
        known = self._characters[places] == codes
        found = self._character_ids[places].tolist()
        if known.all():
            return found, [*range(len(text))], [*range(1, len(text) + 1)]
        pieces: list[int] = []
        starts: list[int] = []
        for at, (character, is_known) in enumerate(zip(text, known.tolist(), strict=True)):
            own = [found[at]] if is_known else [self._bytes[byte] for byte in character.encode()]
            pieces += own
            starts += [at] * len(own)
        return pieces, starts, [start + 1 for start in starts]


def _check(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raise ValueError or LookupError unless these can be looked up in each other."""
    if odd := [name for name, array in arrays.items() if array.ndim != 1 or array.dtype.kind != "i"]:
        raise ValueError(f"{odd[0]!r} is no list of whole numbers")
    for names in (("pairs", "ranks", "joined"), ("characters", "character_ids"), ("added_lengths", "added_ids")):
        if len({len(arrays[name]) for name in names}) > 1:
            raise ValueError(f"{', '.join(map(repr, names))} differ in length")
    if len(arrays["bytes"]) != 256 or not len(arrays["characters"]) or arrays["added_lengths"].min(initial=1) < 1:
        raise ValueError("a piece is missing")
