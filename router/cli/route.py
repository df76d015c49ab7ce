"""`router route`: utterances in, decisions out."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from router.cli import rendering
from router.cli.command import Commands, add_command
from router.cli.progress import counter
from router.cli.source import add_moment, add_overlay, add_source, moment, open_overlay, open_router
from router.cli.utterances import Malformed, Row, batches, read_rows
from router.text import normalize

if TYPE_CHECKING:
    from router.router import Router

_DESCRIPTION = """\
Decide which tool an utterance calls, if any. The words given are one utterance.

Without words, utterances are read from standard input: one a line, or JSON
objects, one a line, with the key 'utterance' or 'text'. Their other keys are
passed through to --json; what an answer has a key of its own for is found under
'given'. A malformed line is reported and left out, and the exit code is then 1.
"""
_EXAMPLE = """\
  $ router route wake me at half past six
  call set_alarm 0.97
  $ router route --explain is it going to rain
  $ router route --json < utterances.jsonl > decisions.jsonl
"""
_BATCH = 128
"""So many lines are read before the first of them is answered, unless a person types them."""
_COLUMN = 44
"""Where the utterance stands after its decision."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "route", run, "decide which tool an utterance calls, if any", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("utterance", metavar="WORD", nargs="*", help="the words of one utterance")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--explain", action="store_true", help="also show what each decision rests on")
    parser.add_argument(
        "--available",
        metavar="TOOL,...",
        type=lambda text: frozenset(name.strip() for name in text.split(",")),
        help="the only tools that can be called right now (default: all)",
    )
    add_moment(parser)
    add_overlay(parser)
    add_source(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer every utterance and return 1 if a line held none."""
    router, _ = open_overlay(arguments, open_router(arguments))
    for name in sorted(arguments.available or ()):
        router.tools[name]  # an unknown name is an error, whatever is said
    if arguments.utterance:
        rows = [Row(" ".join(arguments.utterance))]
        print(*_answers(router, rows, arguments), sep="\n")
        malformed = 0
    else:
        malformed = _answer_lines(router, arguments)
    if arguments.explain and not arguments.json:
        print(rendering.legend(_width()))
    return 1 if malformed else 0


def _answer_lines(router: Router, arguments: argparse.Namespace) -> int:
    """Answer what stands on standard input, batch by batch, and return how many lines were malformed."""
    is_typed = sys.stdin.isatty()
    if is_typed:
        print("One utterance a line. Ctrl-D ends.", file=sys.stderr)
    malformed = 0
    with counter("utterances", shown=not is_typed and not sys.stdout.isatty()) as progress:
        for batch in batches(read_rows(sys.stdin), 1 if is_typed else _BATCH):
            rows = [row for row in batch if isinstance(row, Row)]
            for line in _answers(router, rows, arguments):
                print(line)
            sys.stdout.flush()
            for fault in batch:
                if isinstance(fault, Malformed):
                    print(f"line {fault.line} {fault.message}", file=sys.stderr)
                    malformed += 1
            progress(len(rows))
    return malformed


def _answers(router: Router, rows: Sequence[Row], arguments: argparse.Namespace) -> Iterator[str]:
    """Yield what is printed for each row."""
    if arguments.explain:
        for row in rows:
            explanation = router.explain(row.utterance, available=arguments.available, **moment(arguments))
            if arguments.json:
                answer = explanation.decision.to_dict() | rendering.evidence_as_json(explanation)
                yield _merged(row.fields, answer)
            else:
                yield rendering.as_table(explanation, router.policy, _width()) + "\n"
        return
    said = [row.utterance for row in rows]
    decisions = router.route_many(said, available=arguments.available, **moment(arguments))
    for row, decision in zip(rows, decisions, strict=True):
        if arguments.json:
            yield _merged(row.fields, decision.to_dict())
        elif arguments.utterance:
            yield rendering.in_a_line(decision)
        else:
            yield f"{rendering.in_a_line(decision):<{_COLUMN}}  {normalize(row.utterance)}".rstrip()


def _merged(fields: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """Return an answer as a JSON line with the fields its row came with, none of them lost."""
    own = {*answer, "given"}
    beside = {key: value for key, value in fields.items() if key not in own}
    given = {key: value for key, value in fields.items() if key in own - {"utterance"}}
    return json.dumps({**beside, **answer, **({"given": given} if given else {})}, ensure_ascii=False)


def _width() -> int:
    return shutil.get_terminal_size().columns
