"""What an encoder is tuned on: the declared texts as the router composes them, and in what company each is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from router.declarations import ToolSet
from router.encoders import Prefixes
from router.scoring.wording import wordings
from router.text import normalize
from router.training.background import background

Ints = NDArray[np.int64]

NO_TOOL = -1
TOOLS_TOGETHER = 8
"""So many tools are told apart in one batch, half of them neighbours of the others."""
EXAMPLES_TOGETHER = 16
"""So many examples are seen in one batch: two of each tool, more where there are fewer tools."""
_NEIGHBOURS = 4
_COUNTEREXAMPLES = 4
_OUT_OF_SCOPE = 6
_GENERAL = 6


@dataclass(frozen=True)
class Texts:
    """Texts as the encoder sees them, prefixes included, and what each is for."""

    texts: tuple[str, ...]
    tool: Ints
    """[n], the tool that an example or a wording of its declaration is for, or NO_TOOL."""
    against: Ints
    """[n], the tool that a counterexample is not for, or NO_TOOL: what else it may be for is not known."""
    weight: NDArray[np.float64]
    """[n], what a wording counts for; 0 for all that people say."""
    outside: NDArray[np.bool_]
    """[n], whether it is declared out of scope."""
    held: NDArray[np.bool_]
    """[n], whether its row should stay where it is: what is out of scope, and general text."""

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def examples(self) -> NDArray[np.bool_]:
        """Which texts [n] are examples."""
        found: NDArray[np.bool_] = (self.tool != NO_TOOL) & (self.weight == 0)
        return found


def texts_of(tools: ToolSet, prefixes: Prefixes) -> Texts:
    """Lay out what tools declare, and the background that ships; a text that is for a tool is no other's negative."""
    said = [
        _Row(prefixes.utterance + normalize(example.utterance), tool=number)
        for number, tool in enumerate(tools)
        for example in tool.examples
    ]
    said += [
        _Row(prefixes.declaration + normalize(text), tool=number, weight=weight)
        for number, tool in enumerate(tools)
        for weight, text in wordings(tool)
    ]
    others = [(text, _Row("", against=number)) for number, tool in enumerate(tools) for text in tool.counterexamples]
    others += [(text, _Row("", outside=True, held=True)) for text in tools.out_of_scope]
    others += [(text, _Row("", held=True)) for text in background()]
    for_a_tool = {row.text for row in said}
    for text, row in others:
        seen = prefixes.utterance + normalize(text)
        if seen not in for_a_tool:
            said.append(row._replace(text=seen))
    texts, tool_of, against, weights, outside, held = zip(*said, strict=True)
    return Texts(
        texts,
        np.array(tool_of, np.int64),
        np.array(against, np.int64),
        np.array(weights, np.float64),
        np.array(outside, bool),
        np.array(held, bool),
    )


class _Row(NamedTuple):
    text: str
    tool: int = NO_TOOL
    against: int = NO_TOOL
    weight: float = 0.0
    outside: bool = False
    held: bool = False


def batches(texts: Texts, teacher: NDArray[np.float32], steps: int, seed: int) -> Iterator[list[int]]:
    """Yield the texts of each step, by number.

    Of each of some tools a few examples and a wording of the declaration, or two
    wordings where it has no example; some of their counterexamples, of what is out
    of scope, and of general text. Half of the tools are near the others by the
    untouched rows `teacher` [n, D]: what is easily taken for another must be told
    from it. A step depends on the seed and its own number only, so that an
    interrupted run goes on with the same ones.
    """
    count = int(texts.tool.max()) + 1
    means = np.stack([teacher[texts.tool == n].mean(axis=0) for n in range(count)])
    neighbours = nearest(means, _NEIGHBOURS)
    examples = [np.flatnonzero(texts.examples & (texts.tool == n)) for n in range(count)]
    worded = [np.flatnonzero((texts.weight > 0) & (texts.tool == n)) for n in range(count)]
    against = [np.flatnonzero(texts.against == n) for n in range(count)]
    outside, general = np.flatnonzero(texts.outside), np.flatnonzero(texts.held & ~texts.outside)
    for step in range(steps):
        chance = np.random.default_rng([seed, step])
        chosen = _company(neighbours, chance)
        batch: list[int] = []
        for tool in chosen:
            said = _some(examples[tool], EXAMPLES_TOGETHER // len(chosen), chance)
            weights = texts.weight[worded[tool]]
            count = 1 if said else 2
            batch += [*said, *chance.choice(worded[tool], count, replace=False, p=weights / weights.sum()).tolist()]
        batch += _some(np.concatenate([against[tool] for tool in chosen]), _COUNTEREXAMPLES, chance)
        yield [*batch, *_some(outside, _OUT_OF_SCOPE, chance), *_some(general, _GENERAL, chance)]


def nearest(rows: NDArray[np.float32], count: int) -> Ints:
    """Return the most similar other rows of each, the nearest first: `[n, count]`, fewer where there are fewer."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    similar = unit @ unit.T
    np.fill_diagonal(similar, -np.inf)
    found: Ints = np.argsort(-similar, axis=1, kind="stable")[:, : min(count, len(rows) - 1)]
    return found


def _company(neighbours: Ints, chance: np.random.Generator) -> list[int]:
    """Choose the tools of a batch, each followed by one that is near it."""
    chosen: dict[int, None] = {}
    for tool in chance.permutation(len(neighbours)):
        if len(chosen) >= TOOLS_TOGETHER:
            break
        chosen |= dict.fromkeys((int(tool), int(chance.choice(neighbours[tool]))))
    return list(chosen)[:TOOLS_TOGETHER]


def _some(numbers: Ints, count: int, chance: np.random.Generator) -> list[int]:
    return list(map(int, chance.permutation(numbers)[:count]))
