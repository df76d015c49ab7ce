"""What a limit and a confidence cost: how many of the held-out examples of the declarations are called."""

from __future__ import annotations

from typing import Any

from router import Policy, ToolSet
from router.encoders import Encoder
from router.training import train

LIMITS = (0.01, 0.02, 0.05, 0.1, 0.2)
CONFIDENCES = (0.5, 0.8, 0.95)


def measured(tools: ToolSet, encoder: Encoder) -> dict[str, Any]:
    """Return a row for each limit and confidence, with the figures that training gives."""
    rows = []
    for limit in LIMITS:
        for confidence in CONFIDENCES:
            held_out = train(tools, encoder, Policy(max_false_accept=limit, confidence=confidence)).held_out
            assert held_out is not None
            accept, wrong = (
                next(each for each in held_out.promises if each.limit == name and each.risk == "normal")
                for name in ("max_false_accept", "max_wrong_call")
            )
            rows.append(
                {
                    "max_false_accept": limit,
                    "confidence": confidence,
                    "promised": accept.kept,
                    "bound": None if accept.bound is None else round(accept.bound, 4),
                    "passed": accept.errors,
                    "outside": accept.utterances,
                    "wrong_promised": wrong.kept,
                    "wrong_bound": None if wrong.bound is None else round(wrong.bound, 4),
                    "called": None if held_out.called is None else round(held_out.called, 4),
                    "examples": held_out.examples,
                }
            )
    return {"declarations": tools.fingerprint, "rows": rows}
