"""Single corrections: what an utterance is for, learnt beside the head and not by it.

The nearest correction speaks, and only where the similarity to it is greater
than `REACH`, than that to every correction for another tool, and than that to
every prototype of another tool: there it adds to a tool's logit and to the
gate's, in full for the very text that was corrected and falling off linearly to
nothing at the greatest of those three. So what is farther away does not change
at all, nor does a prototype of another tool; corrections do not add up; and
their order means nothing.

Two measures are compared there. The similarity to a correction is the cosine of
rows, (e + w² s) / (1 + w²), where e is the cosine of embeddings, s that of
sketches and w the scorer's `lexical_weight`; to a prototype it is e alone, as in
the channel `nearest`. Of two utterances with e above 0.4 the letters mostly
differ more than the embeddings: at w = 0.45 the first measure was the smaller
one for 98 % of such pairs, by up to 0.1, and at most 0.012 the greater one. That
holds corrections back a little more than e alone for both would, by which
slightly more broke and fewer variants profited.

Changing the head instead (the passive-aggressive update of Crammer et al., 2006)
moves every utterance a little. For the figures see "Corrections" in
`evals/NOTES.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from router.scoring.channels import CHANNELS, Floats
from router.scoring.material import unit
from router.scoring.scorer import Recalled, Scorer, Scores, fuse, sigmoid, softmax

REACH = 0.4
"""A correction says nothing about utterances that are no more similar to it: a cosine of rows."""
MARGIN = 3.0
"""In logits: by how much a corrected utterance passes each threshold."""
NONE = -1
"""Stands for the index of a tool where a correction is for none."""
_MOST = 0.999
"""A correction aims at no higher threshold, and at none below 1 less this: a policy's may be 0, or one that nothing
reaches."""


@dataclass(frozen=True)
class Memory:
    """C corrections of one scorer's answers."""

    rows: Floats
    """[C, F], unit rows."""
    tools: NDArray[np.int32]
    """[C], the index of each one's tool, or `NONE`."""
    is_word_for_word: NDArray[np.bool_]
    """[C], whether it says nothing about any other text."""
    logits: NDArray[np.float64]
    """[C, 2], what each adds to its tool's logit and to the gate's."""

    def recall(self, scorer: Scorer, row: Floats, scores: Scores, known: int | None) -> Scores:
        """Return an utterance's scores after the correction that speaks, if one does.

        `row` [1, F] and `scores` are the utterance's, `known` is the correction
        of the very same text.
        """
        similarities = np.vecdot(self.rows, unit(row))
        nearest = int(similarities.argmax()) if known is None else known
        tool, similarity = int(self.tools[nearest]), float(similarities[nearest])
        weight = 1.0 if known is not None else self._weight(nearest, similarities, scores)
        if weight <= 0.0:
            return scores
        to_tool, to_gate = (weight * self.logits[nearest]).tolist()
        logits = fuse(scores.channels, scorer.fusion)
        if tool != NONE:
            logits[0, tool] += to_tool
        return replace(
            scores,
            probabilities=softmax(logits),
            in_scope=sigmoid(scores.gate_features @ scorer.gate + to_gate),
            recalled=Recalled(nearest, tool, similarity, to_tool, to_gate),
        )

    def _weight(self, nearest: int, similarities: Floats, scores: Scores) -> float:
        """Return how far the nearest correction speaks; `similarities` are of rows, those in `scores` of embeddings."""
        if self.is_word_for_word[nearest]:
            return 0.0
        declared = scores.channels[0, :, CHANNELS.index("nearest")]
        others = declared[np.arange(len(declared)) != self.tools[nearest]]
        rivals = similarities[self.tools != self.tools[nearest]]
        least = max(REACH, float(others.max(initial=-1.0)), float(rivals.max(initial=-1.0)))
        return (float(similarities[nearest]) - least) / (1.0 - least) if least < 1.0 else 0.0


def memorize(
    scorer: Scorer,
    rows: Floats,
    tools: NDArray[np.int32],
    is_word_for_word: NDArray[np.bool_],
    thresholds: tuple[NDArray[np.float64], float],
) -> Memory:
    """Return the memory of some corrections: the least that each must add to pass by `MARGIN`.

    `thresholds` are the probability [C] from which on each correction's tool is
    called, and that from which on an utterance is in scope.
    """
    to_call, in_scope = thresholds
    scores = scorer.score(rows)
    logits = fuse(scores.channels, scorer.fusion)
    gate = scores.gate_features @ scorer.gate
    is_none = tools == NONE
    at = np.arange(len(tools)), tools
    own = logits[at]
    logits[at] = -np.inf
    with np.errstate(divide="ignore"):  # a tool alone has no rival
        lead = own - np.logaddexp.reduce(logits, axis=1)
    for_tool = np.maximum(_logit(np.maximum(to_call, 0.5)) + MARGIN - lead, 0.0)
    short = _logit(np.full(len(tools), in_scope)) - gate
    for_gate = np.where(is_none, np.minimum(short - MARGIN, 0.0), np.maximum(short + MARGIN, 0.0))
    return Memory(unit(rows), tools, is_word_for_word, np.column_stack([np.where(is_none, 0.0, for_tool), for_gate]))


def _logit(thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    aimed = np.clip(thresholds, 1.0 - _MOST, _MOST)
    values: NDArray[np.float64] = np.log(aimed / (1.0 - aimed))
    return values
