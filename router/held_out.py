"""How a router did on utterances it was not trained on, and what that allows it to promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Limit: TypeAlias = Literal["max_false_accept", "max_wrong_call"]
"""A limit of the policy."""


@dataclass(frozen=True)
class Promise:
    """What is promised of one limit, of one risk of tools.

    A kept promise is a finite-sample bound: if the utterances to come are like
    those held out, the share stays within the limit unless they were an unlucky
    draw. That happens with probability 1 - confidence, or about that, see
    `router.training.thresholds`.
    """

    limit: Limit
    risk: str
    """Of calls to tools of this risk, see `Tool.risk`. Of `max_false_accept`, normal stands for all tools."""
    asked: float
    """The limit, a share in [0, 1]."""
    kept: bool
    """Whether the threshold is one that the limit is promised for. If not, it keeps the limit about, on average."""
    threshold: float
    utterances: int
    """It rests on so many held-out utterances that were to be refused, or that were called."""
    errors: int
    """So many of them passed the threshold, or were called wrongly."""
    bound: float | None
    """At this threshold at most this share, with confidence. None where it rests on nothing, or nothing is called."""
    strictest: float | None
    """The strictest limit that this many utterances can promise, if none of them is an error."""
    needed: int | None
    """At least so many utterances are needed to promise the limit; more, if some of them are errors. None where none
    are enough, because the limit is 0."""


@dataclass(frozen=True)
class HeldOut:
    """Figures from cross-validation over the declarations' own utterances.

    The thresholds are fitted to the same predictions, so the shares that they
    govern flatter a little. A share of nothing is None.
    """

    examples: int
    """So many examples were held out in turn; those of a tool with fewer than four are not."""
    accuracy: float | None
    """Share of them whose first candidate is their tool."""
    calibration_error: float | None
    """Expected calibration error of the first candidate's probability, in 15 bins."""
    called: float | None
    """Share of them that call a tool, the right one or not, confirmed or not."""
    called_on_average: float | None
    """The same with thresholds that keep the limits on average and promise nothing: the difference is the price."""
    wrong_calls: float | None
    """Share of the calls that are to the wrong tool."""
    out_of_scope: int
    """So many utterances that were declared out of scope were held out in turn."""
    false_accepts: float | None
    """Share of them that are taken to be in scope, whether or not they call a tool."""
    promises: tuple[Promise, ...]
    """What is promised, in the order of risk: normal, harmless, irreversible."""
