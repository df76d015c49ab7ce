"""What encoders are worth on public sets: `python -m evals.encoders DATA --encoders SPEC... [-o encoders.json]`.

For each encoder: the router on the tasks of `evals.public` with ten examples a
label; MTEB's classification protocol (a logistic regression on the embeddings,
eight examples a label, several draws), which is what published figures of other
encoders are of; tools with English examples asked in other languages; and what
the encoder costs. Splits for reporting; nothing is chosen by them. Results that
are in the file already stay, and so do embeddings, in the cache.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evals.embedded import Embedded
from evals.measuring import DATA, ROOT, Measure, command_line, opened
from evals.probe import probed
from evals.public import accuracy_of, measured
from evals.public_sets import banking77, clinc150, massive
from evals.public_sets.rows import (
    MTEB_DRAWS,
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
from router.evaluation import Suite
from router.evaluation.encoders import compare
from router.training import train

EVERYDAY = ROOT / "evals" / "suites" / "everyday.jsonl"
ROUTED = ("clinc150/10-shot", "banking77/10-shot", "massive/en-US/10-shot")
"""Tasks of `evals.public`."""
EXAMPLES = 10
"""So many English ones a tool has that is asked in other languages."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is not in the file yet."""
    parser = command_line("encoders", __doc__, development=False)
    parser.add_argument("data", type=Path, help=DATA)
    parser.add_argument("--encoders", nargs="+", required=True, metavar="SPEC", help="see 'router encoders'")
    parser.add_argument("--draws", type=int, default=MTEB_DRAWS, help="of MTEB's protocol (default: %(default)s)")
    arguments = parser.parse_args(argv)
    results = opened(parser, arguments)
    for spec in arguments.encoders:
        encoder = Embedded(CachedEncoder(load_encoder(spec)))
        results.add_all(encoder, tasks(arguments.data, spec, encoder, arguments.draws))
    return 0


def tasks(data: Path, spec: str, encoder: Embedded, draws: int) -> Iterator[tuple[str, Measure]]:
    """Yield what is measured of an encoder, by name."""
    yield "costs", partial(costs, spec)
    for each in (clinc150, banking77, massive):
        for task in each.tasks(data, development=False):
            if task.name in ROUTED:
                yield task.name, partial(routed, task, encoder)
    for name in ("banking77", *(f"massive/{locale}" for locale in massive.LOCALES)):
        yield f"mteb/{name}", partial(probed_split, data / name, encoder, draws)
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


def probed_split(folder: Path, encoder: Encoder, draws: int) -> dict[str, Any]:
    """Probe by draws of the training split, on the test split."""
    return probed(read_rows(folder / "train.jsonl"), read_rows(folder / "test.jsonl"), encoder, draws)


def from_english(folder: Path, locale: str, encoder: Embedded) -> dict[str, Any]:
    """Ask a router whose tools have English examples the test utterances of another language."""
    english, router = _english(folder, encoder)
    found = unseen(cases(read_rows(folder / locale / "test.jsonl"), "test", label_tool, locale), english)
    encode_utterances(encoder, [case.utterance for case in found])
    return accuracy_of(router, Suite(f"massive/{locale}", found, massive.CARD))


@functools.cache
def _english(folder: Path, encoder: Embedded) -> tuple[list[Row], Router]:
    """Return the English training split, and a router of some of it."""
    rows: list[Row] = list(read_rows(folder / "en-US" / "train.jsonl"))
    return rows, train(labelled_tools(drawn(rows, EXAMPLES, seed=0)), encoder)


if __name__ == "__main__":
    sys.exit(main())
