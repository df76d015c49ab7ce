from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from router.encoder_making.shipped.multilingual.loss import EACH_OTHER, RELATE, TEMPERATURE, TranslationLoss

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


def _divergence(wanted: NDArray[np.float32], similar: NDArray[np.float32]) -> float:
    """Return the divergence of softmaxes of similarities, of which those that are not finite are left out."""
    costs = []
    for target, found in zip(
        wanted.astype(np.float64) / TEMPERATURE, similar.astype(np.float64) / TEMPERATURE, strict=True
    ):
        known = np.isfinite(target)
        p, q = (np.exp(each[known]) / np.exp(each[known]).sum() for each in (target, found))
        costs.append((p * np.log(p / q)).sum())
    return float(np.mean(costs))


def test_the_loss_is_what_its_parts_say() -> None:
    rows = _random(2, len(ROW))
    found, wanted = rows[BATCH], WANTED[ROW[BATCH]]
    apart = np.mean(1 - np.einsum("ij,ij->i", found, wanted))
    itself = np.where(np.eye(len(BATCH), dtype=bool), -np.inf, 0)
    from_wanted = _divergence(wanted @ wanted.T, found @ wanted.T)
    from_each_other = _divergence(wanted @ wanted.T + itself, found @ found.T + itself)
    expected = apart + RELATE * from_wanted + EACH_OTHER * from_each_other
    assert _loss(Table(rows)).item() == pytest.approx(expected, rel=1e-4)


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
