"""An encoder in a folder, run by ONNX Runtime: what a device uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import CARD, TOKENIZER, Card
from router.encoders.carded import CardedEncoder
from router.encoders.hub import fetched
from router.encoders.layout import check_marks, describe, find
from router.encoders.protocol import TokenVectors
from router.encoders.tables import Tables, open_tables
from router.encoders.tokenizer import open_tokenizer
from router.encoders.unit import unit
from router.errors import EncoderError

_T = TypeVar("_T")
_MANY = 16
"""From so many utterances on it pays to start threads."""


class OnnxEncoder(CardedEncoder):
    """Encode with the `model.onnx`, `tokenizer.json` and `encoder.json` of a folder, or with one from the hub.

    A folder without `encoder.json` is read as models lie on the Hugging Face hub,
    see `router.encoders.layout`; there the path of one `.onnx` file picks it. What
    is neither file nor folder is the name of a model on the hub.

    The graph takes `input_ids`, and `attention_mask` and `token_type_ids` if it
    has inputs of these names; its output is one unit row, or is made one as the
    card says. Images, video and sound are given as none. It is run on one
    utterance at a time, without padding: an int8 model scales activations by
    what it is given, so in a batch a row would depend on the others and on the
    padding. Many utterances are spread over `threads` threads, by default up to
    four; one utterance never is.

    What a person types is text: `[SEP]` is five characters and no end mark.

    Raises EncoderError if a file is missing or broken, or the graph is of
    another kind.
    """

    def __init__(self, folder: str | os.PathLike[str], *, threads: int | None = None) -> None:
        path = Path(folder)
        if not path.exists():
            path = fetched(os.fspath(folder)) or path
        self.folder, model = find(path)
        if model is None:
            self._card = Card.read(self.folder)
            self._tables = open_tables(self.folder)
            self._session = _open_session(self.folder / self._card.model, self._tables)
        else:
            self._tables = None
            self._session = _open_session(self.folder / model)
            self._card = describe(self.folder, model, {each.name: each for each in self._session.get_outputs()})
        self._file = self.folder / self._card.model
        self._threads = min(4, os.cpu_count() or 1) if threads is None else threads
        self._tokenizer = open_tokenizer(self.folder / TOKENIZER, self._card.max_tokens, mapped=model is None)
        if model is not None:
            check_marks(self.folder, self._tokenizer)
        self._outputs = [self._card.output]
        self._extra_inputs = self._check_graph()

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = self._each(self._encode_one, utterances)
        return np.concatenate(rows) if rows else np.empty((0, self.dim), np.float32)

    @property
    def gives_tokens(self) -> bool:
        """Whether there is an output that holds tokens."""
        return bool(self._card.hidden_output)

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row of each text and its tokens, those that the tokenizer adds left out."""
        return self._each(self._tokens_of_one, utterances)

    def _each(self, encode: Callable[[str], _T], utterances: Sequence[str]) -> list[_T]:
        if len(utterances) < _MANY or self._threads < 2:
            return [encode(utterance) for utterance in utterances]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(encode, utterances))

    def _tokens_of_one(self, text: str) -> TokenVectors:
        encoding, (row, vectors) = self._run(text, [self._card.output, self._card.hidden_output])
        own = ~np.array(encoding.special_tokens_mask, bool)
        if vectors.ndim != 3 or vectors.shape[:2] != (1, len(own)):
            found = f"output {self._card.hidden_output!r} has the shape {vectors.shape}"
            raise EncoderError(f"{self._file}: {found}; expected (1, {len(own)}, any)")
        return TokenVectors(row[0], vectors[0, own], np.array(encoding.offsets, np.intp)[own])

    def _encode_one(self, utterance: str) -> NDArray[np.float32]:
        """Return `[1, dim]`."""
        return self._run(utterance, self._outputs)[1][0]

    def _run(self, utterance: str, outputs: list[str]) -> tuple[Any, list[NDArray[np.float32]]]:
        """Return the tokenizer's encoding and the outputs, of which the first is the row."""
        try:
            encoding = self._tokenizer.encode(utterance)
            ids = np.array([encoding.ids], np.int64)
            feed = {"input_ids": ids}
            for name, fill in self._extra_inputs:
                feed[name] = fill(ids)
            with self._tables.holding(ids) if self._tables else nullcontext():
                found: list[NDArray[np.float32]] = self._session.run(outputs, feed)
        except Exception as error:  # ONNX Runtime's exceptions have no common ancestor but this
            raise EncoderError(f"{self.folder}: failed on {utterance!r:.80}: {error}") from error
        row = self._pooled(found[0])
        if row.shape != (1, self.dim):
            raise EncoderError(f"{self._file}: gave an array of shape {row.shape}; expected (1, {self.dim})")
        if self._card.normalize:
            row = unit(row, self._file, utterance)
        elif not 0.999 < (length := np.vdot(row, row)) < 1.001:  # also where it is NaN
            raise EncoderError(f"{self._file}: gave a row of squared length {length} on {utterance!r:.80}")
        return encoding, [row, *found[1:]]

    def _pooled(self, output: NDArray[np.float32]) -> NDArray[np.float32]:
        if not self._card.pooling or output.ndim != 3:
            return output
        row: NDArray[np.float32] = output.mean(axis=1) if self._card.pooling == "mean" else output[:, 0]
        return row

    def _check_graph(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        """Return the inputs beside `input_ids`, each with what makes it. Raises EncoderError."""
        file = self._file
        inputs = {given.name: given.type for given in self._session.get_inputs()}
        kinds = dict.fromkeys(("input_ids", *_EXTRA_INPUTS), "tensor(int64)") | _FEATURES
        if "input_ids" not in inputs or any(kinds.get(name) != kind for name, kind in inputs.items()):
            known = ", ".join(map(repr, _EXTRA_INPUTS))
            raise EncoderError(f"{file}: has the inputs {inputs}; expected 'input_ids' and at most {known}, all int64")
        outputs = {output.name: output for output in self._session.get_outputs()}
        if self._card.output not in outputs:
            raise EncoderError(f"{file}: has no output {self._card.output!r}, but {', '.join(map(repr, outputs))}")
        hidden = self._card.hidden_output
        if hidden and (hidden not in outputs or outputs[hidden].type != "tensor(float)"):
            raise EncoderError(f"{file}: has no output {hidden!r} of float32, which {CARD} says holds the tokens")
        output = outputs[self._card.output]
        if output.type != "tensor(float)" or (isinstance(output.shape[-1], int) and output.shape[-1] != self.dim):
            found = f"is {output.type} {output.shape}"
            raise EncoderError(f"{file}: output {output.name!r} {found}; {CARD} says {self.dim} dimensions of float32")
        return tuple((name, _EXTRA_INPUTS.get(name, _no_features)) for name in inputs if name != "input_ids")


def _no_features(_: Any) -> NDArray[np.float32]:
    """Return no image, no video or no sound."""
    return np.zeros((0, 512), np.float32)


_EXTRA_INPUTS: dict[str, Callable[[Any], Any]] = {"attention_mask": np.ones_like, "token_type_ids": np.zeros_like}
_FEATURES = dict.fromkeys(("image_features", "video_features", "audio_features"), "tensor(float)")
"""What EmbeddingGemma 2 takes beside a text."""


def _open_session(file: Path, tables: Tables | None = None) -> Any:
    try:
        import onnxruntime
    except ImportError:
        raise EncoderError(f"{file}: needs ONNX Runtime. Install it with: pip install onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        if tables is not None:
            tables.give(options)
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no common ancestor but this
        raise EncoderError(f"{file}: not a model that ONNX Runtime can open: {error}") from error
