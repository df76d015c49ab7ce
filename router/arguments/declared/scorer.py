"""How likely words are the value of a hole, by its declaration alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.candidates import boundaries, spans_of
from router.arguments.declared.cues import CLASSES, cues
from router.arguments.declared.features import GROUPS, LEFT, PAIR, RIGHT, SHAPE, describe
from router.arguments.declared.layouts import laid_out, layout
from router.arguments.declared.reads import booleans, figures, in_a_row
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
    "pair": (PAIR, GROUPS),
}
"""What is weighed, and for which classes of holes."""


class Declared:
    """Scores the words of a text for some holes of a tool."""

    def __init__(self, tool: Tool, holes: Sequence[Hole], shifts: Sequence[float]) -> None:
        """Compile the declarations; `shifts` are added to the scores of each hole."""
        self._holes = holes
        self._layouts = [layout(hole) for hole in holes]
        self._cues = cues(tool, holes)
        classes, weights = self._cues.classes, shipped_weights()
        self._bias = (weights["bias"] @ classes.T)[0] + np.array(shifts, np.float32)
        self._left, self._right, self._shape = (weights[name] @ classes.T for name in ("left", "right", "shape"))
        self._pair = (weights["pair"] @ classes[:, [CLASSES.index(group) for group in GROUPS]].T).T

    def reads(
        self, words: Words, readings: Readings, found: Sequence[Mapping[Span, Read] | None]
    ) -> list[Mapping[Span, Read] | None]:
        """Return what words can be read as for each hole; None for free text.

        `found` is what can be read without the declaration, None where it is free text.
        """
        return [
            self._read(hole, n, words, readings, own) for n, (hole, own) in enumerate(zip(self._holes, found, strict=True))
        ]

    def scores(
        self, words: Words, reads: Sequence[Mapping[Span, Read] | None]
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return S spans [S, 2], first and last word, and for each hole [S, P] the log-odds that they are its value.

        Minus infinity where the words cannot be.
        """
        described = describe(words, reads, self._cues)
        scores = self._left[described.left] + self._right[described.right] + described.shape @ self._shape + self._bias
        scores += np.einsum("spf,pf->sp", described.pair, self._pair)
        scores[~described.mask] = -np.inf
        return described.spans, scores

    def _read(
        self, hole: Hole, n: int, words: Words, readings: Readings, found: Mapping[Span, Read] | None
    ) -> Mapping[Span, Read] | None:
        own = self._layouts[n]
        if hole.kind == "boolean":
            found = booleans(hole, words)
        elif hole.kind in ("integer", "number"):
            found = {**(found or {}), **figures(hole, words)}
        elif own is not None and found is None:
            found = {}
            for each in laid_out(hole, own, readings):
                place = words.covering(each.start, each.end)
                if place:
                    found[place[0], place[1] - 1] = each
        return in_a_row(words, found) if hole.is_list and found is not None else found


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
