"""Turn the policy's limits into thresholds, from held-out predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from router.decisions import Policy
from router.scoring.scorer import fuse, gate_features, sigmoid, softmax
from router.training.evidence import Evidence, Measured

Floats = NDArray[np.float64]

FEWEST = 20
"""With fewer held-out utterances a threshold stays where calibrated probabilities put it, at a half."""


def fit_thresholds(evidence: Evidence, fusion: Floats, gate: Floats, policy: Policy) -> Policy:
    """Return the policy with the lowest thresholds that keep its limits on the held-out predictions.

    These are point estimates: on new utterances a limit is kept about, not
    surely.
    """
    scope, _ = _probabilities(evidence.out_of_scope, fusion, gate)
    if len(scope) >= FEWEST:
        allowed = int(policy.max_false_accept * len(scope))
        policy = replace(policy, in_scope_threshold=_just_above(np.sort(scope)[::-1][allowed]))
    scope, shares = _probabilities(evidence.examples, fusion, gate)
    accepted = scope >= policy.in_scope_threshold
    if accepted.sum() >= FEWEST:
        likeliest = shares[accepted].argmax(axis=1)
        wrong = likeliest != evidence.owners[accepted]
        policy = replace(policy, call_threshold=_lowest(shares[accepted].max(axis=1), wrong, policy.max_wrong_call))
    return policy


def _probabilities(measured: Measured, fusion: Floats, gate: Floats) -> tuple[Floats, Floats]:
    if not len(measured):
        return np.empty(0), np.empty((0, measured.channels.shape[1]))
    logits = fuse(measured.channels, fusion)
    return sigmoid(gate_features(measured.channels, measured.none, logits) @ gate), softmax(logits)


def _lowest(probabilities: Floats, wrong: NDArray[np.bool_], limit: float) -> float:
    """Return the lowest threshold at which the share of wrong calls is within the limit."""
    order = np.argsort(-probabilities, kind="stable")
    kept = np.arange(1, len(order) + 1)
    within = np.flatnonzero(np.cumsum(wrong[order]) <= limit * kept)
    return float(probabilities[order[within[-1]]]) if len(within) else _just_above(probabilities.max())


def _just_above(value: float) -> float:
    return float(np.nextafter(value, np.inf))
