"""What tuning makes small: texts of one tool far from each other, and general meaning that moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch import Tensor

from router.encoder_making.tuning.texts import NO_TOOL, Texts

TEMPERATURE = 0.07
HOLD = 5.0
"""What a row that should stay counts for beside a text that should come near to its tool's."""
_PARTS = 3


class TuningLoss(torch.nn.Module):
    """Supervised contrastive loss (Khosla et al., 2020) and a tie of general texts to their untouched rows.

    Every text of a tool should be nearer to the tool's other texts in the batch
    than to those of other tools, to what is out of scope, and to the tool's own
    counterexamples. Pairs of which nothing is known are left out. What should stay
    costs one minus its cosine to the row that the untouched encoder gave it.

    `teacher` [n, D] are the untouched rows of the texts. A batch's labels are the
    numbers of its texts.
    """

    def __init__(self, model: SentenceTransformer, texts: Texts, teacher: NDArray[np.float32]) -> None:
        super().__init__()
        self.model = model
        self.tool, self.against, self.outside, self.held, self.teacher = (
            torch.nn.Buffer(torch.as_tensor(each), persistent=False)
            for each in (texts.tool, texts.against, texts.outside, texts.held, teacher)
        )

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Return the loss of a batch."""
        (features,) = sentence_features
        rows = torch.nn.functional.normalize(rows_of(self.model, features), dim=1)
        tool, held = self.tool[labels], self.held[labels]
        loss = self._contrast(rows @ rows.T / TEMPERATURE, tool, self.against[labels], self.outside[labels])
        if held.any():
            loss = loss + HOLD * (1 - (rows[held] * self.teacher[labels][held]).sum(dim=1)).mean()
        return loss

    def _contrast(self, similar: Tensor, tool: Tensor, against: Tensor, outside: Tensor) -> Tensor:
        of_tool = tool != NO_TOOL
        same = (tool[:, None] == tool) & of_tool[:, None]
        same &= ~torch.eye(len(tool), dtype=torch.bool, device=tool.device)
        other = of_tool[:, None] & ((of_tool & (tool[:, None] != tool)) | outside | (against == tool[:, None]))
        return contrast(similar, same, other)


def contrast(similar: Tensor, same: Tensor, other: Tensor) -> Tensor:
    """Return the supervised contrastive loss of similarities over a temperature [n, n].

    `same` are the pairs that belong together, `other` those that do not; the rest
    is not looked at. It is 0 where nothing belongs together.
    """
    logits = similar.masked_fill(~(same | other), -torch.inf)
    likely = logits - logits.logsumexp(dim=1, keepdim=True)
    anchors = same.any(dim=1)
    if not anchors.any():
        return similar.sum() * 0
    mean = likely.masked_fill(~same, 0).sum(dim=1)[anchors] / same.sum(dim=1)[anchors]
    return -mean.mean()


def rows_of(model: SentenceTransformer, features: Mapping[str, Tensor]) -> Tensor:
    """Run a model on texts of like length together: declarations are several times as long as utterances."""
    mask = features["attention_mask"]
    order = mask.sum(dim=1).argsort(stable=True)
    rows = []
    for part in order.tensor_split(min(_PARTS, len(order))):
        used = mask[part].any(dim=0)
        some = {key: value[part][:, used] if isinstance(value, Tensor) else value for key, value in features.items()}
        rows.append(model(some)["sentence_embedding"])
    return torch.cat(rows)[order.argsort()]
