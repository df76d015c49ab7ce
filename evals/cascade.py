"""Whether a table of tokens can answer first: `python -m evals.cascade DATA STATIC [-o cascade.json]`.

A cascade asks a router on a static encoder, and one on the encoder that ships
only where the first one's decision is not final. The first one's call is final
from some probability on, its refusal at some in-scope probability and below:
`evals.cascade_rule` fits both to held-out predictions of the training rows, so
that at most `--limit` more of the utterances are decided wrongly than without
it. For each task: what the transformer alone and the cascade get right, how
much is answered early, and the mean time. `--validation` asks the splits for
development; test splits are for reporting, and the two never share a file.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from evals.cascade_rule import Rule, fit_rule, held_out
from evals.measuring import DATA, ROOT, command_line, described, made_with, opened
from evals.public_sets import banking77, clinc150, massive
from evals.public_sets.task import Trial
from evals.timing import timed
from router import Example, Router, ToolSet
from router.declarations import load
from router.encoders import DEFAULT, Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import Outcome, SuiteResult, load_suite, run, suite_result
from router.evaluation.changes import slice_difference
from router.training import train

TASKS = ("clinc150/10-shot", "banking77/5-shot", "banking77/10-shot", "massive/en-US/10-shot")
"""Those of `evals.public`; beside them `tool_specs/` with a suite of this project."""
SUITES = {True: "development", False: "everyday"}
LIMIT = 0.002
METRICS = ("accuracy", "decision_accuracy", "coverage", "selective_accuracy", "false_accept_rate")
_T = TypeVar("_T")
UTTERANCES = 200
"""So many of a task's utterances are timed, spread over all."""
TURNS = 5
"""So many times; of each utterance the least counts."""


@dataclass(frozen=True)
class Pair:
    """The two routers of a cascade."""

    early: Router
    late: Router

    def routers(self) -> tuple[Router, ...]:
        """Return both, and both without parameters: what they take then is deciding, with nothing to fill."""
        return (self.early, self.late, *map(without_parameters, (self.early, self.late)))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is not in the file yet."""
    parser = command_line("cascade", __doc__)
    parser.add_argument("data", type=Path, help=DATA)
    parser.add_argument("early", metavar="STATIC", help="the encoder that is asked first, such as static:DIR")
    parser.add_argument("--encoder", default=DEFAULT, help="the encoder that is asked then (default: %(default)s)")
    parser.add_argument("--limit", type=float, default=LIMIT, help="share of utterances (default: %(default)s)")
    arguments = parser.parse_args(argv)
    results = opened(parser, arguments)
    early, late = (CachedEncoder(load_encoder(spec)) for spec in (arguments.early, arguments.encoder))
    made = made_with(encoders=[described(each) for each in (early, late)], limit=arguments.limit)
    for name, trial in trials(arguments.data, arguments.validation):
        if results.wants(name) and name not in results.tasks:
            results.add(name, lambda trial=trial: measured(trial(), early, late, arguments.limit), made)  # type: ignore[misc]
    return 0


def trials(data: Path, development: bool) -> Iterator[tuple[str, Callable[[], Trial]]]:
    """Yield what routers are trained on and asked, by name."""
    suite = SUITES[development]
    file = ROOT / "evals" / "suites" / f"{suite}.jsonl"
    yield f"tool_specs/{suite}", lambda: Trial(load(ROOT / "tool_specs"), load_suite(file))
    for each in (clinc150, banking77, massive):
        for task in each.tasks(data, development):
            if task.name in TASKS:
                yield task.name, lambda draws=task.draws: next(iter(next(draws())))  # type: ignore[misc]


def measured(trial: Trial, early: Encoder, late: Encoder, limit: float) -> dict[str, Any]:
    """Train both routers, fit the rule, ask, and return what came of it."""
    pair = Pair(train(trial.tools, early), train(trial.tools, late))
    first, second = held_out(pair.early, early), held_out(pair.late, late)
    rule = fit_rule(first, second, limit)
    asked = [run(router, trial.suite) for router in (pair.early, pair.late)]
    alone = {name: suite_result(trial.suite, found) for name, found in zip(("first", "second"), asked, strict=True)}
    times = least_times(pair.routers(), [outcome.case.utterance for outcome in _spread(asked[0])])
    return {
        "held_out": len(first.wanted),
        **{name: _figures(result) for name, result in alone.items()},
        "milliseconds": {"whole": _mean(times[1]), "deciding": _mean(times[3])},
        **{
            name: _cascaded(trial, pair, one, asked, alone["second"], times)
            for name, one in {
                "calls": replace(rule, refuse=-math.inf),
                "refusals": replace(rule, call=math.inf),
                "calls_and_refusals": rule,
            }.items()
        },
    }


def _cascaded(
    trial: Trial,
    pair: Pair,
    rule: Rule,
    asked: Sequence[Sequence[Outcome]],
    alone: SuiteResult,
    times: NDArray[np.float64],
) -> dict[str, Any]:
    """Return what a cascade by this rule gets right, beside the transformer alone, and what it costs."""
    final = np.array([rule.is_final(outcome.decision, trial.tools) for outcome in asked[0]], bool)
    outcomes = [one if is_final else other for is_final, one, other in zip(final, *asked, strict=True)]
    result = suite_result(trial.suite, outcomes)
    inside = np.array([bool(outcome.case.tools) for outcome in outcomes], bool)
    timed_ones = _spread(list(zip(outcomes, final.tolist(), strict=True)))
    late = np.array([not is_final for _, is_final in timed_ones], bool)
    both = late | np.array([needs_encoder(pair.late, outcome) for outcome, _ in timed_ones], bool)
    return {
        "call": _rounded(rule.call),
        "refuse": _rounded(rule.refuse),
        "early": _rounded(float(final.mean())),
        "early_inside": _rounded(float(final[inside].mean())),
        "early_outside": _rounded(float(final[~inside].mean())) if not inside.all() else None,
        **_figures(result),
        "lost": _lost(alone, result),
        "milliseconds": {
            "deciding": _mean(times[2] + late * times[3]),
            "whole": _mean(np.where(both, times[2] + times[1], times[0])),
        },
    }


def needs_encoder(late: Router, outcome: Outcome) -> bool:
    """Whether the call's arguments were taught: then what the transformer makes of the words fills them."""
    taught = late.arguments.taught.get(outcome.called)
    return taught is not None and bool(taught.tagger or taught.implied)


