import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from router.encoders import Prefixes, load_encoder
from router.encoders.card import Card
from router.encoders.onnx import OnnxEncoder
from router.errors import EncoderError, MissingExtraError
from tests.encoders.conftest import DIM, write_tiny_encoder

TINY = Path(__file__).with_name("tiny.tflite")
TEXTS = ["wake me", "play jazz", "", "[SEP] x", "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    return write_litert_folder(tmp_path)


def write_litert_folder(folder: Path) -> Path:
    """Write the tiny encoder as LiteRT runs it, without a card."""
    tiny = write_tiny_encoder(folder / "onnx", max_tokens=32)
    (folder / "litert").mkdir()
    shutil.copy(TINY, folder / "litert" / "model.tflite")
    shutil.copy(tiny / "tokenizer.json", folder / "litert")
    return folder / "litert"


def test_rows_are_those_of_the_same_encoder_in_onnx(folder: Path) -> None:
    rows = load_encoder(f"litert:{folder}").encode(TEXTS)
    np.testing.assert_allclose(rows, OnnxEncoder(folder.parent / "onnx").encode(TEXTS), atol=1e-6)


def test_a_file_may_be_named_and_tells_its_family(folder: Path) -> None:
    (folder / "model.tflite").rename(folder / "embeddinggemma-300M_seq256.tflite")
    encoder = load_encoder(f"litert:{folder / 'embeddinggemma-300M_seq256.tflite'}")
    assert (encoder.name, encoder.dim) == ("embeddinggemma-300M_seq256", DIM)
    assert encoder.prefixes.utterance == "task: classification | query: "


def test_a_card_says_how_it_is_used(folder: Path) -> None:
    card = Card("tiny", DIM, 16, prefixes=Prefixes("q: ", ""), model="model.tflite", matryoshka_dimensions=(4,))
    card.write(folder)
    encoder = load_encoder(f"litert:{folder}", dimensions=4)
    assert (encoder.name, encoder.prefixes.utterance) == ("tiny@4", "q: ")
    data = json.loads((folder / "encoder.json").read_bytes())
    (folder / "encoder.json").write_text(json.dumps(data | {"dim": 9}), "utf-8")
    with pytest.raises(EncoderError, match=r"says 9 dimensions, but model.tflite gives 8"):
        load_encoder(f"litert:{folder}")


def test_a_file_that_is_not_there_is_not_another(folder: Path) -> None:
    with pytest.raises(EncoderError, match=r"modle\.tflite: not a model that LiteRT can open"):
        load_encoder(f"litert:{folder / 'modle.tflite'}")


def test_what_is_no_model_is_an_encoder_error(folder: Path) -> None:
    (folder / "model.tflite").write_bytes(b"TFL3, or not")
    with pytest.raises(EncoderError, match=r"model.tflite: not a model that LiteRT can open"):
        load_encoder(f"litert:{folder}")


def test_without_litert_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ai_edge_litert", "ai_edge_litert.interpreter"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'intent-router\[litert\]'"):
        load_encoder("litert:model.tflite")
