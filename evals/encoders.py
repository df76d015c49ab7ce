"""What encoders are worth on public sets: `python -m evals.encoders DATA --encoders SPEC... [-o encoders.json]`.

For each encoder: the router on the tasks of `evals.public` with ten examples a
label; MTEB's classification protocol (a logistic regression on the embeddings,
eight examples a label, several draws), which is what published figures of other
encoders are of; tools with English examples asked in other languages; and what
the encoder costs. Splits for reporting; nothing is chosen by them. Results that
are in the file already stay, and so do embeddings, in the cache.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.public import figures, kept, measured, write
from evals.public_sets import banking77, clinc150, massive
from evals.public_sets.rows import (
    MTEB_DRAWS,
    MTEB_EXAMPLES,
    Row,
    cases,
    drawn,
    label_tool,
    labelled_tools,
    read_rows,
    unseen,
)
from evals.public_sets.task import Task
from router import Router
from router.declarations import load
from router.encoders import Encoder, encode_utterances, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import Suite, run, suite_result
from router.evaluation.encoders import compare
from router.evaluation.provenance import commit, machine
from router.training import train

ROOT = Path(__file__).parent.parent
EVERYDAY = ROOT / "evals" / "suites" / "everyday.jsonl"
ROUTED = ("clinc150/10-shot", "banking77/10-shot", "massive/en-US/10-shot")
"""Tasks of `evals.public`."""
EXAMPLES = 10
"""So many English ones a tool has that is asked in other languages."""

Measure = Callable[[], dict[str, Any]]


class Kept:
    """An encoder that computes a row once for all that is measured with it."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dim, self.fingerprint = encoder.name, encoder.dim, encoder.fingerprint
        self.prefixes = encoder.prefixes
        self._encoder = CachedEncoder(encoder)
        self._rows: dict[str, NDArray[np.float32]] = {}

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        new = [text for text in dict.fromkeys(utterances) if text not in self._rows]
        if new:
            self._rows |= zip(new, self._encoder.encode(new), strict=True)
        return np.array([self._rows[text] for text in utterances], np.float32).reshape(-1, self.dim)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is not in the file yet."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.encoders", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with the public sets, see 'python -m evals.public --list'")
    parser.add_argument("--encoders", nargs="+", required=True, metavar="SPEC", help="see 'router encoders'")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    parser.add_argument("--only", nargs="+", default=[], metavar="PART", help="tasks whose names contain one of these")
    parser.add_argument("--draws", type=int, default=MTEB_DRAWS, help="of MTEB's protocol (default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        results = kept(arguments.output, "reporting") if arguments.output else {}
    except ValueError as error:
        parser.error(str(error))

    def store() -> None:
        if arguments.output:
            write(arguments.output, "reporting", results)

    for spec in arguments.encoders:
        opened = load_encoder(spec)
        add_results(opened, tasks(arguments.data, spec, Kept(opened), arguments.draws), results, arguments.only, store)
    return 0


def add_results(
    encoder: Encoder,
    tasks: Iterable[tuple[str, Measure]],
    results: dict[str, Any],
    only: Sequence[str],
    store: Callable[[], None],
) -> None:
    """Measure what is wanted and was not measured of this very encoder, and store it task by task."""
    made = {
        "encoder": f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})",
        "commit": commit(ROOT),
        "machine": machine(),
    }
    for task, measure in tasks:
        name = f"{encoder.name}/{task}"
        known = results.get(name, {}).get("encoder") == made["encoder"]
        if known or (only and not any(part in task for part in only)):
            continue
        started = time.perf_counter()
        results[name] = measure() | made
        print(f"{name}: {json.dumps(results[name])} ({time.perf_counter() - started:.0f} s)", flush=True)
        store()


