"""Which encoder a command line names, and how it is used."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.encoders import Encoder


def add_encoder(parser: argparse._ActionsContainer, default: str | None) -> None:
    """Add the arguments that `open_encoder` reads; without a default, a bundle's own encoder is meant."""
    parser.add_argument(
        "--encoder",
        metavar="SPEC",
        default=default,
        help="see 'router encoders' (default: {})".format(default or "the bundle's own, or en"),
    )
    parser.add_argument(
        "--dimensions", metavar="N", type=int, help="cut rows to this length, if the encoder was trained for it"
    )
    parser.add_argument(
        "--prefixes",
        metavar="TASK",
        help="put the encoder's words for this task before texts, such as classification or none; "
        "'router encoders prefixes' measures which",
    )
    parser.add_argument(
        "--allow-remote", action="store_true", help="let the encoder send what people say to another machine"
    )


def open_encoder(arguments: argparse.Namespace) -> Encoder:
    """Open the encoder that the command line names, or else the default."""
    from router.encoders import DEFAULT, load_encoder

    return load_encoder(
        arguments.encoder or DEFAULT,
        dimensions=arguments.dimensions,
        prefixes=arguments.prefixes,
        allow_remote=arguments.allow_remote,
    )


def names_encoder(arguments: argparse.Namespace) -> bool:
    """Whether the command line says anything about the encoder."""
    return any((arguments.encoder, arguments.dimensions, arguments.prefixes))
