"""Fit how probable a tool's arguments are to its own examples, some filled as if they were new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, replace

import numpy as np
from numpy.typing import NDArray

from router.arguments.arguments import hear
from router.arguments.confidence import Confidence, evidence
from router.arguments.filler import Filler, Value
from router.arguments.holes import as_list
from router.arguments.reading import Moment, Readings
from router.arguments.teaching import teach
from router.declarations import Example, Tool, ToolSet
from router.encoders import Encoder
from router.scoring.scorer import sigmoid
from router.text import normalize

EVERY = 3
"""One example of so many is asked about, the others are taught: some hundred values are enough for five weights."""
PRIOR = Confidence()
SPREAD = Confidence(log_odds=0.5, implied=0.5, length=0.5, left_over=0.5, bias=1.0)
"""How far from the prior a few examples may take each weight."""
Doubles = NDArray[np.float64]


def fit_confidence(
    tools: ToolSet, encoder: Encoder, lexical_weight: float, progress: Callable[[int], object] = lambda _: None
) -> Confidence:
    """Return the likeliest weights, those of `PRIOR` where no example says what is right.

    `progress` is called with how many tools are done.
    """
    rows, right = [np.zeros((0, 5))], [np.zeros(0)]
    for n, tool in enumerate(tools):
        for found, is_right in _tried(tool, encoder, lexical_weight):
            rows.append(found)
            right.append(np.array(is_right, np.float64))
        progress(n + 1)
    return _posterior_mode(np.concatenate(rows), np.concatenate(right))


def _tried(tool: Tool, encoder: Encoder, lexical_weight: float) -> Iterator[tuple[Doubles, list[bool]]]:
    """Yield what spoke for the values of each example that says what its values are, and whether each was right."""
    telling = [n for n, example in enumerate(tool.examples) if example.slots or example.arguments]
    asked = frozenset(telling[EVERY - 1 :: EVERY])
    if not asked:
        return
    kept = tuple(example for n, example in enumerate(tool.examples) if n not in asked)
    filler = Filler(tool, teach(replace(tool, examples=kept), encoder, lexical_weight), {})
    for example in (tool.examples[n] for n in sorted(asked)):
        heard = hear(encoder, normalize(example.utterance), lexical_weight)
        filled = filler.fill(heard.text, heard.tokens, heard.row, Readings(heard.text, Moment()), ())
        if filled.values:
            yield evidence(filled, heard.text), [_is_right(value, example) for value in filled.values]


def _is_right(value: Value, example: Example) -> bool:
    said = [example.words(slot) for slot in example.slots if slot.parameter == value.hole.parameter]
    if value.words and any(normalize(words).casefold() == value.words.casefold() for words in said):
        return True
    stated = _inside(example.arguments or {}, value.hole.path)
    return value.value in as_list(stated) if not isinstance(value.value, list) else value.value == stated


def _inside(arguments: Mapping[str, object], path: tuple[str, ...]) -> object:
    found: object = arguments
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _posterior_mode(rows: Doubles, right: Doubles) -> Confidence:
    from scipy.optimize import minimize

    prior, spread = np.array(astuple(PRIOR)), np.array(astuple(SPREAD))

    def penalised(scaled: Doubles) -> tuple[float, Doubles]:
        logits = rows @ (prior + spread * scaled)
        gradient = rows.T @ (sigmoid(logits) - right)
        loss = np.logaddexp(0.0, np.where(right > 0, -logits, logits)).sum()
        return float(loss + 0.5 * scaled @ scaled), gradient * spread + scaled

    found = minimize(penalised, np.zeros_like(prior), jac=True, method="L-BFGS-B")
    return Confidence(*np.round(prior + spread * found.x, 6).tolist())
