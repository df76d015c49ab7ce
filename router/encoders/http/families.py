"""What models of known families were trained to see before a text.

None of the servers adds these words itself: Ollama, llama.cpp and LM Studio tokenize what they are sent.
"""

from __future__ import annotations

import re

from router.encoders.protocol import Prefixes

_GEMMA = Prefixes("task: classification | query: ", "task: classification | query: ")
_FAMILIES = (
    (re.compile(r"embedding-?gemma", re.IGNORECASE), _GEMMA),
    (re.compile(r"gemini-embedding-2"), _GEMMA),
    (re.compile(r"nomic-embed-text", re.IGNORECASE), Prefixes("classification: ", "classification: ")),
    (re.compile(r"(^|[^a-z0-9])e5-(small|base|large)", re.IGNORECASE), Prefixes("query: ", "passage: ")),
)


def prefixes_of(model: str) -> Prefixes:
    """Return the prefixes of the family that a model's name tells, or none."""
    return next((prefixes for pattern, prefixes in _FAMILIES if pattern.search(model)), Prefixes())
