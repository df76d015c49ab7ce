"""Encoders in the sentence-transformers format, for authors who bring their own."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.protocol import Prefixes
from router.errors import EncoderError, MissingExtraError


class SentenceTransformerEncoder:
    """Encode with a sentence-transformers model: a folder, or a name on the Hugging Face hub.

    This is the only encoder that may use the network, and only on opening a
    model by name that is not on this machine yet. Rows are computed one by one
    on the CPU and under a lock, because batches and padding change their last
    bits and fast tokenizers cannot be shared by threads: for compiling, not for
    devices.

    Raises MissingExtraError without sentence-transformers, EncoderError if the
    model cannot be opened.
    """

    prefixes = Prefixes()

    def __init__(self, model_or_path: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise MissingExtraError("sentence-transformers", "st", f"encoder 'st:{model_or_path}'") from None
        try:
            self._model = SentenceTransformer(model_or_path, device="cpu")
        except Exception as error:  # it raises whatever its hub client, torch and transformers raise
            raise EncoderError(f"sentence-transformers cannot open {model_or_path!r}: {error}") from error
        self._model.tokenizer.split_special_tokens = True  # text that looks like a mark is text
        self._lock = threading.Lock()
        # Where a folder lies is no part of its name: bundles must not depend on the machine.
        path = Path(model_or_path)
        self.name = f"st:{path.resolve().name if path.is_dir() else model_or_path}"
        self.dim = len(self._encode_one(""))
        self.fingerprint = _fingerprint(self._model)

    @property
    def model(self) -> Any:
        """The `SentenceTransformer`, for whoever makes something of it."""
        return self._model

    def __repr__(self) -> str:
        return f"<SentenceTransformerEncoder {self.name!r}, {self.dim} dims, {self.fingerprint}>"

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = np.empty((len(utterances), self.dim), np.float32)
        for row, utterance in zip(rows, utterances, strict=True):
            row[:] = self._encode_one(utterance)
        return rows

    def _encode_one(self, utterance: str) -> NDArray[np.float32]:
        """Return `[dim]`. Raises EncoderError if it is not a unit vector."""
        with self._lock:
            given = self._model.encode([utterance], normalize_embeddings=True, show_progress_bar=False)
        row: NDArray[np.float32] = np.asarray(given, np.float32)[0]
        length = np.vdot(row, row)
        if not 0.999 < length < 1.001:  # also where it is NaN
            raise EncoderError(f"{self.name}: gave a row of squared length {length} on {utterance!r:.80}")
        return row


def _fingerprint(model: Any) -> str:
    """Return 12 hexadecimal digits of the modules, the weights, the tokenizer and the length at which texts are cut."""
    digest = hashlib.sha256()
    digest.update(f"{model.max_seq_length}\n{model}\n".encode())
    digest.update(model.tokenizer.backend_tokenizer.to_str().encode())
    for name, weight in sorted(model.state_dict().items()):
        digest.update(f"{name} {weight.dtype} {tuple(weight.shape)}\n".encode())
        digest.update(weight.double().numpy().tobytes())
    return digest.hexdigest()[:12]
