"""What was asked, and which words name its choices."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from router.arguments.answering import as_question
from router.conversation.folding import fold
from router.decisions import AskArgument, Clarify, ToolCall
from router.declarations import Tool, ToolSet
from router.scoring.wording import in_words


@dataclass(frozen=True, slots=True)
class Offered:
    """One of the choices: a tool, or a value of an argument."""

    name: str
    words: str
    """What it is called."""
    description: str = ""


@dataclass(frozen=True)
class Question:
    """A decision that waits for an answer."""

    decision: Clarify | ToolCall | AskArgument
    choices: tuple[Offered, ...]
    """What was offered, in that order: tools, or values; of a call that nothing was asked before its own tool."""
    asked: int | None = None
    """The position of the choice that "yes" confirms; None where that answers nothing."""
    clarify: Clarify | None = None
    """The question that the choices belong to; None where these are not calls."""

    @classmethod
    def of(cls, decision: Clarify | ToolCall | AskArgument, tools: ToolSet) -> Question:
        """Return what is asked by a decision."""
        if isinstance(decision, ToolCall):
            return cls(decision, (_tool(tools[decision.tool]),), asked=0)
        if isinstance(decision, AskArgument):
            return cls(decision, tuple(Offered(value, value) for value in decision.choices))
        if (values := as_question(decision)) is not None:
            return cls(decision, tuple(Offered(value, value) for value in values.choices), clarify=decision)
        return cls(decision, tuple(_tool(tools[each.tool]) for each in decision.choices), clarify=decision)

    def to_confirm(self, position: int, chosen: Clarify | ToolCall | AskArgument) -> Question | None:
        """Return whether a call that was chosen here is to be made, so that another may be taken yet.

        None if it is no call, or no choice of calls.
        """
        if self.clarify is None or not isinstance(chosen, ToolCall):
            return None
        return Question(chosen, self.choices, position, self.clarify)

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


def _tool(tool: Tool) -> Offered:
    return Offered(tool.name, in_words(tool.name), tool.description)


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
