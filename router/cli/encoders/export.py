"""`router encoders export`: a sentence-transformers model as a folder that devices run."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from router.cli.command import CommandError, Commands, add_command
from router.cli.encoders.lines import read_lines
from router.cli.progress import stages
from router.errors import MissingExtraError

if TYPE_CHECKING:
    from router.declarations import ToolSet
    from router.encoder_making.parity import Parity

_DESCRIPTION = """\
Write a sentence-transformers model as a folder for 'onnx:DIR': one graph from
tokens to the unit row, which needs no torch. BERT and its kin (MiniLM, E5,
XLM-RoBERTa) and Gemma 3 that attends both ways (EmbeddingGemma) can be written.

Rows are compared with the original's first, and decisions too where tools are
given; if too much is lost nothing is written. The folder takes its place in one
step at the end: whatever stops this command, an old one stays as it was.
"""
_EXAMPLE = """\
  $ router encoders export st:intfloat/multilingual-e5-small -o e5-int8 --quantize int8 --specs tool_specs
  $ router compile tool_specs --encoder onnx:e5-int8
"""


def add(commands: Commands) -> None:
    """Add the action."""
    parser = add_command(
        commands, "export", run, "write a sentence-transformers model for devices", _DESCRIPTION, _EXAMPLE
    )
    parser.set_defaults(command="encoders export")
    parser.add_argument("encoder", metavar="st:NAME_OR_PATH", help="the model, as '--encoder' takes it")
    parser.add_argument("-o", dest="out", metavar="DIR", required=True, type=Path, help="the folder to write")
    parser.add_argument(
        "--quantize", choices=("int8", "int4"), help="keep weights in 8 or 4 bits (default: in 32, as floats)"
    )
    parser.add_argument("--tokens", action="store_true", help="give the vectors of tokens too")
    parity = parser.add_argument_group(
        "what is compared",
        "By default the examples of the tools that 'router init' writes. Better are utterances like yours.",
    )
    parity.add_argument("--texts", metavar="FILE", nargs="+", default=[], help="compare rows of these, one text a line")
    parity.add_argument(
        "--specs",
        metavar="PATH",
        action="append",
        help="compare rows of these tools' examples, and the decisions of routers that are trained on them",
    )
    parity.add_argument("--suite", metavar="FILE", help="decide about these cases, not about the examples held out")


def run(arguments: argparse.Namespace) -> int:
    """Export and say how near it came."""
    if not importlib.util.find_spec("onnx"):
        raise MissingExtraError("onnx", "export", "exporting an encoder")
    from router.declarations import load
    from router.encoder_making.export import export
    from router.encoders import load_encoder
    from router.encoders.sentence_transformers import SentenceTransformerEncoder
    from router.evaluation import load_suite

    if arguments.suite and not arguments.specs:
        raise CommandError("--suite needs the tools that its cases are for. Give --specs.")
    original = load_encoder(arguments.encoder)
    if not isinstance(original, SentenceTransformerEncoder):
        raise CommandError(f"{arguments.encoder!r} is no sentence-transformers model. Write 'st:NAME_OR_PATH'.")
    tools = load(*arguments.specs) if arguments.specs else None
    suite = load_suite(arguments.suite, tools) if tools and arguments.suite else None
    texts = [*read_lines(arguments.texts), *(_examples(tools) if tools else ())] or list(_examples(_scaffold()))
    with stages() as show:
        parity = export(
            original,
            arguments.out,
            arguments.quantize or "fp32",
            texts,
            tokens=arguments.tokens,
            tools=tools,
            suite=suite,
            progress=show,
        )
    size = sum(file.stat().st_size for file in arguments.out.iterdir())
    print(f"{arguments.out}: {size / 1e6:.1f} MB")
    for line in parity_lines(parity):
        print(f"  {line}")
    return 0


def parity_lines(parity: Parity) -> Iterator[str]:
    """Say how near an exported model came."""
    cosines = f"cosine {parity.mean_cosine:.5f} in the mean, {parity.min_cosine:.5f} at least"
    yield f"rows       {parity.texts} texts: {cosines}"
    if parity.decisions:
        found = parity.decisions
        right = f"{found.made:.3f} right, by the original {found.original:.3f}"
        yield f"decisions  {found.cases} cases: {right}; {found.same:.1%} the same"


def _examples(tools: ToolSet) -> Iterator[str]:
    yield from chain.from_iterable((example.utterance for example in tool.examples) for tool in tools)


def _scaffold() -> ToolSet:
    from router.declarations import load

    with resources.as_file(resources.files("router.cli") / "scaffold") as folder:
        return load(folder)
