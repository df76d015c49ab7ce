"""`router shadow report`: how two routers agree, from the log that `Shadow` wrote."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import CommandError, Commands, add_command
from router.declarations.wording import counted
from router.errors import Problem

if TYPE_CHECKING:
    from router.evaluation.agreement import Agreement

_DESCRIPTION = """\
Shadow mode tries one router beside another in an app: both decide, one acts, and
what both said is logged. In Python:

  with DecisionLog('shadow.jsonl') as log, Shadow(ours, theirs, log) as router:
      router.route('wake me at six')        # what ours says
"""
_EXAMPLE = """\
  router shadow report shadow.jsonl
"""
_REPORT_DESCRIPTION = """\
Say how often the two agreed, where they differed, how long each took and what
failed. Files that were put aside for the log are read too.

With --suite, each utterance on which they differed becomes a row of a suite, once.
Its intent is null and its note says what each chose. Write the intent that is
right; until then 'router eval' refuses the row. Such a suite shows which of the two
is right where they differ, and not how good either is.

Exits with 0, with 1 if a line of the log cannot be read, or with 2 for an error.
"""
_REPORT_EXAMPLE = """\
  router shadow report shadow.jsonl --suite to_label.jsonl
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "shadow", run, "compare two routers in an app's log", _DESCRIPTION, _EXAMPLE)
    more = parser.add_subparsers(metavar="report", title="commands", required=True)
    report = add_command(more, "report", run, "say how two routers agree", _REPORT_DESCRIPTION, _REPORT_EXAMPLE)
    report.set_defaults(command="shadow report")
    report.add_argument("log", metavar="LOG", help="what a DecisionLog wrote for Shadow")
    report.add_argument("--suite", metavar="FILE", type=_suite, help="write disagreements as JSON lines to label")
    report.add_argument(
        "--format", choices=("text", "json", "markdown"), default="text", help="what to print (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the report, write the suite, and return 1 if a line of the log was malformed."""
    from router.decision_log import read_log
    from router.evaluation.agreement import agreement

    if arguments.suite and arguments.suite.exists():
        raise CommandError(f"{arguments.suite} is already there, perhaps labelled. Name another file, or delete it.")
    malformed: list[Problem] = []
    found = agreement(read_log(arguments.log, malformed.append))
    for problem in malformed:
        print(f"{problem.file} line {problem.line} {problem.message}", file=sys.stderr)
    if not found.paired:
        raise CommandError(
            f"{arguments.log} holds {counted(found.decisions, 'decision')} of one router alone and none of two. "
            "Shadow(acting, beside, log).route writes those."
        )
    print(_rendered(found, arguments.format))
    if arguments.suite:
        _write_suite(found, arguments.suite)
    return 1 if malformed else 0


def _rendered(found: Agreement, form: str) -> str:
    from router.evaluation.rendering.agreements import agreement_as_json, agreement_as_markdown, agreement_as_text

    if form == "json":
        return json.dumps(agreement_as_json(found), ensure_ascii=False, indent=1)
    if form == "markdown":
        return agreement_as_markdown(found)
    return agreement_as_text(found, shutil.get_terminal_size().columns)


def _write_suite(found: Agreement, file: Path) -> None:
    from router.evaluation.agreement import unlabelled_rows

    rows = [json.dumps(row, ensure_ascii=False) for row in unlabelled_rows(found.disagreements)]
    if not rows and found.pairs:
        raise CommandError(
            f"there is nothing to label, as the log does not keep utterances, and {file} is not written.\n"
            "DecisionLog(path, utterances='keep') keeps them, where people may be quoted."
        )
    if not rows:
        print(f"they never differed, so there is nothing to label, and {file} is not written", file=sys.stderr)
        return
    file.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    count = counted(len(rows), "utterance")
    print(f"{file}: {count} to label: write the intent that is right in place of null", file=sys.stderr)


def _suite(text: str) -> Path:
    file = Path(text)
    if file.suffix.lower() not in {".jsonl", ".ndjson"}:
        raise argparse.ArgumentTypeError(f"{text!r} ends in {file.suffix!r}; name a file that ends in .jsonl")
    return file
