"""Train a router: the only place that needs scikit-learn.

`evidence` collects what the router says of utterances it was not trained on,
`weigh` fits the fusion and the gate to it, `thresholds` the policy; `head` fits
the logistic head that ships.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from router.declarations import ToolSet
from router.decisions import Policy
from router.encoders import DEFAULT, Encoder, load_encoder
from router.errors import MissingExtraError
from router.router import Router
from router.scoring import Scorer
from router.scoring.material import embed_tools
from router.training.evidence import FOLDS, gather
from router.training.head import build_channels
from router.training.thresholds import fit_thresholds
from router.training.weigh import fit_fusion, fit_gate, fusion_loss, gate_material

LEXICAL_WEIGHT = 0.45
"""What a sketch counts for beside an embedding; the folds of the public sets agree on it."""
INVERSE_PENALTIES = (10.0, 30.0)
"""The head's C is the one of these with the best held-out likelihood."""


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
    encoder = load_encoder(encoder)
    material = embed_tools(tools, tools.out_of_scope, encoder)
    settings = [(LEXICAL_WEIGHT, inverse_penalty) for inverse_penalty in INVERSE_PENALTIES]
    steps = iter(range(1, len(settings) * FOLDS + 1))
    fits = []
    for setting in settings:
        evidence = gather(material, *setting, lambda: progress("cross-validating", next(steps), len(settings) * FOLDS))
        fusion = fit_fusion(evidence)
        fits.append((fusion_loss(evidence, fusion), setting, evidence, fusion))
    _, (lexical_weight, inverse_penalty), evidence, fusion = min(fits, key=lambda fit: fit[:2])
    gate = fit_gate(*gate_material(evidence, fusion))
    channels = build_channels(material, lexical_weight, inverse_penalty)
    scorer = Scorer(channels, lexical_weight, inverse_penalty, fusion, gate)
    return Router(tools, encoder, scorer, fit_thresholds(evidence, fusion, gate, policy or Policy()))
