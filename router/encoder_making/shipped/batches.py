"""Which texts are seen together: near intents of one source, and texts at random that should stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from router.encoder_making.shipped.entries import NO_INTENT, Entries, Ints
from router.encoder_making.shipped.material import DECLARED
from router.encoder_making.tuning.texts import nearest

SOURCES = {"written": 0.48, "clinc150": 0.17, "massive": 0.13, "snips": 0.02, DECLARED: 0.20}
"""How often a batch is of a source."""
INTENTS = 24
"""So many are told apart in a batch, of `DECLARED` a quarter more."""
UTTERANCES = 3
"""Of each intent, beside one wording of its declaration; of `DECLARED` one, beside two."""
GENERAL = 72
"""So many texts are seen with each batch to keep what is general: two thirds of them general texts, the others any."""
_NEIGHBOURS = 8
_IDLE = 100
"""After so many draws of intents that are there already, any may be drawn."""


def batches(entries: Entries, rows: NDArray[np.float32], steps: int, seed: int) -> list[list[int]]:
    """Draw what each step sees: texts that are told apart, then `GENERAL` others.

    `rows` [n, D] are the untouched encoder's, by which neighbours are found: of
    each intent that is drawn two of its nearest ones come too. A step depends on
    the seed and its own number only.
    """
    sources = _sources(entries, rows)
    names = list(sources)
    odds = np.array([SOURCES[name] for name in names])
    drawn = []
    for step in range(steps):
        chance = np.random.default_rng([seed, step])
        source = sources[str(chance.choice(names, p=odds / odds.sum()))]
        anything = chance.integers(entries.general, size=GENERAL // 3)
        general = chance.integers(entries.general, len(entries), size=GENERAL - len(anything))
        drawn.append([*source.draw(chance), *anything.tolist(), *general.tolist()])
    return drawn


@dataclass(frozen=True)
class _Source:
    """Intents that are seen together."""

    utterances: list[Ints]
    wordings: list[Ints]
    none: list[Ints]
    """Of each intent's domain, what is for none."""
    neighbours: Ints
    first: Ints
    """Intents that a company may begin with, half of the time."""
    declared: bool

    def draw(self, chance: np.random.Generator) -> Iterator[int]:
        """Yield the texts of a batch."""
        others: dict[int, int] = {}  # one of each domain, by its first one
        begun = (
            self.first
            if self.declared and len(self.first) and chance.random() < 0.5
            else np.arange(len(self.utterances))
        )
        for intent in self._company(chance, begun, INTENTS * 5 // 4 if self.declared else INTENTS):
            counts = (1, 2) if self.declared else (UTTERANCES, 1)
            for texts, count in zip((self.utterances[intent], self.wordings[intent]), counts, strict=True):
                yield from chance.permutation(texts)[:count].tolist()
            if len(self.none[intent]):
                others.setdefault(int(self.none[intent][0]), int(chance.choice(self.none[intent])))
        yield from others.values()

    def _company(self, chance: np.random.Generator, begun: Ints, count: int) -> list[int]:
        """Choose intents, each with two that are near it."""
        chosen: dict[int, None] = {}
        idle = 0
        while len(chosen) < min(count, len(self.utterances)):
            before = len(chosen)
            intent = int(chance.choice(begun))
            near = chance.permutation(self.neighbours[intent])[:2].tolist()
            chosen |= dict.fromkeys((intent, *near))
            idle = idle + 1 if len(chosen) == before else 0
            if idle == _IDLE:
                begun = np.arange(len(self.utterances))
        return list(chosen)[:count]


def _sources(entries: Entries, rows: NDArray[np.float32]) -> dict[str, _Source]:
    """Return the sources that there are, by name."""
    intents = entries.material.intents
    places = _places(entries.intent, len(intents))
    none = _places(np.where(entries.intent == NO_INTENT, entries.domain, -1), int(entries.domain.max()) + 1)
    members: dict[str, list[int]] = {}
    for number, intent in enumerate(intents):
        members.setdefault(intent.source, []).append(number)
    found = {}
    for name, numbers in members.items():
        utterances = [texts[entries.spoken[texts]] for texts in (places[number] for number in numbers)]
        wordings = [texts[~entries.spoken[texts]] for texts in (places[number] for number in numbers)]
        found[name] = _Source(
            utterances,
            wordings,
            [none[entries.domain[places[number][0]]] for number in numbers],
            nearest(np.stack([rows[texts].mean(axis=0) for texts in wordings]), _NEIGHBOURS),
            np.array([place for place, texts in enumerate(utterances) if len(texts)], np.int64),
            declared=name == DECLARED,
        )
    return found


def _places(numbers: Ints, count: int) -> list[Ints]:
    """Return where each number from 0 stands."""
    order = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[order], np.arange(count + 1))
    return [order[start:end] for start, end in pairwise(starts)]
