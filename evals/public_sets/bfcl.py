"""Berkeley Function-Calling Leaderboard: a request, and the few functions that are declared for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.public_sets.rows import cases, label_tool, no_tool, read_rows, tool_name
from evals.public_sets.task import Draw, Task, Trial
from router import Tool, ToolSet
from router.evaluation import Card, Suite

NAME = "bfcl_v4"
CARD = Card(
    description="Choosing among two to four functions from their declarations alone (multiple), and refusing where the "
    "one function there is does not fit (irrelevance), which is out of scope. A router is trained for each row, of its "
    "own functions only: that is what an assistant with these functions would be.",
    source="github.com/ShishirPatil/gorilla, berkeley-function-call-leaderboard, version 4",
    licence="Apache-2.0",
    how_made="Functions and requests put together by the leaderboard's authors, for language models. "
    "Rows in scope have two to four functions and the others one, so in-scope probabilities are of unlike routers.",
)
LAYOUT = """\
multiple and irrelevance are BFCL_v4_multiple.json and BFCL_v4_irrelevance.json, a row for each question, with the name
of the right function as label ("oos" for irrelevance) and `candidates`, the ids of its functions in tools. tools are
all functions with `id`, `name`, `description` and `parameters` as JSON Schema; two that share a name differ in id."""


def tasks(data: Path, development: bool) -> list[Task]:
    """Return one task of both splits; it has no split for development."""
    folder = data / NAME
    declarations, inside, outside = (folder / f"{name}.jsonl" for name in ("tools", "multiple", "irrelevance"))
    name = f"{NAME}/declarations"

    def draws() -> Iterator[Draw]:
        rows = read_rows(declarations)
        tools = {row["id"]: Tool(tool_name(row["name"]), row["description"], row["parameters"]) for row in rows}
        yield _trials(tools, name, inside, outside)

    return [] if development else [Task(name, "multiple and irrelevance", (declarations, inside, outside), draws)]


def _trials(tools: Mapping[str, Tool], name: str, inside: Path, outside: Path) -> Iterator[Trial]:
    """Yield a trial for each row, of its own functions."""
    for file, asked in ((inside, label_tool), (outside, no_tool)):
        rows = read_rows(file)
        for row, case in zip(rows, cases(rows, file.stem, asked), strict=True):
            yield Trial(ToolSet(tuple(tools[each] for each in row["candidates"])), Suite(name, (case,), CARD))
