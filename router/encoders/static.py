"""An encoder that is a table: a vector for each token, looked up and added."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import CARD, TOKENIZER, Card, fingerprint_of
from router.encoders.carded import CardedEncoder
from router.encoders.protocol import TokenVectors
from router.encoders.safetensors import open_arrays
from router.encoders.tokenizer import open_tokenizer
from router.encoders.unit import unit_or_first
from router.errors import EncoderError

TABLE = "model.safetensors"
MAX_TOKENS = 512
"""Longer texts are cut, where no card says otherwise. It is what model2vec cuts at."""


class StaticEncoder(CardedEncoder):
    """Encode with the `model.safetensors`, `tokenizer.json` and `encoder.json` of a folder, by numpy alone.

    The row of a text is the weighted sum of its tokens' vectors at unit length,
    whatever their order: tens of microseconds. `model.safetensors` holds
    `embeddings` [n, D] in int8, float16 or float32, and may hold `weights` [v],
    of which the scale of an int8 vector is a part, and `mapping` [v], which says
    where each token's vector is. model2vec writes the same, so its folders open
    too: without `encoder.json` the encoder is called after its folder, and the
    fingerprint is computed. A device reads only the vectors that it needs.

    A token's own vector, which `encode_tokens` gives, knows nothing of its context.

    Raises EncoderError if a file is missing or broken.
    """

    gives_tokens = True

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        file = self.folder / TABLE
        arrays = open_arrays(file)
        table = arrays.get("embeddings")
        if table is None or table.ndim != 2 or table.dtype.kind not in "if" or 0 in table.shape:
            raise EncoderError(f"{file}: holds {_described(arrays)}; expected 'embeddings' [n, D]")
        self._card = self._read_card(table.shape[1])
        self._tokenizer = open_tokenizer(self.folder / TOKENIZER, self._card.max_tokens)
        tokens = max(self._tokenizer.get_vocab().values(), default=-1) + 1
        weights = arrays.get("weights", np.ones(tokens, np.float32))
        places = arrays.get("mapping", np.arange(tokens))
        if (
            (weights.ndim, places.ndim) != (1, 1)
            or places.dtype.kind not in "iu"
            or min(len(weights), len(places)) < tokens
        ):
            raise EncoderError(
                f"{file}: holds {_described(arrays)}; expected 'weights' and 'mapping' of {tokens} tokens"
            )
        if places.min(initial=0) < 0 or places.max(initial=0) >= len(table):
            raise EncoderError(f"{file}: holds {_described(arrays)}, too few for the {tokens} tokens of {TOKENIZER}")
        self._table, self._places = table, places
        self._weights = weights.astype(np.float32)
        unknown = getattr(self._tokenizer.model, "unk_token", None)
        if unknown is not None and (number := self._tokenizer.token_to_id(unknown)) is not None:
            self._weights[number] = 0  # it says nothing

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = np.empty((len(utterances), self.dim), np.float32)
        for row, utterance in zip(rows, utterances, strict=True):
            ids = self._tokenizer.encode(utterance, add_special_tokens=False).ids
            row[:] = self._row(ids, self._looked_up(ids))
        return rows

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row of each text and its tokens' own vectors, at unit length."""
        return [self._tokens(utterance) for utterance in utterances]

    def _tokens(self, text: str) -> TokenVectors:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        vectors = self._looked_up(encoding.ids)
        row = self._row(encoding.ids, vectors)
        spans = np.array(encoding.offsets, np.intp).reshape(-1, 2)
        own = spans[:, 0] < spans[:, 1]  # a mark for the beginning of a word may stand for no character
        lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
        return TokenVectors(row, (vectors / np.maximum(lengths, np.finfo(np.float32).tiny))[own], spans[own])

    def _looked_up(self, ids: list[int]) -> NDArray[np.float32]:
        return self._table[self._places[ids]].astype(np.float32) if ids else np.empty((0, self.dim), np.float32)

    def _row(self, ids: list[int], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return `[dim]`. Sums go token by token, so that no library's threads or kernels decide about bits."""
        row: NDArray[np.float32] = (vectors * self._weights[ids, None]).sum(axis=0) if ids else vectors.sum(axis=0)
        return unit_or_first(row, self.folder / TABLE)

    def _read_card(self, dim: int) -> Card:
        if not (self.folder / CARD).exists():
            card = Card(name=self.folder.resolve().name, dim=dim, max_tokens=MAX_TOKENS, model=TABLE)
            return replace(card, fingerprint=fingerprint_of(self.folder, card))
        card = Card.read(self.folder)
        if (card.model, card.dim) != (TABLE, dim):
            raise EncoderError(
                f"{self.folder / CARD}: says {card.dim} dimensions in {card.model!r}; expected {dim} in {TABLE!r}"
            )
        return card


def _described(arrays: dict[str, NDArray[np.generic]]) -> str:
    return ", ".join(f"{name!r} {array.dtype} {list(array.shape)}" for name, array in arrays.items()) or "nothing"
