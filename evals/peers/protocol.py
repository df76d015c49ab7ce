"""What every peer is made to look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Act: TypeAlias = Literal["call", "ask", "refuse"]

ENCODER = "minilm"
"""What those that take an encoder are given, ours too: what is compared is routers, and some tune its weights. Beside
it stands a row of ours with the encoder that ships."""
MINILM = "MINILM_SOURCE"
"""The environment variable that names the folder with the published weights of all-MiniLM-L6-v2."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer makes of an utterance."""

    label: str | None
    """Its first choice, even where it does not act on it; None if it has none."""
    confidence: float
    """Its own measure of how likely the choice is right; only the order counts."""
    act: Act
    """What it does by its own default decision."""
    in_scope: float | None = None
    """Its own measure of how likely the utterance is for any label, where that is another than `confidence`."""


class Peer(Protocol):
    """Learns labels from examples, then answers."""

    def fit(self, texts: Sequence[str], labels: Sequence[str], none: Sequence[str], /) -> None:
        """Learn. `none` are examples for no label; peers that have no use for them get none."""

    def decide(self, text: str, /) -> Answer:
        """Answer one utterance."""


NONE = "none of these"
"""The class that classifiers put examples for no label into."""


def likeliest(probabilities: Sequence[float], classes: Sequence[str]) -> Answer:
    """Return what a classifier answers: it calls its likeliest label, unless `NONE` is likelier."""
    ranked = sorted(zip(probabilities, classes, strict=True), reverse=True)
    probability, label = next(one for one in ranked if one[1] != NONE)
    return Answer(label, probability, "refuse" if ranked[0][1] == NONE else "call")
