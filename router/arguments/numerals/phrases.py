"""Phrases with a value each, looked up where they may begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from router.arguments.numerals.tokens import tokenize
from router.phrasing.templates import expanded

Value = TypeVar("Value")


class Phrases(Generic[Value]):
    """A tree of words."""

    def __init__(self, entries: Iterable[tuple[str, Value]] = ()) -> None:
        self.root: dict[str, Any] = {}
        for template, value in entries:
            for words in expanded(template):
                node = self.root
                for word in tokenize(" ".join(words)).words:
                    node = node.setdefault(word, {})
                node.setdefault("", value)

    def __contains__(self, word: object) -> bool:
        """Whether a phrase begins with this word."""
        return word in self.root

    def matches(self, words: Sequence[str], index: int) -> list[tuple[int, Value]]:
        """Return where each phrase ends that begins at this word, and its value, the longest first.

        >>> Phrases([("in the morning", "am"), ("in", "?")]).matches(["in", "the", "morning"], 0)
        [(3, 'am'), (1, '?')]
        """
        found: list[tuple[int, Value]] = []
        node = self.root
        while index < len(words) and words[index] in node:
            node, index = node[words[index]], index + 1
            if "" in node:
                found.append((index, node[""]))
        found.reverse()
        return found

    def longest(self, words: Sequence[str], index: int) -> tuple[int, Value] | None:
        """Return the longest of `matches`."""
        found = self.matches(words, index)
        return found[0] if found else None
