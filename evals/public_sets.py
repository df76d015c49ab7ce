"""Public intent data sets, read from a folder that you pass.

None of the data is in this repository. Each set comes from its own public
source; put the rows, one JSON object a line with `text` and `label`, into

    DATA/clinc150/{train,train_5,train_10,val,test,oos_val,oos_test}.jsonl
        from github.com/clinc/oos-eval, CC BY 3.0
    DATA/banking77/{train,train_5,train_10,valid,test}.jsonl
        from github.com/PolyAI-LDN/task-specific-datasets, CC BY 4.0
    DATA/sgd/{train,dev}.jsonl and DATA/sgd/tools.{train,dev}[.v1-.v5].jsonl, the latter with the declarations
        from github.com/google-research-datasets/dstc8-schema-guided-dialogue, CC BY-SA 4.0

CLINC150 and BANKING77 have labels but no declarations: the label's words are
taken as name and description, which is all a declaration says there.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from router import Example, Tool, ToolSet
from router.declarations.tool import NAME


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, one a line."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tool_name(label: str) -> str:
    """Return the label as a tool may be called."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", label)[:64]
    return name if NAME.fullmatch(name) else f"_{name}"[:64]


def labelled_tools(rows: Iterable[Mapping[str, Any]]) -> ToolSet:
    """Return one tool for each label, with its utterances as examples."""
    utterances = defaultdict(list)
    for row in rows:
        utterances[row["label"]].append(Example(row["text"]))
    return ToolSet(
        tuple(
            Tool(tool_name(label), re.sub(r"[_\W]+", " ", label).strip(), examples=tuple(examples))
            for label, examples in utterances.items()
        )
    )


def declared_tools(rows: Iterable[Mapping[str, Any]]) -> dict[str, Tool]:
    """Return the tools of a `tools*.jsonl` by their ids, without any example."""
    return {row["id"]: Tool(row["name"], row["description"], row["parameters"]) for row in rows}
