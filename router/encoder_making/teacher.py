"""What a sentence-transformers model makes of single tokens and of texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from router.encoder_making.fitting import Floats, unit
from router.encoders.sentence_transformers import open_model
from router.errors import EncoderError, MissingExtraError

_BATCH = 256

Progress = Callable[[str, int, int], object]
"""Is told what is being done, how much of it is done, and how much there is."""


class Teacher:
    """A sentence-transformers model: a folder, or a name on the Hugging Face hub.

    `prefix` stands before each token and text. Raises MissingExtraError, and
    EncoderError if the model cannot be opened.
    """

    def __init__(self, source: str, prefix: str = "") -> None:
        try:
            import sentence_transformers  # noqa: F401
            from tokenizers import Tokenizer
        except ImportError:
            raise MissingExtraError("sentence-transformers", "distill", f"distilling {source!r}") from None
        self._model = open_model(source).eval()
        backend = getattr(self._model.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise EncoderError(f"{source!r} has a tokenizer that cannot be written as tokenizer.json")
        self.tokenizer: str = backend.to_str()
        path = Path(source)
        self.name = path.resolve().name if path.is_dir() else source
        self._prefix = prefix
        tokenizer = Tokenizer.from_str(self.tokenizer)
        tokenizer.no_padding()
        some = tokenizer.encode("a")
        marks = [number for number, mark in zip(some.ids, some.special_tokens_mask, strict=True) if mark]
        leading = some.special_tokens_mask.index(0)
        before = tokenizer.encode(prefix, add_special_tokens=False).ids
        self._around = [*marks[:leading], *before], marks[leading:]

    def tokens(self, numbers: Sequence[int], progress: Progress) -> Floats:
        """Return what the model makes of each token [n, D], read at the token's own place among the marks."""
        import torch

        first, *rest = self._model
        head, tail = self._around
        rows = []
        for start in range(0, len(numbers), _BATCH):
            ids = torch.tensor([[*head, number, *tail] for number in numbers[start : start + _BATCH]])
            own = torch.zeros_like(ids)
            own[:, len(head)] = 1
            with torch.inference_mode():
                given = first({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
                given["attention_mask"] = own  # what is pooled
                for module in rest:
                    given = module(given)
            rows.append(given["sentence_embedding"].float().numpy())
            progress("tokens", start + len(ids), len(numbers))
        return unit(np.concatenate(rows))

    def texts(self, texts: Sequence[str], progress: Progress) -> Floats:
        """Return the model's unit rows [n, D]."""
        rows = []
        for start in range(0, len(texts), _BATCH):
            batch = [self._prefix + text for text in texts[start : start + _BATCH]]
            rows.append(self._model.encode(batch, show_progress_bar=False, convert_to_numpy=True))
            progress("texts", start + len(batch), len(texts))
        return unit(np.concatenate(rows).astype(np.float32))
