"""Random splits of one pool: what a router is trained and calibrated on, and the rest, which it is asked."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.public_sets.rows import Row, drawn, label_tool, labelled_tools, read_rows, without
from router import ToolSet

TOOLS = 20
"""So many of the intents or declarations, drawn anew for each split: with all of them training takes far longer."""
EXAMPLES = 20
"""Of each intent of CLINC150."""
DECLARED = 300
"""Of the 1,200 out-of-scope utterances."""
ASKED = 2_000
"""Of the other utterances of the intents."""
INSIDE = ("train", "val", "test")
OUTSIDE = ("oos_train", "oos_val", "oos_test")


@dataclass(frozen=True)
class Split:
    """What a router is trained on, and what it is asked; no text is in both."""

    tools: ToolSet
    inside: tuple[tuple[str, str], ...]
    """Utterances, each with the name of its tool."""
    outside: tuple[str, ...]
    """Utterances for no tool."""


def clinc150(data: Path) -> Iterator[Split]:
    """Yield splits of all of CLINC150, without end: nothing is chosen by its own ones here."""
    inside, outside = (
        [row for name in names for row in read_rows(data / "clinc150" / f"{name}.jsonl")] for names in (INSIDE, OUTSIDE)
    )
    labels = sorted({row["label"] for row in inside})
    for seed in itertools.count():
        chance = random.Random(seed)
        chosen = set(chance.sample(labels, min(TOOLS, len(labels))))
        yield split_rows([row for row in inside if row["label"] in chosen], outside, chance, seed)


def split_rows(inside: Sequence[Row], outside: Sequence[Row], chance: random.Random, seed: int) -> Split:
    """Return a split of these rows, a tool for each label."""
    training = drawn(inside, EXAMPLES, seed)
    rest = without(inside, training)
    asked = chance.sample(rest, min(ASKED, len(rest)))
    said = chance.sample(sorted({row["text"] for row in outside}), len({row["text"] for row in outside}))
    declared = len(said) * DECLARED // 1_200
    return Split(
        replace(labelled_tools(training), out_of_scope=tuple(said[:declared])),
        tuple((row["text"], label_tool(row)[0]) for row in asked),
        tuple(said[declared:]),
    )


def own(tools: ToolSet) -> Iterator[Split]:
    """Yield splits of declarations, without end: half the examples of some tools, and half of what is out of scope.

    Every tool has normal risk here, so that one limit is for all calls.
    """
    for seed in itertools.count():
        chance = random.Random(seed)
        halved, inside = [], []
        for tool in chance.sample(tools.tools, min(TOOLS, len(tools))):
            examples = chance.sample(tool.examples, len(tool.examples))
            half = len(examples) // 2
            halved.append(replace(tool, examples=tuple(examples[:half]), risk="normal", confirm=None))
            inside += [(example.utterance, tool.name) for example in examples[half:]]
        said = chance.sample(tools.out_of_scope, len(tools.out_of_scope))
        half = len(said) // 2
        yield Split(ToolSet(tuple(halved), tuple(said[:half])), tuple(inside), tuple(said[half:]))
