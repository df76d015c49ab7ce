"""All labelings of a few words: the oracle of what the tagger computes quickly."""

from collections.abc import Iterator
from itertools import product

from router.arguments.tagger import Lattice
from router.arguments.tagger.tagger import NEVER, Segment


def labelings(lattice: Lattice) -> Iterator[tuple[list[Segment], float]]:
    """Yield each labeling that is allowed, as values and its log-potential."""
    n, labels = lattice.emissions.shape
    for path in product(range(labels), repeat=n):
        score = sum(lattice.emissions[t, label] for t, label in enumerate(path))
        score += sum(lattice.moves[before, after] for before, after in zip((labels, *path), path, strict=False))
        if score > NEVER:
            yield values_of(path), float(score)


def values_of(path: tuple[int, ...]) -> list[Segment]:
    values: list[Segment] = []
    for t, label in enumerate(path):
        if label % 2:
            values.append(((label - 1) // 2, t, t))
        elif label:
            values[-1] = (*values[-1][:2], t)
    return values
