"""`router eval`: how good a router is on suites, and whether it became worse."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from router.cli import compare
from router.cli.command import CommandError, Commands, add_command
from router.cli.progress import stages
from router.cli.source import add_source, open_router
from router.cli.verdict import Judge, add_verdict, conclude
from router.errors import FileError, Problem, SuiteError

if TYPE_CHECKING:
    from router.declarations import ToolSet
    from router.evaluation import Suite

_DESCRIPTION = """\
Run suites of utterances with the answers they should get, and say how good the
router is: with intervals, by tag and tool, against gates and a baseline.

A suite is JSON lines, YAML or CSV. Each row has an 'utterance' and an 'intent': a
tool's name, out_of_scope, or a list of tools between which the router should ask;
and, where wanted, 'arguments', 'tags', 'language', 'cluster', 'id' and 'note'.

router/evaluation/README.md, which is in the package too, has all of it: the three
formats, gates, metrics, and how sure a figure is.

Exits with 0, with 1 if a gate failed, or with 2 if it could not run. An interrupted
run that has a --report folder goes on where it stopped.
"""
_EXAMPLE = """\
  router eval --bundle my.bundle --suite suite.jsonl
  router eval --specs my_tools --suite suite.jsonl --gates gates.yaml \\
      --baseline baseline.json --report out
  router eval compare before.json after.json
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "eval", run, "measure a router on suites of utterances", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("--suite", metavar="FILE", action="append", help="a suite; may be given several times")
    add_source(parser)
    add_verdict(parser)
    parser.add_argument(
        "--tools",
        metavar="PATH",
        action="append",
        help="where a bundle's tools are declared, so that annotations point there; may be given several times",
    )
    more = parser.add_subparsers(metavar="[compare]", title="or compare two reports")
    compare.add(more)


def run(arguments: argparse.Namespace) -> int:
    """Run the suites and return 1 if a gate failed."""
    from router.declarations import load
    from router.evaluation import Report, suite_result
    from router.evaluation import run as run_suite
    from router.evaluation.provenance import peak_memory, provenance_of

    if not arguments.suite:
        raise CommandError("no suite is named. Name one with --suite FILE, or use 'router crossval' if there is none.")
    router = open_router(arguments)
    declared = load(*arguments.tools) if arguments.tools else router.tools
    suites = _suites(arguments.suite, router.tools)
    judge = Judge(arguments, {suite.name: suite.cases for suite in suites}, router.tools)
    unfinished = {suite.name: arguments.report / f"{suite.name}.partial.jsonl" for suite in suites if arguments.report}
    results = []
    try:
        with stages() as show:
            for suite in suites:
                outcomes = run_suite(router, suite, unfinished.get(suite.name), partial(show, suite.name))
                results.append(suite_result(suite, outcomes, None if arguments.specs else peak_memory()))
    except KeyboardInterrupt:
        if arguments.report:
            print(f"\nwhat was decided is kept in {arguments.report}; run again to go on", end="", file=sys.stderr)
        raise
    places = {name: declared[name].source if name in declared else None for name in router.tools.names}
    report = Report(provenance_of(router), tuple(results), places)
    return conclude(report, judge, arguments, unfinished.values())


def _suites(paths: list[str], tools: ToolSet) -> list[Suite]:
    """Read all suites, and report what is wrong with any of them at once."""
    from router.evaluation import load_suite

    suites: list[Suite] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            suites.append(load_suite(path, tools))
        except FileError as error:
            problems += error.problems
    if problems:
        raise SuiteError(problems)
    twice = [name for name, count in Counter(suite.name for suite in suites).items() if count > 1]
    if twice:
        raise CommandError(f"two suites are named {twice[0]!r}. A suite is named as its file; rename one.")
    return suites
