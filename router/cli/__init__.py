"""The command line, `router …`: one thin module per command.

A command returns 0, or 1 if it ran and found problems. `main` turns what stops
a command into an exit code: 2 for an error, 130 for Ctrl-C, 141 where nobody
reads the output any more.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

import router
from router.cli import check, crossval, encoders, init, lint, overlay, repl, route, shadow, tune
from router.cli import compile as compile_
from router.cli import eval as eval_
from router.errors import RouterError

_DESCRIPTION = """\
Route what people say to tools, or refuse honestly. Nothing leaves this machine.

  router init my_tools              begin a folder of tools
  router check my_tools             find all that is wrong with it
  router lint my_tools              find what will trouble the router
  router compile my_tools           make a bundle of it
  router route wake me at seven     ask the bundle
  router eval --suite suite.jsonl   measure it
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Raises SystemExit for `--help`, `--version` and arguments that make no sense.
    """
    _speak_utf8()
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return 141
    except (RouterError, OSError) as error:
        print(f"router {arguments.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)  # after the terminal's ^C
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="router",
        description=_DESCRIPTION,
        epilog="'router COMMAND --help' says more and shows an example.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {router.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (check, lint, compile_, route, repl, eval_, crossval, shadow, init, encoders, tune, overlay):
        command.add(commands)
    return parser


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the locale says, and never fail on a character."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding, stream.errors) != ("utf-8", errors):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _discard_output() -> None:
    """Send what is still buffered nowhere, or Python complains about the pipe once more when it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
