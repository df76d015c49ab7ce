"""What the router says of utterances that it was not trained on: the folds that everything else is fitted to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from router.scoring.channels import CHANNELS, Floats
from router.scoring.material import Material
from router.training.head import build_channels

FOLDS = 5
FEWEST_EXAMPLES = 4
"""A tool with fewer gives no evidence: without the one held out it would be a much weaker tool than the one that
ships, and everything fitted to it would be too timid."""


@dataclass(frozen=True)
class Measured:
    """The channels of some held-out utterances, each measured by a router that had not seen it."""

    channels: Floats
    """[n, K, 2]."""
    none: Floats
    """[n], the head's logit of "none of these"."""

    def __len__(self) -> int:
        return len(self.none)

    def __getitem__(self, which: NDArray[np.bool_]) -> Measured:
        return Measured(self.channels[which], self.none[which])


@dataclass(frozen=True)
class Evidence:
    """Held-out measurements of everything that has an answer, save the examples of tools with few."""

    examples: Measured
    owners: NDArray[np.int32]
    counterexamples: Measured
    counter_owners: NDArray[np.int32]
    out_of_scope: Measured
    background: Measured

    def without(self, fold: int) -> Evidence:
        """Return what the other folds say."""
        examples, counterexamples = dealt(self.owners) != fold, dealt(self.counter_owners) != fold
        return Evidence(
            self.examples[examples],
            self.owners[examples],
            self.counterexamples[counterexamples],
            self.counter_owners[counterexamples],
            self.out_of_scope[dealt_in_turn(len(self.out_of_scope)) != fold],
            self.background[dealt_in_turn(len(self.background)) != fold],
        )


def gather(
    material: Material, lexical_weight: float, inverse_penalty: float, tick: Callable[[], object] = lambda: None
) -> Evidence:
    """Train `FOLDS` times without a fold and measure that fold.

    The head's penalty weighs as much against each of the fewer rows as it does
    where the head is trained on all: a head that was held back more would refuse
    more, and what is promised of the one that ships would be too hopeful.
    """
    enough = give_evidence(material)
    examples = _Gathered(len(material.examples), len(material.declarations))
    counterexamples = _Gathered(len(material.counterexamples), len(material.declarations))
    out_of_scope = _Gathered(len(material.out_of_scope), len(material.declarations))
    background = _Gathered(len(material.background), len(material.declarations))
    for fold in range(FOLDS):
        held_out = (dealt(material.owners) == fold) & enough
        counter_out = dealt(material.counter_owners) == fold
        scope_out = dealt_in_turn(len(material.out_of_scope)) == fold
        background_out = dealt_in_turn(len(material.background)) == fold
        kept = replace(
            material,
            examples=material.examples[~held_out],
            owners=material.owners[~held_out],
            positions=material.positions[~held_out],
            out_of_scope=material.out_of_scope[~scope_out],
            background=material.background[~background_out],
        )
        inverse = inverse_penalty * _trained_on(material) / max(_trained_on(kept), 1)
        channels = build_channels(kept, lexical_weight, inverse)
        for gathered, texts, which in (
            (examples, material.examples, held_out),
            (counterexamples, material.counterexamples, counter_out),
            (out_of_scope, material.out_of_scope, scope_out),
            (background, material.background, background_out),
        ):
            if which.any():
                rows = texts[which].rows(lexical_weight)
                gathered.take(which, *channels.measure(rows, channels.similarities(rows)))
        tick()
    return Evidence(
        Measured(examples.measured.channels[enough], examples.measured.none[enough]),
        material.owners[enough],
        counterexamples.measured,
        material.counter_owners,
        out_of_scope.measured,
        background.measured,
    )


def give_evidence(material: Material) -> NDArray[np.bool_]:
    """Say which examples [N] are held out in turn: those of tools that have `FEWEST_EXAMPLES`."""
    enough: NDArray[np.bool_] = np.bincount(material.owners, minlength=1)[material.owners] >= FEWEST_EXAMPLES
    return enough


def dealt(owners: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the fold [n] of each row: a tool's rows in turn, every tool starting at another fold."""
    folds: NDArray[np.intp] = (np.arange(len(owners)) - np.searchsorted(owners, owners) + owners) % FOLDS
    return folds


def dealt_in_turn(count: int) -> NDArray[np.intp]:
    """Return the fold of each of so many rows that are no tool's."""
    return np.arange(count) % FOLDS


def _trained_on(material: Material) -> int:
    """Return how many rows the head has."""
    return sum(map(len, (material.declarations, material.examples, material.out_of_scope, material.background)))


class _Gathered:
    """Measurements that come fold by fold."""

    def __init__(self, rows: int, tools: int) -> None:
        self.measured = Measured(np.zeros((rows, tools, len(CHANNELS)), np.float32), np.zeros(rows, np.float32))

    def take(self, which: NDArray[np.bool_], channels: Floats, none: Floats) -> None:
        self.measured.channels[which] = channels
        self.measured.none[which] = none
