from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from router.encoder_making.shipped.models import average, encode_in_bfloat16, opened
from tests.encoder_making.conftest import WIDTH, write_tiny_bert

TOKENS = 16


@pytest.fixture
def model(tmp_path: Path) -> Any:
    return opened(str(write_tiny_bert(tmp_path / "st")), TOKENS)


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_every_weight_is_between_those_of_both_and_texts_are_cut_as_before(
    model: Any, tmp_path: Path, share: float
) -> None:
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    taught = opened(str(tmp_path / "st"), 2 * TOKENS)
    with torch.no_grad():
        for weight in taught.parameters():
            weight += 1
    taught.save(str(tmp_path / "taught"), create_model_card=False)
    mean = average(model, tmp_path / "taught", share)
    assert mean.max_seq_length == TOKENS
    changed = {name: weight - before[name] for name, weight in mean.state_dict().items()}
    for name in dict(model.named_parameters()):
        torch.testing.assert_close(changed[name], torch.full_like(changed[name], share), atol=1e-5, rtol=0)


def test_rows_are_made_as_the_model_makes_them_or_as_unit_rows(model: Any) -> None:
    del model[-1]  # which makes unit rows
    texts = ["wake me", "hush"]
    rows, unit = encode_in_bfloat16(model, texts, unit=False), encode_in_bfloat16(model, texts)
    assert rows.shape == (len(texts), WIDTH)
    assert rows.dtype == unit.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    assert not np.allclose(lengths, 1, atol=0.1)
    np.testing.assert_allclose(unit, rows / lengths, atol=1e-5)


def test_a_model_to_be_taught_drops_nothing_out(model: Any) -> None:
    model.train()
    first, second = (model(model.preprocess(["wake me"]))["sentence_embedding"] for _ in range(2))
    assert first.equal(second)
