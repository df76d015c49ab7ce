"""From measured channels to probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.scoring.channels import CHANNELS, Channels, Floats

GATE_FEATURES = ("nearest", "head", "none_lead", "bias")
"""What the gate looks at: the winner's channels, not normalised over the tools (a softmax is sure of itself
on anything), and by how much the head's "none of these" exceeds the winner."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A correction that had a say in the scores of one utterance, see `router.scoring.memory`."""

    correction: int
    """Which of the router's corrections."""
    tool: int
    """The index of its tool, or `NONE`."""
    similarity: float
    """Cosine of the two rows."""
    to_tool: float
    """What it added to the tool's logit."""
    to_gate: float
    """What it added to the in-scope logit."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the scorer makes of n utterances."""

    similarities: Floats
    """[n, P], to each prototype."""
    channels: Floats
    """[n, K, 2], see `router.scoring.channels`."""
    probabilities: NDArray[np.float64]
    """[n, K]: that each tool was meant, given that one of them was; rows add to 1."""
    in_scope: NDArray[np.float64]
    """[n]: that one of the tools was meant."""
    gate_features: NDArray[np.float64]
    """[n, 4], see `GATE_FEATURES`."""
    recalled: Recalled | None = None
    """What was learnt and had a say."""


@dataclass(frozen=True)
class Scorer:
    """K tools' channels, and what was learnt about weighing them.

    Fusion is a conditional logit model (McFadden, 1974): the weights of the
    channels are shared by all tools, so tools can come and go without them, and
    fitted on held-out predictions they calibrate the probabilities too. The
    gate is a logistic model of whether the utterance is for any tool at all.
    """

    channels: Channels
    lexical_weight: float
    """What a sketch counts for beside an embedding."""
    inverse_penalty: float
    """The head's C: how far it may follow the examples."""
    fusion: NDArray[np.float64]
    """[2], one weight for each channel."""
    gate: NDArray[np.float64]
    """[4], one weight for each of `GATE_FEATURES`."""

    def score(self, rows: Floats) -> Scores:
        """Score n utterances, each a row [embedding, lexical_weight * sketch]."""
        similarities = self.channels.similarities(rows)
        measured, none = self.channels.measure(rows, similarities)
        logits = fuse(measured, self.fusion)
        features = gate_features(measured, none, logits)
        return Scores(similarities, measured, softmax(logits), sigmoid(features @ self.gate), features)


def fuse(measured: Floats, fusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logits [n, K] of the conditional logit model."""
    logits: NDArray[np.float64] = measured @ fusion
    return logits


def gate_features(measured: Floats, none: Floats, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the features [n, 4] that the gate looks at, see `GATE_FEATURES`."""
    winner = measured[np.arange(len(measured)), logits.argmax(axis=1)]
    features = np.ones((len(measured), len(GATE_FEATURES)))
    features[:, 0] = winner[:, CHANNELS.index("nearest")]
    features[:, 1] = winner[:, CHANNELS.index("head")]
    features[:, 2] = none - features[:, 1]
    return features


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the softmax of each row."""
    powers = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / np.add.reduce(powers, axis=1, keepdims=True)
    return shares


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic function of each value, without overflow."""
    values: NDArray[np.float64] = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return values
