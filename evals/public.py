"""Accuracy on public data sets: `python -m evals.public DATA [-o evals/results/public.json]`.

For each task a router is trained as any user would train one
(`router.training.train`; every choice it makes, it makes on folds of its
training rows) and asked the cases of a split, by the harness that users have
too (`router.evaluation`). `--validation` takes the splits for development
instead; test splits are for reporting, and the two never share a file.
`--list` says what is measured and where to get the data.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from evals.measuring import command_line, described, made_with, opened
from evals.public_sets import SETS, Draw, PublicSet, Task
from router import Router
from router.encoders import Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import Card, Outcome, Suite, SuiteResult, run, suite_result
from router.training import train

METRICS = (
    "accuracy",
    "macro_f1",
    "auroc",
    "fpr_at_95_tpr",
    "coverage",
    "selective_accuracy",
    "false_accept_rate",
    "calibration_error",
)
"""Those of the harness's measurements that are kept."""

OUT_OF_SCOPE_RECALL = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Shares of out-of-scope utterances that are refused, at which the accuracy in scope is said."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for and write the results, keeping those of other tasks."""
    parser = command_line("public", __doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path("DATA"), help="folder with the public sets")
    parser.add_argument("--list", action="store_true", help="say what is measured, and where to get the data")
    arguments = parser.parse_args(argv)
    if arguments.list:
        print("\n\n".join(how_laid_out(each, arguments.data) for each in SETS))
        return 0
    results = opened(parser, arguments)
    encoder = CachedEncoder(load_encoder())
    made = made_with(encoder=described(encoder))
    found = available(arguments.data, arguments.validation, arguments.only)
    for task in found:
        results.add(task.name, partial(measured, task, encoder), made)
    return int(not found)


def available(data: Path, development: bool, only: Sequence[str]) -> list[Task]:
    """Return the tasks that are wanted and whose files are there; say on stderr which are skipped, and why."""
    found = []
    for each in SETS:
        wanted = [task for task in each.tasks(data, development) if not only or any(part in task.name for part in only)]
        absent = {task.name: [file for file in task.files if not file.exists()] for task in wanted}
        found += [task for task in wanted if not absent[task.name]]
        skipped = [name for name, files in absent.items() if files]
        if skipped:
            files = sorted({str(file) for files in absent.values() for file in files})
            print(
                f"{each.NAME}: skipped {', '.join(skipped)}\n  without {', '.join(files)}\n"
                f"  Get them from {each.CARD.source}; --list says how to lay them out.",
                file=sys.stderr,
            )
        elif development and not only and not each.tasks(data, development):
            print(f"{each.NAME}: skipped, it has no split for development", file=sys.stderr)
    return found


def how_laid_out(each: PublicSet, data: Path) -> str:
    """Return what a person needs to know to get a set and to read its numbers."""
    tasks = each.tasks(data, development=False)
    lines = [
        f"{each.NAME}: {each.CARD.source} ({each.CARD.licence})",
        f"  {each.CARD.description}",
        f"  {each.CARD.how_made}",
        *(f"  {line}" for line in each.LAYOUT.splitlines()),
        *(f"    {task.name}, {task.split}: {', '.join(map(str, task.files))}" for task in tasks),
    ]
    return "\n".join(lines)


def measured(task: Task, encoder: Encoder) -> dict[str, Any]:
    """Run a task and return what is kept of it."""
    results, seen, left_out, points = [], [], [], {}
    for draw in task.draws():
        result, *counts = asked(task.name, draw, encoder)
        results.append(result)
        points = operating_points(result.outcomes)
        seen.append(counts[0])
        left_out.append(counts[1])
    return {
        "split": task.split,
        "suite": results[0].fingerprint,
        "left_out": max(left_out),
        "seen": max(seen),
        "metrics": {name: value for name in METRICS if (value := figures(results, name))},
    } | ({"operating_points": points} if points and len(results) == 1 else {})


def accuracy_of(router: Router, suite: Suite) -> dict[str, Any]:
    """Ask a router, and return how often its likeliest candidate is right."""
    return {"accuracy": figures([suite_result(suite, run(router, suite))], "accuracy")}


def operating_points(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return the accuracy in scope at each of `OUT_OF_SCOPE_RECALL`; an abstention is an error there, as is usual.

    Empty where nothing is out of scope.
    """
    inside = [each for each in outcomes if len(each.case.tools) == 1]
    outside = sorted(each.decision.in_scope for each in outcomes if not each.case.tools)
    points = {}
    for recall in OUT_OF_SCOPE_RECALL if outside else ():
        # What is refused is at or below the in-scope probability of so many.
        highest = outside[math.ceil(recall * len(outside)) - 1]
        let_in = [each for each in inside if each.decision.in_scope > highest and each.decision.candidates]
        right = sum(each.decision.candidates[0].tool in each.case.tools for each in let_in)
        points[f"{recall:.2f}"] = round(right / len(inside), 4)
    return points


def asked(name: str, draw: Draw, encoder: Encoder) -> tuple[SuiteResult, int, int]:
    """Train and ask a draw's routers; return what is measured of all, how many cases were seen, how many left out."""
    outcomes: list[Outcome] = []
    seen = left_out = 0
    card = Card()
    for trial in draw:
        outcomes += run(train(trial.tools, encoder), trial.suite)
        seen += trial.seen
        left_out += trial.left_out
        card = trial.suite.card
    suite = Suite(name, tuple(outcome.case for outcome in outcomes), card)
    return suite_result(suite, outcomes), seen, left_out


def figures(results: Sequence[SuiteResult], metric: str) -> dict[str, float] | None:
    """Return a metric with its 95 % interval or, of several draws, its mean and standard deviation over them."""
    found = [result.overall(metric) for result in results]
    values = [each.value for each in found if each.value is not None]
    if not values:
        return None
    if len(values) > 1:
        return {"value": round(fmean(values), 4), "sd": round(stdev(values), 4), "draws": len(values), "n": found[0].n}
    ends = {"low": found[0].low, "high": found[0].high}
    rounded = {end: round(value, 4) for end, value in ends.items() if value is not None}
    return {"value": round(values[0], 4), **rounded, "n": found[0].n}


if __name__ == "__main__":
    sys.exit(main())
