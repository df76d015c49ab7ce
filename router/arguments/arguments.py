"""The arguments of calls to a set of tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from router.arguments.answering import answered, changed, is_plain, with_what_was_known, without_lead
from router.arguments.completion import completed
from router.arguments.filler import Filled, Filler, Floats, Taught
from router.arguments.reading import Moment, Readings
from router.decisions import AskArgument, ToolCall
from router.declarations import Tool, ToolSet
from router.encoders import Encoder, TokenVectors, encode_utterance_tokens
from router.scoring.lexical import sketches
from router.scoring.material import Texts

if TYPE_CHECKING:
    from router.arguments.known import KnownValues


@dataclass(frozen=True)
class Heard:
    """A normalised text and what the encoder made of it."""

    text: str
    tokens: TokenVectors
    row: Floats
    """[F], see `router.scoring`."""


def hear(encoder: Encoder, text: str, lexical_weight: float) -> Heard:
    """Encode a normalised text, once for the router and for its arguments."""
    (tokens,) = encode_utterance_tokens(encoder, [text])
    return Heard(text, tokens, Texts(tokens.row[None], sketches([text])).rows(lexical_weight)[0])


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
        barred = [
            place.span()
            for words in call.excluded
            for place in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", heard.text)
        ]
        filled = filler.fill(heard.text, heard.tokens, heard.row, Readings(heard.text, moment), barred)
        return completed(call, filler, filled)

    def is_plain_answer(self, asked: AskArgument | ToolCall, text: str, moment: Moment) -> bool:
        """Say whether a normalised text is little else than a value that fits what was asked, or a call."""
        names = {asked.parameter} if isinstance(asked, AskArgument) else {each.parameter for each in asked.found}
        bare = without_lead(text)
        return is_plain(self._filler(asked.tool), names, bare, Readings(bare, moment))

    def answer(self, asked: AskArgument | ToolCall, text: str, moment: Moment) -> ToolCall | AskArgument | None:
        """Return what a normalised text makes of a question or a call; None if it says nothing about it."""
        text = without_lead(text)
        filler, readings = self._filler(asked.tool), Readings(text, moment)
        if not text:
            return None
        if isinstance(asked, ToolCall):
            new = changed(filler, asked.found, text, readings)
        else:
            hole = next((hole for hole in filler.holes if hole.name == asked.parameter), None)
            new = answered(filler, hole, text, readings) if hole else Filled()
        if new == Filled():
            return None
        return completed(asked, filler, with_what_was_known(filler, asked.found, new))

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
