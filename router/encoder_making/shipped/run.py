"""Make an encoder that ships: teach, average, export, compare."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sentence_transformers import SentenceTransformer

import router
from router.encoder_making.parity import Parity, spread
from router.encoder_making.shipped.batches import GENERAL, INTENTS, SOURCES, UTTERANCES, batches
from router.encoder_making.shipped.entries import entries_of
from router.encoder_making.shipped.loss import (
    ALIKE,
    ALIKE_DECLARED,
    EQUAL,
    HOLD,
    RELATE,
    TEMPERATURE,
    ShippedLoss,
)
from router.encoder_making.shipped.material import material
from router.encoder_making.shipped.models import (
    Progress,
    average,
    digest,
    encode_in_bfloat16,
    kept_rows,
    opened,
    work_folder,
    write_shipped,
)
from router.encoder_making.tuning.fit import fit, save_whole
from router.encoder_making.tuning.work import Work

NAME = "en"
SOURCE = "sentence-transformers/all-MiniLM-L6-v2"
"""What is begun with, by the name that people know."""
STEPS = 1500
LEARNING_RATE = 1e-4
WEIGHT_DECAY = 0.01
SEED = 0
SHARE = 0.6
"""Of each weight in the mean of the taught model and the one it began as (Wortsman et al., 2022)."""
MAX_TOKENS = 48
"""Longer texts are cut while learning."""
_COMPARED = 2000
"""With so many texts or a few more the 8 bits are compared."""


def make_english(data: Path, start: str, teacher: str, out: Path, *, steps: int = STEPS, progress: Progress) -> Parity:
    """Teach the sentence-transformers model `start` and write it to the folder `out`, in 8 bits.

    `teacher` is a greater model that `start` should agree with. What is done is
    kept in `work_folder(out)`, and a run with the same arguments goes on there.
    Raises EncoderError.
    """
    entries = entries_of(material(data))
    begun, master = opened(start, MAX_TOKENS), opened(teacher, MAX_TOKENS)
    plan = {
        "package": router.__version__,
        "start": digest(begun),
        "teacher": digest(master),
        "learnt": entries.digest,
        "seen": [SOURCES, INTENTS, UTTERANCES, GENERAL, MAX_TOKENS],
        "loss": [TEMPERATURE, HOLD, RELATE, EQUAL, ALIKE, ALIKE_DECLARED],
        "taught": [steps, LEARNING_RATE, WEIGHT_DECAY, SHARE, SEED],
    }
    work = Work.begin(work_folder(out), plan).folder
    made = work / NAME
    if not made.exists():
        if not (work / "taught").exists():
            untouched, wanted = (
                kept_rows(partial(encode_in_bfloat16, model), entries.texts, work / f"{name}.npy", progress)
                for name, model in (("start", begun), ("teacher", master))
            )
            fit(
                begun,
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
        save_whole(average(SentenceTransformer(start, device="cpu"), work / "taught", SHARE), made)
    said = [text for text, spoken in zip(entries.texts, entries.spoken, strict=True) if spoken]
    compared = spread(said, _COMPARED)
    return write_shipped(made, out, compared, source=SOURCE, recipe=f"python -m {__package__}", progress=progress)
