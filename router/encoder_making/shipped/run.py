"""Make an encoder that ships: teach, average, export, compare."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoder_making.export import export
from router.encoder_making.parity import Parity
from router.encoder_making.shipped.batches import batches
from router.encoder_making.shipped.entries import entries_of
from router.encoder_making.shipped.material import material
from router.encoder_making.tuning.work import Work
from router.encoders.sentence_transformers import SentenceTransformerEncoder

Progress = Callable[[str, int, int], object]

STEPS = 1500
LEARNING_RATE = 1e-4
WEIGHT_DECAY = 0.01
SEED = 0
SHARE = 0.8
"""Of each weight in the mean of the taught model and the one it began as (Wortsman et al., 2022)."""
MAX_TOKENS = 48
"""Longer texts are cut while learning."""
_BATCH = 256


def make_english(data: Path, start: str, teacher: str, out: Path, *, steps: int = STEPS, progress: Progress) -> Parity:
    """Teach the sentence-transformers model `start` and write it to the folder `out`, in 8 bits.

    `teacher` is a greater model that `start` should agree with. What is done is
    kept in `work_folder(out)`, and a run with the same arguments goes on there.
    Raises EncoderError.
    """
    from router.encoder_making.tuning.fit import fit

    entries = entries_of(material(data))
    plan = {
        "start": start,
        "teacher": teacher,
        "texts": hashlib.sha256("\n".join(entries.texts).encode()).hexdigest(),
        "steps": steps,
        "learning_rate": LEARNING_RATE,
        "weight_decay": WEIGHT_DECAY,
        "share": SHARE,
        "seed": SEED,
    }
    work = Work.begin(work_folder(out), plan).folder
    taught = work / "router-en"
    if not taught.exists():
        from router.encoder_making.shipped.loss import ShippedLoss

        untouched, wanted = (_rows(name, entries.texts, work, progress) for name in (start, teacher))
        model = _opened(start)
        fit(
            model,
            entries.texts,
            batches(entries, untouched, steps, SEED),
            lambda tuned: ShippedLoss(tuned, entries, untouched, wanted),
            work / "taught",
            learning_rate=LEARNING_RATE,
            weight_decay=WEIGHT_DECAY,
            seed=SEED,
            tune_tokens=True,
            bf16=True,
            progress=lambda done, total: progress("teaching", done, total),
        )
        _averaged(start, work / "taught", taught)
    texts = [text for text, spoken in zip(entries.texts, entries.spoken, strict=True) if spoken][::16]
    return export(SentenceTransformerEncoder(str(taught)), out, "int8", texts, tokens=True, progress=progress)


def work_folder(out: Path) -> Path:
    """Return where the run keeps what it has done."""
    return out.with_name(f"{out.name}.making")


def _opened(source: str) -> Any:
    from sentence_transformers import SentenceTransformer
    from torch.nn import Dropout

    model = SentenceTransformer(source)
    model.max_seq_length = min(model.max_seq_length or MAX_TOKENS, MAX_TOKENS)
    for module in model.modules():
        if isinstance(module, Dropout):
            module.p = 0.0  # rows are compared with rows that were computed without
    return model


def _rows(source: str, texts: Sequence[str], work: Path, progress: Progress) -> NDArray[np.float32]:
    """Return the unit rows [n, D] of a model, computed in bfloat16 and kept."""
    import torch

    model = _opened(source)
    digest = hashlib.sha256("\n".join([str(model), *texts]).encode())
    for _, weight in sorted(model.state_dict().items()):
        digest.update(weight.cpu().numpy().tobytes())
    file = work / f"rows-{digest.hexdigest()[:12]}.npy"
    if not file.exists():
        rows = []
        for start in range(0, len(texts), _BATCH):
            with torch.autocast(model.device.type, torch.bfloat16):
                rows.append(
                    model.encode(
                        list(texts[start : start + _BATCH]), normalize_embeddings=True, show_progress_bar=False
                    )
                )
            progress(f"rows of {Path(source).name}", min(start + _BATCH, len(texts)), len(texts))
        new = file.with_suffix(".new.npy")
        np.save(new, np.concatenate(rows).astype(np.float16))
        new.rename(file)
    found: NDArray[np.float32] = np.load(file).astype(np.float32)
    return found


def _averaged(start: str, taught: Path, out: Path) -> None:
    """Write the mean of two models' weights, as long as the one that was begun with takes texts."""
    import torch
    from sentence_transformers import SentenceTransformer

    first, last = SentenceTransformer(start, device="cpu"), SentenceTransformer(str(taught), device="cpu")
    after = last.state_dict()
    mean = {name: torch.lerp(weight, after[name], SHARE) for name, weight in first.state_dict().items()}
    first.load_state_dict(mean)
    first.save(str(out), create_model_card=False)
