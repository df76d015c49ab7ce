"""What the measurements of speed are made with: processes, turns, the bare encoder, and a table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, TypeAlias

from router.encoders import DEFAULT

ROOT = Path(__file__).parent.parent
PROCESSES = 21
ROUNDS = 10
MODEL = resources.files("router.encoders") / DEFAULT

Milliseconds: TypeAlias = list[float]


@dataclass(frozen=True)
class Measured:
    """One thing measured and what it is compared with."""

    what: str
    ours: float
    reference: float | None
    unit: str
    compared: str
    """How `figure` is made of the two."""
    figure: float
    goal: float | None
    """At most this, if anything was promised."""
    samples: int

    @property
    def verdict(self) -> str:
        """Whether the goal is reached."""
        if self.goal is None:
            return ""
        return "met" if self.figure <= self.goal else "MISSED"


def table(measured: Sequence[Measured]) -> str:
    """Lay out the results as a Markdown table."""
    rows = ["| | measured | reference | compared | | goal | |", "|---|---:|---:|---|---:|---:|---|"]
    for one in measured:
        reference = "" if one.reference is None else f"{one.reference:.2f} {one.unit}"
        is_ratio = "ratio" in one.compared
        figure, goal = (
            "" if value is None else f"{value:.2f}x" if is_ratio else f"{value:.1f} {one.unit}"
            for value in (one.figure, one.goal)
        )
        rows.append(
            f"| {one.what} | {one.ours:.2f} {one.unit} | {reference} | {one.compared} | {figure} "
            f"| {goal and f'≤ {goal}'} | {one.verdict} |"
        )
    return "\n".join(rows)


def child(code: str, *arguments: str) -> tuple[float, list[str]]:
    """Run Python code in a process and return the milliseconds until its first line, and its lines."""
    start = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        milliseconds = (perf_counter() - start) * 1000
        lines = [first, *process.stdout]
    if process.returncode:
        raise SystemExit(f"a measured process failed:\n{code}")
    return milliseconds, lines


def in_turns(*runs: Callable[[], float]) -> tuple[Milliseconds, ...]:
    """Call each in turn, `PROCESSES` times after a first time that warms up and does not count."""
    rounds = [[run() for run in runs] for _ in range(PROCESSES + 1)][1:]
    return tuple(map(list, zip(*rounds, strict=True)))


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment for a child; it may keep compiled modules, as an installed package does."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


def timed(run: Callable[..., object], *arguments: object) -> float:
    """Return how long a call takes, in milliseconds."""
    start = perf_counter()
    run(*arguments)
    return (perf_counter() - start) * 1000


def percentile(times: Milliseconds, percent: int) -> float:
    """Return a percentile."""
    return quantiles(times, n=100, method="inclusive")[percent - 1]


def bare_encoder() -> Callable[[str], Any]:
    """Return what nobody can do without: text to ids to embedding."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(MODEL / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return lambda text: session.run(None, {"input_ids": np.array([tokenizer.encode(text).ids], np.int64)})[0]
