"""An encoder run by MLX, as on Macs: a folder with a model that mlx-embeddings knows."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.card import TOKENIZER
from router.encoders.families import family_of, first_of, known_dimensions, known_tasks
from router.encoders.layout import check_marks, read_json, stated_dimensions, stated_tokens
from router.encoders.protocol import Prefixes, TokenVectors
from router.encoders.tokenizer import open_tokenizer
from router.encoders.unit import unit
from router.errors import EncoderError, MissingExtraError


class MlxEncoder:
    """Encode with the `config.json`, `tokenizer.json` and `*.safetensors` of a folder.

    What makes a row of tokens is mlx-embeddings' doing, the length and the
    prefixes are ours. Texts are run one by one and under a lock.

    Raises MissingExtraError without mlx-embeddings, EncoderError if the folder
    holds no model that it can open.
    """

    gives_tokens = True

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        try:
            import mlx.core
            import mlx_embeddings
        except ImportError:
            raise MissingExtraError("mlx-embeddings", "mlx", f"encoder 'mlx:{self.folder}'") from None
        config = read_json(self.folder / "config.json")
        if not config:
            raise EncoderError(
                f"{self.folder}: holds no config.json. A folder for MLX holds it, {TOKENIZER} and weights."
            )
        most = stated_tokens(config)
        self._tokenizer = open_tokenizer(self.folder / TOKENIZER, most)
        check_marks(self.folder, self._tokenizer)
        self._mlx: Any = mlx.core
        try:
            self._model: Any = mlx_embeddings.load(str(self.folder))[0]
        except Exception as error:  # it raises whatever MLX and transformers raise
            raise EncoderError(f"{self.folder}: mlx-embeddings cannot open it: {error}") from error
        self._lock = threading.Lock()
        self.name = f"mlx:{self.folder.resolve().name}"
        stated = read_json(self.folder / "config_sentence_transformers.json")
        family = family_of(self.name, config)
        self.tasks = known_tasks(stated.get("prompts"), family)
        self.prefixes = first_of(self.tasks)
        self.dim = len(self._run("")[0])
        self.matryoshka_dimensions = stated_dimensions(stated) or known_dimensions(family, self.dim)
        self.fingerprint = _fingerprint(self.folder, most, self.prefixes)

    def __repr__(self) -> str:
        return f"<MlxEncoder {self.name!r}, {self.dim} dims, {self.fingerprint}>"

    @property
    def size(self) -> int:
        """The bytes of its weights and its tokenizer."""
        return sum(file.stat().st_size for file in (*self.folder.glob("*.safetensors"), self.folder / TOKENIZER))

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        return np.array([self._run(utterance)[0] for utterance in utterances], np.float32).reshape(-1, self.dim)

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row of each text and its tokens, those that the tokenizer adds left out."""
        found = []
        for utterance in utterances:
            row, hidden, encoding = self._run(utterance)
            spans = np.array(encoding.offsets, np.intp).reshape(-1, 2)
            own = ~np.array(encoding.special_tokens_mask, bool) & (spans[:, 0] < spans[:, 1])
            found.append(TokenVectors(row, hidden[own], spans[own]))
        return found

    def _run(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32], Any]:
        """Return the row, the vectors of all tokens, and their encoding. Raises EncoderError if the row is none."""
        try:
            encoding = self._tokenizer.encode(text)
            with self._lock:
                ids = self._mlx.array([encoding.ids])
                given = self._model(ids, attention_mask=self._mlx.ones_like(ids))
                row = np.array(given.text_embeds.astype(self._mlx.float32))[0]
                hidden = np.array(given.last_hidden_state.astype(self._mlx.float32))[0]
        except Exception as error:  # it raises whatever MLX raises
            raise EncoderError(f"{self.folder}: failed on {text!r:.80}: {error}") from error
        if row.ndim != 1:
            raise EncoderError(f"{self.folder}: gave a row of shape {row.shape} on {text!r:.80}")
        return unit(row, self.folder, text), hidden, encoding


def _fingerprint(folder: Path, max_tokens: int, prefixes: Prefixes) -> str:
    """Return 12 hexadecimal digits of all that decides the rows."""
    digest = hashlib.sha256(f"{max_tokens} {prefixes.utterance!a} {prefixes.declaration!a}".encode("ascii"))
    for file in (folder / "config.json", folder / TOKENIZER, *sorted(folder.rglob("*.safetensors"))):
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:12]
