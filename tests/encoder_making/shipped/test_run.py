"""The whole recipe, on a model with random weights and sets of a few rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

import router.encoder_making.shipped.run as run
from router.encoder_making.shipped.material import material
from router.encoders.onnx import OnnxEncoder
from tests.encoder_making.conftest import write_tiny_bert


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bert(tmp_path_factory.mktemp("st") / "tiny-bert")


@pytest.fixture
def _little(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "material", lambda data: material(data, written))


@pytest.mark.usefixtures("_little")
def test_an_encoder_is_made_and_made_again_from_what_was_done(start: Path, data: Path, tmp_path: Path) -> None:
    said: list[str] = []
    out = tmp_path / "en"

    def made() -> np.ndarray:
        said.clear()
        run.make_english(data, str(start), str(start), out, steps=4, progress=lambda stage, *_: said.append(stage))
        return OnnxEncoder(out).encode(["tea please"])

    rows = made()
    assert "teaching" in said
    np.testing.assert_array_equal(made(), rows)
    assert "teaching" not in said
    before = SentenceTransformer(str(start), device="cpu").encode(["tea please"], normalize_embeddings=True)
    assert not np.allclose(rows, before, atol=1e-3)
    assert OnnxEncoder(out).encode_tokens(["tea please"])[0].vectors.shape[0] > 1
