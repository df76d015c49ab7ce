"""`router compile`: tool files in, a bundle out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import Commands, add_command
from router.cli.source import DEFAULT_BUNDLE, train
from router.decisions import Policy
from router.encoders import DEFAULT

if TYPE_CHECKING:
    from router.router import Router

_DESCRIPTION = """\
Train a router on tool files and write it as a bundle, a folder of plain files
that 'router route', 'router repl' and Router.load open in milliseconds.

The bundle takes its place in one step at the end: whatever stops this command,
an old bundle stays as it was. Embeddings are kept in a cache, so that the next
time only what changed is embedded.
"""
_EXAMPLE = """\
  router compile tool_specs
  router compile tool_specs -o strict.bundle --max-false-accept 0.01
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "compile", run, "train on tool files and write a bundle", _DESCRIPTION, _EXAMPLE)
    parser.add_argument("path", metavar="PATH", nargs="+", help="a YAML file, or a folder of them at any depth")
    parser.add_argument(
        "-o", dest="bundle", metavar="BUNDLE", default=DEFAULT_BUNDLE, help="where to write it (default: %(default)s)"
    )
    parser.add_argument(
        "--encoder", metavar="SPEC", default=DEFAULT, help="see 'router encoders' (default: %(default)s)"
    )
    parser.add_argument("--no-cache", action="store_true", help="embed everything anew, and keep nothing")
    limits = parser.add_argument_group("limits", "The thresholds are fitted to held-out utterances to keep these.")
    limits.add_argument(
        "--max-false-accept",
        metavar="SHARE",
        type=_share,
        default=Policy().max_false_accept,
        help="of utterances that are for no tool, about this share may call one (default: %(default)s)",
    )
    limits.add_argument(
        "--max-wrong-call",
        metavar="SHARE",
        type=_share,
        default=Policy().max_wrong_call,
        help="of the calls, about this share may be to the wrong tool (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train, write and say what was made."""
    from router.declarations import load

    policy = Policy(max_false_accept=arguments.max_false_accept, max_wrong_call=arguments.max_wrong_call)
    router = train(load(*arguments.path), arguments.encoder, policy, cached=not arguments.no_cache)
    router.save(arguments.bundle)
    print(f"{arguments.bundle}: {_size(Path(arguments.bundle)):,.0f} kB")
    for name, value in _facts(router):
        print(f"  {name:<14}{value}")
    return 0


def _facts(router: Router) -> Iterator[tuple[str, str]]:
    """Yield what the router is made of and how it decides."""
    from router.training.thresholds import FEWEST

    tools, encoder, policy, held_out = router.tools, router.encoder, router.policy, router.held_out
    yield "tools", f"{len(tools)}, with {sum(len(tool.examples) for tool in tools)} examples"
    yield "out of scope", f"{len(tools.out_of_scope)} utterances"
    yield "encoder", f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})"
    if held_out is None or held_out.out_of_scope < FEWEST:
        reason = "not fitted: too few out-of-scope utterances"
    elif held_out.examples < FEWEST:
        reason = "too few examples to set against the out-of-scope utterances"
    else:
        reason = f"lets at most {policy.max_false_accept:.1%} of held-out out-of-scope utterances past"
    yield "abstains", f"below {policy.in_scope_threshold:.2f} in scope ({reason})"
    if held_out is None or held_out.examples < FEWEST:
        reason = "not fitted: too few examples"
    else:
        reason = f"makes at most {policy.max_wrong_call:.1%} of held-out calls wrong"
    yield "calls", f"from {policy.call_threshold:.2f} for the first candidate ({reason})"
    yield "asks", "which tool was meant, otherwise"
    if held_out and held_out.accuracy is not None and held_out.calibration_error is not None:
        yield (
            "held out",
            f"{held_out.accuracy:.1%} right first, {held_out.called:.1%} called; "
            f"expected calibration error {held_out.calibration_error:.3f}",
        )


def _size(folder: Path) -> float:
    """Return the size of the files in a folder, in kB."""
    return sum(file.stat().st_size for file in folder.iterdir()) / 1000


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no share between 0 and 1")
    return value
