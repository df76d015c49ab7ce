"""The notation of the word lists: several phrases in one line."""

from __future__ import annotations

import re
from itertools import product


def expanded(template: str) -> list[tuple[str, ...]]:
    """Return the phrases of a template, each as its words. `(a|b)` is either, `[a|b]` either or nothing.

    >>> expanded("(don't|do not) [ever]")
    [("don't", 'ever'), ("don't",), ('do', 'not', 'ever'), ('do', 'not')]
    """
    if re.fullmatch(_NOTATION, template) is None:
        raise ValueError(f"{template!r} is no template: brackets must close and cannot be nested")
    choices = []
    for either, optional, word in re.findall(_PIECE, template):
        if word:
            choices.append([word])
        else:
            choices.append((either or optional).split("|") + ([""] if optional else []))
    return [tuple(" ".join(chosen).split()) for chosen in product(*choices)]


_PIECE = r"\(([^()\[\]]+)\)|\[([^()\[\]]+)\]|([^\s()\[\]|]+)"
_NOTATION = rf"\s*(?:(?:{_PIECE})\s*)+"
