"""How likely words are the value of a hole, by its declaration alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.contexts import AFTER, BEFORE, LEFT, RIGHT
from router.arguments.declared.cues import CLASSES, cues
from router.arguments.declared.features import GROUPS, INSIDE, describe
from router.arguments.declared.layouts import Layout, laid_out, layout
from router.arguments.declared.options import Options
from router.arguments.declared.reads import booleans, figures, in_a_row
from router.arguments.declared.shapes import SHAPE
from router.arguments.holes import Hole
from router.arguments.reading import Read, Readings
from router.arguments.words import Words
from router.declarations import Tool

Floats = NDArray[np.float32]
Span = tuple[int, int]
WEIGHED: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "bias": (("all",), CLASSES),
    "left": (LEFT, CLASSES),
    "right": (RIGHT, CLASSES),
    "shape": (SHAPE, CLASSES),
    "before": (BEFORE, GROUPS),
    "after": (AFTER, GROUPS),
    "inside": (INSIDE, GROUPS),
}
"""What is weighed, and for which classes of holes."""


class Declared:
    """Scores the words of a text for some holes of a tool."""

    def __init__(self, tool: Tool, holes: Sequence[Hole], shifts: Sequence[float]) -> None:
        """Compile the declarations; `shifts` are added to the scores of each hole."""
        self._holes = holes
        self._layouts = [layout(hole) for hole in holes]
        self.cues = cues(tool, holes)
        classes, weights = self.cues.classes, shipped_weights()
        self._bias = (weights["bias"] @ classes.T)[0] + np.array(shifts, np.float32)
        self._left, self._right, self._shape = (weights[name] @ classes.T for name in ("left", "right", "shape"))
        groups = classes[:, [CLASSES.index(group) for group in GROUPS]].T
        self._before, self._after, self._inside = ((weights[name] @ groups).T for name in ("before", "after", "inside"))

    def options(
        self,
        words: Words,
        readings: Readings,
        found: Sequence[Mapping[Span, Read] | None],
        barred: Sequence[int] = (),
    ) -> Options:
        """Score what may be a value.

        `found` is what words can be read as for each hole, None where it is free
        text. No value has a word that is `barred`.
        """
        reads = self.reads(words, readings, found)
        described = describe(words, reads, self.cues)
        first, last = described.spans.T
        begins = self._left[described.left] + _weighed(described.before, self._before) + self._bias
        ends = self._right[described.right] + _weighed(described.after, self._after)
        scores = begins[first] + ends[last] + described.shape @ self._shape + _weighed(described.inside, self._inside)
        scores[~described.mask] = -np.inf
        for n in barred:
            scores[(first <= n) & (n <= last)] = -np.inf
        return Options(words, self._holes, reads, described.spans, scores)

    def reads(
        self, words: Words, readings: Readings, found: Sequence[Mapping[Span, Read] | None]
    ) -> list[Mapping[Span, Read] | None]:
        """Return what words can be read as, with what only the declarations tell."""
        return [
            self._read(hole, own_layout, words, readings, own)
            for hole, own_layout, own in zip(self._holes, self._layouts, found, strict=True)
        ]

    def _read(
        self, hole: Hole, own: Layout | None, words: Words, readings: Readings, found: Mapping[Span, Read] | None
    ) -> Mapping[Span, Read] | None:
        if hole.kind == "boolean":
            found = booleans(hole, words)
        elif hole.kind in ("integer", "number"):
            spelled = {
                place: each
                for place, each in (found or {}).items()
                if not (hole.is_list and "," in words.between(place[0], place[1] + 1))
            }
            found = spelled | figures(hole, words)
        elif own is not None and found is None:
            found = {}
            for each in laid_out(hole, own, readings):
                place = words.covering(each.start, each.end)
                if place:
                    found[place[0], place[1] - 1] = each
        return in_a_row(words, found) if hole.is_list and found is not None else found


def _weighed(features: Floats, weights: Floats) -> Floats:
    """Return [m, P] from [m, P, F] and [P, F]."""
    weighed: Floats = np.matmul(features.transpose(1, 0, 2), weights[:, :, None])[:, :, 0].T
    return weighed


@cache
def shipped_weights() -> Mapping[str, Floats]:
    """Read `weights.json`: what is not there weighs nothing."""
    read = json.loads((resources.files(__package__) / "weights.json").read_text("utf-8"))
    found = {}
    for name, (rows, columns) in WEIGHED.items():
        table = np.zeros((len(rows), len(columns)), np.float32)
        for row, weights in read[name].items():
            for column, weight in weights.items():
                table[rows.index(row), columns.index(column)] = weight
        found[name] = table
    return found
