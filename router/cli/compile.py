"""`router compile`: tool files in, a bundle out."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import Commands, add_command
from router.cli.encoder import add_encoder, open_encoder
from router.cli.source import DEFAULT_BUNDLE, train
from router.decisions import Policy
from router.encoders import DEFAULT

if TYPE_CHECKING:
    from router.held_out import Promise
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
    add_encoder(parser, DEFAULT)
    parser.add_argument("--no-cache", action="store_true", help="embed everything anew, and keep nothing")
    limits = parser.add_argument_group(
        "limits",
        "The thresholds are fitted to held-out utterances to keep these, with confidence. What comes out says what is "
        "promised, what it costs, and how many utterances more would promise it.",
    )
    limits.add_argument(
        "--max-false-accept",
        metavar="SHARE",
        type=_share,
        default=Policy().max_false_accept,
        help="of utterances that are for no tool, at most this share may call one (default: %(default)s)",
    )
    limits.add_argument(
        "--max-wrong-call",
        metavar="SHARE",
        type=_share,
        default=Policy().max_wrong_call,
        help="of the calls, at most this share may be to the wrong tool (default: %(default)s)",
    )
    limits.add_argument(
        "--confidence",
        metavar="SHARE",
        type=_confidence,
        default=Policy().confidence,
        help="how sure to be that a limit will be kept (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train, write and say what was made."""
    from router.declarations import load

    policy = Policy(arguments.max_false_accept, arguments.max_wrong_call, arguments.confidence)
    router = train(load(*arguments.path), open_encoder(arguments), policy, cached=not arguments.no_cache)
    router.save(arguments.bundle)
    print(f"{arguments.bundle}: {_size(Path(arguments.bundle)):,.0f} kB")
    for name, value in _facts(router):
        print(
            textwrap.fill(
                value,
                max(shutil.get_terminal_size().columns, 60),
                initial_indent=f"  {name:<14}",
                subsequent_indent=" " * 16,
            )
        )
    return 0


def _facts(router: Router) -> Iterator[tuple[str, str]]:
    """Yield what the router is made of, how it decides and what it promises."""
    tools, encoder, policy, held_out = router.tools, router.encoder, router.policy, router.held_out
    normal = policy.thresholds["normal"]
    yield "tools", f"{len(tools)}, with {sum(len(tool.examples) for tool in tools)} examples"
    yield "out of scope", f"{len(tools.out_of_scope)} utterances"
    yield "encoder", f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})"
    yield "abstains", f"below {normal.in_scope:.2f} in scope"
    harmless = (
        f" ({policy.thresholds['harmless'].call:.2f} if harmless)"
        if any(tool.risk == "harmless" for tool in tools)
        else ""
    )
    yield "calls", f"from {normal.call:.2f} for the first candidate{harmless}, otherwise asks which was meant"
    if held_out is None:
        return
    if held_out.accuracy is not None and held_out.calibration_error is not None:
        yield (
            "held out",
            f"{held_out.accuracy:.1%} right first, {held_out.called:.1%} called; "
            f"expected calibration error {held_out.calibration_error:.3f}",
        )
    heads = iter(["promises", *[""] * len(held_out.promises)])
    for promise in held_out.promises:
        yield next(heads), _promised(promise, policy.confidence)
    kept = any(promise.kept for promise in held_out.promises)
    if kept and held_out.called is not None and held_out.called_on_average is not None:
        cost = max(held_out.called_on_average - held_out.called, 0.0) * 100
        yield "", f"this costs {cost:.1f} points of calls against limits that are kept on average only"


def _promised(promise: Promise, confidence: float) -> str:
    """Say what a promise is worth, and what would make it one."""
    what, rest = _SAID[promise.limit]
    of = "" if promise.risk == "normal" else f" of {promise.risk} tools"
    limit = f"at most {promise.asked * 100:g}%"
    if promise.kept:
        return (
            f"{limit} {what}{of}, {confidence * 100:g}% sure ({promise.errors} of {promise.utterances} {rest}: "
            f"at most {promise.bound:.1%})"
        )
    said = f"not {limit} {what}{of}: "
    if promise.needed is None:
        return f"{said}no number of utterances promises that there are none"
    if not promise.utterances:
        return f"{said}there are no {rest} to go by; {promise.needed:,} would do"
    if promise.strictest is not None and promise.strictest > promise.asked:
        return (
            f"{said}{promise.utterances} {rest} are too few; {promise.needed:,} would do, "
            f"and these can promise {promise.strictest:.1%} at best"
        )
    return f"{said}{promise.errors} of {promise.utterances} {rest} are too many; about that on average"


_SAID = {
    "max_false_accept": ("false accepts", "out-of-scope utterances"),
    "max_wrong_call": ("wrong calls", "calls"),
}
"""What a limit is of, and what it rests on."""


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


def _confidence(text: str) -> float:
    value = _share(text)
    if value in (0.0, 1.0):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be had: nothing is promised at 0, and nothing is certain")
    return value
