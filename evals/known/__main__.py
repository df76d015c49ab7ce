"""Whether known values are found: `python -m evals.known [--test] [--peer] [--cases]`.

Asks the half for development, or once in a while the half for reporting, with 50, 500
and 5,000 contacts, and says how long it takes to build, and to find in utterances of some ten words.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from evals.known.finders import ours, rapidfuzz
from evals.known.judging import Finder, Outcome, judged, shares, strays
from evals.known.strangers import let_in
from evals.known.suite import Suite, load

SIZES = (50, 500, 5000)
ROUNDS = 5
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
    arguments = parser.parse_args(argv)
    if arguments.cases and arguments.test:
        parser.error("--cases shows what the half for reporting is for; look at the half for development")
    suite = load("test" if arguments.test else "development")
    makers: dict[str, Callable[[Sequence[Any]], Finder]] = {"ours": ours}
    if arguments.peer:
        for scorer, cutoff in (("WRatio", 85.0), ("ratio", 80.0), ("token_sort_ratio", 80.0)):
            makers[f"rapidfuzz {scorer}"] = lambda values, s=scorer, c=cutoff: rapidfuzz(values, s, c)  # type: ignore[misc]
    for name, make in makers.items():
        for size in SIZES:
            print(f"\n{name}, {size} contacts")
            print(measured(suite, size, make, show=arguments.cases))
    return 0


def measured(suite: Suite, contacts: int, make: Callable[[Sequence[Any]], Finder], *, show: bool = False) -> str:
    """Return the shares, the outcomes by tag and the times."""
    outcomes, by_tag, stray, lines = asked(suite, contacts, make)
    figures = [
        f"  {name:14} {share:.3f} [{interval.low:.3f}, {interval.high:.3f}] of {n}"
        for name, (share, interval, n) in shares(outcomes, stray).items()
        if interval
    ]
    values = suite.known("contact", contacts)
    started = perf_counter()
    find = make(values)
    built = perf_counter() - started
    texts = [f"could you please {case.text} when you can" for case in suite.cases if case.kind == "contact"]
    times = []
    for _ in range(ROUNDS):
        for text in texts:
            began = perf_counter()
            find(text)
            times.append((perf_counter() - began) * 1e6)
    cuts = statistics.quantiles(times, n=100)
    tags = ", ".join(
        f"{tag} {sum(n for outcome, n in each.items() if outcome in ('right', 'asked', 'kept out'))}/{each.total()}"
        for tag, each in sorted(by_tag.items())
    )
    speed = f"  build {built * 1000:.0f} ms; find p50 {cuts[49]:.0f} µs, p95 {cuts[94]:.0f} µs, p99 {cuts[98]:.0f} µs"
    counts = "  " + ", ".join(f"{outcome} {n}" for outcome, n in Counter(outcomes).most_common()) + f", strays {stray}"
    names_nobody = let_in(find, suite.split, show=show)
    return "\n".join(
        [
            *figures,
            counts,
            f"  {tags}",
            *names_nobody,
            *reliability(suite, contacts, make),
            speed,
            *(lines if show else []),
        ]
    )


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
