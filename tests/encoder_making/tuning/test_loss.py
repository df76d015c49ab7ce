from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from router.encoder_making.tuning.loss import HOLD, TEMPERATURE, TuningLoss
from router.encoder_making.tuning.texts import NO_TOOL, Texts

TOOL = [0, 0, 1, 1, 1, 2, NO_TOOL, NO_TOOL, NO_TOOL]
AGAINST = [NO_TOOL] * 6 + [0, NO_TOOL, NO_TOOL]
OUTSIDE = [False] * 7 + [True, False]
HELD = [False] * 7 + [True, True]
COUNT = len(TOOL)


class Table(torch.nn.Module):
    """Gives each text the row of its first token, and sees to it that no column is padding alone."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = torch.nn.Parameter(torch.from_numpy(np.random.default_rng(3).normal(size=(COUNT, 5))))

    def forward(self, features: dict[str, Any]) -> dict[str, Any]:
        assert features["attention_mask"].any(dim=0).all()
        assert features["modality"] == "text"
        return {"sentence_embedding": self.rows[features["input_ids"][:, -1]]}


def _texts() -> Texts:
    return Texts(
        tuple("abcdefghi"), np.array(TOOL), np.array(AGAINST), np.zeros(COUNT), np.array(OUTSIDE), np.array(HELD)
    )


def _features(order: list[int]) -> dict[str, Any]:
    """Pad on the left, and each text to another length."""
    ids, mask = torch.zeros(len(order), 12, dtype=torch.long), torch.zeros(len(order), 12, dtype=torch.long)
    for row, number in enumerate(order):
        ids[row, -1], mask[row, -1 - number :] = number, 1
    return {"input_ids": ids, "attention_mask": mask, "modality": "text"}


def _loss(order: list[int]) -> tuple[float, Table, torch.Tensor]:
    model, teacher = Table(), torch.nn.functional.normalize(torch.ones(COUNT, 5, dtype=torch.double), dim=1)
    loss = TuningLoss(model, _texts(), teacher.numpy())([_features(order)], torch.tensor(order))  # type: ignore[arg-type]
    loss.backward()
    return loss.item(), model, teacher


def test_the_loss_is_what_the_paper_says_and_what_moved() -> None:
    found, model, teacher = _loss(list(range(COUNT)))
    rows = torch.nn.functional.normalize(model.rows, dim=1).detach().numpy()
    each = []
    for one in range(COUNT):
        same = [n for n in range(COUNT) if n != one and TOOL[n] == TOOL[one] != NO_TOOL]
        if not same:
            continue
        other = [
            n for n in range(COUNT) if (TOOL[n] not in (TOOL[one], NO_TOOL)) or OUTSIDE[n] or AGAINST[n] == TOOL[one]
        ]
        likely = {n: math.exp(rows[one] @ rows[n] / TEMPERATURE) for n in same + other}
        each.append(-sum(math.log(likely[n] / sum(likely.values())) for n in same) / len(same))
    moved = [1 - rows[n] @ teacher[n].numpy() for n in range(COUNT) if HELD[n]]
    assert math.isclose(found, np.mean(each) + HOLD * np.mean(moved), rel_tol=1e-9)


def test_the_order_of_a_batch_changes_nothing() -> None:
    first, second = _loss(list(range(COUNT))), _loss([4, 8, 0, 7, 2, 6, 1, 3, 5])
    assert math.isclose(first[0], second[0], rel_tol=1e-9)
    assert first[1].rows.grad is not None
    assert second[1].rows.grad is not None
    torch.testing.assert_close(first[1].rows.grad, second[1].rows.grad)


def test_a_counterexample_and_another_tool_leave_each_other_alone() -> None:
    _, model, _ = _loss([2, 3, 6])  # the sixth is not for tool 0, of which nothing is here
    assert model.rows.grad is not None
    assert not model.rows.grad[6].any()
    assert not model.rows.grad[2:4].any()  # nothing else to be told from


def test_a_batch_without_a_pair_moves_nothing() -> None:
    found, model, _ = _loss([0, 2, 5])
    assert found == 0
    assert model.rows.grad is not None
    assert not model.rows.grad.any()