def tasks(data: Path, spec: str, encoder: Kept, draws: int) -> Iterator[tuple[str, Measure]]:
    """Yield what is measured of an encoder, by name."""
    yield "costs", partial(costs, spec)
    for each in (clinc150, banking77, massive):
        for task in each.tasks(data, development=False):
            if task.name in ROUTED:
                yield task.name, partial(routed, task, encoder)
    yield "mteb/banking77", partial(probed, data / "banking77", encoder, draws)
    for locale in massive.LOCALES:
        yield f"mteb/massive/{locale}", partial(probed, data / "massive" / locale, encoder, draws)
    for locale in massive.LOCALES:
        yield f"from-english/massive/{locale}", partial(from_english, data / "massive", locale, encoder)


def costs(spec: str) -> dict[str, Any]:
    """Return what a router of `tool_specs/` costs on the encoder, and its accuracy on the everyday suite."""
    (row,) = compare(load(ROOT / "tool_specs"), [EVERYDAY], [spec])
    if row.problem:
        raise SystemExit(row.problem)
    found = row.to_dict()
    everyday = found.pop("suites")["everyday"]
    return {key: value for key, value in found.items() if key not in ("encoder", "problem")} | {"everyday": everyday}


def routed(task: Task, encoder: Encoder) -> dict[str, Any]:
    """Train a router and ask it."""
    for draw in task.draws():
        for trial in draw:
            encode_utterances(encoder, [case.utterance for case in trial.suite.cases])  # many at once are quicker
    metrics = measured(task, encoder)["metrics"]
    return {name: metrics[name] for name in ("accuracy", "auroc") if name in metrics}


def probed(folder: Path, encoder: Encoder, draws: int) -> dict[str, Any]:
    """Fit a logistic regression to the rows of each draw, and return the mean of the accuracies on the whole test.

    As `AbsTaskClassification` of MTEB does it (Muennighoff et al., 2023). The
    draws are not its own.
    """
    return probed_rows(read_rows(folder / "train.jsonl"), read_rows(folder / "test.jsonl"), encoder, draws)


def probed_rows(training: Sequence[Row], asked: Sequence[Row], encoder: Encoder, draws: int) -> dict[str, Any]:
    """Fit to draws of the first rows and ask the others."""
    rows = _encoded(encoder, asked)
    found = []
    for seed in range(draws):
        some = drawn(training, MTEB_EXAMPLES, seed)
        said = fitted(_encoded(encoder, some), [row["label"] for row in some], seed).predict(rows)
        found.append(fmean(one == row["label"] for one, row in zip(said, asked, strict=True)))
    spread = {"sd": round(stdev(found), 4)} if draws > 1 else {}
    return {"accuracy": {"value": round(fmean(found), 4), **spread, "draws": draws, "n": len(asked)}}


def fitted(rows: NDArray[np.float32], labels: Sequence[str], seed: int) -> Any:
    """Return the classifier that MTEB fits."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops there on purpose
        return LogisticRegression(random_state=seed, max_iter=100).fit(rows, labels)


def from_english(folder: Path, locale: str, encoder: Kept) -> dict[str, Any]:
    """Ask a router whose tools have English examples the test utterances of another language."""
    english, router = _english(folder, encoder)
    found = unseen(cases(read_rows(folder / locale / "test.jsonl"), "test", label_tool, locale), english)
    encode_utterances(encoder, [case.utterance for case in found])
    suite = Suite(f"massive/{locale}", found, massive.CARD)
    return {"accuracy": figures([suite_result(suite, run(router, suite))], "accuracy")}


@functools.cache
def _english(folder: Path, encoder: Kept) -> tuple[list[Row], Router]:
    """Return the English training split, and a router of some of it."""
    rows: list[Row] = list(read_rows(folder / "en-US" / "train.jsonl"))
    return rows, train(labelled_tools(drawn(rows, EXAMPLES, seed=0)), encoder)


def _encoded(encoder: Encoder, rows: Iterable[Row]) -> NDArray[np.float32]:
    return encode_utterances(encoder, [row["text"] for row in rows])


if __name__ == "__main__":
    sys.exit(main())
