"""`router repl`: a conversation at the terminal."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from router.cli import rendering
from router.cli.command import Commands, add_command
from router.cli.source import add_moment, add_overlay, add_source, moment, open_overlay, open_router
from router.conversation import Conversation
from router.corrections import OUT_OF_SCOPE
from router.errors import RouterError, did_you_mean
from router.text import normalize

if TYPE_CHECKING:
    from router.overlay import Overlay
    from router.router import Router

_DESCRIPTION = """\
Talk to the router: each line is an utterance, and its decision follows. What it
asks can be answered: "yes", "the second one", "never mind". What is said is
kept nowhere but what is corrected, if --overlay names a file. ':help' lists what
else can be typed.
"""
_EXAMPLE = """\
  $ router repl
  > wake me at half past six
  call set_alarm 0.97   (1.3 ms)
  > :explain
"""
_HELP = """\
:explain [WORDS]  show what the last decision, or that of these words, rests on
:correct [TOOL]   teach the router that the last utterance was for this tool, or for none
:tools            list the tools
:help             show this
:quit             end, as Ctrl-D does
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(commands, "repl", run, "talk to the router at the terminal", _DESCRIPTION, _EXAMPLE)
    add_moment(parser)
    add_overlay(parser)
    add_source(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer line by line until the person leaves."""
    router, overlay = open_overlay(arguments, open_router(arguments))
    print(f"{len(router.tools)} tools on {router.encoder.name}. ':help' lists commands, Ctrl-D ends.")
    conversation = Conversation(router)
    said = ""
    for line in _lines():
        command, _, words = line.partition(" ")
        match command:
            case ":quit" | ":q":
                break
            case ":help":
                print(_HELP)
                print(rendering.legend(_width()))
            case ":tools":
                print(_tool_list(router))
            case ":explain":
                said = words.strip() or said
                print(_explained(router, said))
            case ":correct":
                try:
                    router = _corrected(router, overlay, said, words.strip())
                except (RouterError, ValueError) as error:
                    print(error)
                else:
                    conversation = Conversation(router)
                    print(rendering.in_a_line(router.route(said, **moment(arguments))))
            case _ if command.startswith(":"):
                print(f"no command is named {command!r}.{did_you_mean(command, _COMMANDS)} ':help' lists them.")
            case _:
                start = perf_counter()
                decision = conversation.hear(line, **moment(arguments))
                milliseconds = (perf_counter() - start) * 1000
                said = decision.utterance
                print(f"{rendering.in_a_line(decision)}   ({milliseconds:.1f} ms)")
    return 0


_COMMANDS = (":explain", ":correct", ":tools", ":help", ":quit")


def _lines() -> Iterator[str]:
    """Yield what is typed, without blank lines, until it ends."""
    with contextlib.suppress(ImportError):  # Windows has none
        import readline  # noqa: F401 (gives `input` a history and editing keys)
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt).strip()
        except EOFError:
            if prompt:
                print()
            return
        if line:
            yield line


def _tool_list(router: Router) -> str:
    """Return a line for each tool, cut where the terminal ends."""
    width = _width()
    column = max((len(name) for name in router.tools.names), default=0)
    lines = (f"{tool.name:<{column}}  {' '.join(tool.description.split())}" for tool in router.tools)
    return "\n".join(line if len(line) <= width else f"{line[: width - 1]}…" for line in lines)


def _corrected(router: Router, overlay: Overlay | None, said: str, tool: str) -> Router:
    """Return the router that has learnt what was meant, and write it down if there is an overlay."""
    meant = tool or OUT_OF_SCOPE
    learnt = overlay.learn(router, said, meant) if overlay else router.learn(said, meant)
    for conflict in learnt.conflicts:
        if conflict.correction.key == normalize(said).casefold():
            print(f"{conflict}; only this very text is learnt")
    return learnt


def _explained(router: Router, utterance: str) -> str:
    if not utterance:
        return "nothing was said yet. Say something, or write ':explain WORDS'."
    return rendering.as_table(router.explain(utterance), router.policy, _width())


def _width() -> int:
    return shutil.get_terminal_size().columns
