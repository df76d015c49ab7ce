"""Whether arguments are found: `python -m evals.arguments DATA [-o evals/results/arguments.json]`.

DATA is the folder with the public sets (`python -m evals.public --list` says how
to lay it out). The tool is always given. Of snips and massive, slots are
found: the examples are the training split's, with their slots marked, and every
slot is free text. Of bfcl_v4 (`simple_python`), sgd and the everyday suite, calls are
right or wrong as a whole: by the declarations alone, or, of "20 marked", with
some turns as examples. `--validation` asks the splits for development, and of
bfcl_v4, which has none, the single calls of seal_tools.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from evals.arguments import call_sets, calls, sets
from evals.arguments.filling import measured
from evals.measuring import DATA, command_line, described, made_with, opened
from router.encoders import Encoder, load_encoder

Task: TypeAlias = Callable[[Encoder], dict[str, Any]]

DRAWS = 3
"""Of 20 examples of each intent of SNIPS."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for and write the results, keeping those of other sets."""
    parser = command_line("arguments", __doc__)
    parser.add_argument("data", type=Path, help=DATA)
    arguments = parser.parse_args(argv)
    results = opened(parser, arguments)
    encoder = load_encoder()
    made = made_with(encoder=described(encoder))
    for name, task in tasks(arguments.data, development=arguments.validation).items():
        if results.wants(name):
            results.add(name, partial(task, encoder), made)
    return 0


def tick() -> None:
    """Show that another tool has been taught."""
    print(".", end="", file=sys.stderr, flush=True)


def tasks(data: Path, *, development: bool) -> dict[str, Task]:
    """Return what there is to measure, by name."""
    asked = "train" if development else "validate"
    found: dict[str, Task] = {"snips/full": partial(slots, "en", partial(sets.snips, data, asked, None))}
    for seed in range(DRAWS):
        found[f"snips/20-shot/{seed}"] = partial(slots, "en", partial(sets.snips, data, asked, 20, seed))
    split = "dev" if development else "test"
    for file in sorted((data / "massive").glob(f"*/{split}.jsonl")):
        locale = file.parent.name
        found[f"massive/{locale}"] = partial(slots, locale.split("-")[0], partial(sets.massive, data, locale, split))
    split = "train" if development else "dev"
    found["sgd/declarations"] = partial(whole, partial(call_sets.sgd, data, split, marked=False), questions=True)
    found["sgd/20 marked"] = partial(whole, partial(call_sets.sgd, data, split, marked=True), questions=True)
    if development:
        found["seal_tools/declarations"] = partial(whole, partial(call_sets.seal_tools, data), questions=False)
    else:
        found["bfcl_v4/declarations"] = partial(whole, partial(call_sets.bfcl, data), questions=False)
        found["everyday"] = partial(whole, call_sets.everyday, questions=True)
    return found


def slots(language: str, load: Callable[[], sets.Slots], encoder: Encoder) -> dict[str, Any]:
    """Measure slots."""
    return measured(load(), encoder, language, tick)


def whole(load: Callable[[], Sequence[calls.Round]], encoder: Encoder, *, questions: bool) -> dict[str, Any]:
    """Measure whole calls."""
    return calls.measured(load(), encoder, questions=questions, tick=tick)


if __name__ == "__main__":
    sys.exit(main())
