"""The whole recipe, on a model with random weights and sets of a few rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling

import router.encoder_making.shipped.multilingual.run as run
from router.encoder_making.shipped.material import Material
from router.encoder_making.shipped.multilingual import __main__ as command
from router.encoders.card import CARD, MODEL
from router.encoders.hashing import HashingEncoder
from router.encoders.onnx import OnnxEncoder
from router.errors import EncoderError
from tests.encoder_making.conftest import WIDTH, write_tiny_bert

STEPS = 4
SAID = ["ruhe", "Brüht eine Tasse Kaffee", "hot beverage"]
ENGLISH = HashingEncoder(48)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bert(tmp_path_factory.mktemp("st") / "tiny-bert", after=[Pooling(WIDTH, "mean")])


@pytest.fixture(autouse=True)
def _little(english: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "material", lambda _: english)


def _made(start: Path, data: Path, out: Path, encoder: HashingEncoder = ENGLISH) -> list[str]:
    """Make it and return the stages that were gone through."""
    stages: list[str] = []
    run.make_multilingual(data, str(start), encoder, out, steps=STEPS, progress=lambda stage, *_: stages.append(stage))
    return stages


def test_an_encoder_is_made_and_made_again_from_what_was_done(start: Path, everywhere: Path, tmp_path: Path) -> None:
    out = tmp_path / "multilingual"
    assert {"rows of the english", "teaching"} <= set(_made(start, everywhere, out))
    rows = OnnxEncoder(out).encode(SAID)
    assert rows.shape == (len(SAID), ENGLISH.dim)
    assert OnnxEncoder(out).encode_tokens(["hush"])[0].vectors.shape[0] > 1
    assert not {"rows of the english", "teaching"} & set(_made(start, everywhere, out))
    np.testing.assert_array_equal(OnnxEncoder(out).encode(SAID), rows)
