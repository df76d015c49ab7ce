"""`router encoders trim`: an encoder without the words that a product does not need."""

from __future__ import annotations

import argparse
from pathlib import Path

from router.cli.command import CommandError, Commands, add_command
from router.cli.encoders.lines import read_lines

_DESCRIPTION = """\
Leave out of an encoder what stands for words that a product does not need: most
of a multilingual encoder is its table of tokens. It may be a folder, static or
ONNX, or a sentence-transformers model, to be trained or exported afterwards.
Texts that use only what is kept have the same rows as before; others still have
one, of smaller pieces, in the end bytes or characters. What has no letters stays.
"""
_EXAMPLE = """\
  $ router encoders trim multilingual --languages en,de -o smaller
"""


def add(commands: Commands) -> None:
    """Add the action."""
    parser = add_command(commands, "trim", run, "leave out words that are not needed", _DESCRIPTION, _EXAMPLE)
    parser.set_defaults(command="encoders trim")
    parser.add_argument(
        "source", metavar="DIR", help="an encoder's folder, static or ONNX; or a model, as 'st:NAME_OR_PATH'"
    )
    parser.add_argument("-o", dest="out", metavar="DIR", required=True, type=Path, help="the folder to write")
    parser.add_argument(
        "--languages",
        metavar="CODE,CODE",
        default="",
        help="keep what these need: all in the script of a language that has its own, else its 50,000 most frequent "
        "words, from the package wordfreq",
    )
    parser.add_argument("--texts", metavar="FILE", nargs="+", default=[], help="keep what these need, one text a line")
    parser.add_argument("--sample", metavar="FILE", nargs="+", default=[], help="say how much of these changed")


def run(arguments: argparse.Namespace) -> int:
    """Trim, and say what it saved and what it costs."""
    from router.encoder_making.trim import share_changed, trim
    from router.encoders import load_encoder
    from router.encoders.sentence_transformers import SentenceTransformerEncoder

    languages = [language.strip() for language in arguments.languages.split(",") if language.strip()]
    if not (languages or arguments.texts):
        raise CommandError("nothing says what to keep. Give --languages, --texts, or both.")
    sample = read_lines(arguments.sample)
    source = load_encoder(arguments.source) if arguments.source.startswith("st:") else Path(arguments.source)
    assert isinstance(source, Path | SentenceTransformerEncoder)
    done = trim(source, arguments.out, languages=languages, texts=read_lines(arguments.texts))
    print(
        f"{arguments.out}: {len(done.kept):,} of {done.pieces:,} tokens, "
        f"{done.bytes_after / 1e6:.1f} of {done.bytes_before / 1e6:.1f} MB"
    )
    if sample:
        print(f"  changed: {share_changed(source, done.kept, sample):.2%} of the tokens of the sample")
    return 0
