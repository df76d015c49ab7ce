"""`router tune`: an encoder tuned on somebody's own tools."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import CommandError, Commands, add_command
from router.cli.encoders.export import parity_lines
from router.cli.progress import stages

if TYPE_CHECKING:
    from router.encoder_making.tuning import Compared, Tuning
    from router.evaluation.measures import Measurement

_DESCRIPTION = """\
Tune a sentence-transformers model on the examples, declarations, counterexamples and
out-of-scope utterances of your tools, and write it as a folder for 'onnx:DIR', as
'router encoders export' does.

First it is measured whether that helps: utterances are held out in turn, the model
is tuned without them, and a router on the tuned model and one on the untouched one
decide about them. If the tuned one is not better by more than chance, nothing is
written and the exit code is 1.

It takes long, and keeps what is done in DIR.tuning: if it is interrupted, the same
command goes on there.
"""
_EXAMPLE = """\
  $ router tune my_tools --encoder st:sentence-transformers/all-MiniLM-L6-v2 -o my-encoder --quantize int8
  $ router compile my_tools --encoder onnx:my-encoder
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "tune", run, "tune an encoder on tools", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    parser.add_argument("--encoder", metavar="st:NAME_OR_PATH", required=True, help="the model to begin with")
    parser.add_argument("-o", dest="out", metavar="DIR", required=True, type=Path, help="the folder to write")
    parser.add_argument(
        "--quantize", choices=("int8", "int4"), help="keep weights in 8 or 4 bits (default: in 32, as floats)"
    )
    parser.add_argument(
        "--folds", metavar="K", type=_whole(2), default=3, help="tune and hold out so many times (default: 3)"
    )
    parser.add_argument(
        "--steps",
        metavar="N",
        type=_whole(1),
        help="so many batches of 16 examples (default: each is seen about three times)",
    )
    parser.add_argument(
        "--learning-rate", metavar="R", type=_rate, default=5e-5, help="how far a step goes (default: 5e-5)"
    )
    parser.add_argument("--seed", metavar="N", type=_whole(0), default=0, help="of the batches (default: 0)")


def run(arguments: argparse.Namespace) -> int:
    """Tune and say what it brought; return 1 if the untouched encoder is kept."""
    from router.declarations import load
    from router.encoder_making.tuning import tune
    from router.encoders import load_encoder
    from router.encoders.sentence_transformers import SentenceTransformerEncoder

    tools = load(*arguments.path)
    encoder = load_encoder(arguments.encoder)
    if not isinstance(encoder, SentenceTransformerEncoder):
        raise CommandError(f"{arguments.encoder!r} is no sentence-transformers model. Write 'st:NAME_OR_PATH'.")
    with stages() as show:
        tuning = tune(
            tools,
            encoder,
            arguments.out,
            precision=arguments.quantize or "fp32",
            folds=arguments.folds,
            steps=arguments.steps,
            learning_rate=arguments.learning_rate,
            seed=arguments.seed,
            progress=show,
        )
    print("\n".join([*_compared_lines(tuning), "", *_outcome_lines(tuning, arguments)]))
    return 0 if tuning.verdict.kept else 1


def _compared_lines(tuning: Tuning) -> Iterator[str]:
    cases = f"{tuning.verdict.cases} utterances, each decided by routers that had not seen it"
    yield f"{cases}; tuned in {tuning.steps} steps"
    rows = [("", "untouched", "tuned", "difference", "p"), *map(_row, tuning.verdict.compared)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(each: Compared) -> tuple[str, str, str, str, str]:
    moved, p = each.difference, each.difference.p
    assert p is not None
    difference = f"{moved.difference:+.3f}"
    if moved.low is not None and moved.high is not None:
        difference += f" ({moved.low:+.3f} to {moved.high:+.3f})"
    return (
        _NAMES[each.metric],
        _value(each.untouched),
        _value(each.tuned),
        difference,
        "< 0.001" if p < 0.001 else f"{p:.3f}",
    )


def _value(measured: Measurement) -> str:
    interval = "" if measured.low is None else f" ({measured.low:.3f} to {measured.high:.3f})"
    return f"{measured.value:.3f}{interval}"


def _outcome_lines(tuning: Tuning, arguments: argparse.Namespace) -> Iterator[str]:
    verdict = tuning.verdict
    if tuning.parity is None or tuning.model is None:
        if verdict.worse:
            yield f"Not kept: worse in {_listed(verdict.worse)}, by more than chance."
        else:
            yield "Not kept: no better in what decides, right tools and AUROC, than chance may make it."
        yield f"Nothing is written. Stay with {arguments.encoder}."
        return
    size = sum(file.stat().st_size for file in arguments.out.iterdir())
    yield f"Kept: better in {_listed(verdict.better)}, by more than chance."
    yield f"{arguments.out}: {size / 1e6:.1f} MB"
    yield from (f"  {line}" for line in parity_lines(tuning.parity))
    yield "It has seen every utterance that 'compile' holds out, so what that promises of it is too hopeful: go by the"
    yield "false accepts and wrong calls above, or by a suite."
    yield f"The tuned model in full is st:{tuning.model}; delete {tuning.model.parent} if you do not need it."


def _listed(metrics: tuple[str, ...]) -> str:
    return " and ".join(_NAMES[metric] for metric in metrics)


_NAMES = {
    "accuracy": "right tool first",
    "auroc": "out-of-scope AUROC",
    "decision_accuracy": "decided right",
    "false_accept_rate": "false accepts",
    "wrong_call_rate": "wrong calls",
}


def _whole(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {least}")
        return int(text)

    return parse


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no learning rate; expected a number between 0 and 1")
    return rate
