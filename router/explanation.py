"""Why the router decided as it did, in numbers and in the author's own examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from router.decisions import Decision


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
    """What each feature adds to the in-scope logit; they add up to it. Empty where nothing was scored."""
