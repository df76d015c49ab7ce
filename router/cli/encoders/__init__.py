"""`router encoders`: which there are, and what makes one: a module for each action."""

from __future__ import annotations

from router.cli.command import Commands, add_command
from router.cli.encoders import export, listing

_DESCRIPTION = """\
List the encoders that '--encoder' takes, and what each lacks to be used here.
"""
_EXAMPLE = """\
  $ router encoders
  $ router compile tool_specs --encoder st:sentence-transformers/all-MiniLM-L12-v2
"""


def add(commands: Commands) -> None:
    """Add the command, which has commands of its own for making encoders."""
    parser = add_command(
        commands, "encoders", listing.run, "list the encoders and what is installed", _DESCRIPTION, _EXAMPLE
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    for action in (export,):
        action.add(actions)
