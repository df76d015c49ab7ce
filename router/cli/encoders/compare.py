"""`router encoders compare`: what encoders cost and buy, side by side."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import CommandError, Commands, add_command
from router.cli.progress import stages
from router.encoders import DEFAULT

if TYPE_CHECKING:
    from router.evaluation.encoders import Row

_DESCRIPTION = """\
Train a router of the tools on each encoder, ask it the suites in a process of its
own, and say what the encoder buys (accuracy of the likeliest tool, coverage, how
well the gate tells what is out of scope) and what it costs (files, peak memory,
time of a decision on one thread, and that in comparison with the default encoder,
timed in turns with it).

Lengths that an encoder was not trained for are left out; one that allows none is
measured at its own. One that cannot be opened is listed with the reason. Memory
and files of a server are not seen. What was measured before Ctrl-C is printed.
"""
_EXAMPLE = """\
  router encoders compare my_tools --suite suite.jsonl \\
      --encoders minilm st:google/embeddinggemma-300m static:small --dimensions 768 256 -o compared
"""


def add(commands: Commands) -> None:
    """Add the action."""
    parser = add_command(commands, "compare", run, "measure what encoders cost and buy", _DESCRIPTION, _EXAMPLE)
    parser.set_defaults(command="encoders compare")
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    parser.add_argument("--suite", metavar="FILE", nargs="+", required=True, help="suites, see 'router eval'")
    parser.add_argument(
        "--encoders", metavar="SPEC", nargs="+", required=True, help="which to compare, see 'router encoders'"
    )
    parser.add_argument(
        "--dimensions", metavar="N", nargs="+", type=int, default=[], help="lengths to cut rows to (default: none)"
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="let encoders send what people say to another machine"
    )
    parser.add_argument(
        "-o", dest="out", metavar="DIR", type=Path, help="write encoders.json, and encoders.html with charts, there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure, print and perhaps write; return 1 if nothing could be measured."""
    from router.declarations import load
    from router.evaluation.encoders import compare

    tools = load(*arguments.path)
    if arguments.out:
        _prepare(arguments.out)
    rows: list[Row] = []
    try:
        with stages() as show:
            measured = compare(
                tools,
                arguments.suite,
                arguments.encoders,
                arguments.dimensions,
                allow_remote=arguments.allow_remote,
                progress=show,
            )
            for row in measured:
                rows.append(row)
    finally:
        if rows:
            _conclude(rows, arguments.out)
    return int(all(row.problem for row in rows))


def _prepare(folder: Path) -> None:
    """Find out now that nothing could be written. Raises CommandError, and MissingExtraError without Jinja."""
    from router.evaluation.rendering.page import require_jinja

    require_jinja()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"-o {folder}: nothing can be written there: {error.strerror}") from None


def _conclude(rows: list[Row], out: Path | None) -> None:
    from router.evaluation.rendering.encoders import as_text

    print(as_text(rows, DEFAULT, shutil.get_terminal_size().columns))
    if out is None:
        return
    from router.evaluation.provenance import measured_with
    from router.evaluation.rendering.page.encoders import encoders_page

    provenance = measured_with()
    data = {"provenance": provenance, "reference": DEFAULT, "rows": [row.to_dict() for row in rows]}
    (out / "encoders.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (out / "encoders.html").write_text(encoders_page(rows, DEFAULT, provenance), "utf-8")
    print(f"{out}: encoders.json, encoders.html", file=sys.stderr)
