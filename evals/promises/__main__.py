"""Whether promises hold: `python -m evals.promises DATA [-o evals/results/promises.json]`.

Trains some 550 routers, which takes about a quarter of an hour on one core; `--only` runs
some of the parts: clinc150, own, everyday, near_domain, curve. DATA is the folder with
the public sets, of which it reads clinc150 (`python -m evals.public --list` says how to
lay it out). `--validation` asks near_domain the split for development; a file holds one
or the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evals.embedded import Embedded
from evals.measuring import DATA, ROOT, command_line, described, made_with, opened
from evals.promises import curve, everyday, limits, near_domain, splits
from router.declarations import load
from router.encoders import Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import load_suite

PARTS = ("clinc150", "own", "everyday", "near_domain", "curve")
TOOLS = ROOT / "tool_specs"
SUITE = ROOT / "evals" / "suites" / "everyday.jsonl"


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for and write the results, keeping those of other parts."""
    parser = command_line("promises", __doc__)
    parser.add_argument("data", type=Path, help=DATA)
    arguments = parser.parse_args(argv)
    results = opened(parser, arguments)
    encoder = Embedded(CachedEncoder(load_encoder()))
    made = made_with(encoder=described(encoder))
    split = "val" if arguments.validation else "test"
    for name in filter(results.wants, PARTS):
        results.add(name, partial(measured, name, arguments.data, split, encoder), made)
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
