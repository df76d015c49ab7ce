"""The arguments of calls to a set of tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from router.arguments.completion import completed
from router.arguments.filler import Filler, Floats, Taught
from router.arguments.known import KnownValues
from router.arguments.reading import Moment, Readings
from router.decisions import AskArgument, ToolCall
from router.declarations import Tool, ToolSet
from router.encoders import TokenVectors


@dataclass(frozen=True)
class Heard:
    """A normalised text and what the encoder made of it."""

    text: str
    tokens: TokenVectors
    row: Floats
    """[F], see `router.scoring`."""


@dataclass(frozen=True)
class Arguments:
    """Fills the calls of tools by what their examples taught."""

    tools: ToolSet
    taught: Mapping[str, Taught] = field(default_factory=lambda: MappingProxyType({}))
    """By tool; one that is not here has no examples that say anything about arguments."""
    known: Mapping[str, KnownValues] = field(default_factory=lambda: MappingProxyType({}))
    """Values that only the device knows, by the name of their list."""

    def fill(self, call: ToolCall, heard: Heard, moment: Moment) -> ToolCall | AskArgument:
        """Return the call with its arguments, or ask for one. What it excludes fills nothing."""
        filler = self._filler(call.tool)
        barred = [(start, start + len(words)) for words in call.excluded if (start := heard.text.find(words)) >= 0]
        filled = filler.fill(heard.text, heard.tokens, heard.row, Readings(heard.text, moment), barred)
        return completed(call, filler.tool, filled)

    def with_tool(self, tools: ToolSet, tool: Tool, taught: Taught) -> Arguments:
        """Return those that can fill one more tool."""
        return replace(self, tools=tools, taught={**self.taught, tool.name: taught})

    def without(self, tools: ToolSet) -> Arguments:
        """Return those of fewer tools."""
        return replace(self, tools=tools, taught={n: each for n, each in self.taught.items() if n in tools})

    def _filler(self, name: str) -> Filler:
        if name not in self._fillers:
            self._fillers[name] = Filler(self.tools[name], self.taught.get(name, Taught()), self.known)
        return self._fillers[name]

    @cached_property
    def _fillers(self) -> dict[str, Filler]:
        return {}
