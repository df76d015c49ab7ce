from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from router.encoder_making.shipped.multilingual.loss import RELATE, TEMPERATURE, TranslationLoss

ROW = np.array([2, 0, 2, 1, 3])
"""The wanted row of each text: the first and the third say the same."""
BATCH = [4, 0, 1, 2]


def _random(seed: int, count: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 6))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


WANTED = _random(1, 4)


class Table(torch.nn.Module):
    """Gives each text the row of its first token."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        super().__init__()
        self.rows = torch.nn.Parameter(torch.tensor(rows))

    def forward(self, features: dict[str, Any]) -> dict[str, Any]:
        return {"sentence_embedding": self.rows[features["input_ids"][:, -1]]}


def _loss(model: Table) -> torch.Tensor:
    features = {"input_ids": torch.tensor(BATCH)[:, None], "attention_mask": torch.ones(len(BATCH), 1)}
    found: torch.Tensor = TranslationLoss(model, WANTED, ROW)([features], torch.tensor(BATCH))  # type: ignore[arg-type]
    return found


def _log_softmax(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    similar = rows.astype(np.float64) @ WANTED[ROW[BATCH]].T / TEMPERATURE
    logs: NDArray[np.float64] = similar - np.log(np.exp(similar).sum(axis=1, keepdims=True))
    return logs


def test_the_loss_is_what_its_parts_say() -> None:
    rows = _random(2, len(ROW))
    target, found = _log_softmax(WANTED[ROW[BATCH]]), _log_softmax(rows[BATCH])
    apart = np.mean(1 - np.einsum("ij,ij->i", rows[BATCH], WANTED[ROW[BATCH]]))
    divergence = (np.exp(target) * (target - found)).sum() / len(BATCH)
    assert _loss(Table(rows)).item() == pytest.approx(apart + RELATE * divergence, rel=1e-4)


@pytest.mark.parametrize("length", [1, 7])
def test_rows_of_any_length_that_point_where_they_should_cost_nothing(length: int) -> None:
    model = Table(WANTED[ROW] * np.float32(length))
    found = _loss(model)
    assert found.item() == pytest.approx(0, abs=1e-5)
    found.backward()  # type: ignore[no-untyped-call]
    assert model.rows.grad is not None
    assert model.rows.grad.abs().max() < 1e-4


def test_the_further_the_rows_are_the_more_they_cost() -> None:
    away = _random(2, len(ROW))
    costs = [_loss(Table(WANTED[ROW] + np.float32(share) * away)).item() for share in (0, 0.2, 0.5, 2)]
    assert costs == sorted(costs)
    assert costs[-1] > costs[1] > 0.01


def test_only_the_rows_of_the_batch_are_taught() -> None:
    model = Table(_random(2, len(ROW)))
    _loss(model).backward()  # type: ignore[no-untyped-call]
    assert model.rows.grad is not None
    taught = model.rows.grad.abs().sum(dim=1) > 0
    assert set(taught.nonzero().ravel().tolist()) == set(BATCH)
