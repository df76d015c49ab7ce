"""`router lint`: what will trouble the router in tool files that are not wrong."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from router.cli.annotations import annotation
from router.cli.check import problem_report
from router.cli.command import Commands, add_command
from router.cli.encoder import add_encoder, open_encoder
from router.cli.progress import stages
from router.cli.sarif import sarif_log, sarif_result
from router.declarations.wording import counted
from router.encoders import DEFAULT
from router.errors import DeclarationError

if TYPE_CHECKING:
    from router.linting import Finding, Findings

_DESCRIPTION = """\
Find what will trouble the router in tool files that are not wrong: 'router
check' finds that. Each finding has its file and line, the figures it rests on
and what would help. It takes about as long as compiling.

  near-duplicate          an example says nearly what another tool's says
  stolen-example          left out, an example is won by another tool
  overlapping-tools       two tools are asked for in nearly the same words
  winning-counterexample  left out, a counterexample is won by its own tool
  vague-description       a description says little
  few-examples            too few to learn from, or to measure
  unfilled-parameter      no example says a parameter
  few-out-of-scope        too few utterances to learn when to abstain
  unused-suppression      a suppression suppresses nothing
  unknown-rule            a suppression names no rule that can be ignored

A tool accepts a finding with a reason, under its key 'lint'. Exits with 1 if
there is an error, or with --strict a warning.
"""
_EXAMPLE = """\
  $ router lint my_tools
  my_tools/make_call.yaml has 1 finding
    line 9   error near-duplicate: 'call mum!' differs only in marks from 'call
             mum', an example of 'phone_person'
             see my_tools/phone_person.yaml line 7: 'call mum'
             Keep it in the tool that it should call, or say in both what tells
             them apart.
  1 error, 0 warnings
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "lint", run, "find what will trouble the router", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    add_encoder(parser, DEFAULT)
    parser.add_argument("--strict", action="store_true", help="exit with 1 for warnings too")
    parser.add_argument("--all", action="store_true", help="print what is only worth knowing, too (json always does)")
    parser.add_argument(
        "--format",
        choices=("text", "json", "github", "sarif"),
        default="text",
        help="how to print findings: for people (default), as one JSON object, as annotations in GitHub Actions, or "
        "as SARIF 2.1.0 for code scanning and editors",
    )


def run(arguments: argparse.Namespace) -> int:
    """Lint the files and return 1 if anything is an error."""
    from router.declarations import load

    try:
        tools = load(*arguments.path)
    except DeclarationError as error:
        print(_wrong_files(error) if arguments.format == "sarif" else problem_report(error, arguments.format))
        return 1

    from router.encoders.cache import CachedEncoder
    from router.linting import lint

    plain = open_encoder(arguments)
    with stages() as show:
        findings = lint(tools, CachedEncoder(plain, progress=partial(show, "embedding")), show)
    shown = [finding for finding in findings.found if arguments.all or finding.severity != "info"]
    match arguments.format:
        case "json":
            print(_as_json(findings))
        case "sarif":
            print(_as_sarif(findings, shown))
        case "github" if shown:
            print("\n".join(map(_annotation, shown)))
        case _:
            print(_as_text(findings, shown))
    failing = {"error", "warning"} if arguments.strict else {"error"}
    return 1 if any(finding.severity in failing for finding in findings.found) else 0


def _as_text(findings: Findings, shown: Sequence[Finding]) -> str:
    """Write findings by file, the file with the gravest first, and count them."""
    lines = []
    for file in dict.fromkeys(finding.subject.file for finding in shown):
        own = sorted((f for f in shown if f.subject.file == file), key=lambda finding: finding.subject.line)
        lines.append(f"{file} has {counted(len(own), 'finding')}")
        for finding in own:
            place = f"line {finding.subject.line:<4}" if finding.subject.line else "file     "
            lines.append(f"  {place}{finding.severity} {finding.rule}: {finding.message}")
            lines += [f"           see {other.place}: {other}" for other in finding.others]
            lines.append(f"           {finding.suggestion}")
    return "\n".join([*lines, _summary(findings, shown)])


def _summary(findings: Findings, shown: Sequence[Finding]) -> str:
    errors, warnings, infos = (findings.count(severity) for severity in ("error", "warning", "info"))
    parts = [counted(errors, "error"), counted(warnings, "warning")]
    if infos:
        parts.append(f"{infos} worth knowing" + ("" if len(shown) == len(findings.found) else " (--all shows them)"))
    if findings.suppressed:
        parts.append(f"{len(findings.suppressed)} suppressed")
    return ", ".join(parts)


def _as_json(findings: Findings) -> str:
    report = {
        "findings": [_plain(finding) for finding in findings.found],
        "suppressed": [_plain(each.finding) | {"reason": each.reason} for each in findings.suppressed],
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def _plain(finding: Finding) -> dict[str, Any]:
    values = asdict(finding)
    return values | {"numbers": {name: round(value, 4) for name, value in finding.numbers.items()}}


def _annotation(finding: Finding) -> str:
    level = "notice" if finding.severity == "info" else finding.severity
    others = [f"{other.place}: {other}" for other in finding.others]
    message = "\n".join([finding.message, *others, finding.suggestion])
    return annotation(level, finding.subject.file, finding.subject.line, finding.rule, message)


def _as_sarif(findings: Findings, shown: Sequence[Finding]) -> str:
    from router.linting import RULES

    results = [_result(finding) for finding in shown]
    return sarif_log(RULES, results + [_result(each.finding, each.reason) for each in findings.suppressed])


def _result(finding: Finding, reason: str | None = None) -> dict[str, Any]:
    return sarif_result(
        finding.rule,
        "note" if finding.severity == "info" else finding.severity,
        finding.message + (" " if finding.message.endswith("?") else ". ") + finding.suggestion,
        (finding.subject.file, finding.subject.line),
        [(other.file, other.line, str(other)) for other in finding.others],
        reason,
    )


def _wrong_files(error: DeclarationError) -> str:
    results = [
        sarif_result(
            "declaration",
            "error",
            f"{problem.path}: {problem.message}" if problem.path else problem.message,
            (problem.file, problem.line),
        )
        for problem in error.problems
    ]
    return sarif_log({"declaration": "A tool file is wrong."}, results)
