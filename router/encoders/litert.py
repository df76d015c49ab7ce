"""An encoder run by LiteRT, as Android apps carry them: a `.tflite` model and its tokenizer."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import CARD, TOKENIZER, Card, fingerprint_of
from router.encoders.carded import CardedEncoder
from router.encoders.families import prefixes_of
from router.encoders.tokenizer import open_tokenizer
from router.encoders.unit import unit
from router.errors import EncoderError, MissingExtraError

MODEL = "model.tflite"
_PADS = ("<pad>", "[PAD]")


class LiteRTEncoder(CardedEncoder):
    """Encode with a `.tflite` file, or a folder whose `encoder.json` names it, and the `tokenizer.json` beside it.

    The graph takes [1, n] token numbers, padded to its n, and their mask if it
    has a second input; its output is one row, which is made unit. Without
    `encoder.json` the encoder is called after its file.

    Raises MissingExtraError without ai-edge-litert, EncoderError if a file is
    missing or broken, or the graph is of another kind.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError:
            raise MissingExtraError("ai-edge-litert", "litert", f"encoder 'litert:{os.fspath(path)}'") from None
        given = Path(path)
        self.folder = folder = given if given.is_dir() else given.parent
        card = Card.read(folder) if (folder / CARD).exists() else None
        self._file = folder / (card.model if card else MODEL) if given.is_dir() else given
        try:
            self._interpreter: Any = Interpreter(model_path=str(self._file), num_threads=1)
            self._interpreter.allocate_tensors()
        except Exception as error:  # it raises what its compiled part raises
            raise EncoderError(f"{self._file}: not a model that LiteRT can open: {error}") from error
        self._inputs = sorted(self._interpreter.get_input_details(), key=_tokens_first)
        outputs = self._interpreter.get_output_details()
        self._length, dim = self._check(outputs)
        self._output = outputs[0]["index"]
        if card is None or self._file != folder / card.model:
            name = self._file.stem
            card = Card(name, dim, self._length, prefixes=prefixes_of(name), model=self._file.name)
            card = replace(card, fingerprint=fingerprint_of(folder, card))
        if card.dim != dim:
            raise EncoderError(f"{folder / CARD}: says {card.dim} dimensions, but {self._file.name} gives {dim}")
        self._card = card
        self._tokenizer = open_tokenizer(folder / TOKENIZER, min(card.max_tokens, self._length))
        pads = (self._tokenizer.token_to_id(pad) for pad in _PADS)
        self._pad = next((pad for pad in pads if pad is not None), 0)
        self._lock = threading.Lock()

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = np.empty((len(utterances), self.dim), np.float32)
        for row, utterance in zip(rows, utterances, strict=True):
            row[:] = self._encode_one(utterance)
        return rows

    def _encode_one(self, utterance: str) -> NDArray[np.float32]:
        """Return `[dim]`. Raises EncoderError if it is none."""
        try:
            ids = self._tokenizer.encode(utterance).ids
            padding = self._length - len(ids)
            values = (ids + [self._pad] * padding, [1] * len(ids) + [0] * padding)
            with self._lock:
                for given, value in zip(self._inputs, values, strict=False):
                    self._interpreter.set_tensor(given["index"], np.array([value], given["dtype"]))
                self._interpreter.invoke()
                row: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0]
        except Exception as error:  # it raises what its compiled part raises
            raise EncoderError(f"{self._file}: failed on {utterance!r:.80}: {error}") from error
        return unit(row, self._file, utterance)

    def _check(self, outputs: Sequence[Any]) -> tuple[int, int]:
        """Return how many tokens the graph takes and how long its row is. Raises EncoderError."""
        shapes = [tuple(each["shape"].tolist()) for each in self._inputs]
        kinds = [np.dtype(each["dtype"]).kind for each in self._inputs]
        given = tuple(outputs[0]["shape"].tolist()) if len(outputs) == 1 else ()
        one_row = len(given) == 2 and given[0] == 1 and outputs[0]["dtype"] is np.float32
        if len(set(shapes)) != 1 or len(shapes) > 2 or len(shapes[0]) != 2 or set(kinds) != {"i"} or not one_row:
            found = f"takes {shapes} and gives {[each['shape'].tolist() for each in outputs]}"
            raise EncoderError(f"{self._file}: {found}; expected [1, n] tokens, perhaps their mask, and one row [1, D]")
        return int(shapes[0][1]), int(given[1])


def _tokens_first(given: Any) -> tuple[bool, str]:
    """Sort inputs by their names, which count them where they say nothing else: `args_0`, `args_1`."""
    return "mask" in given["name"], given["name"]
