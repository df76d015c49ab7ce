"""Fit the fusion and the gate to held-out evidence.

Both are small logistic models with a Gaussian prior, so that no evidence gives
the prior, much evidence gives what it says, and there is no cliff between. A
weight keeps the sign of its prior: to be more like an example never speaks
against a tool. The priors were measured on public training sets with the
shipped encoder, see `evals/NOTES.md`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from router.scoring.scorer import fuse, gate_features, sigmoid, softmax
from router.training.evidence import FOLDS, Evidence, Measured

Floats = NDArray[np.float64]

FUSION_PRIOR = np.array([2.5, 3.0])
"""Mean of the prior over the weights of `CHANNELS`."""
DECLARED_FUSION = np.array([1.0, 15.0])
"""The same where no tool has an example: a head has learnt nothing then that the declarations do not say."""
FUSION_SPREAD = np.array([0.75, 3.0])
"""The prior's standard deviations."""

GATE_PRIOR = np.array([6.0, 0.5, -0.5, -4.8])
"""Mean of the prior over the weights of `GATE_FEATURES`."""
GATE_SPREAD = np.array([2.0, 0.3, 0.3, 4.0])

LEFT_OUT_WEIGHT = 50
"""Examples shown to a router without their tool count together like this many out-of-scope utterances. They are
nearer to the tools than what people really say for none; with more weight the gate learns to see nothing else."""
BACKGROUND_WEIGHT = 50
"""The background counts together like this many: it is farther from the tools than what people really say."""


def fusion_prior(exemplified: float) -> Floats:
    """Return the mean of the prior where this share of the tools, in [0, 1], has examples."""
    mean: Floats = DECLARED_FUSION + exemplified * (FUSION_PRIOR - DECLARED_FUSION)
    return mean


def fit_fusion(evidence: Evidence, prior: Floats = FUSION_PRIOR, spread: Floats = FUSION_SPREAD) -> Floats:
    """Maximise the likelihood of the examples' tools."""
    examples = evidence.examples.channels.astype(np.float64)
    right = examples[np.arange(len(examples)), evidence.owners].sum(axis=0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        if not examples.size:
            return 0.0, np.zeros_like(weights)
        logits = examples @ weights
        totals = np.logaddexp.reduce(logits, axis=1).sum()
        return float(totals - right @ weights), np.einsum("nk,nkc->c", softmax(logits), examples) - right

    return _posterior_mode(loss, prior, spread)


def won_by_own_tool(evidence: Evidence, fusion: Floats) -> NDArray[np.bool_]:
    """Say which counterexamples [m] their own tool would win: they are for no tool.

    The others are for the tool that does win them, as far as anybody knows.
    """
    logits = fuse(evidence.counterexamples.channels, fusion)
    won: NDArray[np.bool_] = logits.argmax(axis=1) == evidence.counter_owners if len(logits) else np.empty(0, bool)
    return won


def gate_material(evidence: Evidence, fusion: Floats) -> tuple[Floats, Floats, Floats]:
    """Return features [n, 4], targets [n] and weights [n].

    Out of scope are: what was declared so, counterexamples that their own tool
    would win, the background, and every example as a router without its tool would
    see it. Both sides weigh as much as the scarcer one has to say, so that the prior
    still counts where little is known of either.
    """
    inside = features_of(evidence.examples, fusion)
    stolen = features_of(evidence.counterexamples, fusion)[won_by_own_tool(evidence, fusion)]
    outside = [
        (features_of(evidence.out_of_scope, fusion), math.inf),
        (stolen, math.inf),
        (features_of(evidence.background, fusion), BACKGROUND_WEIGHT),
        (features_of(_without_own(evidence), fusion), LEFT_OUT_WEIGHT),
    ]
    negatives = np.concatenate([np.full(len(part), min(most / max(len(part), 1), 1.0)) for part, most in outside])
    features = np.concatenate([inside, *(part for part, _ in outside)])
    targets = np.concatenate([np.ones(len(inside)), np.zeros(len(negatives))])
    weights = np.concatenate([np.ones(len(inside)), negatives])
    sides = [targets == 1.0, targets == 0.0]
    least = min(weights[side].sum() for side in sides)
    for side in sides:
        weights[side] *= least / max(weights[side].sum(), 1e-12)
    return features, targets, weights


def fit_gate(
    features: Floats, targets: Floats, weights: Floats, prior: Floats = GATE_PRIOR, spread: Floats = GATE_SPREAD
) -> Floats:
    """Maximise the weighted likelihood of in scope against out of scope."""

    def loss(gate: Floats) -> tuple[float, Floats]:
        logits = features @ gate
        gradient: Floats = features.T @ (weights * (sigmoid(logits) - targets))
        return float(weights @ np.logaddexp(0.0, np.where(targets > 0, -logits, logits))), gradient

    return _posterior_mode(loss, prior, spread)


def fit_gates(evidence: Evidence, fusion: Floats) -> Floats:
    """Return a gate for each fold, [`FOLDS`, 4], fitted to the others.

    What is promised rests on these: a gate is a little too right about the
    utterances that it was fitted to, few as its weights are.
    """
    return np.stack([fit_gate(*gate_material(evidence.without(fold), fusion)) for fold in range(FOLDS)])


def features_of(measured: Measured, fusion: Floats) -> Floats:
    """Return the gate's features [n, 4]."""
    if not measured.channels.size:  # no utterances, or no tools
        return np.empty((0, len(GATE_PRIOR)))
    return gate_features(measured.channels, measured.none, fuse(measured.channels, fusion))


def _without_own(evidence: Evidence) -> Measured:
    """Return the examples' measurements with their own tool taken out of the running."""
    channels, none = evidence.examples.channels, evidence.examples.none
    rows, tools, width = channels.shape
    if not rows or tools < 2:
        return Measured(channels[:0], none[:0])
    others = np.ones((rows, tools), bool)
    others[np.arange(rows), evidence.owners] = False
    return Measured(channels[others].reshape(rows, tools - 1, width), none)


def _posterior_mode(loss: Callable[[Floats], tuple[float, Floats]], prior: Floats, spread: Floats) -> Floats:
    from scipy.optimize import minimize

    def penalised(scaled: Floats) -> tuple[float, Floats]:
        value, gradient = loss(prior + spread * scaled)
        return value + 0.5 * float(scaled @ scaled), gradient * spread + scaled

    limit = np.abs(prior) / spread  # a weight never changes its sign
    bounds = [(-up, None) if mean > 0 else (None, up) for mean, up in zip(prior, limit, strict=True)]
    found = minimize(penalised, np.zeros_like(prior), jac=True, method="L-BFGS-B", bounds=bounds)
    mode: Floats = prior + spread * found.x
    return mode
