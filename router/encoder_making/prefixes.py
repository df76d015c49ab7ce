"""Which words before texts suit an encoder and some tools: measured on the tools' own utterances, each held out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.declarations import ToolSet
from router.encoders import AdaptedEncoder, Encoder, Prefixes
from router.encoders.families import tasks_of
from router.metrics.classification import share
from router.metrics.comparison import mcnemar
from router.metrics.ranking import auroc

OWN = "own"
"""Prefixes that the encoder states and that are for none of the tasks that are known of it."""
_CHANCE = 0.05
"""So unlikely a difference must be if neither is better, or the encoder keeps what it has."""


@dataclass(frozen=True)
class Tried:
    """How a router did with some prefixes on utterances that were held out."""

    task: str
    prefixes: Prefixes
    accuracy: float | None
    """The share of examples whose tool was the first candidate."""
    auroc: float | None
    """How well the gate tells examples from what is out of scope; None where nothing is declared to be."""
    right: NDArray[np.bool_]
    """[n], for which examples."""


@dataclass(frozen=True)
class Choice:
    """What was tried, the encoder's own prefixes first, and which of it to take."""

    tried: tuple[Tried, ...]
    best: Tried
    """The first of those that are right most often."""
    p: float
    """How likely such a difference between it and the encoder's own is, if neither is better (exact McNemar test)."""

    @classmethod
    def between(cls, tried: Sequence[Tried]) -> Choice:
        """Compare the first with the best."""
        best = max(tried, key=lambda each: each.right.sum())
        own = tried[0].right
        p = mcnemar(int((own & ~best.right).sum()), int((~own & best.right).sum()))
        return cls(tuple(tried), best, p)

    @property
    def taken(self) -> Tried:
        """The best, if it is better by more than chance; otherwise the encoder's own."""
        return self.best if self.p < _CHANCE else self.tried[0]


def choose_prefixes(
    tools: ToolSet, encoder: Encoder, progress: Callable[[str, int, int], object] = lambda *_: None
) -> Choice:
    """Train with each of the prefixes that the encoder or its family knows, and compare.

    Each is cross-validated as training does it, on the same folds. Many choices
    are seldom told apart by few utterances; then the encoder's own stay. Raises
    MissingExtraError without scikit-learn.
    """
    from router.training import cross_validate, one_thread, require_scikit_learn
    from router.training.background import with_background
    from router.training.thresholds import predict

    require_scikit_learn("measuring prefixes")
    tried = []
    for task, prefixes in _candidates(encoder).items():
        material = with_background(tools, AdaptedEncoder(encoder, prefixes=prefixes))
        with one_thread():
            known = cross_validate(material, lambda _, done, total, task=task: progress(task, done, total))  # type: ignore[misc]
            made = predict(known.evidence, known.fusion, known.gates)
        tried.append(Tried(task, prefixes, share(made.right), auroc(made.inside, made.outside), made.right))
    return Choice.between(tried)


def _candidates(encoder: Encoder) -> dict[str, Prefixes]:
    """Return prefixes by task, those that the encoder has now first."""
    tasks = tasks_of(encoder)
    own = next((task for task, prefixes in tasks.items() if prefixes == encoder.prefixes), OWN)
    return {own: encoder.prefixes} | tasks
