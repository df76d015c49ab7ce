"""BANKING77: what customers ask their bank, in 77 intents that are close to one another."""

from __future__ import annotations

from pathlib import Path

from evals.public_sets.rows import (
    Drawing,
    Row,
    cases,
    label_tool,
    labelled_tasks,
    labelled_tools,
    mteb_draws,
    read_rows,
    whole,
    without,
)
from evals.public_sets.task import Task, Trial
from router.evaluation import Card, Suite

NAME = "banking77"
CARD = Card(
    description="77 intents of one domain, close to one another; nothing else is declared, nothing is out of scope.",
    source="github.com/PolyAI-LDN/task-specific-datasets",
    licence="CC BY 4.0",
    how_made="Questions of a bank's customers, labelled by hand (Casanueva et al., 2020). Seven of the test texts are "
    "training texts too; they are kept, as in published results.",
)
LAYOUT = """\
train and test are train.csv and test.csv of banking_data, a row for each of theirs.
train_5, train_10 and valid are those of github.com/jianguoz/Few-Shot-Intent-Detection, Datasets/BANKING77: line n of
seq.in is the text, in lower case there, and line n of label the label. All of valid was taken out of train, and train
still holds it: with --validation it is left out of what is trained on."""


def tasks(data: Path, development: bool) -> list[Task]:
    """Return the published draws, the whole training split, and MTEB's protocol."""
    folder = data / NAME
    split = "valid" if development else "test"
    held_out = folder / f"{split}.jsonl"

    def trial(name: str, training: list[Row]) -> Trial:
        found = cases(read_rows(held_out), split, label_tool)
        return Trial(labelled_tools(training), Suite(name, tuple(found), CARD))

    def of_the_rest(drawing: Drawing) -> Drawing:
        return (lambda rows: drawing(without(rows, read_rows(held_out)))) if development else drawing

    protocols = {
        "5-shot": (folder / "train_5.jsonl", whole),
        "10-shot": (folder / "train_10.jsonl", whole),
        "full": (folder / "train.jsonl", of_the_rest(whole)),
        "mteb": (folder / "train.jsonl", of_the_rest(mteb_draws)),
    }
    return labelled_tasks(NAME, split, (held_out,), protocols, trial)
