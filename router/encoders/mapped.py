"""What tokenizers share that are mapped into memory and not read: a file of arrays, and the marks around a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from router.encoders.safetensors import open_arrays
from router.errors import EncoderError

SPACE = "▁"
"""Stands for a space in pieces."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as tokens."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    """The characters `[start, end)` that each stands for."""
    special_tokens_mask: list[int]
    """1 for the marks at the ends."""


class MappedTokenizer(ABC):
    """Encode with the arrays of a file, cutting texts at `max_tokens`, the marks at the ends counted.

    What looks like a mark is read as text. Raises EncoderError if the file is
    none that `write_pieces` of `router.encoder_making.pieces` wrote.
    """

    def __init__(self, file: Path, max_tokens: int) -> None:
        arrays = open_arrays(file)
        try:
            self._open(arrays)
            self._before: list[int] = arrays["before"].tolist()
            self._after: list[int] = arrays["after"].tolist()
        except (LookupError, ValueError) as error:
            raise EncoderError(f"{file}: not the arrays of a tokenizer: {error}") from error
        self._room = max(0, max_tokens - len(self._before) - len(self._after))

    @abstractmethod
    def _open(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep the arrays that are looked up. Raises LookupError or ValueError if they are of another kind."""

    @abstractmethod
    def encode(self, text: str) -> Encoded:
        """Return the tokens of a text. Raises UnicodeEncodeError if it is no valid Unicode."""

    def _between_marks(self, ids: list[int], offsets: list[tuple[int, int]]) -> Encoded:
        """Return tokens, cut, between the marks."""
        before, after = self._before, self._after
        ids, offsets = ids[: self._room], offsets[: self._room]
        mask = [1] * len(before) + [0] * len(ids) + [1] * len(after)
        return Encoded([*before, *ids, *after], [(0, 0)] * len(before) + offsets + [(0, 0)] * len(after), mask)
