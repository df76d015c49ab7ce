"""Schema-Guided Dialogue: services that declare their intents, and what people first say to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evals.public_sets.rows import Row, cases, read_rows, tool_name
from evals.public_sets.task import Draw, Task, Trial
from router import Tool, ToolSet
from router.evaluation import Card, Suite

NAME = "sgd"
CARD = Card(
    description="Choosing among all intents of all services of a split from their declarations alone, without any "
    "example: the first turn of each dialogue. Nothing is out of scope.",
    source="github.com/google-research-datasets/dstc8-schema-guided-dialogue",
    licence="CC BY-SA 4.0",
    how_made="Dialogues simulated and put in words by crowd workers (Rastogi et al., 2020); declarations paraphrased "
    "by people (SGD-X, Lee et al., 2022). The services of dev are not among those that the wordings of declarations "
    "were chosen on, which are those of train. Of the 2,482 dialogues of dev, 2,098 were at hand.",
)
LAYOUT = """\
train and dev are the user turns that inform of an intent, with `turn` counted from 0 and SERVICE.INTENT as label.
tools.SPLIT are the intents of the split's schema.json with `id` (SERVICE.INTENT), `service`, `name`, `description` and
`parameters` (JSON Schema of the slots); tools.SPLIT.v1 to .v5 the same of sgd_x, with the ids of the original."""

VERSIONS = ("", ".v1", ".v2", ".v3", ".v4", ".v5")


def tasks(data: Path, development: bool) -> list[Task]:
    """Return a task for the original declarations, and one for each paraphrase of them."""
    split = "train" if development else "dev"
    folder = data / NAME

    def task(version: str) -> Task:
        declarations, asked = folder / f"tools.{split}{version}.jsonl", folder / f"{split}.jsonl"
        name = f"{NAME}/declarations{version}"

        def draws() -> Iterator[Draw]:
            tools = {row["id"]: declared(row) for row in read_rows(declarations)}
            rows = read_rows(asked)
            turns = zip(rows, cases(rows, split, lambda row: [tools[row["label"]].name]), strict=True)
            first = tuple(case for row, case in turns if row["turn"] == 0)
            yield [Trial(ToolSet(tuple(tools.values())), Suite(name, first, CARD))]

        return Task(name, split, (declarations, asked), draws)

    return [task(version) for version in VERSIONS]


def declared(row: Row) -> Tool:
    """Return an intent as a tool; services name theirs alike, so the service is part of the name.

    Both are those of this version: the id is that of the original, and would tell a paraphrase's first name.
    """
    return Tool(tool_name(f"{row['service']}.{row['name']}"), row["description"], row["parameters"])
