"""`router encoders prefixes`: which words before texts suit an encoder and some tools."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from router.cli.command import Commands, add_command
from router.cli.encoder import add_encoder, open_encoder
from router.cli.progress import stages
from router.encoders import DEFAULT

if TYPE_CHECKING:
    from router.encoder_making.prefixes import Choice, Tried

_DESCRIPTION = """\
Some encoders were trained to see words before a text that say what it is for. Try
those that are known of an encoder, and none, on the tools' own utterances, each
held out in turn, and say which to take. Unless others are better by more than
chance, those that the encoder has stay.
"""
_EXAMPLE = """\
  router encoders prefixes my_tools --encoder st:google/embeddinggemma-300m
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "prefixes", run, "measure which words before texts suit", _DESCRIPTION, _EXAMPLE)
    parser.set_defaults(command="encoders prefixes")
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    add_encoder(parser, DEFAULT)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each, and which to take."""
    from router.declarations import load
    from router.encoder_making.prefixes import choose_prefixes
    from router.encoders.cache import CachedEncoder

    tools = load(*arguments.path)
    encoder = open_encoder(arguments)
    with stages() as show:
        choice = choose_prefixes(tools, CachedEncoder(encoder, progress=partial(show, "embedding")), show)
    rows = [("prefixes", "right first", "AUROC", "before utterances, before declarations")]
    rows += [_row(each) for each in choice.tried]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    for *cells, words in rows:
        print(*(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)), words, sep="  ")
    print(_advice(choice))
    return 0


def _row(tried: Tried) -> tuple[str, str, str, str]:
    accuracy = "-" if tried.accuracy is None else f"{tried.accuracy:.1%}"
    auroc = "-" if tried.auroc is None else f"{tried.auroc:.3f}"
    return tried.task, accuracy, auroc, f"{tried.prefixes.utterance!r}, {tried.prefixes.declaration!r}"


def _advice(choice: Choice) -> str:
    own, best = choice.tried[0], choice.best
    if choice.taken is not own:
        return f"Take --prefixes {best.task}: better by more than chance (p {choice.p:.2g}, exact McNemar test)."
    if best is own:
        return f"Leave {own.task!r}, which the encoder has: none is right more often."
    return (
        f"Leave {own.task!r}, which the encoder has: {best.task!r} is right more often, which may be chance "
        f"(p {choice.p:.2g}, exact McNemar test)."
    )
