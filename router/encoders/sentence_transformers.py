"""Encoders in the sentence-transformers format, for authors who bring their own."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.families import family_of, first_of, known_dimensions, known_tasks
from router.encoders.hub import explained
from router.encoders.layout import read_json, stated_dimensions
from router.encoders.protocol import Prefixes, TokenVectors
from router.encoders.unit import unit
from router.errors import EncoderError, MissingExtraError


class SentenceTransformerEncoder:
    """Encode with a sentence-transformers model: a folder, or a name on the Hugging Face hub.

    The network is used only on opening a model by name that is not on this machine
    yet. Rows are computed in float32, one by one on the CPU and under a lock,
    because batches and padding change their last bits and fast tokenizers cannot be
    shared by threads: for compiling, not for devices.

    What stands before texts is in its prompts (`config_sentence_transformers.json`),
    or known of its family. Rows may be cut where `matryoshka_dimensions` or
    `truncate_dim` says so there, or its model card names the `matryoshka_dims` that
    it was trained with.

    Raises MissingExtraError without sentence-transformers, EncoderError if the
    model cannot be opened.
    """

    def __init__(self, model_or_path: str) -> None:
        try:
            import sentence_transformers  # noqa: F401
        except ImportError:
            raise MissingExtraError("sentence-transformers", "st", f"encoder 'st:{model_or_path}'") from None
        self._model = open_model(model_or_path).float()
        self._model.tokenizer.split_special_tokens = True  # text that looks like a mark is text
        self._model.default_prompt_name = None  # prefixes are put before texts by those who encode them
        self._lock = threading.Lock()
        # Where a folder lies is no part of its name: bundles must not depend on the machine.
        path = Path(model_or_path)
        self.name = f"st:{path.resolve().name if path.is_dir() else model_or_path}"
        family = family_of(self.name, _config(self._model))
        self.tasks = known_tasks(self._model.prompts, family)
        self.prefixes = first_of(self.tasks)
        if self.tasks and not all(getattr(module, "include_prompt", True) for module in self._model):
            raise EncoderError(
                f"{self.name}: its rows leave the prompt out of the mean, which cannot be done here. "
                "Take its prompts out of config_sentence_transformers.json to use it without."
            )
        row, hidden, ids = self._run("a")
        self.dim = len(row)
        self.gives_tokens = hidden is not None and self._tokenized("a")[0] == ids
        declared = _declared_dimensions(model_or_path, self._model)
        self.matryoshka_dimensions = declared or known_dimensions(family, self.dim)
        self.fingerprint = _fingerprint(self._model, self.prefixes)

    @property
    def model(self) -> Any:
        """The `SentenceTransformer`, for whoever makes something of it."""
        return self._model

    @property
    def size(self) -> int:
        """The bytes of its weights, which are nearly all of its files."""
        return sum(weight.nbytes for weight in self._model.state_dict().values())

    def __repr__(self) -> str:
        return f"<SentenceTransformerEncoder {self.name!r}, {self.dim} dims, {self.fingerprint}>"

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = np.empty((len(utterances), self.dim), np.float32)
        for row, utterance in zip(rows, utterances, strict=True):
            row[:] = self._run(utterance)[0]
        return rows

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row of each text and its tokens, those that the tokenizer adds left out."""
        found = []
        for utterance in utterances:
            row, hidden, _ = self._run(utterance)
            _, spans, own = self._tokenized(utterance)
            assert hidden is not None
            found.append(TokenVectors(row, hidden[own], spans[own]))
        return found

    def _run(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.float32] | None, list[int]]:
        """Return the row, the vectors of all tokens if the model has them, and their ids.

        Raises EncoderError if the row is none.
        """
        with self._lock:
            (given,) = self._model.encode([text], output_value=None, show_progress_bar=False)
        row: NDArray[np.float32] = given["sentence_embedding"].numpy().astype(np.float32)
        hidden = given["token_embeddings"].numpy().astype(np.float32) if "token_embeddings" in given else None
        return unit(row, self.name, text), hidden, given["input_ids"].tolist() if "input_ids" in given else []

    def _tokenized(self, text: str) -> tuple[list[int], NDArray[np.intp], NDArray[np.bool_]]:
        """Return ids, spans, and which tokens are of the text."""
        with self._lock:
            found = self._model.tokenizer(
                text,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_offsets_mapping=True,
                return_special_tokens_mask=True,
            )
        spans = np.array(found["offset_mapping"], np.intp).reshape(-1, 2)
        own = ~np.array(found["special_tokens_mask"], bool) & (spans[:, 0] < spans[:, 1])
        return found["input_ids"], spans, own


def open_model(model_or_path: str) -> Any:
    """Return the `SentenceTransformer` of a folder or a name on the hub. Raises EncoderError."""
    try:
        return _open(model_or_path)
    except Exception as error:  # it raises whatever its hub client, torch and transformers raise
        why = explained(model_or_path, error) or f"sentence-transformers cannot open {model_or_path!r}: {error}"
        raise EncoderError(why) from error


def _open(model_or_path: str) -> Any:
    """Open a model from this machine if it is whole there. Without a network, asking for a newer one takes minutes."""
    from sentence_transformers import SentenceTransformer

    if isinstance(_in_cache(model_or_path, "modules.json"), str):
        with suppress(Exception):
            return SentenceTransformer(model_or_path, device="cpu", local_files_only=True)
    return SentenceTransformer(model_or_path, device="cpu")


def _in_cache(model_or_path: str, name: str) -> Any:
    """Return where the hub's cache has a file of a model, if it has."""
    from huggingface_hub import try_to_load_from_cache

    return None if Path(model_or_path).exists() else try_to_load_from_cache(model_or_path, name)


def _config(model: Any) -> dict[str, Any]:
    """Return the `config.json` of the model, empty if it has none."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return config.to_dict() if config is not None else {}


def _declared_dimensions(model_or_path: str, model: Any) -> tuple[int, ...]:
    """Return the lengths that its settings state, or those that sentence-transformers' trainer wrote into its card."""
    name = "config_sentence_transformers.json"
    file = _in_cache(model_or_path, name)
    if stated := stated_dimensions(read_json(Path(file) if isinstance(file, str) else Path(model_or_path) / name)):
        return stated
    written = re.search(r'"matryoshka_dims":\s*\[([\d,\s]*)\]', getattr(model, "_model_card_text", None) or "")
    return tuple(int(length) for length in re.findall(r"[1-9]\d*", written[1])) if written else ()


def _fingerprint(model: Any, prefixes: Prefixes) -> str:
    """Return 12 hexadecimal digits of all that decides the rows: modules, weights, tokenizer, cutting and prefixes."""
    digest = hashlib.sha256()
    digest.update(f"{model.max_seq_length}\n{model}\n{prefixes if prefixes != Prefixes() else ''}".encode())
    digest.update(model.tokenizer.backend_tokenizer.to_str().encode())
    for name, weight in sorted(model.state_dict().items()):
        digest.update(f"{name} {weight.dtype} {tuple(weight.shape)}\n".encode())
        digest.update(weight.double().numpy().tobytes())
    return digest.hexdigest()[:12]
