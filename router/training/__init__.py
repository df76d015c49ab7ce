"""Train a router: the only place that needs scikit-learn.

`evidence` collects what the router says of utterances it was not trained on,
`weigh` fits the fusion and the gate to it, `thresholds` the policy, and says
what can be promised; `head` fits the logistic head that ships.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from router.arguments import Arguments
from router.arguments.teaching import teach
from router.decisions import Policy
from router.declarations import ToolSet
from router.encoders import DEFAULT, Encoder, load_encoder
from router.encoders.cache import uncached
from router.errors import MissingExtraError
from router.router import Router
from router.scoring import Scorer
from router.scoring.material import Material
from router.training.background import with_background
from router.training.confidence import fit_confidence
from router.training.evidence import FOLDS, Evidence, gather
from router.training.head import build_channels
from router.training.thresholds import fit_policy
from router.training.weigh import fit_fusion, fit_gate, fit_gates, fusion_prior, gate_material, won_by_own_tool

LEXICAL_WEIGHT = 0.45
"""What a sketch counts for beside an embedding."""
INVERSE_PENALTY = 10.0
"""The head's C. The folds of the public sets agree on both, from 5 examples a tool to 100."""


def train(
    tools: ToolSet,
    encoder: str | Encoder = DEFAULT,
    policy: Policy | None = None,
    progress: Callable[[str, int, int], object] = lambda *_: None,
) -> Router:
    """Return a finished router for these tools.

    `progress` is called with a stage's name, how much of it is done, and how
    much there is. Raises MissingExtraError without scikit-learn, EncoderError.
    """
    require_scikit_learn("training a router")
    encoder = load_encoder(encoder)
    arguments = {}
    with one_thread():
        for n, tool in enumerate(tools):  # first, because what gives tokens gives the rows, and a cache keeps them
            progress("teaching arguments", n + 1, len(tools))
            arguments[tool.name] = teach(tool, encoder, LEXICAL_WEIGHT)
        trying = partial(progress, "trying arguments")
        confidence = fit_confidence(tools, encoder, LEXICAL_WEIGHT, lambda done: trying(done, len(tools)))
        material = with_background(tools, encoder)
        known = cross_validate(material, progress)
        evidence, fusion, gate = known.evidence, known.fusion, known.gate
        none_of_these = material.counterexamples[won_by_own_tool(evidence, fusion)]
        channels = build_channels(material, LEXICAL_WEIGHT, INVERSE_PENALTY, none_of_these)
    policy, held_out = fit_policy(evidence, fusion, known.gates, policy or Policy(), [tool.risk for tool in tools])
    return Router(
        tools,
        uncached(encoder),
        Scorer(channels, LEXICAL_WEIGHT, INVERSE_PENALTY, fusion, gate),
        policy,
        held_out,
        arguments=Arguments(tools, arguments, confidence=confidence),
    )


@dataclass(frozen=True)
class CrossValidation:
    """What was measured on utterances that were held out, and what was fitted to it."""

    evidence: Evidence
    fusion: NDArray[np.float64]
    """[2], see `Scorer.fusion`."""
    gate: NDArray[np.float64]
    """[4], see `Scorer.gate`."""
    gates: NDArray[np.float64]
    """[`FOLDS`, 4], each fitted without a fold."""


def cross_validate(
    material: Material, progress: Callable[[str, int, int], object] = lambda *_: None
) -> CrossValidation:
    """Measure tools on their own utterances, each held out in turn: what `train` fits everything but the head to."""
    folds = iter(range(1, FOLDS + 1))
    evidence = gather(
        material, LEXICAL_WEIGHT, INVERSE_PENALTY, lambda: progress("cross-validating", next(folds), FOLDS)
    )
    exemplified = len(set(material.owners.tolist())) / max(len(material.declarations), 1)
    fusion = fit_fusion(evidence, fusion_prior(exemplified))
    gate = fit_gate(*gate_material(evidence, fusion))
    return CrossValidation(evidence, fusion, gate, fit_gates(evidence, fusion))


def require_scikit_learn(purpose: str) -> None:
    """Raise MissingExtraError if what fits the head is not installed."""
    if not importlib.util.find_spec("sklearn"):
        raise MissingExtraError("scikit-learn", "train", purpose)


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold linear algebra to one thread: the same sums, so the same bytes, on any number of cores.

    More threads would mostly wait for each other. scikit-learn is imported here
    because only libraries that are loaded can be held.
    """
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        yield
