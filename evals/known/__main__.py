"""Whether known values are found: `python -m evals.known [--test] [--peer] [--cases] [-o FILE]`.

Asks the half for development, or once in a while the half for reporting, with 50, 500
and 5,000 contacts, and says how long it takes to build, and to find in utterances of some ten words.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from evals.known.finders import ours, rapidfuzz
from evals.known.judging import Finder, Outcome, judged, shares, strays
from evals.known.strangers import let_in
from evals.known.suite import Suite, load
from evals.measuring import made_with
from router.metrics.intervals import wilson

SIZES = (50, 500, 5000)
ROUNDS = 5
PERCENTS = (50, 95, 99)
BINS = (0.0, 0.3, 0.5, 0.7, 0.85)
"""Where the classes of probability begin that a reliability is said for."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table for each number of contacts."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.known", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--test", action="store_true", help="the half for reporting")
    parser.add_argument("--peer", action="store_true", help="rapidfuzz alone too; it must be installed")
    parser.add_argument("--cases", action="store_true", help="the cases that went wrong; never with --test")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put this half's figures into")
    arguments = parser.parse_args(argv)
    if arguments.cases and arguments.test:
        parser.error("--cases shows what the half for reporting is for; look at the half for development")
    suite = load("test" if arguments.test else "development")
    makers: dict[str, Callable[[Sequence[Any]], Finder]] = {"ours": ours}
    if arguments.peer:
        for scorer, cutoff in (("WRatio", 85.0), ("ratio", 80.0), ("token_sort_ratio", 80.0)):
            makers[f"rapidfuzz {scorer}"] = lambda values, s=scorer, c=cutoff: rapidfuzz(values, s, c)  # type: ignore[misc]
    kept: dict[str, Any] = {}
    for name, make in makers.items():
        for size in SIZES:
            print(f"\n{name}, {size} contacts")
            figures, lines = measured(suite, size, make, show=arguments.cases)
            print(lines)
            kept |= {f"{suite.split}/{size}": figures} if name == "ours" else {}
    if arguments.output:
        keep(arguments.output, kept)
    return 0


def keep(file: Path, tasks: Mapping[str, Any]) -> None:
    """Put figures into a file, and keep those of the other half."""
    held = json.loads(file.read_text("utf-8"))["tasks"] if file.exists() else {}
    made = made_with()
    new = held | {name: dict(each) | made for name, each in tasks.items()}
    file.write_text(json.dumps({"tasks": new}, indent=1) + "\n", "utf-8")


def measured(
    suite: Suite, contacts: int, make: Callable[[Sequence[Any]], Finder], *, show: bool = False
) -> tuple[dict[str, Any], str]:
    """Return each share with its interval and the times, and these in lines with what became of the cases."""
    outcomes, by_tag, stray, lines = asked(suite, contacts, make)
    started = perf_counter()
    find = make(suite.known("contact", contacts))
    built = perf_counter() - started
    misheard, strangers = let_in(find, suite.split)
    found = shares(outcomes, stray)
    found["misheard"] = len(misheard) / strangers, wilson(len(misheard), strangers), strangers
    figures: dict[str, Any] = {
        name: {"value": round(share, 4), "low": round(interval.low, 4), "high": round(interval.high, 4), "n": n}
        for name, (share, interval, n) in found.items()
        if interval
    }
    written = [
        f"  {name:14} {each['value']:.3f} [{each['low']:.3f}, {each['high']:.3f}] of {each['n']}"
        for name, each in figures.items()
    ]
    figures["build_ms"] = round(built * 1000)
    figures |= {f"p{percent}_us": time for percent, time in _percentiles(suite, find).items()}
    tags = ", ".join(
        f"{tag} {sum(n for outcome, n in each.items() if outcome in ('right', 'asked', 'kept out'))}/{each.total()}"
        for tag, each in sorted(by_tag.items())
    )
    times = ", ".join(f"p{percent} {figures[f'p{percent}_us']} µs" for percent in PERCENTS)
    written += [
        "  " + ", ".join(f"{outcome} {n}" for outcome, n in Counter(outcomes).most_common()) + f", strays {stray}",
        f"  {tags}",
        *reliability(suite, contacts, make),
        f"  build {figures['build_ms']} ms; find {times}",
        *((*lines, *map(str, misheard.items())) if show else ()),
    ]
    return figures, "\n".join(written)


def _percentiles(suite: Suite, find: Finder) -> dict[int, int]:
    """Return how many microseconds it takes to find, in utterances of some ten words."""
    texts = [f"could you please {case.text} when you can" for case in suite.cases if case.kind == "contact"]
    times = []
    for _ in range(ROUNDS):
        for text in texts:
            began = perf_counter()
            find(text)
            times.append((perf_counter() - began) * 1e6)
    cuts = statistics.quantiles(times, n=100)
    return {percent: round(cuts[percent - 1]) for percent in PERCENTS}


def reliability(suite: Suite, contacts: int, make: Callable[[Sequence[Any]], Finder]) -> list[str]:
    """Return how often finds of about some probability are right: a line."""
    finders = {kind: make(suite.known(kind, contacts)) for kind in suite.values}
    bins: dict[float, list[tuple[float, bool]]] = {}
    for case in suite.cases:
        for each in finders[case.kind](case.text):
            there = each.start < case.end and case.start < each.end
            right = there and not set(case.values).isdisjoint(each.values)
            bins.setdefault(max(b for b in BINS if b <= each.probability), []).append((each.probability, right))
    shares = (
        f"{sum(p for p, _ in each) / len(each):.2f}: {sum(right for _, right in each)}/{len(each)}"
        for _, each in sorted(bins.items())
    )
    return [f"  right where the mean probability is {', '.join(shares)}"]


def asked(
    suite: Suite, contacts: int, make: Callable[[Sequence[Any]], Finder]
) -> tuple[list[Outcome], dict[str, Counter[Outcome]], int, list[str]]:
    """Return what became of each case, the same by tag, the finds elsewhere, and a line for each that went wrong."""
    finders = {kind: make(suite.known(kind, contacts)) for kind in suite.values}
    outcomes: list[Outcome] = []
    by_tag: dict[str, Counter[Outcome]] = {}
    stray = 0
    lines = []
    for case in suite.cases:
        found = finders[case.kind](case.text)
        outcome = judged(case, found)
        outcomes.append(outcome)
        by_tag.setdefault(case.tag, Counter())[outcome] += 1
        elsewhere = strays(case, found) if case.values else 0
        stray += elsewhere
        if outcome not in ("right", "kept out") or elsewhere:
            lines.append(
                f"  {outcome:7} {case.text!r} {case.values}: {[(f.values[:3], round(f.probability, 2)) for f in found]}"
            )
    return outcomes, by_tag, stray, lines


if __name__ == "__main__":
    sys.exit(main())
