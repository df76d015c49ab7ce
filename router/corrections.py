"""What a person taught a router: that an utterance is for a tool, or for none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, NamedTuple

from router.declarations import ToolSet
from router.declarations.location import Location
from router.text import normalize


class OutOfScope(Enum):
    """The type of `OUT_OF_SCOPE`, which is not a string because a tool may have any name."""

    OUT_OF_SCOPE = "out_of_scope"


OUT_OF_SCOPE: Final = OutOfScope.OUT_OF_SCOPE
"""What `Router.learn` takes instead of a tool's name: the utterance is for none of the tools."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An utterance, and the tool that a person said it is for."""

    utterance: str
    """Normalised, see `router.text`."""
    tool: str | OutOfScope

    @property
    def key(self) -> str:
        """What makes two utterances the same: upper and lower case do not tell them apart."""
        return self.utterance.casefold()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A correction whose utterance is declared otherwise, word for word."""

    correction: Correction
    declared: str
    """What it is declared as, for example `an example of 'make_call'`."""
    source: Location | None
    """Where; None where that is not known, as in a bundle."""

    def __str__(self) -> str:
        """Return a line for the person or the author."""
        taught = "no tool" if self.correction.tool is OUT_OF_SCOPE else repr(self.correction.tool)
        place = f" ({self.source})" if self.source else ""
        return f"{self.correction.utterance!r} was learnt for {taught} but is declared as {self.declared}{place}"


class Declared:
    """Every text that tools declare, to be looked up word for word."""

    def __init__(self, tools: ToolSet) -> None:
        self._tools = tools
        self._uses = defaultdict[str, list[_Use]](list)
        for use in _uses(tools):
            self._uses[normalize(use.text).casefold()].append(use)

    def conflicts(self, correction: Correction) -> tuple[Conflict, ...]:
        """Return where a correction contradicts what is declared."""
        return tuple(
            Conflict(correction, use.described, self._source(use))
            for use in self._uses.get(correction.key, ())
            if (use.tool == correction.tool) is (use.role == "counterexamples")
        )

    def _source(self, use: _Use) -> Location | None:
        if use.tool is OUT_OF_SCOPE:
            return self._tools.out_of_scope_sources.get(use.text)
        source = self._tools[use.tool].source
        return source.at(use.role, use.position) if source else None


class _Use(NamedTuple):
    """A text, and where it is declared as what."""

    text: str
    tool: str | OutOfScope
    role: Literal["examples", "counterexamples", "out_of_scope"]
    position: int

    @property
    def described(self) -> str:
        if self.tool is OUT_OF_SCOPE:
            return "out of scope"
        return f"{'an example' if self.role == 'examples' else 'a counterexample'} of {self.tool!r}"


def _uses(tools: ToolSet) -> Iterator[_Use]:
    for tool in tools:
        yield from (_Use(each.utterance, tool.name, "examples", n) for n, each in enumerate(tool.examples))
        yield from (_Use(text, tool.name, "counterexamples", n) for n, text in enumerate(tool.counterexamples))
    yield from (_Use(text, OUT_OF_SCOPE, "out_of_scope", n) for n, text in enumerate(tools.out_of_scope))
