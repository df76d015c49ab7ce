"""MicroResolve: weighted words, in memory, no encoder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from microresolve import MicroResolve

from evals.peers.protocol import Act, Answer

ACTS: dict[str, Act] = {"Confident": "call", "LowConfidence": "ask", "NoMatch": "refuse"}


class Words:
    """Examples as seed phrases of its intents; no corrections are taught afterwards."""

    def fit(self, texts: Sequence[str], labels: Sequence[str], _none: Sequence[str]) -> None:
        """Add the intents; it has no use for examples for none."""
        utterances = defaultdict(list)
        for text, label in zip(texts, labels, strict=True):
            utterances[label].append(text)
        self._engine = MicroResolve()
        self._namespace = self._engine.namespace("peers")
        for label, phrases in utterances.items():
            self._namespace.add_intent(label, phrases)

    def decide(self, text: str) -> Answer:
        """Resolve; the confidence is its score, which tells scope better than its normalised confidence."""
        result = self._namespace.resolve(text)
        if not result.intents:
            return Answer(None, 0.0, "refuse")
        return Answer(result.intents[0].id, result.intents[0].score, ACTS[result.disposition])
