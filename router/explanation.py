"""Why the router decided as it did, in numbers and in the author's own examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.corrections import Correction
from router.decisions import Candidate, Decision, Similar
from router.declarations import ToolSet
from router.scoring import Scorer, Scores
from router.scoring.channels import CHANNELS, Channels, Floats
from router.scoring.scorer import GATE_FEATURES

MOST_SIMILAR = 3
"""So many prototypes of a candidate are shown."""


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
    """What each feature adds to the in-scope logit; they add up to it, unless a tool was ruled out or this was learnt,
    word for word, to be for none. Empty where nothing was scored."""
    ruled_out: tuple[str, ...] = ()
    """Tools whose counterexample this is, word for word. Their probability went to the others and to none."""
    learnt: Learnt | None = None
    """The correction that had a say; its part is called "learnt" in the contributions and in the gate."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A correction that had a say in a decision."""

    correction: Correction
    similarity: float
    """Cosine of its row and the utterance's: embeddings and letters."""


def explained(
    decision: Decision,
    ruled_out: tuple[str, ...],
    tools: ToolSet,
    scorer: Scorer,
    scores: Scores,
    corrections: Sequence[Correction] = (),
) -> Explanation:
    """Return what a decision about one utterance rests on."""
    gate = dict(zip(GATE_FEATURES, map(float, scores.gate_features[0] * scorer.gate), strict=True))
    recalled = scores.recalled
    return Explanation(
        decision,
        tuple(_evidence(candidate, tools, scorer, scores) for candidate in decision.candidates),
        gate | ({"learnt": recalled.to_gate} if recalled else {}),
        ruled_out,
        Learnt(corrections[recalled.correction], recalled.similarity) if recalled else None,
    )


def most_similar(
    tools: ToolSet, channels: Channels, similarities: Floats, among: NDArray[np.intp] | None = None
) -> tuple[Similar, ...]:
    """Return the `MOST_SIMILAR` of all prototypes or of those `among`, best first; `similarities` [P] are to all."""
    rows = np.arange(len(similarities)) if among is None else among
    nearest = []
    for row in rows[np.argsort(-similarities[rows], kind="stable")[:MOST_SIMILAR]].tolist():
        tool, example = tools.tools[channels.owners[row]], int(channels.examples[row])
        text = tool.examples[example].utterance if example >= 0 else tool.description
        nearest.append(Similar(tool.name, text, float(similarities[row]), example < 0))
    return tuple(nearest)


def _evidence(candidate: Candidate, tools: ToolSet, scorer: Scorer, scores: Scores) -> CandidateEvidence:
    index = tools.names.index(candidate.tool)
    channels, measured = scorer.channels, scores.channels[0]
    above = (measured[index] - measured.mean(axis=0)) * scorer.fusion
    contributions = dict(zip(CHANNELS, map(float, above), strict=True))
    if scores.recalled and scores.recalled.to_tool:
        own_part = scores.recalled.to_tool if scores.recalled.tool == index else 0.0
        contributions["learnt"] = own_part - scores.recalled.to_tool / len(measured)
    own = np.flatnonzero(channels.owners == index)
    return CandidateEvidence(
        candidate.tool,
        candidate.probability,
        contributions,
        most_similar(tools, channels, scores.similarities[0], own),
    )
