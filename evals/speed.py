"""Speed and memory on this machine, each beside its reference in the same run.

    python -m evals.speed                        measure everything, in about two minutes
    python -m evals.speed --bundle B             the router in this bundle, instead of that of tool_specs/
    python -m evals.speed --utterances FILE      utterances of yours, one a line
    python -m evals.speed -o speed.json          write the numbers as JSON too

The reference is what nobody can do without: the tokenizer and the ONNX Runtime
session on the encoder's own files. Both sides are measured in turns, so that
whatever else the machine does hits both. One thread: this module starts itself
again with the BLAS libraries limited to one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from statistics import median

from evals.filling_speed import measure_filling
from evals.machine import ONE_THREAD, describe_machine
from evals.timing import (
    MODEL,
    ROOT,
    ROUNDS,
    Measured,
    Milliseconds,
    bare_encoder,
    child,
    environment,
    in_turns,
    percentile,
    table,
    timed,
)
from router import Router, Tool
from router.declarations import load

COMPILATIONS = 3


def measure_routing(router: Router, utterances: Sequence[str]) -> list[Measured]:
    """Route, against the bare tokenizer and session, by turns of a second or less.

    A turn is all utterances: two sessions that alternate on each would empty the
    processor's cache for each other, which no app does.
    """
    bare = bare_encoder()
    for utterance in utterances[:20]:
        bare(utterance)
        router.route(utterance)
    ours: Milliseconds = []
    reference: Milliseconds = []
    for turn in range(ROUNDS):
        pair = [(router.route, ours), (bare, reference)]
        for run, times in pair if turn % 2 else reversed(pair):
            times.extend(timed(run, utterance) for utterance in utterances)
    ratios = [one / other for one, other in zip(ours, reference, strict=True)]
    of_medians, of_95 = median(ours) / median(reference), percentile(ours, 95) / percentile(reference, 95)
    middle, end = (median(ours), median(reference)), (percentile(ours, 95), percentile(reference, 95))
    return [
        Measured("route, p50", *middle, "ms", "median of ratios", median(ratios), 1.15, len(ours)),
        Measured("route, p50 (medians)", *middle, "ms", "ratio of medians", of_medians, 1.15, len(ours)),
        Measured("route, p95", *end, "ms", "ratio", of_95, None, len(ours)),
    ]


def measure_import() -> list[Measured]:
    """`from router import Router`, against `import numpy`, in processes by turns."""
    code = "import time; start = time.perf_counter(); {}; print((time.perf_counter() - start) * 1000)"
    ours, reference = in_turns(
        lambda: float(child(code.format("from router import Router"))[1][0]),
        lambda: float(child(code.format("import numpy"))[1][0]),
    )
    ms = median(ours), median(reference)
    return [Measured("import router", *ms, "ms", "added to numpy", ms[0] - ms[1], 60, len(ours))]


def measure_start(bundle: Path, utterance: str) -> list[Measured]:
    """Process start to first decision, and the memory then, against a script that embeds one utterance."""
    memory: dict[str, list[list[float]]] = {"ours": [], "bare": []}

    def start(kind: str, code: str, *arguments: str) -> Callable[[], float]:
        def run() -> float:
            milliseconds, (_, resident) = child(code, *arguments)
            memory[kind].append([float(part) / 1024 for part in resident.split()])
            return milliseconds

        return run

    ours, reference = in_turns(
        start("ours", _FIRST_DECISION + _MEMORY, str(bundle), utterance),
        start("bare", _FIRST_EMBEDDING + _MEMORY, str(MODEL), utterance),
    )
    ms = median(ours), median(reference)
    found = [Measured("start to decision", *ms, "ms", "ratio", ms[0] / ms[1], 1.3, len(ours))]
    for n, what in enumerate(("resident memory", "resident memory, peak")):
        if all(rows and rows[0] for rows in memory.values()):
            mb = median(row[n] for row in memory["ours"]), median(row[n] for row in memory["bare"])
            found.append(Measured(what, *mb, "MB", "added", mb[0] - mb[1], 25, len(ours)))
    return found


def measure_growth(router: Router) -> list[Measured]:
    """`with_tool` for a tool with ten examples, given as a mapping."""
    tool = {
        "name": "feed_cat",
        "description": "Fill the cat's bowl from the automatic feeder.",
        "parameters": {"type": "object", "properties": {"grams": {"type": "integer", "description": "How much."}}},
        "examples": [f"{verb} the cat {when}" for verb in ("feed", "give food to") for when in _TIMES],
    }
    assert len(Tool.from_dict(tool).examples) == 10
    times = [timed(router.with_tool, tool) for _ in range(30)]
    return [Measured("with_tool, 10 examples", median(times), None, "ms", "median", median(times), 50, len(times))]


def measure_compiling() -> list[Measured]:
    """`router compile tool_specs` as a process: nothing cached, all cached, one file changed."""
    times: dict[str, Milliseconds] = {"cold": [], "warm": [], "one file changed": []}
    for _ in range(COMPILATIONS):
        with tempfile.TemporaryDirectory() as folder:
            specs = Path(folder, "tool_specs")
            shutil.copytree(ROOT / "tool_specs", specs)
            for kind, spent in times.items():
                if kind == "one file changed":
                    file = next(iter(sorted(specs.glob("set_*.yaml"))))
                    text = file.read_text("utf-8")
                    file.write_text(
                        text.replace("\nexamples:\n", "\nexamples:\n  - it is me who changed this\n"), "utf-8"
                    )
                spent.append(timed(compile_specs, specs, Path(folder, "it.bundle"), Path(folder, "cache")))
    return [
        Measured(
            f"compile tool_specs, {kind}", median(spent) / 1000, None, "s", "median", median(spent) / 1000, None, 3
        )
        for kind, spent in times.items()
    ]


def compile_specs(specs: Path, bundle: Path, cache: Path) -> None:
    """Run the command."""
    command = [sys.executable, "-m", "router", "compile", str(specs), "-o", str(bundle)]
    subprocess.run(command, check=True, cwd=ROOT, env=environment(ROUTER_CACHE_DIR=str(cache)), capture_output=True)


def built_in_utterances(count: int = 200) -> list[str]:
    """Return utterances of all lengths that no router was trained to call a tool for, spread over `tool_specs/`."""
    tools = load(ROOT / "tool_specs")
    found = sorted({*chain.from_iterable(tool.counterexamples for tool in tools), *tools.out_of_scope})
    return [found[n * len(found) // count] for n in range(min(count, len(found)))]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print and perhaps write."""
    parser = argparse.ArgumentParser(prog="python -m evals.speed", description="Speed and memory on this machine.")
    parser.add_argument("--bundle", type=Path, help="default: compile tool_specs/ first")
    parser.add_argument("--utterances", type=Path, help="one a line; default: 200 of tool_specs/")
    parser.add_argument("-o", "--output", type=Path, help="write the numbers as JSON")
    arguments = parser.parse_args(argv)
    said = built_in_utterances()
    if arguments.utterances:
        said = [line for line in arguments.utterances.read_text("utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        bundle = arguments.bundle or Path(folder, "it.bundle")
        if not arguments.bundle:
            compile_specs(ROOT / "tool_specs", bundle, Path(folder, "cache"))
        bundle = bundle.resolve()
        machine = describe_machine(ROOT)
        router = Router.load(bundle)
        measured = [*measure_routing(router, said), *measure_filling(router), *measure_growth(router)]
        measured += [*measure_import(), *measure_start(bundle, said[0]), *measure_compiling()]
    print("\n".join(f"{name}: {value}" for name, value in machine.items()))
    print(f"utterances: {len(said)}, {ROUNDS} times\n\n{table(measured)}")
    if arguments.output:
        results = [asdict(one) | {"verdict": one.verdict} for one in measured]
        arguments.output.write_text(json.dumps({"machine": machine, "measured": results}, indent=1) + "\n", "utf-8")


_TIMES = ("now", "at noon", "twice a day", "when i am out", "tonight")

_FIRST_DECISION = """
import sys
from router import Router
Router.load(sys.argv[1]).route(sys.argv[2])
print("decided", flush=True)
"""

_FIRST_EMBEDDING = """
import sys
import numpy, onnxruntime, tokenizers
tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1] + "/tokenizer.json")
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1] + "/model.onnx", options, providers=["CPUExecutionProvider"])
session.run(None, {"input_ids": numpy.array([tokenizer.encode(sys.argv[2]).ids], numpy.int64)})
print("embedded", flush=True)
"""

_MEMORY = """
try:
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(status["VmRSS"].split()[0], status["VmHWM"].split()[0])
except OSError:
    print()
"""

if __name__ == "__main__":
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):
        os.execve(  # BLAS libraries read this once, when they are loaded
            sys.executable,
            [sys.executable, "-m", "evals.speed", *sys.argv[1:]],
            os.environ | dict.fromkeys(ONE_THREAD, "1"),
        )
    main()
