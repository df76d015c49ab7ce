"""What is learnt: the row that the English encoder has for what a text says."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch import Tensor

from router.encoder_making.shipped.loss import divergence
from router.encoder_making.tuning.loss import rows_of

TEMPERATURE = 0.05
RELATE = 1.0
"""What it counts that a text should be as near to the batch's other rows as its own row is."""
EACH_OTHER = 0.5
"""What it counts that the batch's texts should be as near to each other as their own rows are."""


class TranslationLoss(torch.nn.Module):
    """One minus the cosine to the row that is wanted, and how far similarities diverge from those of wanted rows.

    The first is Reimers & Gurevych 2020, "Making Monolingual Sentence Embeddings
    Multilingual". The divergences, of softmaxes (Kullback-Leibler), tell near rows
    apart: those of texts from the wanted rows, and those of texts from each other.

    `wanted` [m, D] are unit rows, `row` [n] the number of each text's. A batch's
    labels are the numbers of its texts.
    """

    def __init__(self, model: SentenceTransformer, wanted: NDArray[np.float32], row: NDArray[np.int64]) -> None:
        super().__init__()
        self.model = model
        self.wanted = torch.nn.Buffer(torch.as_tensor(wanted), persistent=False)
        self.row = torch.nn.Buffer(torch.as_tensor(row), persistent=False)

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Return the loss of a batch."""
        (features,) = sentence_features
        rows = torch.nn.functional.normalize(rows_of(self.model, features).float(), dim=1)
        wanted = self.wanted[self.row[labels]]
        target, found = (torch.log_softmax(each @ wanted.T / TEMPERATURE, dim=1) for each in (wanted, rows))
        return (
            (1 - (rows * wanted).sum(dim=1)).mean()
            + RELATE * torch.nn.functional.kl_div(found, target, reduction="batchmean", log_target=True)
            + EACH_OTHER * divergence(wanted @ wanted.T, rows @ rows.T, TEMPERATURE)
        )
