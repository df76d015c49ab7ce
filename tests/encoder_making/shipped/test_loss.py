from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

import router.encoder_making.shipped.loss as loss
from router.encoder_making.shipped.entries import NO_INTENT, Entries
from router.encoder_making.shipped.loss import EQUAL, HOLD, RELATE, TEMPERATURE, ShippedLoss
from router.encoder_making.shipped.material import DECLARED, Intent, Material

INTENT = [0, 0, 1, 1, 2, NO_INTENT, 3]
DOMAIN = [0, 0, 0, 0, 1, 0, 2]
SOURCES = ["written", "written", "snips", DECLARED]
COUNT = len(INTENT)
GENERAL = 3


class Table(torch.nn.Module):
    """Gives each text the row of its first token."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = torch.nn.Parameter(torch.from_numpy(np.random.default_rng(3).normal(size=(COUNT, 5))).float())

    def forward(self, features: dict[str, Any]) -> dict[str, Any]:
        return {"sentence_embedding": self.rows[features["input_ids"][:, -1]]}


def _unit(rows: np.ndarray) -> np.ndarray:
    unit: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _entries() -> Entries:
    intents = tuple(Intent(source, f"d{n}", (), ()) for n, source in enumerate(SOURCES))
    return Entries(
        Material(intents, {}, ()), tuple("abcdefg"), np.array(INTENT), np.array(DOMAIN), np.ones(COUNT, bool)
    )


def _loss(teacher: np.ndarray, batch: list[int]) -> tuple[float, np.ndarray, np.ndarray]:
    model, untouched = Table(), _unit(np.random.default_rng(4).normal(size=(COUNT, 5)))
    features = {"input_ids": torch.tensor(batch)[:, None], "attention_mask": torch.ones(len(batch), 1)}
    found = ShippedLoss(model, _entries(), untouched, teacher)([features], torch.tensor(batch))  # type: ignore[arg-type]
    return float(found.detach()), _unit(model.rows.detach().numpy()), untouched


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss, "GENERAL", GENERAL)


def _softmax(row: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.exp(row / TEMPERATURE) / np.exp(row / TEMPERATURE).sum()
    return shares


@pytest.mark.parametrize("alike", [False, True])
def test_the_loss_is_what_its_parts_say(alike: bool) -> None:
    batch, general = [0, 1, 2, 3, 4, 5], [6, 2, 5]
    teacher = _unit(np.random.default_rng(5).normal(size=(COUNT, 3)))
    if alike:
        teacher[4] = teacher[0]  # of another domain: not pushed apart
        teacher[2] = teacher[0]  # of the same: told apart for certain
    found, rows, untouched = _loss(teacher, batch + general)
    each = []
    for one in (0, 1, 2, 3):
        (same,) = [n for n in batch if n != one and INTENT[n] == INTENT[one]]
        pushed = [n for n in batch if n != one and not (n == 4 and teacher[one] @ teacher[n] > 0.8)]
        shares = {n: math.exp(rows[one] @ rows[n] / TEMPERATURE) for n in pushed}
        each.append(-math.log(shares[same] / sum(shares.values())))
    held = np.mean([1 - rows[n] @ untouched[n] for n in general])
    related = []
    for place, one in enumerate(general):
        others = [n for at, n in enumerate(general) if at != place]
        wanted, got = _softmax(teacher[others] @ teacher[one]), _softmax(rows[others] @ rows[one])
        related.append(float((wanted * np.log(wanted / got)).sum()))
    unlike = np.mean([(rows[one] @ rows[n] - teacher[one] @ teacher[n]) ** 2 for one in general for n in general])
    expected = np.mean(each) + HOLD * held + RELATE * np.mean(related) + EQUAL * unlike
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("similar", "pushed"), [(0.9, True), (0.97, False)])
def test_declarations_of_two_domains_are_pushed_apart_unless_they_say_the_same(similar: float, pushed: bool) -> None:
    intents = tuple(Intent(DECLARED, f"d{n}", (), ()) for n in range(2))
    which = np.array([0, 0, 1, 1, NO_INTENT])
    entries = Entries(Material(intents, {}, ()), tuple("abcde"), which, which, np.zeros(5, bool))
    teacher = np.zeros((5, 2), np.float32)
    teacher[:, 0] = 1
    teacher[2:4] = similar, math.sqrt(1 - similar**2)
    model = Table()
    batch = torch.tensor([0, 1, 2, 3, 4, 4, 4])
    features = {"input_ids": batch[:, None], "attention_mask": torch.ones(len(batch), 1)}
    untouched = model.rows.detach().numpy()[:5]
    ShippedLoss(model, entries, untouched, teacher)([features], batch).backward()  # type: ignore[arg-type]
    assert model.rows.grad is not None
    assert bool(model.rows.grad[:4].abs().max() > 1e-6) == pushed
