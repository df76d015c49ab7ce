"""Whether what the shipped tools promise carries over to utterances of another distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evals.promises.limits import SPLITS
from router import Policy, ToolSet
from router.encoders import Encoder
from router.evaluation import Outcome, Suite, run
from router.held_out import Promise
from router.metrics.intervals import clustered_share
from router.training import train


def measured(tools: ToolSet, suite: Suite, encoder: Encoder) -> dict[str, Any]:
    """Return the realised share of each limit, for each confidence, and how much was called."""
    found = {}
    for confidence in SPLITS:
        router = train(tools, encoder, Policy(confidence=confidence))
        assert router.held_out is not None
        outcomes = run(router, suite)
        promises = {(each.limit, each.risk): each for each in router.held_out.promises}
        inside = [each for each in outcomes if len(each.case.tools) == 1]
        calls = [each for each in inside if each.called]
        harmless = [each for each in calls if tools[each.called].risk == "harmless"]
        others = [each for each in calls if tools[each.called].risk != "harmless"]
        found[str(confidence)] = {
            "accepted": kept(promises["max_false_accept", "normal"], [o for o in outcomes if not o.case.tools]),
            "wrong": kept(promises["max_wrong_call", "normal"], others),
            "wrong_harmless": kept(promises["max_wrong_call", "harmless"], harmless),
            "coverage": round(len(calls) / len(inside), 4),
        }
    return {"suite": suite.fingerprint, "at": found}


def kept(promise: Promise, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return how many of these were errors, with a 95 % interval; variants of one utterance count less."""
    errors = np.array([each.called != "".join(each.case.tools) for each in outcomes], bool)
    named = [each.case.cluster or each.case.id for each in outcomes]
    interval = clustered_share(errors, np.unique(named, return_inverse=True)[1])
    assert interval is not None
    return {
        "limit": promise.asked,
        "promised": promise.kept,
        "value": round(float(errors.mean()), 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "n": len(outcomes),
    }
