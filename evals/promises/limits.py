"""How often a router oversteps a limit that it promised, on utterances like those it was calibrated on.

What it does on finitely many utterances is not its true rate. Three figures say
how much of an excess is chance: the share of splits over the limit; the share
of an exact promise, which a threshold at that rank of a sample would have by
the beta-binomial distribution whatever the utterances are; and the share of
splits so far over it that a router within the limit does so once in twenty.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from evals.promises.splits import Split
from router import Policy, ToolCall
from router.encoders import Encoder
from router.held_out import Promise
from router.metrics.intervals import wilson
from router.training import train

SPLITS: Mapping[float, int] = {0.95: 200, 0.5: 50}
"""So many for each confidence, the first ones the same: what a policy asks for unless told otherwise, and what keeps a
limit about as often as not, which is on average."""
CHANCE = 0.05
"""A router that keeps its limit shows an excess beyond noise at most this often."""


@dataclass(frozen=True)
class Counted:
    """One limit in one split: so many errors of so many utterances."""

    promise: Promise
    errors: int
    n: int

    @property
    def rate(self) -> float:
        """The share of errors; 0 of nothing."""
        return self.errors / self.n if self.n else 0.0

    @property
    def exceeded(self) -> bool:
        """Whether the share is over the limit."""
        return self.rate > self.promise.asked

    @property
    def beyond_noise(self) -> bool:
        """Whether a router at the limit would err so often at most once in twenty times."""
        from scipy.stats import binom

        return bool(self.errors and binom.sf(self.errors - 1, self.n, self.promise.asked) <= CHANCE)

    @property
    def noise(self) -> float:
        """The standard deviation that finitely many utterances add to the share."""
        return (self.rate * (1.0 - self.rate) / self.n) ** 0.5 if self.n else 0.0

    @property
    def exact(self) -> float:
        """How likely an exact promise is over the limit on as many utterances.

        Its threshold lies at a rank of the utterances it was fitted to, and those
        asked are drawn from the same pool: how many pass is beta-binomial.
        """
        from scipy.stats import betabinom

        passed, fitted = self.promise.errors, self.promise.utterances
        if passed >= fitted:
            return 1.0
        return float(betabinom.sf(int(self.promise.asked * self.n + 1e-9), self.n, passed + 1, fitted - passed))


@dataclass(frozen=True)
class Tried:
    """What the router of one split did."""

    passed: Counted
    """Utterances for no tool at or above the in-scope threshold: what is promised."""
    accepted: Counted
    """Those that called a tool: what is promised of."""
    wrong: Counted
    """Calls for an utterance of a tool that were to another tool."""
    coverage: float
    """Share of utterances of tools that called one."""


def tried(split: Split, encoder: Encoder, confidence: float) -> Tried:
    """Train a router and ask it, by `route`."""
    router = train(split.tools, encoder, Policy(confidence=confidence))
    assert router.held_out is not None
    promises = {each.limit: each for each in router.held_out.promises if each.risk == "normal"}
    accept, wrong = promises["max_false_accept"], promises["max_wrong_call"]
    outside = [router.route(text) for text in split.outside]
    passed = sum(each.in_scope >= router.policy.thresholds["normal"].in_scope for each in outside)
    accepted = sum(isinstance(each, ToolCall) for each in outside)
    inside = [(router.route(text), tool) for text, tool in split.inside]
    calls = [(decision.tool, tool) for decision, tool in inside if isinstance(decision, ToolCall)]
    return Tried(
        Counted(accept, passed, len(outside)),
        Counted(accept, accepted, len(outside)),
        Counted(wrong, sum(called != tool for called, tool in calls), len(calls)),
        len(calls) / len(inside),
    )


def measured(
    splits: Iterable[Split],
    encoder: Encoder,
    counts: Mapping[float, int] = SPLITS,
    progress: Callable[[int], object] = lambda _: None,
) -> dict[str, Any]:
    """Return figures for each confidence, from so many splits."""
    found: dict[float, list[Tried]] = {confidence: [] for confidence in counts}
    for number, split in enumerate(itertools.islice(splits, max(counts.values())), start=1):
        for confidence, done in found.items():
            if number <= counts[confidence]:
                done.append(tried(split, encoder, confidence))
        progress(number)
    return {
        "tools": len(split.tools),
        "examples": sum(len(tool.examples) for tool in split.tools),
        "declared": len(split.tools.out_of_scope),
        "inside": len(split.inside),
        "outside": len(split.outside),
        "at": {str(confidence): summary(done) for confidence, done in found.items()},
    }


def summary(done: Sequence[Tried]) -> dict[str, Any]:
    """Return what is kept of all splits."""
    return {
        "splits": len(done),
        "passed": limit_summary([each.passed for each in done])
        | {"exact": round(fmean(each.passed.exact for each in done), 4)},
        "accepted": limit_summary([each.accepted for each in done]),
        "wrong": limit_summary([each.wrong for each in done]),
        "coverage": round(fmean(each.coverage for each in done), 4),
    }


def limit_summary(counted: Sequence[Counted]) -> dict[str, Any]:
    """Return how often a limit was exceeded, and the rates."""
    rates = [each.rate for each in counted]
    return {
        "limit": counted[0].promise.asked,
        "promised": sum(each.promise.kept for each in counted),
        "exceeded": _share([each.exceeded for each in counted]),
        "beyond_noise": _share([each.beyond_noise for each in counted]),
        "mean": round(fmean(rates), 4),
        "sd": round(stdev(rates), 4) if len(rates) > 1 else None,
        "noise": round(fmean(each.noise for each in counted), 4),
    }


def _share(counts: Sequence[bool]) -> Mapping[str, float]:
    interval = wilson(sum(counts), len(counts))
    assert interval is not None
    return {
        "value": round(sum(counts) / len(counts), 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
    }
