"""`router crossval`: how good a router is on its own examples, each held out in turn."""

from __future__ import annotations

import argparse
from functools import partial

from router.cli.command import Commands, add_command
from router.cli.encoder import add_encoder, open_encoder
from router.cli.progress import stages
from router.cli.verdict import Judge, add_verdict, conclude
from router.encoders import DEFAULT

_DESCRIPTION = """\
For teams without a suite: train several times without some of the examples and
out-of-scope utterances, decide about those, and report as 'router eval' does. The
suite's name, for gates, is 'crossval'; router/evaluation/README.md, which is in
the package too, explains gates and metrics.

Examples are what their author thought of. People say other things, so expect less
of them than this says, and write a suite when you can.
"""
_EXAMPLE = """\
  router crossval my_tools
  router crossval my_tools --folds 10 --report out
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "crossval", run, "measure a router on its own examples, held out", _DESCRIPTION, _EXAMPLE
    )
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    parser.add_argument("--folds", metavar="K", type=_folds, default=5, help="train so many times (default: 5)")
    add_encoder(parser, DEFAULT)
    add_verdict(parser)


def run(arguments: argparse.Namespace) -> int:
    """Cross-validate and return 1 if a gate failed."""
    from router.decisions import Policy
    from router.declarations import load
    from router.encoders.cache import CachedEncoder
    from router.evaluation import Report, suite_result
    from router.evaluation.crossval import cross_validate, suite_of
    from router.evaluation.provenance import limits, provenance_with

    tools = load(*arguments.path)
    encoder = open_encoder(arguments)
    suite = suite_of(tools)
    judge = Judge(arguments, {suite.name: suite.cases}, tools)
    policy = Policy()
    with stages() as show:
        cached = CachedEncoder(encoder, progress=partial(show, "embedding"))
        outcomes = cross_validate(tools, suite, cached, policy, arguments.folds, show)
    report = Report(
        provenance_with(tools, encoder, limits(policy), ""),
        (suite_result(suite, outcomes),),
        {tool.name: tool.source for tool in tools},
    )
    return conclude(report, judge, arguments)


def _folds(text: str) -> int:
    if not text.isdecimal() or not 2 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of folds; expected 2 to 100")
    return int(text)
