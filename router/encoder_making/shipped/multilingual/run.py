"""Make the encoder of fifty languages: trim, teach, export, compare."""

from __future__ import annotations

import copy
import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers.base.modules import Dense, Normalize

import router
from router.encoder_making.parity import Parity, spread
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
from router.encoder_making.shipped.multilingual.batches import BATCH, SHARES, batches
from router.encoder_making.shipped.multilingual.loss import EACH_OTHER, RELATE, TEMPERATURE, TranslationLoss
from router.encoder_making.shipped.multilingual.translations import Translation, translations
from router.encoder_making.trim import trim
from router.encoder_making.tuning.fit import fit, save_whole
from router.encoder_making.tuning.work import Work
from router.encoders.protocol import Encoder
from router.encoders.sentence_transformers import SentenceTransformerEncoder

NAME = "multilingual"
SOURCE = "intfloat/multilingual-e5-small"
"""What is begun with, by the name that people know."""
STEPS = 1400
LEARNING_RATE = 3e-4
WEIGHT_DECAY = 0.01
SEED = 0
SHARE = 0.7
"""Of each weight in the mean of the taught model and the one that teaching began with (Wortsman et al., 2022)."""
MAX_TOKENS = 40
"""Longer texts are cut while learning."""
LEAST = 2
"""A token that stands in all texts less often is not kept."""
_RIDGE = 1e-3
_ALIGNED = 4096
"""By so many texts the map is found that is begun with."""
_COMPARED = 3000
"""With so many texts or a few more the exported rows are compared."""


def make_multilingual(
    data: Path, start: str, english: Encoder, out: Path, *, steps: int = STEPS, progress: Progress
) -> Parity:
    """Teach the sentence-transformers model `start` the rows of `english`, and write it to the folder `out`, in 8 bits.

    Its table of tokens, which is not taught, is written in 4. What is done is kept
    in `work_folder(out)`, and a run with the same arguments goes on there.
    Raises EncoderError.
    """
    sources = translations(data, material(data))
    torch.manual_seed(SEED)  # weights that its files lack, and nothing uses, are drawn; the plan has a digest of all
    whole = SentenceTransformerEncoder(start)
    plan = {
        "package": router.__version__,
        "start": digest(whole.model),
        "english": english.fingerprint,
        "learnt": {name: _digest_of(each) for name, each in sources.items()},
        "seen": [SHARES, BATCH, MAX_TOKENS, LEAST],
        "loss": [TEMPERATURE, RELATE, EACH_OTHER],
        "taught": [steps, LEARNING_RATE, WEIGHT_DECAY, SEED],
    }
    work = Work.begin(work_folder(out), plan).folder
    trimmed, taught, made = work / "trimmed", work / "taught", work / NAME
    if not trimmed.exists():
        needing = [each.text for name in ("massive", "cldr", "english") for each in sources[name]]
        trim(whole, trimmed, texts=needing, least=LEAST)
    begun = opened(str(trimmed), MAX_TOKENS)
    seen, drawn = batches(sources, _Lengths(begun), steps, SEED)
    said, row = np.unique([each.english for each in seen], return_inverse=True)
    wanted = kept_rows(english.encode, said.tolist(), work / "english.npy", progress)
    texts = [each.text for each in seen]
    aligned = _aligned(begun, texts[:_ALIGNED], wanted[row[:_ALIGNED]])
    if not taught.exists():
        fit(
            aligned,
            texts,
            drawn,
            lambda tuned: TranslationLoss(tuned, wanted, row),
            taught,
            learning_rate=LEARNING_RATE,
            weight_decay=WEIGHT_DECAY,
            seed=SEED,
            bf16=True,
            progress=lambda done, total: progress("teaching", done, total),
        )
    mean = average(aligned, taught, SHARE)
    mean.max_seq_length = whole.model.max_seq_length
    shutil.rmtree(made, ignore_errors=True)  # its share is not in the plan: what was taught serves any
    save_whole(mean, made)
    return write_shipped(
        made,
        out,
        spread(texts, _COMPARED),
        table="int4",
        source=SOURCE,
        recipe=f"python -m {__package__}",
        progress=progress,
    )


def _digest_of(pairs: Sequence[Translation]) -> str:
    return hashlib.sha256("\n".join(map("\t".join, pairs)).encode()).hexdigest()


class _Lengths:
    """Counts the tokens of texts."""

    def __init__(self, model: Any) -> None:
        self.tokenizer = copy.deepcopy(model.tokenizer.backend_tokenizer)
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(model.max_seq_length)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int64]:
        return np.array([len(each.ids) for each in self.tokenizer.encode_batch(list(texts))])


def _aligned(model: Any, texts: list[str], wanted: NDArray[np.float32]) -> Any:
    """Append a linear layer: the least squares, with a penalty, from the model's rows to those that are wanted.

    A model that makes its rows unit rows makes those of the layer so instead, as the graph that is exported does.
    """
    if isinstance(model[-1], Normalize):
        del model[-1]
    rows = encode_in_bfloat16(model, texts, unit=False)
    given = np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)
    penalty = _RIDGE * len(rows) * rows.var()
    found = np.linalg.solve(given.T @ given + penalty * np.eye(given.shape[1]), given.T @ wanted).astype(np.float32)
    layer = Dense(rows.shape[1], wanted.shape[1], activation_function=torch.nn.Identity())
    layer.linear.weight.data, layer.linear.bias.data = torch.tensor(found[:-1].T.copy()), torch.tensor(found[-1])
    model.append(layer)
    model.append(Normalize())
    return model
