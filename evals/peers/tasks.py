"""What the peers learn from and are asked, and how their answers are scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.public_sets import read_rows
from router.metrics.comparison import mcnemar
from router.metrics.intervals import wilson
from router.metrics.ranking import auroc, fpr_at_tpr
from router.metrics.selection import risk_coverage

SUREST = 0.8
"""The share of utterances that each peer is compared on, those it is surest of."""


@dataclass(frozen=True)
class Task:
    """Files of one data set, by their names without `.jsonl`."""

    title: str
    train: str
    test: str
    """With `{}` for the name of the split."""
    splits: tuple[str, str]
    """The names of the validation split and of the test split."""
    outside: str | None = None
    """Utterances for no label, with `{}` as in `test`."""
    none: str | None = None
    """Examples for no label to learn from."""

    def read(self, data: Path, validation: bool) -> dict[str, list[str]]:
        """Return what a trial needs, and the labels that are expected inside."""
        split = self.splits[not validation]
        train, inside, outside, none = (
            read_rows(data / f"{name.format(split)}.jsonl") if name else []
            for name in (self.train, self.test, self.outside, self.none)
        )
        return {
            "texts": [row["text"] for row in train],
            "labels": [row["label"] for row in train],
            "none": [row["text"] for row in none],
            "inside": [row["text"] for row in inside],
            "outside": [row["text"] for row in outside],
            "expected": [row["label"] for row in inside],
        }


_CLINC = ("clinc150/train_10", "clinc150/{}", ("val", "test"), "clinc150/oos_{}")
_BANKING = ("banking77/train_10", "banking77/{}", ("valid", "test"))
TASKS = {
    "clinc150/10-shot": Task("CLINC150, 10 examples a label", *_CLINC),
    "clinc150/10-shot+none": Task("CLINC150, 10 examples a label and 100 for none", *_CLINC, "clinc150/oos_train"),
    "banking77/10-shot": Task("BANKING77, 10 examples a label", *_BANKING),
}


def scored(inside: Sequence[Any], outside: Sequence[Any], expected: Sequence[str]) -> dict[str, Any]:
    """Return the figures of answers `[label, confidence, act, in_scope]`; None where there was nothing to measure.

    `right` has a hexadecimal digit for every four answers inside: which of them
    were right.
    """
    right = np.array([answer[0] == label for answer, label in zip(inside, expected, strict=True)])
    calls, asks = (np.array([answer[2] == act for answer in inside]) for act in ("call", "ask"))
    accepted = np.array([answer[2] == "call" for answer in outside])
    curve = risk_coverage(np.array([answer[1] for answer in inside], np.float64), ~right)
    sure, unsure = (
        np.array([answer[1] if answer[3] is None else answer[3] for answer in answers], np.float64)
        for answers in (inside, outside)
    )
    interval = wilson(int(right.sum()), len(right))
    assert interval, "a task asks something"
    return {
        "n": len(inside),
        "n_outside": len(outside),
        "accuracy": round(float(right.mean()), 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "oos_auroc": _rounded(auroc(sure, unsure)),
        "fpr_at_95": _rounded(fpr_at_tpr(sure, unsure)),
        "wrong_of_surest": round(float(curve.risk[np.searchsorted(curve.coverage, SUREST)]), 4),
        "called": round(float(calls.mean()), 4),
        "wrong_calls": _rounded(float(1 - right[calls].mean()) if calls.any() else None),
        "asks": round(float(asks.mean()), 4),
        "false_accepts": _rounded(float(accepted.mean()) if len(accepted) else None),
        "right": np.packbits(right).tobytes().hex(),
    }


def compared(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows, each with its difference from ours in accuracy and McNemar's p, on the same utterances."""
    ours = {(row["task"], row["split"]): row for row in rows if row["peer"] == "ours"}
    return [dict(row) | _difference(row, ours.get((row["task"], row["split"]))) for row in rows]


def _difference(row: Mapping[str, Any], ours: Mapping[str, Any] | None) -> dict[str, float | None]:
    if ours is None or row["peer"] == "ours":
        return {"difference": None, "p": None}
    its, our = (np.unpackbits(np.frombuffer(bytes.fromhex(one["right"]), np.uint8)) for one in (row, ours))
    only_it, only_ours = int((its > our).sum()), int((our > its).sum())
    return {"difference": round((only_it - only_ours) / row["n"], 4), "p": mcnemar(only_ours, only_it)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