def without_parameters(router: Router) -> Router:
    """Return a router that decides the same and fills nothing."""
    tools = (
        replace(tool, parameters={}, examples=tuple(Example(each.utterance) for each in tool.examples))
        for tool in router.tools
    )
    return Router(ToolSet(tuple(tools), router.tools.out_of_scope), router.encoder, router.scorer, router.policy)


def least_times(routers: Sequence[Router], utterances: Sequence[str]) -> NDArray[np.float64]:
    """Return the milliseconds [routers, n] that each router takes, of each utterance the least of `TURNS`."""
    found = np.full((len(routers), len(utterances)), math.inf)
    for _ in range(TURNS):
        for times, router in zip(found, routers, strict=True):
            router.route(utterances[0])
            times[:] = np.minimum(times, [timed(router.route, utterance) for utterance in utterances])
    return found


def _spread(found: Sequence[_T]) -> list[_T]:
    count = min(UTTERANCES, len(found))
    return [found[n * len(found) // count] for n in range(count)]


def _figures(result: SuiteResult) -> dict[str, Any]:
    return {name: _rounded(result.overall(name).value) for name in METRICS}


def _lost(before: SuiteResult, after: SuiteResult) -> dict[str, Any]:
    """Return by how much the accuracy fell, with a 95 % interval where anything differs."""
    moved = slice_difference(before, after, "accuracy")
    if moved is None:
        return {}
    low, high = (None if each is None else -each for each in (moved.high, moved.low))
    return {"value": _rounded(-moved.difference), "low": _rounded(low), "high": _rounded(high), "n": moved.n}


def _mean(times: NDArray[np.float64]) -> float:
    return round(fmean(times.tolist()), 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 4) + 0.0  # never -0.0


if __name__ == "__main__":
    sys.exit(main())
