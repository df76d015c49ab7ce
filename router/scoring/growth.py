"""Add a tool to fitted channels, or take one away, in milliseconds and without scikit-learn.

The other tools' head stays as it is. The new tool's row is the one that
maximises the likelihood of its examples and of the rivals that look most like
it: with the other logits fixed, the multinomial model is a binary logistic
regression with an offset. It is solved in the dual by iteratively reweighted
least squares (Zhu and Hastie, 2005) with step halving, since rows are fewer
than dimensions.

What is for no tool is not kept, and of the rivals only some. So the bias is not
fitted but the mean of the other tools', and a rival tool's prototypes count
together like as many examples as the new tool has: otherwise every tool that is
added takes from the others (`evals/NOTES.md`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from router.declarations import ToolSet
from router.scoring.channels import Channels, Floats
from router.scoring.lexical import sketches
from router.scoring.material import Material, Texts, gather_channels
from router.scoring.scorer import Scorer, sigmoid
from router.text import normalize

_STEPS = 15
_RIVALS = 150


def without_tool(channels: Channels, index: int) -> Channels:
    """Return the channels without the tool of that index."""
    own = channels.owners != index
    return replace(
        channels,
        head_weights=np.delete(channels.head_weights, index, axis=0),
        head_biases=np.delete(channels.head_biases, index),
        declaration_sketches=np.delete(channels.declaration_sketches, index, axis=0),
        prototypes=channels.prototypes[own],
        owners=_renumbered(channels.owners[own], index, -1),
        examples=channels.examples[own],
    )


def with_tool(scorer: Scorer, tools: ToolSet, index: int, material: Material) -> Channels:
    """Return the scorer's channels with a new tool inserted before the tool of that index.

    `tools` are those that the scorer knows; `material` is the new tool's alone.
    """
    channels = scorer.channels
    own = np.concatenate([part.rows(scorer.lexical_weight) for part in (material.declarations, material.examples)])
    rivals = np.concatenate(
        [
            material.counterexamples.rows(scorer.lexical_weight),
            *_rivals(scorer, tools, material.declarations.embeddings[0]),
        ]
    )
    weights, bias = _fit_row(channels, own, rivals, scorer.inverse_penalty)
    tool = gather_channels(material, np.zeros((1, own.shape[1]), np.float32), np.zeros(1, np.float32))
    at = np.searchsorted(channels.owners, index)
    return replace(
        channels,
        head_weights=np.insert(channels.head_weights, index, weights, axis=0),
        head_biases=np.insert(channels.head_biases, index, bias),
        declaration_sketches=np.insert(channels.declaration_sketches, index, tool.declaration_sketches[0], axis=0),
        prototypes=np.insert(channels.prototypes, [at] * len(tool.prototypes), tool.prototypes, axis=0),
        owners=np.insert(_renumbered(channels.owners, index, 1), [at] * len(tool.owners), tool.owners + index),
        examples=np.insert(channels.examples, [at] * len(tool.examples), tool.examples),
    )


def _renumbered(owners: NDArray[np.int32], index: int, by: int) -> NDArray[np.int32]:
    return np.where(owners >= index, owners + by, owners).astype(np.int32)


def _rivals(scorer: Scorer, tools: ToolSet, declared: Floats) -> tuple[Floats, Floats]:
    """Return the other tools' declarations and those of their examples that look most like the new tool, as rows."""
    channels = scorer.channels
    declarations = Texts(channels.prototypes[channels.examples < 0], channels.declaration_sketches)
    of_examples = np.flatnonzero(channels.examples >= 0)
    nearest = of_examples[np.argsort(-(channels.prototypes[of_examples] @ declared), kind="stable")[:_RIVALS]]
    texts = [normalize(tools.tools[channels.owners[row]].examples[channels.examples[row]].utterance) for row in nearest]
    examples = Texts(channels.prototypes[nearest], sketches(texts))
    return declarations.rows(scorer.lexical_weight), examples.rows(scorer.lexical_weight)


def _fit_row(channels: Channels, own: Floats, rivals: Floats, inverse_penalty: float) -> tuple[Floats, float]:
    rows = np.concatenate([own, rivals]).astype(np.float64)
    targets = np.concatenate([np.ones(len(own)), np.zeros(len(rivals))])
    prototypes_a_tool = len(channels.prototypes) / max(channels.tools, 1)
    counts = np.where(targets > 0, 1.0, len(own) / max(prototypes_a_tool, 1.0))
    bias = float(channels.head_biases[: channels.tools].mean()) if channels.tools else 0.0
    others = rows @ channels.head_weights.T + channels.head_biases
    offsets = bias - np.logaddexp.reduce(others, axis=1) if others.shape[1] else np.zeros(len(rows))
    kernel = rows @ rows.T

    def loss(dual: NDArray[np.float64]) -> float:
        logits = kernel @ dual
        losses = np.logaddexp(0.0, np.where(targets > 0, -1.0, 1.0) * (logits + offsets))
        return float(counts @ losses + dual @ logits / (2.0 * inverse_penalty))

    dual = np.zeros(len(rows))
    for _ in range(_STEPS):
        logits = kernel @ dual
        chances = sigmoid(logits + offsets)
        curvature = np.maximum(counts * chances * (1.0 - chances), 1e-6)
        response = logits + counts * (targets - chances) / curvature
        step = np.linalg.solve(kernel + np.diag(1.0 / (inverse_penalty * curvature)), response) - dual
        before = loss(dual)
        while loss(dual + step) > before and np.abs(step).max() > 1e-9:
            step *= 0.5
        dual += step
        if before - loss(dual) < 1e-5:
            break
    return (rows.T @ dual).astype(np.float32), bias
