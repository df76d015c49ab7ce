"""What an encoder makes of intents that the shipped one never learnt from: `python -m evals.held_out DATA [-o FILE]`.

`router.encoder_making.shipped.held_out` says what that is. Of each encoder: the
router on tools that are known by the words of their labels alone, or by five
examples; by the declarations of Schema-Guided Dialogue and by their paraphrases;
MTEB's protocol (a logistic regression, eight examples a label, several draws).
What it did learn from stands beside, to be told from that. Splits for reporting;
`--validation` asks those for development. Results that are in the file stay.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from evals.embedded import Embedded
from evals.measuring import DATA, Measure, command_line, opened
from evals.probe import probed
from evals.public import accuracy_of, measured
from evals.public_sets import banking77, clinc150, sgd
from evals.public_sets.rows import Row, cases, declared_tools, label_tool, labelled_tools, read_rows, without
from evals.public_sets.task import Task
from router.encoder_making.shipped.held_out import (
    CLINC150_HELD_OUT,
    MASSIVE_HELD_OUT,
    clinc150_domain,
    massive_scenario,
)
from router.encoders import Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import Suite
from router.training import train

ROUTED = ("banking77/5-shot", "banking77/10-shot", "clinc150/10-shot")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is not in the file yet."""
    parser = command_line("held_out", __doc__)
    parser.add_argument("data", type=Path, help=DATA)
    parser.add_argument("--encoders", nargs="+", default=["minilm", "en"], metavar="SPEC", help="see 'router encoders'")
    arguments = parser.parse_args(argv)
    results = opened(parser, arguments)
    for spec in arguments.encoders:
        encoder = Embedded(CachedEncoder(load_encoder(spec)))
        results.add_all(encoder, tasks(arguments.data, encoder, arguments.validation))
    return 0


def tasks(data: Path, encoder: Encoder, development: bool) -> Iterator[tuple[str, Measure]]:
    """Yield what is measured of an encoder, by name."""
    for each in (banking77, clinc150):
        for task in each.tasks(data, development):
            if task.name in ROUTED:
                yield task.name, partial(_routed, [task], encoder)
    original, *paraphrased = sgd.tasks(data, development)
    yield "sgd/declarations", partial(_routed, [original], encoder)
    yield "sgd/paraphrased", partial(_routed, paraphrased, encoder)
    for held_out in (True, False):
        kind = "held-out" if held_out else "learnt"
        clinc = partial(_clinc150, data / "clinc150", encoder, development, held_out)
        yield f"clinc150/{kind}/labels", partial(clinc, examples=False)
        yield f"clinc150/{kind}/5-shot", partial(clinc, examples=True)
        yield f"massive/{kind}/mteb", partial(_massive, data / "massive" / "en-US", encoder, development, held_out)
    yield "banking77/mteb", partial(_probed, data / "banking77", encoder, development, lambda _: True)


def _routed(some: Iterable[Task], encoder: Encoder) -> dict[str, Any]:
    """Ask the routers of each task, and return the mean where there are several."""
    found = [measured(task, encoder)["metrics"] for task in some]
    return {
        name: found[0][name]
        if len(found) == 1
        else {"value": round(fmean(each[name]["value"] for each in found), 4), "n": found[0][name]["n"]}
        for name in ("accuracy", "auroc")
        if name in found[0]
    }


def _clinc150(folder: Path, encoder: Encoder, development: bool, held_out: bool, examples: bool) -> dict[str, Any]:
    """Ask a router of some domains what is for these."""

    def wanted(rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if (clinc150_domain(row["label"]) in CLINC150_HELD_OUT) == held_out]

    known_by = labelled_tools if examples else declared_tools
    tools = known_by(wanted(read_rows(folder / "train_5.jsonl")))
    split = "val" if development else "test"
    suite = Suite(f"clinc150/{split}", tuple(cases(wanted(read_rows(folder / f"{split}.jsonl")), split, label_tool)))
    return accuracy_of(train(tools, encoder), suite)


def _massive(folder: Path, encoder: Encoder, development: bool, held_out: bool) -> dict[str, Any]:
    """Probe some scenarios."""

    def wanted(row: Row) -> bool:
        return (massive_scenario(row["label"]) in MASSIVE_HELD_OUT) == held_out

    return _probed(folder, encoder, development, wanted)


def _probed(folder: Path, encoder: Encoder, development: bool, wanted: Callable[[Row], bool]) -> dict[str, Any]:
    split = _DEVELOPMENT[folder.name] if development else "test"
    asked = [row for row in read_rows(folder / f"{split}.jsonl") if wanted(row)]
    training: Sequence[Row] = [row for row in read_rows(folder / "train.jsonl") if wanted(row)]
    if development:
        training = without(training, asked)  # BANKING77's are a part of it
    return probed(training, asked, encoder)


_DEVELOPMENT = {"banking77": "valid", "en-US": "dev"}


if __name__ == "__main__":
    sys.exit(main())
