"""What every command is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

from router.errors import RouterError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where a command adds itself."""


class CommandError(RouterError):
    """Say why a command cannot do what it was asked to."""


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    summary: str,
    description: str,
    example: str,
) -> argparse.ArgumentParser:
    """Add a command and return its parser, which still lacks the command's own arguments.

    `description` and `example` are shown as they are, line by line.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, command=name)
    return parser
