"""Ours: the router of this project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.peers.protocol import ENCODER, Act, Answer
from evals.public_sets import labelled_tools, tool_name
from router import Abstain, Router, ToolCall
from router.encoders import DEFAULT


class Ours:
    """Trained as any user would: it fits its thresholds on folds of the examples."""

    def __init__(self, encoder: str = ENCODER) -> None:
        self._encoder = encoder

    def fit(self, texts: Sequence[str], labels: Sequence[str], none: Sequence[str]) -> None:
        """Train, with the labels' words as descriptions."""
        from router.training import train

        rows = [{"text": text, "label": label} for text, label in zip(texts, labels, strict=True)]
        self._labels = {tool_name(label): label for label in labels}
        self._router: Router = train(replace(labelled_tools(rows), out_of_scope=tuple(none)), self._encoder)

    def decide(self, text: str) -> Answer:
        """Route."""
        decision = self._router.route(text)
        act: Act = "call" if isinstance(decision, ToolCall) else "refuse" if isinstance(decision, Abstain) else "ask"
        first = self._labels[decision.candidates[0].tool] if decision.candidates else None
        return Answer(first, decision.probability, act, decision.in_scope)


def as_it_ships() -> Ours:
    """With the encoder that ships, which learnt from six of CLINC150's ten domains."""
    return Ours(DEFAULT)
