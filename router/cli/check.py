"""`router check`: everything that is wrong with tool files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from router.cli.annotations import annotation
from router.cli.command import Commands, add_command
from router.declarations.wording import counted
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

    try:
        tools = load(*arguments.path)
    except DeclarationError as error:
        print(problem_report(error, arguments.format))
        return 1
    counts = {
        "tools": len(tools),
        "examples": sum(len(tool.examples) for tool in tools),
        "out_of_scope": len(tools.out_of_scope),
    }
    if arguments.format == "json":
        print(_as_json((), counts))
    else:
        print(
            f"OK: {counted(counts['tools'], 'tool')}, {counted(counts['examples'], 'example')}, "
            f"{counted(counts['out_of_scope'], 'out-of-scope utterance')}"
        )
    return 0


def problem_report(error: DeclarationError, form: str) -> str:
    """Write what is wrong, as one of the formats `text`, `json` and `github`."""
    problems = error.problems
    match form:
        case "json":
            return _as_json(problems, dict.fromkeys(("tools", "examples", "out_of_scope")))
        case "github":
            return "\n".join(
                annotation("error", problem.file, problem.line, problem.path or "tool declaration", problem.message)
                for problem in problems
            )
        case _:
            files = len({problem.file for problem in problems})
            return f"{error}\n{counted(len(problems), 'problem')} in {counted(files, 'file')}"


def _as_json(problems: Sequence[Problem], counts: Mapping[str, int | None]) -> str:
    report = {"problems": [asdict(problem) for problem in problems], **counts}
    return json.dumps(report, ensure_ascii=False, indent=2)
