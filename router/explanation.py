"""Why the router decided as it did, in numbers and in the author's own examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from router.decisions import Candidate, Decision
from router.declarations import ToolSet
from router.scoring import Scorer, Scores
from router.scoring.channels import CHANNELS, Floats
from router.scoring.scorer import GATE_FEATURES

MOST_SIMILAR = 3
"""So many prototypes of a candidate are shown."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A prototype that resembles the utterance."""

    text: str
    """The example, or the description for the declaration itself."""
    similarity: float
    """Cosine of the two embeddings."""
    is_declaration: bool


@dataclass(frozen=True, slots=True)
class CandidateEvidence:
    """What speaks for one candidate."""

    tool: str
    probability: float
    """As in the decision's candidates."""
    contributions: Mapping[str, float]
    """What each channel adds to the candidate's logit, above the mean of all tools."""
    nearest: tuple[Similar, ...]
    """Its most similar prototypes, best first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and all that it rests on."""

    decision: Decision
    candidates: tuple[CandidateEvidence, ...]
    gate: Mapping[str, float]
    """What each feature adds to the in-scope logit; they add up to it, unless a tool was ruled out. Empty where
    nothing was scored."""
    ruled_out: tuple[str, ...] = ()
    """Tools whose counterexample this is, word for word. Their probability went to the others and to none."""


def explained(
    decision: Decision, ruled_out: tuple[str, ...], tools: ToolSet, scorer: Scorer, rows: Floats, scores: Scores
) -> Explanation:
    """Return what a decision about one utterance rests on; `rows` [1, F] are what was scored."""
    gate = scores.gate_features[0] * scorer.gate
    return Explanation(
        decision,
        tuple(_evidence(candidate, tools, scorer, rows, scores) for candidate in decision.candidates),
        dict(zip(GATE_FEATURES, map(float, gate), strict=True)),
        ruled_out,
    )


def _evidence(candidate: Candidate, tools: ToolSet, scorer: Scorer, rows: Floats, scores: Scores) -> CandidateEvidence:
    index = tools.names.index(candidate.tool)
    channels, measured = scorer.channels, scores.channels[0]
    contributions = (measured[index] - measured.mean(axis=0)) * scorer.fusion
    own = np.flatnonzero(channels.owners == index)
    similarities = channels.prototypes[own] @ rows[0, : channels.prototypes.shape[1]]
    tool = tools.tools[index]
    nearest = []
    for n in np.argsort(-similarities, kind="stable")[:MOST_SIMILAR]:
        example = int(channels.examples[own[n]])
        text = tool.examples[example].utterance if example >= 0 else tool.description
        nearest.append(Similar(text, float(similarities[n]), example < 0))
    return CandidateEvidence(
        candidate.tool,
        candidate.probability,
        dict(zip(CHANNELS, map(float, contributions), strict=True)),
        tuple(nearest),
    )
