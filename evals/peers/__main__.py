"""Measure every peer that is installed: `python -m evals.peers DATA [-o evals/results/peers.json]`.

Each peer runs on each task in a process of its own, one after the other, with
one thread. Test splits are for reporting; `--validation` uses the validation
splits, for development. README.md in this folder says how to get the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from evals.machine import ONE_THREAD, describe_machine
from evals.peers.registry import NOT_COMPARED, PEERS, Entry
from evals.peers.table import table
from evals.peers.tasks import TASKS, compared, scored
from evals.timing import ROOT, child, environment

IMPORTS = 5
"""Processes in which a peer's modules are imported, after one that warms up."""
QUIET = dict.fromkeys(ONE_THREAD, "1") | {
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}
IMPORT = "import time; start = time.perf_counter(); import {}; print((time.perf_counter() - start) * 1000)"


def main() -> int:
    """Measure what is asked for and write the results, keeping those of other peers and tasks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the public sets, see evals/public_sets")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    parser.add_argument("--only", nargs="*", default=[], help="peers whose names begin with one of these")
    parser.add_argument("--tasks", nargs="*", default=list(TASKS), choices=list(TASKS), metavar="TASK")
    parser.add_argument("--validation", action="store_true", help="score the validation splits")
    arguments = parser.parse_args()
    chosen = [peer for peer in PEERS if not arguments.only or peer.name.startswith(tuple(arguments.only))]
    here, absent = installed(chosen)
    for name, why in absent.items():
        print(f"{name}: skipped, {why}", flush=True)
    results: dict[str, Any] = {"rows": [], "skipped": {}}
    if arguments.output and arguments.output.exists():
        results = json.loads(arguments.output.read_text("utf-8"))
    split = "validation" if arguments.validation else "test"
    if any(row["split"] != split for row in results["rows"]):
        parser.error(f"{arguments.output} holds results of another split: name another file for {split}")
    found_here = {peer.name for peer in here}
    results |= {
        "machine": describe_machine(ROOT),
        "tasks": {name: {"title": task.title} for name, task in TASKS.items()},
        "skipped": {name: why for name, why in results["skipped"].items() if name not in found_here} | absent,
        "not_compared": NOT_COMPARED,
    }
    _write(results, arguments.output)
    imports = {entry.name: import_time(entry) for entry in here}
    for name in arguments.tasks:
        task = TASKS[name].read(arguments.data, arguments.validation)
        for entry in here:
            if TASKS[name].none and not entry.learns_none:
                continue
            row = {"peer": entry.name, "title": entry.title, "task": name, "import_ms": imports[entry.name]}
            row |= {"split": split} | measure(entry, task)
            print(json.dumps(row), flush=True)
            results["rows"] = merged(results["rows"], row)
            _write(results, arguments.output)
    print(table(results))
    return 0


def installed(peers: Sequence[Entry]) -> tuple[list[Entry], dict[str, str]]:
    """Return the peers that can be measured here, and why the others cannot, by name."""
    reasons = {entry.name: entry.missing() for entry in peers}
    absent = {name: why for name, why in reasons.items() if why}
    return [entry for entry in peers if entry.name not in absent], absent


def import_time(entry: Entry) -> float:
    """Return the milliseconds it takes to import what routing needs, the median of fresh processes."""
    code = IMPORT.format(", ".join(entry.imports))
    return round(median([float(child(code)[1][-1]) for _ in range(IMPORTS + 1)][1:]), 1)


def measure(entry: Entry, task: Mapping[str, Any]) -> dict[str, Any]:
    """Run one trial and return its figures."""
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    process = subprocess.run(
        [sys.executable, "-m", "evals.peers.trial"],
        input=json.dumps({**task, "peer": entry.name}),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(**QUIET),
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    figures = scored(found.pop("inside"), found.pop("outside"), task["expected"])
    costs = found | {
        "route_ratio": found["route_ms"] / found["encoder_ms"],
        "fit_ratio": found["fit_s"] * 1000 / found["encoder_ms"],
    }
    rounded = {name: None if value is None else round(value, 3) for name, value in costs.items()}
    return figures | rounded | {"load": load, "versions": entry.versions()}


def merged(rows: Sequence[Mapping[str, Any]], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows with a new one in its place, all compared with ours."""
    names = [entry.name for entry in PEERS]
    others = [row for row in rows if (row["peer"], row["task"]) != (new["peer"], new["task"])]
    return compared(sorted([*others, new], key=lambda row: (list(TASKS).index(row["task"]), names.index(row["peer"]))))


def _write(results: Mapping[str, Any], file: Path | None) -> None:
    if file:
        file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
