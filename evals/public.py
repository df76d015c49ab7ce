"""Accuracy on public data sets: `python -m evals.public DATA [-o evals/results/public.json]`.

For each set and number of examples a router is trained as any user would train
one (`router.training.train`; every choice it makes, it makes on folds of its
training rows) and scored on the test split, in scope: the share of utterances
whose first candidate is the right tool. `--validation` uses the validation
split instead, for development; test splits are for reporting.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from evals.public_sets import declared_tools, labelled_tools, read_rows, tool_name
from router import Candidate, Decision, Router, Tool, ToolSet
from router.encoders import Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.metrics.calibration import calibration_error
from router.metrics.classification import share
from router.metrics.intervals import wilson
from router.metrics.ranking import auroc
from router.training import train

SHOTS = {"5-shot": "train_5", "10-shot": "train_10", "full": "train"}
SETS = {"clinc150": ("val", "test"), "banking77": ("valid", "test")}
PARAPHRASES = ("", ".v1", ".v2", ".v3", ".v4", ".v5")


def main() -> int:
    """Run what is asked for and write the results, keeping those of other tasks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the public sets, see evals/public_sets.py")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    parser.add_argument("--only", nargs="*", default=[], help="tasks whose names contain one of these")
    parser.add_argument("--validation", action="store_true", help="score the validation splits")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    if arguments.output and arguments.output.exists():
        results = json.loads(arguments.output.read_text())
    encoder = CachedEncoder(load_encoder())
    for name, task in tasks(arguments.data, encoder, arguments.validation):
        if arguments.only and not any(part in name for part in arguments.only):
            continue
        started = time.perf_counter()
        results[name] = task() | {"encoder": encoder.name, "split": "validation" if arguments.validation else "test"}
        print(f"{name}: {json.dumps(results[name])} ({time.perf_counter() - started:.0f} s)", flush=True)
        if arguments.output:
            arguments.output.parent.mkdir(parents=True, exist_ok=True)
            arguments.output.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    return 0


def tasks(data: Path, encoder: Encoder, validation: bool) -> Iterator[tuple[str, Any]]:
    """Yield each task's name and what runs it."""
    for name, splits in SETS.items():
        held_out = data / name / f"{splits[not validation]}.jsonl"
        out_of_scope = data / name / f"oos_{splits[not validation]}.jsonl"
        for shots, split in SHOTS.items():
            yield (
                f"{name}/{shots}",
                lambda train_file=data / name / f"{split}.jsonl", test=held_out, oos=out_of_scope: labelled(
                    train_file, test, oos, encoder
                ),
            )
    split = "train" if validation else "dev"
    for paraphrase in PARAPHRASES:
        yield (
            f"sgd/declarations{paraphrase}",
            lambda tools=data / "sgd" / f"tools.{split}{paraphrase}.jsonl": declared(
                tools, data / "sgd" / f"{split}.jsonl", encoder
            ),
        )


def labelled(train_file: Path, test_file: Path, oos_file: Path, encoder: Encoder) -> dict[str, Any]:
    """Train on labelled utterances and score others; no out-of-scope utterance is trained on."""
    router = train(labelled_tools(read_rows(train_file)), encoder)
    rows = read_rows(test_file)
    decisions = router.route_many(row["text"] for row in rows)
    result = scored(decisions, [tool_name(row["label"]) for row in rows])
    if oos_file.exists():
        refused = router.route_many(row["text"] for row in read_rows(oos_file))
        inside, outside = (np.array([d.in_scope for d in some]) for some in (decisions, refused))
        result["oos_auroc"] = _rounded(auroc(inside, outside))
    return result


def declared(tools_file: Path, rows_file: Path, encoder: Encoder) -> dict[str, Any]:
    """Choose among all intents from their declarations alone; first turns only."""
    tools = declared_tools(read_rows(tools_file))
    named = {identity: Tool(tool_name(identity), tool.description, tool.parameters) for identity, tool in tools.items()}
    router: Router = train(ToolSet(tuple(named.values())), encoder)
    rows = [row for row in read_rows(rows_file) if row["turn"] == 0]
    decisions = router.route_many(row["text"] for row in rows)
    return scored(decisions, [named[row["label"]].name for row in rows])


def scored(decisions: list[Decision], labels: list[str]) -> dict[str, Any]:
    """Return accuracy with its 95 % Wilson interval, and the expected calibration error in 15 bins."""
    firsts = [decision.candidates[0] if decision.candidates else Candidate("", 0.0) for decision in decisions]
    right = np.array([first.tool == label for first, label in zip(firsts, labels, strict=True)])
    sure = np.array([first.probability for first in firsts])
    low, high = wilson(int(right.sum()), len(right)) or (None, None)
    return {
        "n": len(right),
        "accuracy": _rounded(share(right)),
        "low": _rounded(low),
        "high": _rounded(high),
        "calibration_error": _rounded(calibration_error(sure, right)),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)


if __name__ == "__main__":
    sys.exit(main())
