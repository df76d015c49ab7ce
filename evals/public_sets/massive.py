"""MASSIVE: 60 intents of an assistant, the same utterances in many languages."""

from __future__ import annotations

from pathlib import Path

from evals.public_sets.rows import (
    Row,
    cases,
    label_tool,
    labelled_tasks,
    labelled_tools,
    mteb_draws,
    one_draw,
    read_rows,
    unseen,
    whole,
)
from evals.public_sets.task import Task, Trial
from router.evaluation import Card, Suite

NAME = "massive"
CARD = Card(
    description="60 intents of an assistant in 18 domains; each language is trained and asked by itself. Nothing else "
    "is declared, the labels are English everywhere, and nothing is out of scope.",
    source="github.com/alexa/massive, version 1.1",
    licence="CC BY 4.0",
    how_made="English utterances of crowd workers (SLURP), translated and adapted by professional translators "
    "(FitzGerald et al., 2022). Test texts that are training texts too are left out.",
)
LAYOUT = """\
For each locale, train, dev and test of LOCALE/ are the rows of its file with that partition, `utt` as text and
`intent` as label."""

LOCALES = (
    "en-US",
    "ar-SA",
    "de-DE",
    "es-ES",
    "fr-FR",
    "hi-IN",
    "ja-JP",
    "ko-KR",
    "pt-PT",
    "ru-RU",
    "sw-KE",
    "tr-TR",
    "vi-VN",
    "zh-CN",
)


def tasks(data: Path, development: bool) -> list[Task]:
    """Return one draw of ten examples a label and the whole training split by locale; MTEB's protocol for English."""
    return [task for locale in LOCALES for task in _of_locale(data / NAME / locale, locale, development)]


def _of_locale(folder: Path, locale: str, development: bool) -> list[Task]:
    split = "dev" if development else "test"
    all_training, held_out = folder / "train.jsonl", folder / f"{split}.jsonl"

    def trial(name: str, training: list[Row]) -> Trial:
        # Left out for every protocol alike, so that all of a locale have the same cases.
        asked = cases(read_rows(held_out), split, label_tool, locale)
        kept = unseen(asked, read_rows(all_training))
        return Trial(labelled_tools(training), Suite(name, kept, CARD), left_out=len(asked) - len(kept))

    protocols = {"10-shot": (all_training, one_draw(10)), "full": (all_training, whole)}
    if locale == "en-US":
        protocols["mteb"] = (all_training, mteb_draws)
    return labelled_tasks(f"{NAME}/{locale}", split, (held_out,), protocols, trial)
