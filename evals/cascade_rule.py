"""When the first router of a cascade has the last word: thresholds fitted to held-out predictions.

By conformal risk control (Angelopoulos et al., 2022): where (errors + 1) / (n + 1)
of held-out utterances is within a limit, so is the expected share of utterances
like them, whatever their distribution. An error is one that the second router
alone would not have made. Fewer than 1 / limit - 1 utterances allow nothing:
0.2 points need 499.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from router import Abstain, Decision, Router, ToolSet
from router.encoders import Encoder
from router.training import cross_validate, one_thread
from router.training.background import with_background
from router.training.thresholds import predict

NONE = -1
"""Stands for the tool of an utterance that is for none."""
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class HeldOut:
    """What a router decides about n held-out utterances."""

    wanted: Ints
    """[n], the tool that each is for, or `NONE`."""
    first: Ints
    """[n], the likeliest tool."""
    probability: Floats
    """[n], of that tool."""
    in_scope: Floats
    """[n]"""
    refuses: Bools
    """[n], whether it takes it to be for no tool."""
    calls: Bools
    """[n], whether it calls the likeliest tool."""
    can_be_undone: Bools
    """[n], whether what that tool does can be."""

    @property
    def calls_rightly(self) -> Bools:
        """[n], whether it calls the tool that is wanted."""
        right: Bools = self.calls & (self.first == self.wanted)
        return right

    @property
    def calls_wrongly(self) -> Bools:
        """[n], whether it calls another tool, or any where none is wanted."""
        wrong: Bools = self.calls & (self.first != self.wanted)
        return wrong


@dataclass(frozen=True)
class Rule:
    """When the first router's decision is final."""

    call: float
    """From this probability of the likeliest tool on, a call is, unless it cannot be undone."""
    refuse: float
    """At this in-scope probability and below, a refusal is."""

    def is_final(self, decision: Decision, tools: ToolSet) -> bool:
        """Whether the second router is not asked."""
        if isinstance(decision, Abstain):
            return decision.reason == "out_of_scope" and decision.in_scope <= self.refuse
        if decision.tool is None or tools[decision.tool].risk == "irreversible":
            return False
        return decision.candidates[0].probability >= self.call


def fit_rule(early: HeldOut, late: HeldOut, limit: float) -> Rule:
    """Return the rule that leaves most to the first router and costs at most this share, once for each kind.

    Of all utterances so many more are called wrongly, and of those for a tool so
    many right calls of the second router are lost to a refusal.
    """
    final = early.calls & early.can_be_undone
    call = within(np.where(final, early.probability, -1.0), final & early.calls_wrongly & ~late.calls_wrongly, limit)
    inside = early.wanted != NONE
    unlike = np.where(early.refuses, 1.0 - early.in_scope, -1.0)
    refuse = within(unlike[inside], (early.refuses & late.calls_rightly)[inside], limit)
    return Rule(call=max(call, 0.0), refuse=1.0 - max(refuse, 0.0))


def within(sureness: Floats, errors: Bools, limit: float) -> float:
    """Return the lowest threshold whose errors, those at least as sure, keep the limit in expectation.

    Infinite if none does.

    >>> within(np.array([0.9, 0.8, 0.7, 0.6]), np.array([False, False, True, False]), 0.2) > 0.7
    True
    """
    allowed = math.floor(limit * (len(errors) + 1) + 1e-9) - 1
    wrong = np.sort(sureness[errors])[::-1]
    if allowed < 0:
        return math.inf
    return float(np.nextafter(wrong[allowed], math.inf)) if allowed < len(wrong) else -math.inf


def held_out(router: Router, encoder: Encoder) -> HeldOut:
    """Cross-validate as training did, by the same folds whatever the encoder, and decide by the router's thresholds."""
    with one_thread():
        known = cross_validate(with_background(router.tools, encoder))
    none = known.evidence.out_of_scope
    of_none = replace(known.evidence, examples=none, owners=np.zeros(len(none), np.int32))
    inside, outside = (predict(each, known.fusion, known.gates) for each in (known.evidence, of_none))
    first = np.concatenate([inside.tools, outside.tools])
    probability = np.concatenate([inside.surest, outside.surest])
    in_scope = np.concatenate([inside.inside, inside.outside])
    thresholds, risks = router.policy.thresholds, [tool.risk for tool in router.tools]
    needed = np.array([thresholds["harmless" if risk == "harmless" else "normal"].call for risk in risks])
    refuses = in_scope < thresholds["normal"].in_scope
    return HeldOut(
        np.concatenate([known.evidence.owners.astype(np.intp), np.full(len(none), NONE)]),
        first,
        probability,
        in_scope,
        refuses,
        ~refuses & (probability >= needed[first]),
        np.array([risk != "irreversible" for risk in risks], bool)[first],
    )
