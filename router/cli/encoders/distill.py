"""`router encoders distill`: a table of tokens from a sentence-transformers model."""

from __future__ import annotations

import argparse
from pathlib import Path

from router.cli.command import CommandError, Commands, add_command
from router.cli.encoders.lines import read_lines
from router.cli.progress import stages

_DESCRIPTION = """\
Make a static encoder: a table of tokens that comes near to what a
sentence-transformers model makes of a text. It needs numpy alone, and tens of
microseconds for an utterance. It does not see the order of words. Its numbers have
8 bits; what that changes is measured, and nothing is written if it is too much.
"""
_EXAMPLE = """\
  $ router encoders distill st:all-MiniLM-L6-v2 -o small --texts said.txt
  small: 29,528 tokens, 256 dims, 8.1 MB
    cosine with all-MiniLM-L6-v2 on the texts: 0.891
  $ router compile tool_specs --encoder static:small
"""


def add(commands: Commands) -> None:
    """Add the action."""
    parser = add_command(commands, "distill", run, "make a static encoder of a model", _DESCRIPTION, _EXAMPLE)
    parser.set_defaults(command="encoders distill")
    parser.add_argument("model", metavar="st:MODEL", help="a sentence-transformers folder, or a name on the hub")
    parser.add_argument("-o", dest="out", metavar="DIR", required=True, type=Path, help="the folder to write")
    parser.add_argument(
        "--texts",
        metavar="FILE",
        nargs="+",
        default=[],
        help="texts of the kind that will be said, one a line and without labels: some thousands bring it nearer to "
        "the model",
    )
    parser.add_argument(
        "--dimensions", metavar="N", type=_positive, default=256, help="the length of a row (default: %(default)s)"
    )
    parser.add_argument("--prefix", metavar="TEXT", default="", help="what the model is to see before each text")


def run(arguments: argparse.Namespace) -> int:
    """Distill, and say what came of it."""
    from router.encoder_making.distill import distill

    kind, _, source = arguments.model.partition(":")
    if kind != "st" or not source:
        raise CommandError(f"{arguments.model!r} is no sentence-transformers model. Write 'st:DIR_OR_NAME'.")
    with stages() as progress:
        made = distill(
            source,
            arguments.out,
            dimensions=arguments.dimensions,
            texts=read_lines(arguments.texts),
            prefix=arguments.prefix,
            progress=progress,
        )
    print(f"{arguments.out}: {made.tokens:,} tokens, {made.dimensions} dims, {made.bytes / 1e6:.1f} MB")
    if made.cosine is not None:
        print(f"  cosine with {Path(source).name} on the texts: {made.cosine:.3f}")
    return 0


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
