"""Learn `weights.json` from tools with utterances and the arguments that these ask for.

    python -m router.arguments.declared.recipe DATA TOOL_SPECS

DATA is the folder with the public sets (`python -m evals.public --list` says how
to lay it out), of which it reads those whose licence lets weights be shipped:
Seal-Tools `dev` (Apache-2.0), ACEBench in English (MIT) and SNIPS `train_full`
(CC0). TOOL_SPECS are the declarations of this project. `--validate` fits on three
quarters of the tools and asks the others, in turn.

A conditional random field over segments (Sarawagi and Cohen, 2004), the one that
`Options.chosen` decodes: the values of an utterance do not overlap, and what is
no value scores nothing. Where a value is said twice, the likelier place by the
weights of the round before is taken.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from router.arguments.declared.corpora import Sentence, sentences
from router.arguments.declared.cues import CLASSES
from router.arguments.declared.features import GROUPS
from router.arguments.declared.scorer import WEIGHED
from router.arguments.descent import minimized

Doubles = NDArray[np.float64]
PENALTIES = {"bias": 0.6, "left": 2.0, "right": 2.0, "shape": 2.0, "before": 0.6, "after": 0.6, "inside": 0.6}
"""Half of each times the squares of its weights is added to the negative log-likelihood."""
COUNTS = {"tool_specs": 0.5, "snips": 0.3}
"""What a sentence of these sets counts; one of the others counts 1."""
LEAST_WEIGHT = 0.03
ITERATIONS = 60
ROUNDS = 2
FOLDS = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Write the weights, or say what they are worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("tool_specs", type=Path)
    parser.add_argument("--validate", action="store_true")
    arguments = parser.parse_args(argv)
    found = list(sentences(arguments.data, arguments.tool_specs))
    if arguments.validate:
        for source, counts in sorted(validated(found).items()):
            print(source, counts)
    else:
        file = Path(__file__).parent / "weights.json"
        file.write_text(written(fitted(found)), encoding="utf-8")
    return 0


def validated(found: Sequence[Sentence]) -> dict[str, Counter[str]]:
    """Return for each set how many utterances have all their values and no other, by weights of other tools."""
    names = sorted({each.tool for each in found})
    fold = dict(zip(names, np.random.default_rng(0).permutation(len(names)) % FOLDS, strict=True))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for n in range(FOLDS):
        weights = fitted([each for each in found if fold[each.tool] != n])
        for each in found:
            if fold[each.tool] == n:
                counts[each.source] += _judged(each, weights)
    return counts


def written(weights: Mapping[str, Doubles]) -> str:
    """Return `weights.json`, a line for each row."""
    tables = []
    for name, (rows, columns) in WEIGHED.items():
        lines = []
        for row, values in zip(rows, weights[name], strict=True):
            kept = {c: round(float(v), 2) for c, v in zip(columns, values, strict=True) if abs(v) >= LEAST_WEIGHT}
            if kept:
                lines.append(f"    {json.dumps(row)}: {json.dumps(kept)}")
        tables.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(tables) + "\n}\n"


def fitted(found: Sequence[Sentence]) -> dict[str, Doubles]:
    """Maximise the penalised likelihood of the values."""
    flat = np.zeros(sum(len(rows) * len(columns) for rows, columns in WEIGHED.values()))
    for n in range(ROUNDS):
        weights = _split(flat)
        problems = [_Problem(each, weights if n else None) for each in found]
        flat = minimized(partial(_loss, problems), flat, ITERATIONS)
    return _split(flat)


def scored(sentence: Sentence, weights: Mapping[str, Doubles]) -> Doubles:
    """Return [S, P] as `Declared.options` does."""
    seen, classes = sentence.described, sentence.declared.cues.classes
    groups = classes[:, _GROUPS]
    first, last = seen.spans.T
    begins = weights["left"][seen.left] @ classes.T + ((seen.before @ weights["before"]) * groups).sum(-1)
    ends = weights["right"][seen.right] @ classes.T + ((seen.after @ weights["after"]) * groups).sum(-1)
    own = (seen.shape @ weights["shape"] + weights["bias"]) @ classes.T
    inside = ((seen.inside @ weights["inside"]) * groups).sum(-1)
    return np.where(seen.mask, begins[first] + ends[last] + own + inside, _NEVER)


class _Problem:
    """A sentence and its segments."""

    def __init__(self, sentence: Sentence, weights: Mapping[str, Doubles] | None) -> None:
        self.sentence = sentence
        spans = sentence.described.spans
        n = len(sentence.described.left)
        self._ending = [np.flatnonzero(spans[:, 1] == i) for i in range(n)]
        self._beginning = [np.flatnonzero(spans[:, 0] == i) for i in range(n)]
        # A required value that the text does not say is a flaw of the data: nothing is learnt from that hole.
        holes = zip(sentence.options.holes, sentence.stated, sentence.gold, strict=True)
        self._is_known = np.array([not (hole.is_required and stated and not gold) for hole, stated, gold in holes])
        scores = np.zeros(sentence.described.mask.shape) if weights is None else scored(sentence, weights)
        self._segments: list[tuple[int, int]] = []
        taken: list[tuple[int, int]] = []
        for p in sorted(range(len(sentence.gold)), key=lambda p: len(sentence.gold[p])):
            free = [s for s in sentence.gold[p] if all(spans[s, 1] < i or j < spans[s, 0] for i, j in taken)]
            if free:
                best = max(free, key=lambda s: scores[s, p])
                self._segments.append((best, p))
                taken.append((spans[best, 0], spans[best, 1]))

    def loss(self, weights: Mapping[str, Doubles], slopes: Mapping[str, Doubles]) -> float:
        """Return the negative log-likelihood and add its slope to `slopes`."""
        sentence, seen = self.sentence, self.sentence.described
        count = COUNTS.get(sentence.source, 1.0)
        scores = np.where(self._is_known, scored(sentence, weights), _NEVER)
        total, surplus = self._sums(scores)
        value = total - sum(scores[segment] for segment in self._segments)
        for segment in self._segments:
            surplus[segment] -= 1.0
        surplus *= count
        classes = sentence.declared.cues.classes.astype(np.float64)
        groups = classes[:, _GROUPS]
        first, last = seen.spans.T
        by_class = surplus @ classes
        np.add.at(slopes["left"], seen.left[first], by_class)
        np.add.at(slopes["right"], seen.right[last], by_class)
        slopes["shape"] += seen.shape.T @ by_class
        slopes["bias"] += by_class.sum(axis=0)
        begins, ends = np.zeros((2, len(seen.left), len(classes)))
        np.add.at(begins, first, surplus)
        np.add.at(ends, last, surplus)
        for name, features, own in (
            ("before", seen.before, begins),
            ("after", seen.after, ends),
            ("inside", seen.inside, surplus),
        ):
            by_group = (own[:, :, None] * groups).reshape(-1, len(_GROUPS))
            slopes[name] += features.reshape(-1, features.shape[2]).T @ by_group
        return count * float(value)

    def _sums(self, scores: Doubles) -> tuple[float, Doubles]:
        """Return the log-partition and how likely each span is the value of each hole [S, P]."""
        spans, n = self.sentence.described.spans, len(self._ending)
        top = scores.max(axis=1, keepdims=True)
        of_span = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        forward, backward = np.zeros(n + 1), np.zeros(n + 1)
        for i, own in enumerate(self._ending):
            forward[i + 1] = _log_sum(np.append(forward[spans[own, 0]] + of_span[own], forward[i]))
        for i in range(n - 1, -1, -1):
            own = self._beginning[i]
            backward[i] = _log_sum(np.append(backward[spans[own, 1] + 1] + of_span[own], backward[i + 1]))
        around = forward[spans[:, 0]] + backward[spans[:, 1] + 1] - forward[n]
        return float(forward[n]), np.exp(np.minimum(scores + around[:, None], 0.0))


def _loss(problems: Sequence[_Problem], flat: Doubles) -> tuple[float, Doubles]:
    weights = _split(flat)
    penalties = {name: PENALTIES[name] * table for name, table in weights.items()}
    slopes = {name: table.copy() for name, table in penalties.items()}
    value = sum(0.5 * float(np.vdot(penalties[name], table)) for name, table in weights.items())
    value += sum(problem.loss(weights, slopes) for problem in problems)
    return value, np.concatenate([slopes[name].ravel() for name in WEIGHED])


def _split(flat: Doubles) -> dict[str, Doubles]:
    shapes = {name: (len(rows), len(columns)) for name, (rows, columns) in WEIGHED.items()}
    parts = np.split(flat, np.cumsum([rows * columns for rows, columns in shapes.values()])[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def _judged(sentence: Sentence, weights: Mapping[str, Doubles]) -> Counter[str]:
    scores = scored(sentence, weights).astype(np.float32)
    chosen = replace(sentence.options, scores=scores).segments()
    best = {p: s for s, p in sorted(chosen, key=lambda segment: scores[segment])}
    right = sum(s in sentence.gold[p] for p, s in best.items())
    counts = {"right": right, "wrong": len(best) - right, "missing": sum(sentence.stated) - right}
    whole = right == len(best) == sum(sentence.stated)
    return Counter({**counts, "whole": int(whole), "asked": 1})


def _log_sum(values: Doubles) -> float:
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum()))


_GROUPS = [CLASSES.index(group) for group in GROUPS]
_NEVER = -1e9


if __name__ == "__main__":
    sys.exit(main())
