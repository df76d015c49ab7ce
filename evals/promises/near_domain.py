"""Refusing what is near: siblings of the tools, of the same domain, that nobody declared.

A third of the intents of each domain of CLINC150 is held out, and everything
that is said for one of them is out of scope.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np

from evals.promises.domains import DOMAINS
from evals.public_sets.rows import drawn, label_tool, labelled_tools, read_rows, without
from router import ToolCall, ToolSet
from router.encoders import Encoder
from router.metrics.ranking import auroc, fpr_at_tpr
from router.training import train

DRAWS = 5
EXAMPLES = 10
"""Of each intent that is a tool."""
HELD_OUT = 3
"""One in so many intents of a domain is held out."""


@dataclass(frozen=True)
class Draw:
    """Which intents are tools, and what is said for them and for their siblings."""

    tools: ToolSet
    """Nothing is declared out of scope."""
    near: tuple[str, ...]
    """One training utterance of each sibling, to declare out of scope: five a domain."""
    far: tuple[str, ...]
    """The training utterances for no intent of CLINC150, to declare out of scope."""
    inside: tuple[tuple[str, str], ...]
    """Utterances of the split, each with its tool."""
    outside: tuple[str, ...]
    """Utterances of the split for the siblings."""


def draws(data: Path, split: str, count: int = DRAWS) -> Iterator[Draw]:
    """Yield draws; `split` is val or test. Raises ValueError for a label that is in no domain."""
    training, asked, others = (read_rows(data / "clinc150" / f"{name}.jsonl") for name in ("train", split, "oos_train"))
    known = {intent for intents in DOMAINS.values() for intent in intents}
    unknown = sorted({row["label"] for row in (*training, *asked)} ^ known)
    if unknown:
        raise ValueError(f"{data / 'clinc150'} and DOMAINS of {__name__} differ in the intents {unknown}")
    for seed in range(count):
        chance = random.Random(seed)
        siblings = {each for intents in DOMAINS.values() for each in chance.sample(intents, len(intents) // HELD_OUT)}
        examples = drawn((row for row in training if row["label"] not in siblings), EXAMPLES, seed)
        near = drawn((row for row in training if row["label"] in siblings), 1, seed)
        said = without(asked, (*examples, *near))
        yield Draw(
            labelled_tools(examples),
            tuple(row["text"] for row in near),
            tuple(row["text"] for row in others),
            tuple((row["text"], label_tool(row)[0]) for row in said if row["label"] not in siblings),
            tuple(row["text"] for row in said if row["label"] in siblings),
        )


def measured(data: Path, split: str, encoder: Encoder, count: int = DRAWS) -> dict[str, Any]:
    """Return figures for each choice of what is declared, means and standard deviations over the draws."""
    found: dict[str, list[Mapping[str, float]]] = {}
    inside = outside = 0
    for draw in draws(data, split, count):
        inside, outside = len(draw.inside), len(draw.outside)
        for declared, texts in {"nothing": (), "far": draw.far, "near": draw.near}.items():
            found.setdefault(declared, []).append(asked(draw, texts, encoder))
    return {
        "split": split,
        "draws": count,
        "inside": inside,
        "outside": outside,
        "declared": {name: spread(figures) for name, figures in found.items()},
    }


def asked(draw: Draw, declared: tuple[str, ...], encoder: Encoder) -> Mapping[str, float]:
    """Train a router that knows these to be out of scope, and return what it did."""
    router = train(replace(draw.tools, out_of_scope=declared), encoder)
    outside = [router.route(text) for text in draw.outside]
    inside = [(router.route(text), tool) for text, tool in draw.inside]
    calls = [decision.tool == tool for decision, tool in inside if isinstance(decision, ToolCall)]
    sure_inside = np.array([decision.in_scope for decision, _ in inside])
    sure_outside = np.array([decision.in_scope for decision in outside])
    area, fpr = auroc(sure_inside, sure_outside), fpr_at_tpr(sure_inside, sure_outside)
    assert area is not None
    assert fpr is not None
    return {
        "auroc": area,
        "fpr_at_95_tpr": fpr,
        "false_accept_rate": sum(isinstance(decision, ToolCall) for decision in outside) / len(outside),
        "coverage": len(calls) / len(inside),
        "wrong_call_rate": calls.count(False) / max(len(calls), 1),
    }


def spread(figures: list[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Return the mean and the standard deviation of each figure."""
    columns = {name: [each[name] for each in figures] for name in figures[0]}
    return {
        name: {"mean": round(fmean(values), 4), "sd": round(stdev(values), 4) if len(values) > 1 else 0.0}
        for name, values in columns.items()
    }
