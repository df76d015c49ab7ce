"""semantic-router, 1.x: similarity to stored utterances, and calibration on queries it has not seen.

The encoder is the one that all are given. Without calibration no
threshold is set, its default: the best route always wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from semantic_router import IndexedRouter, Route
from semantic_router.calibration import Calibrator
from semantic_router.encoders import DenseEncoder, TfidfEncoder

from evals.peers.protocol import ENCODER, Answer
from router.encoders import Encoder, load_encoder

FOLDS = 5
PROBABLY = 0.5
"""The threshold of its quickstart for calibrated confidence: act when it is more likely right than wrong."""
ANY = float("-inf")


class Given(DenseEncoder):
    """The encoder that all are given, as semantic-router wants one."""

    encoder: Any

    def __call__(self, docs: list[str]) -> list[list[float]]:
        """Return one embedding for each text."""
        rows: list[list[float]] = self.encoder.encode(docs).tolist()
        return rows


class Similarity:
    """An `IndexedRouter` with all examples stored.

    Calibration wants queries that are not stored. Those for a label are the
    examples, each scored by a router that stores the other four fifths; those for
    none are scored by the router that stores all.
    """

    def __init__(self, options: Callable[[], dict[str, Any]], calibrated: bool) -> None:
        self._options = options
        self._calibrated = calibrated

    def fit(self, texts: Sequence[str], labels: Sequence[str], none: Sequence[str]) -> None:
        """Store the examples, and fit the calibration if it is wanted."""
        encoder = load_encoder(ENCODER)
        pairs = list(zip(texts, labels, strict=True))
        self._router = self._store(encoder, pairs)
        if not self._calibrated:
            return
        seen: defaultdict[str, int] = defaultdict(int)
        folds: list[list[tuple[str, str]]] = [[] for _ in range(FOLDS)]
        for text, label in pairs:
            folds[seen[label] % FOLDS].append((text, label))
            seen[label] += 1
        scored: list[tuple[float, bool]] = []
        for held_out in folds:
            others = self._store(encoder, (pair for fold in folds if fold is not held_out for pair in fold))
            for text, label in held_out:
                choice = others(text, threshold=ANY)
                scored.append((choice.confidence, choice.name == label))
        scored += [(self._router(text, threshold=ANY).confidence, False) for text in none]
        raw, right = zip(*scored, strict=True)
        self._router.calibrator = Calibrator.fit(np.array(raw), np.array(right, float))

    def decide(self, text: str) -> Answer:
        """Route without a threshold, so that the confidence is told; then apply it."""
        choice = self._router(text, threshold=ANY)
        act = choice.confidence >= PROBABLY if self._calibrated else True
        return Answer(choice.name, choice.confidence, "call" if act else "refuse")

    def _store(self, encoder: Encoder, pairs: Iterable[tuple[str, str]]) -> Any:
        utterances = defaultdict(list)
        for text, label in pairs:
            utterances[label].append(text)
        routes = [Route(name=label, utterances=texts) for label, texts in utterances.items()]
        return IndexedRouter(encoder=Given(name="given", encoder=encoder), routes=routes, **self._options())


def mean() -> Similarity:
    """Its default."""
    return Similarity(dict, calibrated=False)


def nearest() -> Similarity:
    """The route of the most similar utterance wins."""
    return Similarity(lambda: {"aggregation": "max"}, calibrated=False)


def mean_calibrated() -> Similarity:
    """Its default, calibrated."""
    return Similarity(dict, calibrated=True)


def nearest_calibrated() -> Similarity:
    """The route of the most similar utterance wins, calibrated."""
    return Similarity(lambda: {"aggregation": "max"}, calibrated=True)


def hybrid_calibrated() -> Similarity:
    """Similarities added up, with its own TF-IDF beside the encoder, calibrated: its most accurate on validation."""
    return Similarity(lambda: {"aggregation": "sum", "sparse_encoder": TfidfEncoder()}, calibrated=True)
