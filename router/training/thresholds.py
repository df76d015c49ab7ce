"""Turn the policy's limits into thresholds, and say what they give, from held-out predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from router.decisions import Policy
from router.held_out import HeldOut
from router.metrics.calibration import calibration_error
from router.metrics.classification import share
from router.scoring.scorer import fuse, gate_features, sigmoid, softmax
from router.training.evidence import Evidence, Measured

Floats = NDArray[np.float64]

FEWEST = 20
"""With fewer held-out utterances a threshold stays where calibrated probabilities put it, at a half."""


def fit_thresholds(evidence: Evidence, fusion: Floats, gate: Floats, policy: Policy) -> Policy:
    """Return the policy with the lowest thresholds that keep its limits on the held-out predictions.

    Without enough examples to set against them, out-of-scope utterances may only
    raise the threshold. These are point estimates: on new utterances a limit is
    kept about, not surely.
    """
    scope, _ = _probabilities(evidence.out_of_scope, fusion, gate)
    if len(scope) >= FEWEST:
        threshold = _just_above(np.append(np.sort(scope)[::-1], 0.0)[int(policy.max_false_accept * len(scope) + 1e-9)])
        if len(evidence.examples) < FEWEST:
            threshold = max(threshold, policy.in_scope_threshold)
        policy = replace(policy, in_scope_threshold=threshold)
    scope, shares = _probabilities(evidence.examples, fusion, gate)
    accepted = scope >= policy.in_scope_threshold
    if accepted.sum() >= FEWEST:
        likeliest = shares[accepted].argmax(axis=1)
        wrong = likeliest != evidence.owners[accepted]
        policy = replace(policy, call_threshold=_lowest(shares[accepted].max(axis=1), wrong, policy.max_wrong_call))
    return policy


def summarise(evidence: Evidence, fusion: Floats, gate: Floats, policy: Policy) -> HeldOut:
    """Say how the router would have done on the held-out utterances under this policy."""
    scope, shares = _probabilities(evidence.examples, fusion, gate)
    surest = shares.max(axis=1, initial=0.0)
    right = shares.argmax(axis=1) == evidence.owners[: len(shares)] if len(shares) else np.empty(0, bool)
    called = (scope >= policy.in_scope_threshold) & (surest >= policy.call_threshold)
    outside, others = _probabilities(evidence.out_of_scope, fusion, gate)
    accepted = (outside >= policy.in_scope_threshold) & (others.max(axis=1, initial=0.0) >= policy.call_threshold)
    return HeldOut(
        examples=len(shares),
        accuracy=share(right),
        calibration_error=calibration_error(surest, right),
        called=share(called),
        wrong_calls=share(~right[called]),
        out_of_scope=len(outside),
        false_accepts=share(accepted),
    )


def _probabilities(measured: Measured, fusion: Floats, gate: Floats) -> tuple[Floats, Floats]:
    if not measured.channels.size:  # no utterances, or no tools
        return np.empty(0), np.empty((0, measured.channels.shape[1]))
    logits = fuse(measured.channels, fusion)
    return sigmoid(gate_features(measured.channels, measured.none, logits) @ gate), softmax(logits)


def _lowest(probabilities: Floats, wrong: NDArray[np.bool_], limit: float) -> float:
    """Return the lowest threshold at which the share of wrong calls is within the limit.

    Where even the least sure of them may be called, it stays at a half: how sure
    that one happens to be is no reason to ask about others that are less so.
    """
    thresholds, places = np.unique(probabilities, return_inverse=True)
    calls = np.bincount(places)[::-1].cumsum()[::-1]
    wrong_calls = np.bincount(places, wrong)[::-1].cumsum()[::-1]
    within = np.flatnonzero(wrong_calls <= limit * calls)
    if not len(within):
        return _just_above(thresholds[-1])
    return min(float(thresholds[within[0]]), 0.5) if within[0] == 0 else float(thresholds[within[0]])


def _just_above(value: float) -> float:
    return float(np.nextafter(value, np.inf))
