"""`router init`: a folder of tools to begin with."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

from router.cli.command import CommandError, Commands, add_command

_DESCRIPTION = """\
Write a folder of tools to begin with: three tools whose comments explain every
key, utterances that are for none of them, and the schema that completes and
checks them in editors. Nothing that exists is touched.
"""
_EXAMPLE = """\
  router init my_tools
  router check my_tools
  router route --specs my_tools turn on the kitchen light
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "init", run, "write a folder of tools to begin with", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("folder", metavar="DIR", type=Path, help="a folder that does not exist yet, or is empty")


def run(arguments: argparse.Namespace) -> int:
    """Write the files and say how to go on."""
    folder: Path = arguments.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandError(f"{folder} exists{' and is not empty' if folder.is_dir() else ''}. Name a new folder.")
    files = {file.name: file.read_bytes() for file in (resources.files("router.cli") / "scaffold").iterdir()}
    files["tool.schema.json"] = (resources.files("router.declarations") / "tool.schema.json").read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        with (folder / name).open("xb") as file:
            file.write(content)
        print(folder / name)
    print(f"\nEdit them, then: router check {folder} && router compile {folder}")
    return 0
