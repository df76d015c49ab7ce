"""The arguments of calls to a set of tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from router.arguments.answering import answered, changed, chosen, is_plain, with_what_was_known, without_lead
from router.arguments.completion import completed, completed_choice
from router.arguments.confidence import AS_FOUND, Confidence
from router.arguments.filler import Filled, Filler, Floats, Taught
from router.arguments.reading import Moment, Readings
from router.decisions import AskArgument, Clarify, ToolCall
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
    confidence: Confidence = AS_FOUND
    """How probable what is found is."""

    def fill(self, decision: ToolCall | Clarify, heard: Heard, moment: Moment) -> ToolCall | AskArgument | Clarify:
        """Return the call with its arguments, or ask; of a question which tool was meant, fill what each would do.

        What a call excludes fills nothing.
        """
        readings = Readings(heard.text, moment)
        if isinstance(decision, ToolCall):
            return completed(decision, *self._found(decision, heard, readings))
        choices = (completed_choice(each, *self._found(each, heard, readings)) for each in decision.choices)
        return replace(decision, choices=tuple(choices))

    def _found(self, call: ToolCall | AskArgument, heard: Heard, readings: Readings) -> tuple[Filler, Filled]:
        filler = self._filler(call.tool)
        barred = [
            place.span()
            for words in call.excluded
            for place in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", heard.text)
        ]
        filled = filler.fill(heard.text, heard.tokens, heard.row, readings, barred)
        return filler, self.confidence.applied(filled, heard.text)

    def is_plain_answer(self, asked: AskArgument, text: str, moment: Moment) -> bool:
        """Say whether a normalised text is little else than a value that fits what was asked."""
        return is_plain(self._filler(asked.tool), asked, without_lead(text), moment)

    def answer(self, asked: AskArgument, text: str, moment: Moment) -> ToolCall | AskArgument | Clarify:
        """Return what a normalised text makes of a question; the question, if it says nothing."""
        bare = without_lead(text)
        new = answered(self._filler(asked.tool), asked, bare, moment) if bare else Filled()
        return asked if new == Filled() else self._with(asked, new)

    def choose(self, asked: AskArgument, position: int) -> ToolCall | AskArgument | Clarify:
        """Return what comes of one of the choices of a question."""
        return self._with(asked, chosen(self._filler(asked.tool), asked, position))

    def change(self, call: ToolCall, text: str, moment: Moment) -> ToolCall | AskArgument | Clarify | None:
        """Return the call with other values, if a normalised text says little else than these; else None."""
        bare = without_lead(text)
        new = changed(self._filler(call.tool), call, bare, moment)
        return None if new == Filled() else self._with(call, new)

    def _with(self, asked: AskArgument | ToolCall, new: Filled) -> ToolCall | AskArgument | Clarify:
        """Return what comes of new values. They have no place in the utterance that the call is for."""
        filler = self._filler(asked.tool)
        values = (replace(each, how="answered", span=(0, 0)) for each in new.values)
        return completed(asked, filler, with_what_was_known(filler, asked, replace(new, values=tuple(values))))

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
