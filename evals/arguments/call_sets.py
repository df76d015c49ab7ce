"""Sets that say what a whole call is: declarations, utterances, and which values are right."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from evals.arguments.calls import Accepted, Request, Round
from evals.arguments.sets import located
from evals.public_sets.rows import Row, drawn, read_rows, tool_name
from evals.public_sets.sgd import declared
from evals.public_sets.task import folded
from router import DeclarationError, Example, Tool
from router.arguments import Moment
from router.declarations import load
from router.declarations.example import Slot
from router.evaluation import load_suite

ROOT = Path(__file__).parents[2]
SAID = Moment(datetime(2019, 3, 1))
"""When the dialogues of Schema-Guided Dialogue take place."""
SHOTS = 20
"""At most so many turns of each intent are taught."""
FOR_DEVELOPMENT = 2000
"""So many turns of train are drawn, which has six times as many."""


def bfcl(data: Path) -> list[Round]:
    """Return `simple_python` of BFCL: each row with the one function that it is for, as declared."""
    tools = {row["id"]: _tool(row) for row in read_rows(data / "bfcl_v4" / "tools.jsonl")}
    rows = read_rows(data / "bfcl_v4" / "simple_python.jsonl")
    return [_alone(tools[row["candidates"][0]], row["text"], row["args"]) for row in rows]


def seal_tools(data: Path) -> list[Round]:
    """Return the single calls of Seal-Tools' dev split, which stand in for BFCL in development."""
    tools = {row["id"]: _tool(row) for row in read_rows(data / "seal_tools" / "tools.jsonl")}
    rows = [row for row in read_rows(data / "seal_tools" / "dev.jsonl") if isinstance(row["label"], str)]
    return [_alone(tools[row["label"]], row["text"], {k: [v] for k, v in row["args"].items()}) for row in rows]


def sgd(data: Path, split: str, *, marked: bool) -> list[Round]:
    """Return the first turns of Schema-Guided Dialogue, with the intent that each is for.

    Nothing is taught, or, `marked`, the turns are dealt into two halves, the same
    words into the same one, and each half is asked once up to 20 turns of each
    intent of the other are taught, as they come. For development `split` is train.
    """
    tools = {row["id"]: declared(row) for row in read_rows(data / "sgd" / f"tools.{split}.jsonl")}
    rows = [row for row in read_rows(data / "sgd" / f"{split}.jsonl") if row["turn"] == 0]
    if split == "train":
        rows = random.Random(0).sample(rows, min(FOR_DEVELOPMENT, len(rows)))
    if not marked:
        return [Round(tuple(tools.values()), _turns(rows, tools))]
    halves = _halves(rows)
    return [Round(_taught(tools, halves[1 - n]), _turns(half, tools)) for n, half in enumerate(halves)]


def everyday() -> list[Round]:
    """Return the cases of the everyday suite that state arguments, for the tools that ship."""
    cases = load_suite(ROOT / "evals" / "suites" / "everyday.jsonl").cases
    stated = [(case, case.arguments) for case in cases if case.arguments is not None]
    requests = tuple(
        Request(case.utterance, case.tools[0], {k: [v] for k, v in own.items()}, Moment(case.now, case.language))
        for case, own in stated
    )
    asked = {request.tool for request in requests}
    return [Round(tuple(tool for tool in load(ROOT / "tool_specs") if tool.name in asked), requests)]


def _tool(row: Row) -> Tool:
    return Tool(tool_name(row["name"]), row["description"], row["parameters"])


def _alone(tool: Tool, text: str, accepted: Accepted) -> Round:
    return Round((tool,), (Request(text, tool.name, accepted),))


def _turns(rows: Iterable[Row], tools: Mapping[str, Tool]) -> tuple[Request, ...]:
    return tuple(Request(row["text"], tools[row["label"]].name, _right(row), SAID) for row in rows)


def _right(row: Row) -> dict[str, list[Any]]:
    """Return what is right of a turn: a value as the data has it ("11:00"), or its words ("11 am").

    Of what is said to be indifferent ("any album"), nothing need be found.
    """
    spans = row["arg_spans"]
    return {
        name: [value, *([spans[name]] if name in spans else []), *([""] if value == "dontcare" else [])]
        for name, value in row["args"].items()
    }


def _halves(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    texts = sorted({folded(row["text"]) for row in rows})
    random.Random(0).shuffle(texts)
    first = set(texts[::2])
    return (
        [row for row in rows if folded(row["text"]) in first],
        [row for row in rows if folded(row["text"]) not in first],
    )


def _taught(tools: Mapping[str, Tool], rows: Iterable[Row]) -> tuple[Tool, ...]:
    examples: dict[str, list[Example]] = {label: [] for label in tools}
    for row in drawn(rows, SHOTS, seed=0):
        tool = tools[row["label"]]
        try:
            examples[row["label"]].append(_example(row, tool.parameters["properties"]))
        except DeclarationError:
            continue  # braces, or too long for anything that is said
    return tuple(
        Tool(tool.name, tool.description, tool.parameters, tuple(examples[label])) for label, tool in tools.items()
    )


def _example(row: Row, properties: Mapping[str, Any]) -> Example:
    """Return a turn as an author would mark it: words that are said, and values of enums, which often are not."""
    stated = {name: value for name, value in row["args"].items() if value in properties.get(name, {}).get("enum", ())}
    slots: list[Slot] = [slot for slot in located(row["text"], row["arg_spans"]) if slot.parameter in properties]
    return Example(row["text"], tuple(slots), stated or None)
