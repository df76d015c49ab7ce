"""The process in which `encoders` asks one router: `python -m router.evaluation.asking JOB`.

It loads a bundle and routes, and only then anything else, so that its peak memory
is what a device needs. It writes a report, and tells how far it is on standard output.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Any

from router.encoders import load_encoder
from router.errors import RouterError
from router.evaluation.provenance import peak_memory, provenance_of
from router.evaluation.report import Report, suite_result, write_report
from router.evaluation.runner import run
from router.evaluation.suite_files import load_suite
from router.router import Router

UTTERANCES = 100
"""So many of the cases are timed, spread over all."""
TURNS = 5
"""So many times each router takes its turn at them."""


def ask(job: dict[str, Any]) -> None:
    """Route each case of the suites, measure the memory, then time the router in turns with the reference."""
    encoder = load_encoder(job["encoder"], dimensions=job["dimensions"], allow_remote=job["allow_remote"])
    router = Router.load(job["bundle"], encoder)
    suites = [load_suite(file, router.tools) for file in job["suites"]]
    outcomes = [run(router, suite, progress=_tell) for suite in suites]
    memory = peak_memory()
    results = tuple(suite_result(suite, found, memory) for suite, found in zip(suites, outcomes, strict=True))
    reference = Router.load(job["reference"]["bundle"], job["reference"]["encoder"])
    said = [case.utterance for suite in suites for case in suite.cases]
    count = min(UTTERANCES, len(said))
    some = [said[n * len(said) // count] for n in range(count)]
    milliseconds, reference_milliseconds = in_turns([router, reference], some)
    costs = {"memory": memory, "milliseconds": milliseconds, "reference_milliseconds": reference_milliseconds}
    write_report(Report(provenance_of(router), results, {}), job["report"], {"costs": costs})


def in_turns(routers: Sequence[Router], utterances: Sequence[str]) -> list[float]:
    """Return the median milliseconds that each router takes for an utterance, of each the least of its turns.

    Turns and the least keep out whatever else the machine does. A turn is all
    utterances: models that alternate on each would empty the processor's cache
    for each other, which no app does.
    """
    least = [[math.inf] * len(utterances) for _ in routers]
    for turn in range(TURNS):
        order = range(len(routers)) if turn % 2 else reversed(range(len(routers)))
        for which in order:
            routers[which].route(utterances[0])
            for n, utterance in enumerate(utterances):
                start = perf_counter()
                routers[which].route(utterance)
                least[which][n] = min(least[which][n], (perf_counter() - start) * 1000)
    return [median(spent) for spent in least]


def _tell(done: int, total: int) -> None:
    if done % 16 == 0 or done == total:
        print(done, total, flush=True)


if __name__ == "__main__":
    try:
        ask(json.loads(sys.argv[1]))
    except RouterError as error:
        sys.exit(" ".join(str(error).split()))
