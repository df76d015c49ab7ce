"""`router eval compare`: what changed between two reports."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from router.cli.command import CommandError, Commands, add_command
from router.cli.verdict import FORMATS

if TYPE_CHECKING:
    from router.evaluation.changes import Change, Changes, SuiteChanges

_DESCRIPTION = """\
Compare two reports: which cases were fixed, broken or are still wrong, and whether
the difference of each metric is more than chance (exact McNemar test, or a
permutation test that swaps the two).

Exits with 0, or with 2 if the reports have no suite in common.
"""
_EXAMPLE = """\
  router eval compare main.json branch.json
"""

_OF_EVAL = (
    *("suite", "bundle", "specs", "encoder", "dimensions", "prefixes", "allow_remote"),
    *("gates", "baseline", "report", "tools", "format"),
)


def add(commands: Commands) -> None:
    """Add the command below `router eval`, whose own options it has not."""
    parser = add_command(commands, "compare", run, "say what changed", _DESCRIPTION, _EXAMPLE)
    parser.set_defaults(command="eval compare")
    parser.add_argument("before", metavar="A.json", help="a report.json")
    parser.add_argument("after", metavar="B.json", help="a later one")
    parser.add_argument(
        "--format",
        dest="form",
        choices=("text", "markdown", "json"),
        default="text",
        help="what to print (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what changed between two reports. Raises CommandError where they have no suite in common."""
    from router.evaluation import read_report
    from router.evaluation.changes import compare

    for option in _OF_EVAL:
        if getattr(arguments, option) not in (None, False, FORMATS[0]):
            named = option.replace("_", "-")
            raise CommandError(f"--{named} is an option of 'router eval' and says nothing to 'compare'. Leave it out.")
    before, after = read_report(arguments.before), read_report(arguments.after)
    changes = compare(before, after)
    if not changes.suites:
        names = (", ".join(repr(suite.name) for suite in each.suites) for each in (before, after))
        raise CommandError("the reports have no suite in common: {} in one, {} in the other".format(*names))
    print(_rendered(changes, arguments.form))
    return 0


def _rendered(changes: Changes, form: str) -> str:
    if form == "json":
        return json.dumps(_plain(changes), ensure_ascii=False, indent=1)
    if form == "markdown":
        from router.evaluation.rendering.markdown import changes_as_markdown

        return changes_as_markdown(changes).rstrip()
    from router.evaluation.rendering.text import changes_as_text

    return changes_as_text(changes, shutil.get_terminal_size().columns).rstrip()


def _plain(changes: Changes) -> dict[str, Any]:
    return {
        "before": asdict(changes.before),
        "after": asdict(changes.after),
        "suites": [_suite(each) for each in changes.suites],
        "missing": list(changes.missing),
    }


def _suite(suite: SuiteChanges) -> dict[str, Any]:
    return {
        "name": suite.name,
        "cases": suite.cases,
        "only_before": suite.only_before,
        "only_after": suite.only_after,
        "differences": [asdict(each) | {"difference": each.difference} for each in suite.differences],
        "broken": _cases(suite.broken),
        "fixed": _cases(suite.fixed),
        "still_wrong": _cases(suite.still_wrong),
    }


def _cases(changes: Iterable[Change]) -> list[dict[str, Any]]:
    return [{"before": each.before.to_dict(), "after": each.after.to_dict()} for each in changes]
