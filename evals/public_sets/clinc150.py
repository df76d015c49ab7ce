"""CLINC150: 150 intents of an assistant, and utterances that are for none of them."""

from __future__ import annotations

from pathlib import Path

from evals.public_sets.rows import (
    Row,
    cases,
    label_tool,
    labelled_tasks,
    labelled_tools,
    mteb_draws,
    no_tool,
    read_rows,
    whole,
)
from evals.public_sets.task import Task, Trial
from router.evaluation import Card, Suite

NAME = "clinc150"
CARD = Card(
    description="150 intents of ten domains, and utterances that are for none of them; nothing else is declared.",
    source="github.com/clinc/oos-eval",
    licence="CC BY 3.0",
    how_made="Written by crowd workers to order (Larson et al., 2019). Two of the test texts are training texts too; "
    "they are kept, as in published results.",
)
LAYOUT = """\
train, val, test, oos_val and oos_test are those of data_full.json, a row for each pair of text and label.
train_5 and train_10 are the published draws of github.com/jianguoz/Few-Shot-Intent-Detection, Datasets/CLINC150:
line n of seq.in is the text and line n of label the label, as they stand."""


def tasks(data: Path, development: bool) -> list[Task]:
    """Return the published draws, the whole training split, and MTEB's protocol."""
    folder = data / NAME
    split = "val" if development else "test"
    inside, outside = folder / f"{split}.jsonl", folder / f"oos_{split}.jsonl"

    def trial(name: str, training: list[Row]) -> Trial:
        found = cases(read_rows(inside), split, label_tool) + cases(read_rows(outside), f"oos_{split}", no_tool)
        return Trial(labelled_tools(training), Suite(name, tuple(found), CARD))

    protocols = {
        "5-shot": (folder / "train_5.jsonl", whole),
        "10-shot": (folder / "train_10.jsonl", whole),
        "full": (folder / "train.jsonl", whole),
        "mteb": (folder / "train.jsonl", mteb_draws),
    }
    return labelled_tasks(NAME, split, (inside, outside), protocols, trial)
