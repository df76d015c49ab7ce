"""How an evaluation ends: a report is judged, shown and written, and the exit code says what came of it."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from router.cli.annotations import annotation
from router.cli.command import CommandError

if TYPE_CHECKING:
    from router.declarations import ToolSet
    from router.evaluation.cases import Case
    from router.evaluation.changes import Changes
    from router.evaluation.gates import Gate
    from router.evaluation.judging import GateResult
    from router.evaluation.report import Report

FORMATS = ("text", "markdown", "json", "github")


def add_verdict(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `Judge` and `conclude` read."""
    group = parser.add_argument_group("what is made of it")
    group.add_argument("--gates", metavar="FILE", help="limits to keep, as YAML; exits with 1 if one is not kept")
    group.add_argument("--baseline", metavar="REPORT", help="an earlier report.json to compare with")
    group.add_argument(
        "--report",
        metavar="FOLDER",
        type=Path,
        help="write report.json, report.md, report.html and junit.xml into this folder",
    )
    group.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="what to print: a table (default), Markdown, JSON, or annotations for GitHub Actions and the table",
    )


class Judge:
    """The gates, the baseline and the folder that a command names, checked before anything is measured.

    Raises GateError, ReportError, MissingExtraError where the report could not be
    made, and CommandError where it could not be written.
    """

    def __init__(self, arguments: argparse.Namespace, suites: Mapping[str, Sequence[Case]], tools: ToolSet) -> None:
        from router.evaluation.gates import load_gates
        from router.evaluation.judging import check_baseline
        from router.evaluation.report import read_report

        self.gates: Sequence[Gate] = load_gates(arguments.gates, suites, tools.names) if arguments.gates else ()
        self.baseline = read_report(arguments.baseline) if arguments.baseline else None
        check_baseline(self.gates, suites, self.baseline)
        if arguments.report:
            _check_folder(arguments.report)


def conclude(report: Report, judge: Judge, arguments: argparse.Namespace, unfinished: Iterable[Path] = ()) -> int:
    """Write and print what came out, and return 1 if a gate failed.

    The files of `unfinished` runs are deleted once the report is written. Raises
    CommandError if it cannot be, after everything was printed.
    """
    from router.evaluation.changes import compare
    from router.evaluation.judging import judge as judged

    gates = judged(judge.gates, report, judge.baseline)
    changes = compare(judge.baseline, report) if judge.baseline else None
    failure: OSError | None = None
    if arguments.report:
        try:
            _write(arguments.report, report, gates, changes)
            for file in unfinished:
                file.unlink(missing_ok=True)
        except OSError as error:
            failure = error
    print(_rendered(arguments.format, report, gates, changes))
    if failure:
        raise CommandError(f"the report could not be written: {failure}") from failure
    if arguments.report:
        print(f"{arguments.report}: report.json, report.md, report.html, junit.xml", file=sys.stderr)
    return 0 if all(gate.passed for gate in gates) else 1


def _check_folder(folder: Path) -> None:
    """Find out now that a report cannot be made, or not be written into a folder, which is made."""
    from router.evaluation.rendering.page import require_jinja

    require_jinja()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CommandError(f"--report {folder}: nothing can be written there: {error.strerror}") from None


def _write(folder: Path, report: Report, gates: Sequence[GateResult], changes: Changes | None) -> None:
    from router.evaluation.rendering.junit import as_junit
    from router.evaluation.rendering.markdown import as_markdown
    from router.evaluation.rendering.page import html_page
    from router.evaluation.report import write_report

    # What everything else can be made of comes first.
    write_report(report, folder / "report.json", {"gates": [*map(_gate, gates)]})
    (folder / "report.md").write_text(as_markdown(report, gates, changes), "utf-8")
    (folder / "junit.xml").write_text(as_junit(report, gates), "utf-8")
    (folder / "report.html").write_text(html_page(report, gates, changes), "utf-8")


def _rendered(form: str, report: Report, gates: Sequence[GateResult], changes: Changes | None) -> str:
    if form == "json":
        suites = [
            {"name": suite.name, "measurements": [each.to_dict() for each in suite.measurements]}
            for suite in report.suites
        ]
        return json.dumps({"gates": [*map(_gate, gates)], "suites": suites}, ensure_ascii=False, indent=1)
    if form == "markdown":
        from router.evaluation.rendering.markdown import as_markdown

        return as_markdown(report, gates, changes).rstrip()
    from router.evaluation.rendering.text import as_text

    text = as_text(report, gates, changes, shutil.get_terminal_size().columns).rstrip()
    if form == "text":
        return text
    from router.evaluation.rendering.notices import notices

    found = [annotation(each.level, each.file, each.line, each.title, each.message) for each in notices(report, gates)]
    return "\n".join([*found, text])


def _gate(result: GateResult) -> dict[str, Any]:
    gate = result.gate
    return {
        "metric": gate.metric,
        "suite": result.suite,
        "slice": str(gate.slice),
        "passed": result.passed,
        "message": result.message,
        "reason": gate.reason,
        "offenders": [outcome.case.id for outcome in result.offenders],
    }
