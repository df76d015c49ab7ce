"""`router overlay`: a file of corrections, read and undone, merged and exported."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import CommandError, Commands, add_command

if TYPE_CHECKING:
    from router.overlay import Entry, Overlay

_DESCRIPTION = """\
Look after a file of corrections: what a person said, and the tool that it was
for. The file is theirs. 'router repl --overlay FILE' adds to it.
"""
_EXAMPLE = """\
  $ router overlay show mine.jsonl
  5d1c0a97e2b4f836  2026-03-01 07:30  make_call  give my brother a ring
  $ router overlay undo mine.jsonl 5d1c0a97e2b4f836
"""


def add(commands: Commands) -> None:
    """Add the command, which has commands of its own."""
    parser = add_command(commands, "overlay", show, "look after a file of corrections", _DESCRIPTION, _EXAMPLE)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, summary, rest in (
        ("show", show, "list the corrections", ()),
        ("undo", undo, "take a correction back", ("ID",)),
        ("merge", merge, "add what another file has", ("OTHER",)),
        ("export", export, "print them as YAML to add to tool files", ()),
    ):
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        action.add_argument("file", metavar="FILE", help="the corrections")
        for argument in rest:
            action.add_argument(argument.lower(), metavar=argument)
        action.set_defaults(run=run, command=f"overlay {name}")


def show(arguments: argparse.Namespace) -> int:
    """List all corrections, oldest first."""
    entries = _open(arguments.file).entries
    column = max((len(_tool(entry)) for entry in entries), default=0)
    for entry in entries:
        state = "  (undone)" if entry.undone else ""
        note = f"  # {entry.note}" if entry.note else ""
        day, _, time = entry.time.partition("T")
        print(f"{entry.id}  {day} {time[:5]}  {_tool(entry):<{column}}  {entry.utterance}{state}{note}")
    return 0


def undo(arguments: argparse.Namespace) -> int:
    """Take a correction back."""
    _open(arguments.file).undo(arguments.id)
    return 0


def merge(arguments: argparse.Namespace) -> int:
    """Add what another file has."""
    _open(arguments.file).merge(_open(arguments.other))
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Print YAML."""
    from router.overlay.export import as_yaml

    if yaml := as_yaml(_open(arguments.file).export()):
        print(yaml)
    return 0


def _open(file: str) -> Overlay:
    from router.overlay import Overlay

    if Path(file).is_dir():
        raise CommandError(f"{file} is a folder; name a file of corrections")
    if not Path(file).exists():
        raise CommandError(f"{file}: no such file")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        overlay = Overlay(file)
    for warning in told:
        print(warning.message, file=sys.stderr)
    return overlay


def _tool(entry: Entry) -> str:
    return entry.tool if isinstance(entry.tool, str) else "(no tool)"
