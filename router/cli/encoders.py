"""`router encoders`: which encoders there are, and which would work here."""

from __future__ import annotations

import argparse

from router.cli.command import Commands, add_command

_DESCRIPTION = """\
List the encoders that '--encoder' takes, and what each lacks to be used here.
"""
_EXAMPLE = """\
  $ router encoders
  $ router compile tool_specs --encoder st:sentence-transformers/all-MiniLM-L12-v2
"""


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(commands, "encoders", run, "list the encoders and what is installed", _DESCRIPTION, _EXAMPLE)


def run(_: argparse.Namespace) -> int:
    """Print one line for each encoder."""
    from router.encoders import DEFAULT, available_encoders

    rows = [("--encoder", "here", "what it is")]
    for info in available_encoders():
        default = " (default)" if info.spec == DEFAULT else ""
        rows.append((info.spec, "ready" if info.ready else "missing", info.summary + default))
        if not info.ready:
            rows.append(("", "", info.install))
    first, second = (max(len(row[n]) for row in rows) for n in (0, 1))
    for spec, state, text in rows:
        print(f"{spec:<{first}}  {state:<{second}}  {text}")
    return 0
