"""Where a command's tools come from: a bundle, or tool files it trains on first."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from router.cli.command import CommandError
from router.cli.encoder import add_encoder, names_encoder, open_encoder
from router.cli.progress import stages

if TYPE_CHECKING:
    from router.decisions import Policy
    from router.declarations import ToolSet
    from router.encoders import Encoder
    from router.overlay import Overlay
    from router.router import Router

BUNDLE_VARIABLE = "ROUTER_BUNDLE"
"""This environment variable names the bundle to use where the command line names none."""
DEFAULT_BUNDLE = "assistant.bundle"
"""Written and read where nothing else is said."""


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `open_router` reads."""
    group = parser.add_argument_group("where the tools are")
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "--bundle",
        metavar="BUNDLE",
        help=f"what 'router compile' wrote (default: ${BUNDLE_VARIABLE}, or else {DEFAULT_BUNDLE} in this folder)",
    )
    either.add_argument(
        "--specs",
        metavar="PATH",
        action="append",
        help="a tool file or folder to train on first, which takes seconds; may be given several times",
    )
    add_encoder(group, None)


def add_overlay(parser: argparse.ArgumentParser) -> None:
    """Add the argument that `open_overlay` reads."""
    parser.add_argument(
        "--overlay", metavar="FILE", help="corrections to apply first, see 'router overlay' (default: none)"
    )


def add_moment(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that `moment` reads."""
    parser.add_argument(
        "--now",
        metavar="TIME",
        type=_time,
        help="when it is said, such as 2026-03-04T15:00, for what is relative to it (default: now)",
    )
    parser.add_argument(
        "--language", metavar="TAG", default="en", help="how numbers and times are said (default: %(default)s)"
    )


def moment(arguments: argparse.Namespace) -> Moment:
    """Return when and how it is said; the clock is read here and nowhere else."""
    return {"now": arguments.now or datetime.now().astimezone().replace(microsecond=0), "language": arguments.language}


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2026-03-04T15:00") from error


class Moment(TypedDict):
    """What `Router.route` takes beside the utterance."""

    now: datetime
    language: str


def open_overlay(arguments: argparse.Namespace, router: Router) -> tuple[Router, Overlay | None]:
    """Apply the overlay that the command line names, and say which of its corrections are not for these tools."""
    if not arguments.overlay:
        return router, None
    from router.overlay import Overlay

    overlay = Overlay(arguments.overlay)
    for entry in overlay.skipped(router):
        print(f"{overlay.path}: {entry.tool!r} is not declared; {entry.utterance!r} is left out", file=sys.stderr)
    return overlay.apply(router), overlay


def open_router(arguments: argparse.Namespace) -> Router:
    """Load the bundle, or train on the tool files, that the command line names."""
    from router.declarations import load
    from router.router import Router

    if arguments.specs:
        return train(load(*arguments.specs), open_encoder(arguments))
    named = arguments.bundle or os.environ.get(BUNDLE_VARIABLE)
    if not named and not Path(DEFAULT_BUNDLE).exists():
        raise CommandError(
            f"no bundle is named, and there is no {DEFAULT_BUNDLE} in this folder.\n"
            f"Write one with 'router compile PATH', name one with --bundle or ${BUNDLE_VARIABLE}, or give --specs PATH."
        )
    return Router.load(named or DEFAULT_BUNDLE, open_encoder(arguments) if names_encoder(arguments) else None)


def train(tools: ToolSet, encoder: Encoder, policy: Policy | None = None, *, cached: bool = True) -> Router:
    """Train a router and show how it goes.

    Only training reads and writes the cache: what people say to the router is kept nowhere.
    """
    from router import training
    from router.encoders.cache import CachedEncoder

    with stages() as show:
        used = CachedEncoder(encoder, progress=partial(show, "embedding")) if cached else encoder
        return training.train(tools, used, policy, show)
