"""What the recipes do with models of sentence-transformers: open them, tell them apart, keep rows, write what ships."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from router.encoder_making.export import export
from router.encoder_making.parity import Parity
from router.encoder_making.quantize import Precision
from router.encoders.card import Card
from router.encoders.sentence_transformers import SentenceTransformerEncoder

Progress = Callable[[str, int, int], object]

_BATCH = 256


def work_folder(out: Path) -> Path:
    """Return where the run keeps what it has done."""
    return out.with_name(f"{out.name}.making")


def opened(source: str, max_tokens: int) -> Any:
    """Open a model, to be taught: without dropout, texts cut at `max_tokens`.

    Attention is computed step by step, which for texts as short as these is quicker on a CPU.
    """
    model = SentenceTransformer(source, model_kwargs={"attn_implementation": "eager"})
    model.max_seq_length = min(model.max_seq_length or max_tokens, max_tokens)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0  # rows are compared with rows that were computed without
    return model


def digest(model: Any) -> str:
    """Return a digest of a model's parts and weights."""
    found = hashlib.sha256(str(model).encode())
    for _, weight in sorted(model.state_dict().items()):
        found.update(weight.cpu().numpy().tobytes())
    return found.hexdigest()


def average(begun: Any, taught: Path, share: float) -> Any:
    """Give a model the mean of its weights and those of the one in the folder `taught`, and return it.

    The share is that of the taught one. What else a model has, such as how long texts may be, stays.
    """
    after = SentenceTransformer(str(taught), device="cpu").state_dict()
    before = begun.to("cpu").state_dict()
    begun.load_state_dict({name: torch.lerp(weight, after[name], share) for name, weight in before.items()})
    return begun


def write_shipped(
    model: Path,
    out: Path,
    compared: Sequence[str],
    *,
    table: Precision | None = None,
    source: str,
    recipe: str,
    progress: Progress,
) -> Parity:
    """Export a model that was made to the folder `out`, in 8 bits, and say how near the rows of `compared` came.

    `table` is as in `export`. The card names what the model began as, by the name
    that people know, and the command that made it. Raises EncoderError.
    """
    original = SentenceTransformerEncoder(str(model))
    parity = export(original, out, "int8", compared, table=table, tokens=True, progress=progress)
    Card.read(out).write(out, source=source, recipe=recipe, parity=parity.to_dict())
    return parity


def kept_rows(
    encode: Callable[[list[str]], NDArray[np.float32]], texts: Sequence[str], file: Path, progress: Progress
) -> NDArray[np.float32]:
    """Return what `encode` makes of texts, [n, D], computed once and kept in a file, in float16."""
    if not file.exists():
        rows = []
        for start in range(0, len(texts), _BATCH):
            some = list(texts[start : start + _BATCH])
            rows.append(encode(some))
            progress(f"rows of the {file.stem}", start + len(some), len(texts))
        new = file.with_suffix(".new.npy")
        np.save(new, np.concatenate(rows).astype(np.float16))
        new.rename(file)
    found: NDArray[np.float32] = np.load(file).astype(np.float32)
    return found


def encode_in_bfloat16(model: Any, texts: list[str], *, unit: bool = True) -> NDArray[np.float32]:
    """Return a model's rows [n, D], as unit rows or as they are."""
    with torch.autocast(model.device.type, torch.bfloat16):
        rows: NDArray[np.float32] = model.encode(texts, normalize_embeddings=unit, show_progress_bar=False)
    return rows
