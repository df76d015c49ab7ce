"""Rows of a public set, as tools and as cases."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evals.public_sets.task import Draw, Task, Trial, folded
from router import Example, Tool, ToolSet
from router.declarations.tool import NAME
from router.evaluation import Case

Row = Mapping[str, Any]

Drawing = Callable[[list[Row]], Iterable[list[Row]]]
"""Which rows of a training split are trained on: one list for each draw."""

MTEB_EXAMPLES = 8
MTEB_DRAWS = 10
"""As in the Massive Text Embedding Benchmark's classification (Muennighoff et al., 2023)."""


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, one a line."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tool_name(label: str) -> str:
    """Return the label as a tool may be called."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", label)[:64]
    return name if NAME.fullmatch(name) else f"_{name}"[:64]


def labelled_tools(rows: Iterable[Row]) -> ToolSet:
    """Return one tool for each label, with its utterances as examples.

    The label's words stand in for the description, which is all that is declared.
    """
    utterances = defaultdict(list)
    for row in rows:
        utterances[row["label"]].append(Example(row["text"]))
    return ToolSet(
        tuple(
            Tool(tool_name(label), re.sub(r"[_\W]+", " ", label).strip(), examples=tuple(examples))
            for label, examples in utterances.items()
        )
    )


def declared_tools(rows: Iterable[Row]) -> ToolSet:
    """Return one tool for each label, known by the label's words alone."""
    return ToolSet(tuple(replace(tool, examples=()) for tool in labelled_tools(rows)))


def cases(rows: Iterable[Row], split: str, tools: Callable[[Row], Sequence[str]], language: str = "en") -> list[Case]:
    """Return a case for each row, named by its split and line; `tools` says what it is for."""
    return [
        Case(f"{split}-{line}", row["text"], tuple(tools(row)), language=language, line=line)
        for line, row in enumerate(rows, start=1)
    ]


def label_tool(row: Row) -> list[str]:
    """Return the tool that `labelled_tools` makes of the row's label."""
    return [tool_name(row["label"])]


def no_tool(_: Row) -> list[str]:
    """Say that a row is out of scope."""
    return []


def without(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Return the rows whose text is not among the others'."""
    known = {folded(row["text"]) for row in others}
    return [row for row in rows if folded(row["text"]) not in known]


def unseen(found: Iterable[Case], rows: Iterable[Row]) -> tuple[Case, ...]:
    """Return the cases whose utterance is not among the rows' texts."""
    known = {folded(row["text"]) for row in rows}
    return tuple(case for case in found if folded(case.utterance) not in known)


def drawn(rows: Iterable[Row], per_label: int, seed: int) -> list[Row]:
    """Draw so many rows of each label, all where there are fewer; the order of the rows does not matter."""
    shuffled = sorted(rows, key=lambda row: (row["label"], row["text"]))
    random.Random(seed).shuffle(shuffled)
    taken: Counter[str] = Counter()
    kept = []
    for row in shuffled:
        taken[row["label"]] += 1
        if taken[row["label"]] <= per_label:
            kept.append(row)
    return kept


def whole(rows: list[Row]) -> Iterable[list[Row]]:
    """Train on all of them, once."""
    return [rows]


def one_draw(per_label: int) -> Drawing:
    """Train on one draw of so many rows of each label."""
    return lambda rows: [drawn(rows, per_label, seed=0)]


def mteb_draws(rows: list[Row]) -> Iterator[list[Row]]:
    """Train on ten draws. MTEB seeds its own otherwise, so these are like them and not the same."""
    for seed in range(MTEB_DRAWS):
        yield drawn(rows, MTEB_EXAMPLES, seed)


def labelled_tasks(
    prefix: str,
    split: str,
    held_out: Sequence[Path],
    protocols: Mapping[str, tuple[Path, Drawing]],
    trial: Callable[[str, list[Row]], Trial],
) -> list[Task]:
    """Return a task for each protocol: the training file, and how rows are drawn from it.

    `trial` is given the task's name and the rows to train on; `held_out` are the files that it reads.
    """

    def task(name: str, training: Path, drawing: Drawing) -> Task:
        def draws() -> Iterator[Draw]:
            for rows in drawing(list(read_rows(training))):
                yield [trial(name, rows)]

        return Task(name, split, (training, *held_out), draws)

    return [task(f"{prefix}/{name}", *protocol) for name, protocol in protocols.items()]
