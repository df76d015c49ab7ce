"""Turn the policy's limits into thresholds that keep them, and say what can be promised.

Both limits are promised with finite-sample bounds. They are exact for a fixed
model and utterances that are like those to come, of any distribution. Here each
utterance is judged by a model that was trained without its fold, and the one
that ships was trained on all, so they hold about: `evals/RESULTS.md` says how
often they do, and `evals/NOTES.md` what was done to come nearer.

- `max_false_accept` by the order statistics of the in-scope probability of
  out-of-scope utterances: a conformal p-value whose guarantee holds with
  confidence, not on average (Vovk, "Conditional validity of inductive conformal
  predictors", 2012). Its bound is that of Clopper and Pearson (1934).
- `max_wrong_call` by testing thresholds in a fixed order, from strict to lax,
  until one is not significantly within the limit (Angelopoulos, Bates, Candès,
  Jordan and Lei, "Learn then Test", 2021). The order depends on how many are
  called, never on which of them are wrong. A limit is for the calls to tools
  of one risk: what is right for most is no comfort for those that matter.

Each promise holds with the confidence by itself, not both at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from router.decisions import LENIENCE, Policy, Thresholds
from router.declarations import Risk
from router.held_out import HeldOut, Limit, Promise
from router.metrics.calibration import calibration_error
from router.metrics.classification import share
from router.scoring.scorer import fuse, sigmoid, softmax
from router.training.evidence import Evidence, Measured, dealt, dealt_in_turn
from router.training.weigh import features_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST = 20
"""With fewer held-out utterances a threshold is not fitted."""
UNFITTED = 0.5
"""Where it stays then: where calibrated probabilities put it."""
_LEVELS = 40


@dataclass(frozen=True)
class Predictions:
    """What the router says of held-out utterances."""

    outside: Floats
    """[m], the in-scope probabilities of utterances that were declared out of scope."""
    inside: Floats
    """[n], the in-scope probabilities of examples."""
    surest: Floats
    """[n], the probability of their first candidate."""
    right: Bools
    """[n], whether that is their tool."""
    tools: NDArray[np.intp]
    """[n], which tool that candidate is."""


def fit_policy(
    evidence: Evidence, fusion: Floats, gates: Floats, policy: Policy, risks: Sequence[Risk]
) -> tuple[Policy, HeldOut]:
    """Return the policy with thresholds that keep its limits, and what the held-out predictions say under it.

    `gates` [`FOLDS`, 4] are those of `weigh.fit_gates`, `risks` those of the tools.
    """
    made = predict(evidence, fusion, gates)
    thresholds, promises = {}, []
    for risk in LENIENCE:
        thresholds[risk], promised = _fit_risk(made, policy, risk, np.array([each == risk for each in risks], bool))
        promises += promised
    policy = replace(policy, thresholds=thresholds)
    return policy, _summarise(made, policy, risks, tuple(promises))


def predict(evidence: Evidence, fusion: Floats, gates: Floats) -> Predictions:
    """Return the probabilities of everything that was held out.

    Not those of the background: it is easier to refuse than what people say
    within earshot of these tools, and would promise too much.
    """
    shares = softmax(fuse(evidence.examples.channels, fusion)) if evidence.examples.channels.size else np.empty((0, 0))
    first = shares.argmax(axis=1) if shares.size else np.empty(0, np.intp)
    outside = gates[dealt_in_turn(len(evidence.out_of_scope))]
    return Predictions(
        outside=_in_scope(evidence.out_of_scope, fusion, outside),
        inside=_in_scope(evidence.examples, fusion, gates[dealt(evidence.owners)]),
        surest=shares.max(axis=1, initial=0.0),
        right=first == evidence.owners[: len(shares)],
        tools=first,
    )


def fewest_for(limit: float, confidence: float) -> int | None:
    """Return the least number of utterances, none of them an error, that promises the limit; None for 0.

    >>> fewest_for(0.05, 0.95), fewest_for(0.02, 0.95), fewest_for(0.005, 0.95)
    (59, 149, 598)
    """
    if limit >= 1.0:
        return 0
    return math.ceil(math.log(1.0 - confidence) / math.log1p(-limit)) if limit > 0.0 else None


def upper_bound(errors: int, n: int, confidence: float) -> float:
    """Return the bound of Clopper and Pearson: the share of errors is at most this, with confidence.

    >>> round(upper_bound(0, 59, 0.95), 4), upper_bound(3, 3, 0.95)
    (0.0495, 1.0)
    """
    from scipy.stats import beta

    return float(beta.ppf(confidence, errors + 1, n - errors)) if errors < n else 1.0


def in_scope_threshold(outside: Floats, limit: float, confidence: float) -> float | None:
    """Return the lowest threshold that is promised to let at most this share of out-of-scope utterances in.

    `outside` [m] are in-scope probabilities. None where so few of them promise
    nothing.
    """
    from scipy.stats import beta

    accepted = np.arange(len(outside))
    bounds = np.append(beta.ppf(confidence, accepted + 1, len(outside) - accepted), 1.0)
    allowed = int((bounds <= limit).sum())
    return _admitting(outside, allowed - 1) if allowed else None


def call_threshold(surest: Floats, right: Bools, limit: float, confidence: float) -> float | None:
    """Return the lowest threshold at which at most this share of the calls is promised to be wrong.

    `surest` [n] are the probabilities of the first candidates of utterances that
    may be called; `_LEVELS` numbers of calls are tried, from strict to lax. None
    where nothing can be promised.
    """
    from scipy.stats import binom

    n = len(surest)
    fewest = fewest_for(limit, confidence)
    if fewest is None or n < max(fewest, 1):
        return None
    descending = np.argsort(-surest, kind="stable")
    wrong = np.cumsum(~right[descending])
    # Twice the fewest leaves room for an unlucky error among the surest, where the order begins.
    levels = np.unique(np.linspace(min(2 * fewest, n), n, _LEVELS).round().astype(int))
    found = None
    for level in levels:
        threshold = surest[descending[level - 1]]
        calls = int(np.searchsorted(-surest[descending], -threshold, side="right"))  # with those that are as sure
        if binom.cdf(wrong[calls - 1], calls, limit) > 1.0 - confidence:
            break
        found = float(threshold)
    return found


def _fit_risk(made: Predictions, policy: Policy, risk: Risk, is_of_risk: Bools) -> tuple[Thresholds, list[Promise]]:
    """Return the thresholds for tools of a risk, of which `is_of_risk` [K] says which they are, and their promises.

    Where no tool is of the risk nothing is promised, but for false accepts: that
    promise is for all tools. Harmless ones share it with the normal ones. A
    threshold that cannot be promised is no lower than calls to any tool allow.
    """
    accept = round(policy.max_false_accept * min(LENIENCE[risk], 1.0), 12)
    wrong = round(min(policy.max_wrong_call * LENIENCE[risk], 1.0), 12)
    promised = in_scope_threshold(made.outside, accept, policy.confidence)
    scope = _on_average(made, accept, risk) if promised is None else promised
    promises = [_promise("max_false_accept", risk, accept, promised is not None, scope, made.outside >= scope, policy)]
    may = made.inside >= scope
    own = may & is_of_risk[made.tools]
    surest, right = made.surest[own], made.right[own]
    promised = call_threshold(surest, right, wrong, policy.confidence)
    if promised is not None:
        call = min(promised, UNFITTED) if promised <= surest.min() else promised
    else:
        call = max(_lowest_of(made, own, wrong, risk), _lowest_of(made, may, wrong, risk))
    called = surest >= call
    promises.append(_promise("max_wrong_call", risk, wrong, promised is not None, call, ~right[called], policy))
    is_promised = {"max_false_accept": risk == "normal" or (risk == "irreversible" and is_of_risk.any())}
    return Thresholds(scope, call), [each for each in promises if is_promised.get(each.limit, is_of_risk.any())]


def _lowest_of(made: Predictions, may: Bools, limit: float, risk: Risk) -> float:
    return _lowest(made.surest[may], ~made.right[may], limit) if may.sum() >= FEWEST else _unfitted(risk)


def _promise(
    limit: Limit, risk: Risk, asked: float, kept: bool, threshold: float, errors: Bools, policy: Policy
) -> Promise:
    n, wrong = len(errors), int(errors.sum())
    return Promise(
        limit,
        risk,
        asked,
        kept,
        threshold,
        n,
        wrong,
        upper_bound(wrong, n, policy.confidence) if n else None,
        upper_bound(0, n, policy.confidence) if n else None,
        fewest_for(asked, policy.confidence),
    )


def _on_average(made: Predictions, limit: float, risk: Risk) -> float:
    """Return the lowest threshold that keeps the limit on what was held out, a point estimate.

    Without enough examples to set against them, out-of-scope utterances may only
    raise the threshold.
    """
    if len(made.outside) < FEWEST:
        return _unfitted(risk)
    threshold = _admitting(made.outside, int(limit * len(made.outside) + 1e-9))
    return threshold if len(made.inside) >= FEWEST else max(threshold, UNFITTED)


def _unfitted(risk: Risk) -> float:
    """Where nothing is known, what cannot be undone is not done unasked."""
    return 1.0 if risk == "irreversible" else UNFITTED


def _admitting(outside: Floats, accepted: int) -> float:
    """Return the lowest threshold that lets at most so many in."""
    return float(np.nextafter(np.append(np.sort(outside)[::-1], 0.0)[accepted], np.inf))


def _summarise(made: Predictions, policy: Policy, risks: Sequence[Risk], promises: tuple[Promise, ...]) -> HeldOut:
    """Say how the router would have done on the held-out utterances under this policy."""
    normal = policy.thresholds["normal"]
    calls = np.array([policy.thresholds["harmless" if risk == "harmless" else "normal"].call for risk in risks])
    called = (made.inside >= normal.in_scope) & (made.surest >= calls[made.tools])
    scope = _on_average(made, policy.max_false_accept, "normal")
    may = made.inside >= scope
    call = _lowest(made.surest[may], ~made.right[may], policy.max_wrong_call) if may.sum() >= FEWEST else UNFITTED
    return HeldOut(
        examples=len(made.inside),
        accuracy=share(made.right),
        calibration_error=calibration_error(made.surest, made.right),
        called=share(called),
        called_on_average=share(may & (made.surest >= call)),
        wrong_calls=share(~made.right[called]),
        out_of_scope=len(made.outside),
        false_accepts=share(made.outside >= normal.in_scope),
        promises=promises,
    )


def _in_scope(measured: Measured, fusion: Floats, gates: Floats) -> Floats:
    """Return in-scope probabilities [n], each by its own gate [n, 4]; none if there are no tools."""
    features = features_of(measured, fusion)
    return sigmoid(np.einsum("nf,nf->n", features, gates[: len(features)]))


def _lowest(probabilities: Floats, wrong: Bools, limit: float) -> float:
    """Return the lowest threshold at which the share of wrong calls is within the limit.

    Where even the least sure of them may be called, it stays at a half: how sure
    that one happens to be is no reason to ask about others that are less so.
    """
    thresholds, places = np.unique(probabilities, return_inverse=True)
    calls = np.bincount(places)[::-1].cumsum()[::-1]
    wrong_calls = np.bincount(places, wrong)[::-1].cumsum()[::-1]
    within = np.flatnonzero(wrong_calls <= limit * calls)
    if not len(within):
        return float(np.nextafter(thresholds[-1], np.inf))
    return min(float(thresholds[within[0]]), UNFITTED) if within[0] == 0 else float(thresholds[within[0]])
