"""`router encoders`: which there are, and what makes one: a module for each action."""

from __future__ import annotations

from router.cli.command import Commands, add_command
from router.cli.encoders import compare, distill, export, listing, prefixes, trim

_DESCRIPTION = """\
List the encoders that '--encoder' takes, and what each lacks to be used here.
"""
_EXAMPLE = """\
  $ router encoders
  $ router compile tool_specs --encoder st:sentence-transformers/all-MiniLM-L12-v2
  $ router encoders prefixes tool_specs --encoder st:google/embeddinggemma-300m
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "encoders", listing.run, "list encoders, or make one", _DESCRIPTION, _EXAMPLE)
    more = parser.add_subparsers(metavar="[ACTION]", title="or, with an action")
    for action in (compare, export, distill, trim, prefixes):
        action.add(more)
