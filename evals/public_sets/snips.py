"""SNIPS: seven intents of an assistant, far from one another."""

from __future__ import annotations

from pathlib import Path

from evals.public_sets.rows import (
    Row,
    cases,
    label_tool,
    labelled_tasks,
    labelled_tools,
    one_draw,
    read_rows,
    unseen,
    whole,
)
from evals.public_sets.task import Task, Trial
from router.evaluation import Card, Suite

NAME = "snips"
CARD = Card(
    description="Seven intents of an assistant, far from one another; nothing else is declared, and nothing is out of "
    "scope.",
    source="github.com/sonos/nlu-benchmark, 2017-06-custom-intent-engines",
    licence="CC0 1.0",
    how_made="Written by crowd workers to order (Coucke et al., 2018). The validation split is what is reported; its "
    "texts that are training texts too are left out.",
)
LAYOUT = """\
train_full is all train_INTENT_full.json together, and validate all validate_INTENT.json, a row for each utterance
with its chunks of text joined and INTENT as label."""


def tasks(data: Path, development: bool) -> list[Task]:
    """Return one draw of ten examples a label, and the whole training split; it has no split for development."""
    folder = data / NAME
    all_training, held_out = folder / "train_full.jsonl", folder / "validate.jsonl"

    def trial(name: str, training: list[Row]) -> Trial:
        asked = cases(read_rows(held_out), "validate", label_tool)
        kept = unseen(asked, read_rows(all_training))
        return Trial(labelled_tools(training), Suite(name, kept, CARD), left_out=len(asked) - len(kept))

    protocols = {"10-shot": (all_training, one_draw(10)), "full": (all_training, whole)}
    return [] if development else labelled_tasks(NAME, "validate", (held_out,), protocols, trial)
