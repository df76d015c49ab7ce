"""Whether arguments are found: `python -m evals.arguments DATA [-o evals/results/arguments.json]`.

DATA is the folder with the public sets, of which it reads snips and massive
(`python -m evals.public --list` says how to lay it out). The tool is given;
its examples are the training split's, with their slots marked, and every slot
is free text. `--validation` asks the splits for development.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from evals.arguments import sets
from evals.arguments.filling import measured
from evals.public import ROOT, kept, write
from router.encoders import load_encoder
from router.evaluation.provenance import commit, machine

DRAWS = 3
"""Of 20 examples of each intent of SNIPS."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for and write the results, keeping those of other sets."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.arguments", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with the public sets")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    parser.add_argument(
        "--only", nargs="+", default=(), metavar="PREFIX", help="sets whose names begin with one of these"
    )
    parser.add_argument("--validation", action="store_true", help="ask the splits for development")
    arguments = parser.parse_args(argv)
    scored = "development" if arguments.validation else "reporting"
    results = kept(arguments.output, scored) if arguments.output else {}
    encoder = load_encoder()
    made = {"encoder": f"{encoder.name} ({encoder.fingerprint})", "commit": commit(ROOT), "machine": machine()}
    for name, (language, load) in tasks(arguments.data, development=arguments.validation).items():
        if arguments.only and not name.startswith(tuple(arguments.only)):
            continue
        started = time.perf_counter()
        results[name] = measured(load(), encoder, language, tick) | made
        print(f"\n{name}: {json.dumps(results[name])} ({time.perf_counter() - started:.0f} s)", flush=True)
        if arguments.output:
            write(arguments.output, scored, results)
    return 0


def tick() -> None:
    """Show that another tool has been taught."""
    print(".", end="", file=sys.stderr, flush=True)


def tasks(data: Path, *, development: bool) -> dict[str, tuple[str, Callable[[], sets.Slots]]]:
    """Return what there is to measure: the language, and what loads it."""
    asked = "train" if development else "validate"
    found: dict[str, tuple[str, Callable[[], sets.Slots]]] = {}
    found["snips/full"] = "en", partial(sets.snips, data, asked, None)
    for seed in range(DRAWS):
        found[f"snips/20-shot/{seed}"] = "en", partial(sets.snips, data, asked, 20, seed)
    split = "dev" if development else "test"
    for file in sorted((data / "massive").glob(f"*/{split}.jsonl")):
        locale = file.parent.name
        found[f"massive/{locale}"] = locale.split("-")[0], partial(sets.massive, data, locale, split)
    return found


if __name__ == "__main__":
    sys.exit(main())
