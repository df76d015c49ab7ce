"""An utterance as words, and what stands between them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text and their places in it."""

    text: str
    words: tuple[str, ...]
    """In lower case, with plain apostrophes."""
    spans: tuple[tuple[int, int], ...]
    """Where each word is in the text."""

    def is_clause(self, index: int) -> bool:
        """Whether a comma, a full stop or the like stands before this word."""
        return index > 0 and not self._gap(index).isdisjoint(_CLAUSE_MARKS)

    def is_sentence(self, index: int) -> bool:
        """Whether more than a comma stands before this word."""
        return index > 0 and not self._gap(index).isdisjoint(_SENTENCE_MARKS)

    def between(self, start: int, end: int) -> str:
        """Return the text from one word to before another, as it was said."""
        return self.text[self.spans[start][0] : self.spans[end - 1][1]] if start < end else ""

    def _gap(self, index: int) -> set[str]:
        return set(self.text[self.spans[index - 1][1] : self.spans[index][0]])


def tokenize(text: str) -> Tokens:
    """Return the words of a normalised text. Marks inside a word are part of it, such as in 7:30, don't and e-mail.

    Romance elisions are words of their own, such as n' and l', and so is an & that stands alone.

    >>> tokenize("Don't call Mom, text her").words
    ("don't", 'call', 'mom', 'text', 'her')
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # one letter has two in lower case, and places would shift
        lowered = text
    found = list(_WORD.finditer(lowered.replace("’", "'")))
    return Tokens(text, tuple(match[0] for match in found), tuple(match.span() for match in found))


_WORD = re.compile(r"(?:[cdjlmnst]|qu)'(?=\w)|\w+(?:['.:,@-]\w+)*|(?<!\S)&(?!\S)")
_SENTENCE_MARKS = frozenset(".;!?…")
_CLAUSE_MARKS = _SENTENCE_MARKS | {",", ":", "—", "–"}
