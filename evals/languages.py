"""What an encoder makes of other languages: `python -m evals.languages DATA [-o FILE]`.

Each language of MASSIVE by itself, by MTEB's protocol (a logistic regression,
eight examples a label, several draws); and routers whose tools are declared by
the English words of their labels and nothing else, asked in each language. Both
are of the intents that the shipped encoders never learnt from
(`router.encoder_making.shipped.held_out`), among themselves, and of all intents,
of which they did learn from most. Splits for reporting; `--validation` asks
those for development. Results that are in the file stay.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from evals.embedded import Embedded
from evals.measuring import DATA, Measure, command_line, opened
from evals.probe import probed
from evals.public import accuracy_of
from evals.public_sets import massive
from evals.public_sets.rows import Row, cases, declared_tools, label_tool, read_rows
from router import Router
from router.encoder_making.shipped.held_out import MASSIVE_HELD_OUT, massive_scenario
from router.encoders import Encoder, encode_utterances, load_encoder
from router.encoders.cache import CachedEncoder
from router.evaluation import Suite
from router.training import train

ENGLISH = "en-US"

Wanted = Callable[[Iterable[Row]], list[Row]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is not in the file yet."""
    parser = command_line("languages", __doc__)
    parser.add_argument("data", type=Path, help=DATA)
    parser.add_argument(
        "--encoders", nargs="+", default=["multilingual", "en"], metavar="SPEC", help="see 'router encoders'"
    )
    arguments = parser.parse_args(argv)
    results = opened(parser, arguments)
    for spec in arguments.encoders:
        encoder = Embedded(CachedEncoder(load_encoder(spec)))
        results.add_all(encoder, tasks(arguments.data / massive.NAME, encoder, arguments.validation))
    return 0


def tasks(folder: Path, encoder: Encoder, development: bool) -> Iterator[tuple[str, Measure]]:
    """Yield what is measured of an encoder, by name."""
    split = "dev" if development else "test"
    wanted: Wanted
    for intents, wanted in (("held-out", _held_out), ("all", list)):
        english = functools.cache(partial(_declared, folder / ENGLISH, wanted, encoder))
        for locale in massive.LOCALES:
            yield f"{intents}/declarations/{locale}", partial(_routed, folder / locale, split, wanted, english)
            yield f"{intents}/mteb/{locale}", partial(_probed, folder / locale, split, wanted, encoder)


def _held_out(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if massive_scenario(row["label"]) in MASSIVE_HELD_OUT]


def _declared(folder: Path, wanted: Wanted, encoder: Encoder) -> Router:
    """Return a router that knows the words of the labels."""
    return train(declared_tools(wanted(read_rows(folder / "train.jsonl"))), encoder)


def _routed(folder: Path, split: str, wanted: Wanted, english: Callable[[], Router]) -> dict[str, Any]:
    """Ask the router of English declarations in a language."""
    asked = cases(wanted(read_rows(folder / f"{split}.jsonl")), split, label_tool, folder.name)
    router = english()
    encode_utterances(router.encoder, [case.utterance for case in asked])  # many at once are quicker
    return accuracy_of(router, Suite(f"massive/{folder.name}", tuple(asked), massive.CARD))


def _probed(folder: Path, split: str, wanted: Wanted, encoder: Encoder) -> dict[str, Any]:
    """Probe a language by its own training split."""
    training, asked = (wanted(read_rows(folder / f"{part}.jsonl")) for part in ("train", split))
    return probed(training, asked, encoder)


if __name__ == "__main__":
    sys.exit(main())
