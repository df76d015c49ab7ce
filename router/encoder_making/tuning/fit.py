"""Run sentence-transformers' trainer, with checkpoints from which an interrupted run goes on."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler
from transformers import PrinterCallback, TrainerCallback
from transformers.utils import logging

_CHECKPOINTS = 5
"""So many are made in a run, evenly; the last is kept."""
_WARM_UP = 0.1


def fit(
    model: SentenceTransformer,
    texts: Sequence[str],
    drawn: Sequence[Sequence[int]],
    loss: Callable[[SentenceTransformer], torch.nn.Module],
    out: Path,
    *,
    learning_rate: float,
    seed: int,
    progress: Callable[[int, int], object],
    weight_decay: float = 0.0,
    tune_tokens: bool = False,
    bf16: bool = False,
) -> None:
    """Write a tuned copy of a model to the new folder `out`, see `save_whole`; the model itself stays as it is.

    `drawn` are the texts of each step, by number, which `loss` is given as labels.
    Beside the folder are its checkpoints until it is whole, see `checkpoints_of`; a
    run that finds some goes on there, to the same end. The table of tokens is
    tuned only with `tune_tokens`: words that few texts have would be left behind
    by those that they have. `bf16` computes in bfloat16, which is
    quicker where the processor knows it.
    """
    checkpoints = checkpoints_of(out)
    tuned = copy.deepcopy(model)
    transformer: Any = tuned[0]
    transformer.auto_model.get_input_embeddings().requires_grad_(tune_tokens)
    steps = len(drawn)
    trainer = _Trainer(
        model=tuned,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(checkpoints),
            max_steps=steps,
            learning_rate=learning_rate,
            warmup_steps=round(_WARM_UP * steps),
            weight_decay=weight_decay,
            bf16=bf16,
            use_cpu=not torch.cuda.is_available(),
            seed=seed,
            save_steps=-(-steps // _CHECKPOINTS),
            save_total_limit=1,
            batch_sampler=lambda dataset, **_: _Batches(dataset, drawn),
            dataloader_pin_memory=False,
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_dict({"text": texts, "label": range(len(texts))}),
        loss=loss(tuned),
        callbacks=[_Progress(progress)],
    )
    trainer.remove_callback(PrinterCallback)
    with _quiet():
        trainer.train(resume_from_checkpoint=_newest_whole(checkpoints))
        save_whole(tuned.to("cpu"), out)
    shutil.rmtree(checkpoints)


def save_whole(model: SentenceTransformer, out: Path) -> None:
    """Write a model to a folder that is not there yet, and is there only when all of it is written."""
    new = out.with_name(f"{out.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    model.save(str(new), create_model_card=False)
    new.rename(out)


def checkpoints_of(out: Path) -> Path:
    """Return the folder with the checkpoints of what will be in the folder `out`."""
    return out.with_name(f"{out.name}.checkpoints")


@contextmanager
def _quiet() -> Iterator[None]:
    """Show no bar for every file that is written."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


class _Trainer(SentenceTransformerTrainer):
    """Without a model card, which would quote the author's utterances, and ask the hub about the model."""

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        del default_args_dict

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        assert output_dir is not None
        del state_dict
        self.model.save(output_dir, create_model_card=False)


class _Batches(DefaultBatchSampler):
    """Batches that were drawn before."""

    def __init__(self, dataset: Dataset, drawn: Sequence[Sequence[int]]) -> None:
        super().__init__(dataset, batch_size=max(map(len, drawn)), drop_last=False)
        self.drawn = [list(batch) for batch in drawn]

    def __len__(self) -> int:
        return len(self.drawn)

    def __iter__(self) -> Iterator[list[int]]:
        return iter(self.drawn)


class _Progress(TrainerCallback):
    def __init__(self, progress: Callable[[int, int], object]) -> None:
        self.progress = progress

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        del args, control
        self.progress(state.global_step, state.max_steps)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        del args, control
        self.progress(state.global_step, state.max_steps)


def _newest_whole(checkpoints: Path) -> str | None:
    """Return the newest checkpoint whose state was written, which is written last; remove those that are cut short."""
    found = sorted(checkpoints.glob("checkpoint-*"), key=lambda folder: int(folder.name.rpartition("-")[2]))
    for folder in reversed(found):
        try:
            json.loads((folder / "trainer_state.json").read_bytes())
        except (OSError, ValueError):
            shutil.rmtree(folder)
        else:
            return str(folder)
    return None
