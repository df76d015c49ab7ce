"""What the tools' own examples tell about how requests to them are phrased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from router.declarations import Tool, ToolSet
from router.phrasing.lexicon import Lexicon
from router.phrasing.reading import after
from router.phrasing.tokens import tokenize
from router.text import normalize


def openings(tools: Iterable[Tool], lexicon: Lexicon) -> frozenset[str]:
    """Return the words that requests to these tools begin with, such as "set" and "what's".

    They are the first words of examples, behind what only opens them and outside
    their slots, as far as they do not mostly stand elsewhere, as "alarm" does.
    """
    opening, anywhere = Counter[str](), Counter[str]()
    for tool in tools:
        for example in tool.examples:
            tokens = tokenize(example.utterance)
            words = tokens.words
            anywhere.update(words)
            index = after(lexicon.openers, words, 0)
            if index == len(words) or any(
                phrases.length_at(words, index) for phrases in (lexicon.statements, lexicon.negations)
            ):
                continue
            begins = tokens.spans[index][0]
            if not any(slot.start <= begins < slot.end for slot in example.slots):
                opening[words[index]] += 1
    return frozenset(word for word, count in opening.items() if count >= _LEAST_SHARE * anywhere[word])


def declared_texts(tools: ToolSet) -> frozenset[str]:
    """Return every example and counterexample, normalised and without case."""
    said = ((*(example.utterance for example in tool.examples), *tool.counterexamples) for tool in tools)
    return frozenset(normalize(text).casefold() for texts in said for text in texts)


_LEAST_SHARE = 0.25
"""A word that opens examples stands there in at least this share of its places."""
