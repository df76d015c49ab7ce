"""What an encoder that ships learns: intents apart, and the rest where a greater model has it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch import Tensor

from router.encoder_making.shipped.batches import GENERAL
from router.encoder_making.shipped.entries import NO_INTENT, Entries
from router.encoder_making.shipped.material import DECLARED
from router.encoder_making.tuning.loss import contrast, rows_of

TEMPERATURE = 0.07
HOLD = 2.0
"""What a general text counts for that should keep its row."""
RELATE = 1.0
"""What the similarities of general texts count for that should be in proportion to the teacher's."""
EQUAL = 30.0
"""What they count for that should be the teacher's: proportions alone let all rows drift to one side."""
ALIKE = 0.8
ALIKE_DECLARED = 0.95
"""Texts of two domains that the teacher finds so similar may be of one intent, and are not pushed apart."""


class ShippedLoss(torch.nn.Module):
    """Supervised contrastive loss, a tie to the untouched rows, and a teacher's similarities.

    Every text of an intent should be nearer to the intent's others in the batch
    than to any other (Khosla et al., 2020). A general text, one of the last
    `GENERAL` of a batch, costs one minus its cosine to its row in `untouched`
    [n, D]. And how similar general texts are to each other is learnt from `teacher`
    [n, E], by the divergence of their softmaxes (Kullback-Leibler) and by the
    squares of what they differ by.

    A batch's labels are the numbers of its texts.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        entries: Entries,
        untouched: NDArray[np.float32],
        teacher: NDArray[np.float32],
    ) -> None:
        super().__init__()
        self.model = model
        declared = np.array([intent.source == DECLARED for intent in entries.material.intents])
        alike = np.where(declared[entries.intent] & (entries.intent != NO_INTENT), ALIKE_DECLARED, ALIKE)
        self.intent, self.domain, self.alike, self.untouched, self.teacher = (
            torch.nn.Buffer(torch.as_tensor(each), persistent=False)
            for each in (entries.intent, entries.domain, alike.astype(np.float32), untouched, teacher)
        )

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Return the loss of a batch."""
        (features,) = sentence_features
        rows = torch.nn.functional.normalize(rows_of(self.model, features).float(), dim=1)
        taught = self.teacher[labels]
        similar, wanted = rows @ rows.T, taught @ taught.T
        company, general = slice(None, -GENERAL), slice(-GENERAL, None)
        held = (rows[general] * self.untouched[labels[general]]).sum(dim=1)
        found, target = similar[general, general], wanted[general, general]
        return (
            self._contrast(similar[company, company], wanted[company, company], labels[company])
            + HOLD * (1 - held).mean()
            + RELATE * divergence(target, found, TEMPERATURE)
            + EQUAL * (found - target).square().mean()
        )

    def _contrast(self, similar: Tensor, wanted: Tensor, labels: Tensor) -> Tensor:
        intent, domain = self.intent[labels], self.domain[labels]
        itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        same = (intent[:, None] == intent) & (intent != NO_INTENT) & ~itself
        unknown = (domain[:, None] != domain) & (wanted > self.alike[labels][:, None])
        return contrast(similar / TEMPERATURE, same, ~(same | itself | unknown))


def divergence(wanted: Tensor, similar: Tensor, temperature: float) -> Tensor:
    """Return how far each text's similarities to the others are from those that are wanted."""
    others = ~torch.eye(len(similar), dtype=torch.bool, device=similar.device)
    target, found = (
        torch.log_softmax(each[others].reshape(len(each), -1) / temperature, dim=1) for each in (wanted, similar)
    )
    return torch.nn.functional.kl_div(found, target, reduction="batchmean", log_target=True)
