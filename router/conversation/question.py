"""What was asked, and which words name its choices."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from router.conversation.folding import fold
from router.decisions import AskArgument, Clarify, ToolCall
from router.declarations import Tool
from router.scoring.wording import in_words


@dataclass(frozen=True, slots=True)
class Offered:
    """One of the choices: a tool, or a value of an argument."""

    name: str
    words: str
    """What it is called."""
    description: str = ""


def offered_tool(tool: Tool) -> Offered:
    """Return a tool as a choice."""
    return Offered(tool.name, in_words(tool.name), tool.description)


@dataclass(frozen=True)
class Question:
    """A decision that waits for an answer."""

    decision: Clarify | ToolCall | AskArgument
    choices: tuple[Offered, ...]
    """What was offered, in that order: tools, of a call that nothing was asked before its own; or values."""

    @cached_property
    def asked(self) -> int | None:
        """The position of the choice that "yes" confirms; None where that answers nothing."""
        if not isinstance(self.decision, ToolCall):
            return None
        return [choice.name for choice in self.choices].index(self.decision.tool)

    @property
    def confirmed(self) -> str:
        """The name of the tool that "yes" calls."""
        assert self.asked is not None, "only a call can be confirmed"
        return self.choices[self.asked].name

    def chosen(self, words: Collection[str]) -> frozenset[int] | None:
        """Return the positions of the choices that have all these words.

        Words of names, or one word of a description and no more: a description
        has the words of many a request. None for any other mixture.
        """
        if len(words) > 1 and any(word not in self.in_names for word in words):
            return None
        where = self._names if self.in_names.issuperset(words) else self._descriptions
        return frozenset(n for n, own in enumerate(where) if own.issuperset(words))

    @cached_property
    def in_names(self) -> frozenset[str]:
        """The words of the choices' names."""
        return frozenset().union(*self._names)

    @cached_property
    def in_descriptions(self) -> frozenset[str]:
        """The longer words of their descriptions; none where there is nothing to choose."""
        return frozenset().union(*self._descriptions) if len(self.choices) > 1 else frozenset()

    @cached_property
    def _names(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(fold(choice.words).split()) for choice in self.choices)

    @cached_property
    def _descriptions(self) -> tuple[frozenset[str], ...]:
        return tuple(_described(fold(choice.description)) for choice in self.choices)


def _described(description: str) -> frozenset[str]:
    """Return the words of four letters or more, and what may be a word where words are written together."""
    words = {word for word in description.split() if len(word) >= 4}
    runs = _UNSPACED.findall(description)
    return frozenset(words.union(*(_parts(run) for run in runs)))


def _parts(run: str) -> set[str]:
    """Return what may be a word: two to six characters, hiragana only as an ending."""
    starts = (start for start, character in enumerate(run) if not "\u3040" <= character <= "\u309f")
    return {run[start:end] for start in starts for end in range(start + 2, min(start + 6, len(run)) + 1)}


_UNSPACED = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+")
"""Runs of kana, Chinese characters and hangul."""
