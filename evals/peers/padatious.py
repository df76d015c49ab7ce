"""Padatious: one small neural network over words for each intent."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Sequence

from padatious import IntentContainer

from evals.peers.protocol import Answer

PATIENCE = 3600
"""Seconds. By default, training stops after 20, and intents that are not trained by then are missing."""
LOW = 0.5
"""The lowest level at which Mycroft and OpenVoiceOS act on a match."""


class Networks:
    """Examples as lines of its intents, without slots."""

    def fit(self, texts: Sequence[str], labels: Sequence[str], _none: Sequence[str]) -> None:
        """Train; it has no use for examples for no intent."""
        utterances = defaultdict(list)
        for text, label in zip(texts, labels, strict=True):
            utterances[label].append(text)
        self._names = list(utterances)
        with tempfile.TemporaryDirectory() as cache:
            self._container = IntentContainer(cache)
            for number, lines in enumerate(utterances.values()):
                self._container.add_intent(str(number), lines)
            self._container.train(debug=False, single_thread=True, timeout=PATIENCE)

    def decide(self, text: str) -> Answer:
        """Return its best match."""
        match = self._container.calc_intent(text)
        if not match.name:
            return Answer(None, 0.0, "refuse")
        return Answer(self._names[int(match.name)], match.conf, "call" if match.conf >= LOW else "refuse")
