"""`router route`: utterances in, decisions out."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from router.cli import rendering
from router.cli.command import Commands, add_command
from router.cli.progress import counter
from router.cli.source import add_source, open_router
from router.cli.utterances import Malformed, Row, batches, read_rows

if TYPE_CHECKING:
    from router.router import Router

_DESCRIPTION = """\
Decide which tool an utterance calls, if any. The words given are one utterance.

Without words, utterances are read from standard input: one a line, or JSON
objects, one a line, with the key 'utterance' or 'text'. Their other keys are
passed through to --json; what an answer has a key of its own for is found under
'given'. A malformed line is reported and left out, and the exit code is then 1.
"""
_EXAMPLE = """\
  $ router route wake me at half past six
  call set_alarm 0.97
  $ router route --explain is it going to rain
  $ router route --json < utterances.jsonl > decisions.jsonl
"""
_BATCH = 128
"""So many utterances are read before the first of them is answered."""

_Answer = tuple[Row, str]
"""A row and what is printed for it."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "route", run, "decide which tool an utterance calls, if any", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("utterance", metavar="WORD", nargs="*", help="the words of one utterance")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--explain", action="store_true", help="also show what each decision rests on")
    parser.add_argument(
        "--available",
        metavar="TOOL,...",
        type=lambda text: tuple(name.strip() for name in text.split(",") if name.strip()),
        help="the only tools that can be called right now (default: all)",
    )
    add_source(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer every utterance and return 1 if a line could not be read."""
    router = open_router(arguments)
    for name in arguments.available or ():
        router.tools[name]  # an unknown name is an error even if nothing is routed
    render = _renderer(arguments, router)
    if arguments.utterance:
        [text] = render([Row(" ".join(arguments.utterance))])
        print(text)
        return 0
    return _route_lines(render)
