"""Whether promises hold: `python -m evals.promises DATA [-o evals/results/promises.json]`.

Trains some 550 routers, which takes about a quarter of an hour on one core; `--only` runs
some of the parts. DATA is the folder with the public sets, of which it reads
clinc150 (`python -m evals.public --list` says how to lay it out). `--validation`
asks near_domain the split for development; a file holds one or the other.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evals.promises import curve, everyday, limits, near_domain, splits
from evals.promises.embedded import Embedded
from evals.public import ROOT, kept, write
from router.declarations import load
from router.encoders import Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import load_suite
from router.evaluation.provenance import commit, machine

PARTS = ("clinc150", "own", "everyday", "near_domain", "curve")
TOOLS = ROOT / "tool_specs"
SUITE = ROOT / "evals" / "suites" / "everyday.jsonl"


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for and write the results, keeping those of other parts."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.promises", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with the public sets")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    parser.add_argument("--only", nargs="+", default=PARTS, choices=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--validation", action="store_true", help="ask the split for development")
    arguments = parser.parse_args(argv)
    scored = "development" if arguments.validation else "reporting"
    try:
        results = kept(arguments.output, scored) if arguments.output else {}
    except ValueError as error:
        parser.error(str(error))
    encoder = Embedded(CachedEncoder(load_encoder()))
    made = {
        "encoder": f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})",
        "commit": commit(ROOT),
        "machine": machine(),
    }
    split = "val" if arguments.validation else "test"
    for name in arguments.only:
        started = time.perf_counter()
        results[name] = measured(name, arguments.data, split, encoder) | made
        print(f"\n{name}: {json.dumps(results[name])} ({time.perf_counter() - started:.0f} s)", flush=True)
        if arguments.output:
            write(arguments.output, scored, results)
    return 0


def measured(part: str, data: Path, split: str, encoder: Encoder) -> dict[str, Any]:
    """Return the figures of one part."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "clinc150": lambda: limits.measured(splits.clinc150(data), encoder, progress=progress),
        "own": lambda: limits.measured(splits.own(load(TOOLS)), encoder, progress=progress),
        "everyday": lambda: everyday.measured(load(TOOLS), load_suite(SUITE), encoder),
        "near_domain": lambda: near_domain.measured(data, split, encoder),
        "curve": lambda: curve.measured(load(TOOLS), encoder),
    }
    return parts[part]()


def progress(done: int) -> None:
    """Say how many splits are done."""
    print(f"\r{done} splits", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
