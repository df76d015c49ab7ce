"""Train a router: the only place that needs scikit-learn.

`evidence` collects what the router says of utterances it was not trained on,
`weigh` fits the fusion and the gate to it, `thresholds` the policy; `head` fits
the logistic head that ships.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from router.decisions import Policy
from router.declarations import ToolSet
from router.encoders import DEFAULT, Encoder, load_encoder
from router.encoders.cache import CachedEncoder
from router.errors import MissingExtraError
from router.router import Router
from router.scoring import Scorer
from router.scoring.material import embed_tools
from router.training.evidence import FOLDS, gather
from router.training.head import build_channels
from router.training.thresholds import fit_thresholds, summarise
from router.training.weigh import fit_fusion, fit_gate, fusion_prior, gate_material, won_by_own_tool

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
    if not importlib.util.find_spec("sklearn"):
        raise MissingExtraError("scikit-learn", "train", "training a router")
    from threadpoolctl import threadpool_limits

    encoder = load_encoder(encoder)
    material = embed_tools(tools, tools.out_of_scope, encoder)
    folds = iter(range(1, FOLDS + 1))
    # One thread: the same sums, so the same bytes, on any number of cores. More would mostly wait for each other.
    with threadpool_limits(1, "blas"):
        evidence = gather(
            material, LEXICAL_WEIGHT, INVERSE_PENALTY, lambda: progress("cross-validating", next(folds), FOLDS)
        )
        exemplified = len(set(material.owners.tolist())) / max(len(tools), 1)
        fusion = fit_fusion(evidence, fusion_prior(exemplified))
        gate = fit_gate(*gate_material(evidence, fusion))
        none_of_these = material.counterexamples[won_by_own_tool(evidence, fusion)]
        channels = build_channels(material, LEXICAL_WEIGHT, INVERSE_PENALTY, none_of_these)
    policy = fit_thresholds(evidence, fusion, gate, policy or Policy())
    return Router(
        tools,
        encoder.encoder if isinstance(encoder, CachedEncoder) else encoder,  # what people say is not for the cache
        Scorer(channels, LEXICAL_WEIGHT, INVERSE_PENALTY, fusion, gate),
        policy,
        summarise(evidence, fusion, gate, policy),
    )
