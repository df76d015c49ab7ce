"""Measure one peer on one task, in a process of its own: a task as JSON comes in, what was found goes out."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from evals.peers.registry import PEERS

TIMED = 200
"""Utterances that are timed, spread over the in-scope ones."""
ROUNDS = 5
TURN = 20
"""Utterances before it is the other's turn: short, so that other work on the machine slows both."""
WARM_UP = 20


def main() -> None:
    """Fit, answer everything one at a time, read the memory, then time against the bare encoder."""
    task: dict[str, Any] = json.load(sys.stdin)
    entry = next(entry for entry in PEERS if entry.name == task["peer"])
    for name in entry.imports:
        importlib.import_module(name)
    imported = _memory()
    peer = entry.make()
    start = perf_counter()
    peer.fit(task["texts"], task["labels"], task["none"] if entry.learns_none else [])
    fitted = perf_counter() - start
    answers, refusals = (
        [[one.label, one.confidence, one.act, one.in_scope] for one in map(peer.decide, texts)]
        for texts in (task["inside"], task["outside"])
    )
    peak = _memory()
    found = {"fit_s": fitted, "imported_mb": imported[0], "peak_mb": peak[1], "inside": answers, "outside": refusals}
    json.dump(found | _times(peer.decide, task["inside"]), sys.stdout)


def _times(decide: Any, texts: list[str]) -> dict[str, float]:
    """Return milliseconds for an utterance, and of the bare encoder by turns with it."""
    from evals.timing import bare_encoder, percentile, timed

    said = texts[:: max(1, len(texts) // TIMED)][:TIMED]
    bare = bare_encoder()
    for text in said[:WARM_UP]:
        decide(text)
        bare(text)
    ours: list[float] = []
    reference: list[float] = []
    for start in [*range(0, len(said), TURN)] * ROUNDS:
        for run, times in ((decide, ours), (bare, reference)):
            times.extend(timed(run, text) for text in said[start : start + TURN])
    return {"route_ms": median(ours), "route_p95_ms": percentile(ours, 95), "encoder_ms": median(reference)}


def _memory() -> tuple[float | None, float | None]:
    """Return this process's resident memory now and at its peak, in MB; None where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return None, None
    told = dict(line.split(":", 1) for line in lines)
    return int(told["VmRSS"].split()[0]) / 1024, int(told["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    main()
