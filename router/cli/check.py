"""`router check`: everything that is wrong with tool files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from router.cli.command import Commands, add_command
from router.errors import DeclarationError, Problem

_DESCRIPTION = """\
Find everything that is wrong with tool files, each problem with its file and
line. Exits with 1 if there is any.
"""
_EXAMPLE = """\
  $ router check tool_specs
  tool_specs/set_alarm.yaml has 1 problem
    line 6   parameters: unknown key 'requred'. Did you mean 'required'?
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "check", run, "find all that is wrong with tool files", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="how to print problems: for people (default), as one JSON object, or as annotations in GitHub Actions",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the files and return 1 if anything is wrong."""
    from router.declarations import load

    problems: Sequence[Problem] = ()
    counts: dict[str, int | None] = {"tools": None, "examples": None, "out_of_scope": None}
    try:
        tools = load(*arguments.path)
    except DeclarationError as error:
        problems = error.problems
        text = f"{error}\n{_count(len(problems), 'problem')} in {_count(len({p.file for p in problems}), 'file')}"
    else:
        examples = sum(len(tool.examples) for tool in tools)
        counts = {"tools": len(tools), "examples": examples, "out_of_scope": len(tools.out_of_scope)}
        text = (
            f"OK: {_count(len(tools), 'tool')}, {_count(examples, 'example')}, "
            f"{_count(len(tools.out_of_scope), 'out-of-scope utterance')}"
        )
    if arguments.format == "json":
        report = {"problems": [asdict(problem) for problem in problems], **counts}
        text = json.dumps(report, ensure_ascii=False, indent=2)
    elif arguments.format == "github" and problems:
        text = "\n".join(map(_annotation, problems))
    print(text)
    return 1 if problems else 0


def _annotation(problem: Problem) -> str:
    """Return a workflow command that marks the line in a pull request."""
    properties = {"file": problem.file, "line": str(problem.line or ""), "title": problem.path or "tool declaration"}
    listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items() if value)
    return f"::error {listed}::{_escaped(problem.message)}"


def _escaped(text: str, also: str = "") -> str:
    """Write what would end a workflow command or a part of it as a percent sign and two hexadecimal digits."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" + also else c for c in text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
