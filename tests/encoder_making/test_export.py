"""An exported model gives the rows of the original, or none is left."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from sentence_transformers.base.modules import Dense
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

from router.encoder_making.export import TOKENS, export
from router.encoder_making.parity import TOLERANCES, Tolerance
from router.encoder_making.quantize import Precision
from router.encoders.card import CARD, MODEL, TOKENIZER
from router.encoders.onnx import OnnxEncoder
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.encoders.tables import TABLES, WEIGHTS
from router.errors import EncoderError
from tests.encoder_making.conftest import WIDTH, dense, write_tiny_bert

TEXTS = [
    "wake me at six",
    "turn it up",
    "?",
    "明日の朝 🔦 ÿ",
    "[SEP] <eos> <bos> text that looks like marks",
    "task: classification | query: play some jazz",
    "wake me at half past six tomorrow morning, and turn the lights on in the kitchen " * 2,
]
LOOSE = Tolerance(0.85, 0.7)
"""Random weights of 32 columns bear 4 bits worse than learnt ones do."""


def _opened(original: SentenceTransformerEncoder, out: Path, precision: Precision = "fp32", **how: Any) -> OnnxEncoder:
    export(original, out, precision, TEXTS, **how)
    return OnnxEncoder(out)


@pytest.mark.parametrize("model", ["tiny_gemma", "tiny_bert"])
@pytest.mark.parametrize("precision", ["fp32", "int8", "int4"])
def test_rows_are_near_the_originals(
    request: pytest.FixtureRequest, tmp_path: Path, model: str, precision: Precision
) -> None:
    original: SentenceTransformerEncoder = request.getfixturevalue(model)
    tolerance = LOOSE if precision == "int4" else TOLERANCES[precision]
    made = _opened(original, tmp_path / "made", precision, tolerance=tolerance)
    cosines = np.einsum("ij,ij->i", made.encode(TEXTS), original.encode(TEXTS))
    assert cosines.min() >= tolerance.min_cosine
    if precision == "fp32":
        np.testing.assert_allclose(made.encode(TEXTS), original.encode(TEXTS), rtol=0, atol=1e-5)


@pytest.mark.parametrize("model", ["tiny_gemma", "tiny_bert"])
def test_texts_of_every_length_have_the_originals_rows(
    request: pytest.FixtureRequest, tmp_path: Path, model: str
) -> None:
    original: SentenceTransformerEncoder = request.getfixturevalue(model)
    made = _opened(original, tmp_path / "made")
    texts = ["", *(" ".join("abcdefgh"[n % 8] for n in range(count)) for count in (1, 2, 7, 15, 16, 17, 40, 64, 400))]
    np.testing.assert_allclose(made.encode(texts), original.encode(texts), rtol=0, atol=1e-5)


@pytest.mark.parametrize("model", ["tiny_gemma", "tiny_bert"])
def test_tokens_are_the_originals(request: pytest.FixtureRequest, tmp_path: Path, model: str) -> None:
    original: SentenceTransformerEncoder = request.getfixturevalue(model)
    made = _opened(original, tmp_path / "made", tokens=True)
    for ours, theirs in zip(made.encode_tokens(TEXTS), original.encode_tokens(TEXTS), strict=True):
        np.testing.assert_array_equal(ours.spans, theirs.spans)
        np.testing.assert_allclose(ours.vectors, theirs.vectors, rtol=0, atol=1e-4)


def test_tokens_are_left_out_unless_they_are_asked_for(tiny_bert: SentenceTransformerEncoder, tmp_path: Path) -> None:
    assert not _opened(tiny_bert, tmp_path / "made").gives_tokens
    outputs = [output.name for output in onnx.load(tmp_path / "made" / MODEL).graph.output]
    assert TOKENS not in outputs


@pytest.mark.parametrize("pooling", ["mean", "cls", "lasttoken"])
def test_what_follows_the_transformer_is_folded_in(tmp_path: Path, pooling: str) -> None:
    layers = [dense(48, torch.nn.Tanh()), Dense(48, 24, bias=False, activation_function=torch.nn.Identity())]
    folder = write_tiny_bert(tmp_path / "st", after=[Pooling(WIDTH, pooling), *layers, Normalize()])
    original = SentenceTransformerEncoder(str(folder))
    made = _opened(original, tmp_path / "made")
    assert made.dim == 24
    np.testing.assert_allclose(made.encode(TEXTS), original.encode(TEXTS), rtol=0, atol=1e-5)


def test_a_row_is_made_unit_where_the_original_leaves_that_to_others(tmp_path: Path) -> None:
    original = SentenceTransformerEncoder(str(write_tiny_bert(tmp_path / "st", after=[Pooling(WIDTH, "mean")])))
    made = _opened(original, tmp_path / "made")
    np.testing.assert_allclose(made.encode(TEXTS), original.encode(TEXTS), rtol=0, atol=1e-5)


def test_positions_are_counted_as_roberta_counts_them(tmp_path: Path) -> None:
    folder = write_tiny_bert(tmp_path / "st", kind="xlm-roberta", type_vocab_size=1)
    original = SentenceTransformerEncoder(str(folder))
    made = _opened(original, tmp_path / "made")
    np.testing.assert_allclose(made.encode(TEXTS), original.encode(TEXTS), rtol=0, atol=1e-5)


def test_weights_in_bfloat16_are_widened(tmp_path: Path, tiny_gemma: SentenceTransformerEncoder) -> None:
    original = SentenceTransformerEncoder(_saved_as(tiny_gemma, torch.bfloat16, tmp_path / "st"))
    made = _opened(original, tmp_path / "made")
    np.testing.assert_allclose(made.encode(TEXTS), original.encode(TEXTS), rtol=0, atol=1e-5)


def test_gemma_in_float16_is_refused(tmp_path: Path, tiny_gemma: SentenceTransformerEncoder) -> None:
    original = SentenceTransformerEncoder(_saved_as(tiny_gemma, torch.float16, tmp_path / "st"))
    with pytest.raises(EncoderError, match="kept in float16, in which Gemma overflows: take the model in float32 or"):
        export(original, tmp_path / "made", "fp32", TEXTS)


def _saved_as(encoder: SentenceTransformerEncoder, kind: torch.dtype, folder: Path) -> str:
    """Save a copy in another precision."""
    from copy import deepcopy

    model = deepcopy(encoder.model).to(kind)
    model[0].auto_model.config.dtype = kind
    model.save(str(folder), create_model_card=False)
    return str(folder)


def test_the_card_says_what_it_was_made_of_and_how_near_it_came(
    tiny_gemma: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    made = _opened(tiny_gemma, tmp_path / "made", "int8")
    assert (made.name, made.prefixes) == ("tiny-gemma-int8", tiny_gemma.prefixes)
    card = json.loads((tmp_path / "made" / CARD).read_text(encoding="utf-8"))
    assert (card["source"], card["source_fingerprint"]) == ("st:tiny-gemma", tiny_gemma.fingerprint)
    assert card["parity"]["texts"] == len(TEXTS) + 2
    assert card["parity"]["min_cosine"] <= card["parity"]["mean_cosine"]
    assert not any(text in json.dumps(card) for text in TEXTS)


def test_the_same_model_gives_the_same_files(tiny_gemma: SentenceTransformerEncoder, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(tiny_gemma, tmp_path / name, "int4", TEXTS, tolerance=LOOSE)
    for name in (MODEL, TOKENIZER, CARD):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_many_weights_are_in_a_file_of_their_own(
    tiny_gemma: SentenceTransformerEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = _opened(tiny_gemma, tmp_path / "together", "int4", tolerance=LOOSE)
    monkeypatch.setattr("router.encoder_making.graph.BESIDE", 0)
    apart = _opened(tiny_gemma, tmp_path / "apart", "int4", tolerance=LOOSE)
    assert WEIGHTS in json.loads((tmp_path / "apart" / CARD).read_text(encoding="utf-8"))["files"]
    assert np.array_equal(apart.encode(TEXTS), together.encode(TEXTS))


@pytest.mark.parametrize("model", ["tiny_gemma", "tiny_bert"])
def test_the_table_of_tokens_may_be_in_another_precision(
    request: pytest.FixtureRequest, tmp_path: Path, model: str
) -> None:
    original: SentenceTransformerEncoder = request.getfixturevalue(model)
    made = _opened(original, tmp_path / "made", "int8", table="int4", tokens=True, tolerance=LOOSE)
    everywhere = {kind: _opened(original, tmp_path / kind, kind, tolerance=LOOSE) for kind in ("int8", "int4")}
    constants = {each.name: each for each in onnx.load(tmp_path / "made" / MODEL).graph.initializer}
    table, weights = ([name for name in constants if name.startswith(TABLES) is which] for which in (True, False))
    assert f"{TABLES}.blocks" in table
    assert f"{TABLES}.int8" not in table
    same = {each.name: each for each in onnx.load(tmp_path / "int8" / MODEL).graph.initializer}
    blocks = [name for name in weights if name.endswith((".blocks", ".scales"))]
    assert blocks
    assert all(constants[name] == same[name] for name in blocks)
    rows = original.encode(TEXTS)
    cosines = {kind: np.einsum("ij,ij->i", each.encode(TEXTS), rows).mean() for kind, each in everywhere.items()}
    assert cosines["int4"] < np.einsum("ij,ij->i", made.encode(TEXTS), rows).mean() < cosines["int8"]
    assert made.gives_tokens
    assert made.size < everywhere["int8"].size


def test_a_table_in_4_bits_is_held_to_the_tolerance_of_the_weights(
    tiny_bert: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    with pytest.raises(EncoderError, match=r"the mean cosine is 0\.\d+; at least 0.9999 is tolerated"):
        export(tiny_bert, tmp_path / "made", "fp32", TEXTS, table="int4")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("precision", ["int8", "int4"])
def test_too_great_a_loss_leaves_nothing(
    tiny_gemma: SentenceTransformerEncoder, tmp_path: Path, precision: Precision
) -> None:
    with pytest.raises(EncoderError, match=r"(?s)nothing was written:\n  the mean cosine is 0\.\d+; .* the smallest"):
        export(tiny_gemma, tmp_path / "made", precision, TEXTS, tolerance=Tolerance(0.9999999, 0.9999999))
    assert not list(tmp_path.iterdir())


def test_an_old_folder_stays_where_the_new_one_is_refused(
    tiny_bert: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    export(tiny_bert, tmp_path / "made", "fp32", TEXTS)
    before = (tmp_path / "made" / CARD).read_bytes()
    with pytest.raises(EncoderError, match="too far from the original"):
        export(tiny_bert, tmp_path / "made", "int4", TEXTS, tolerance=Tolerance(1, 1))
    assert (tmp_path / "made" / CARD).read_bytes() == before
    export(tiny_bert, tmp_path / "made", "int8", TEXTS)
    assert OnnxEncoder(tmp_path / "made").name == "tiny-bert-int8"


def test_texts_may_be_blank(tiny_bert: SentenceTransformerEncoder, tmp_path: Path) -> None:
    assert export(tiny_bert, tmp_path / "made", "fp32", ["", " "]).texts == 4


def test_an_interrupt_leaves_nothing(tiny_bert: SentenceTransformerEncoder, tmp_path: Path) -> None:
    def interrupt(stage: str, done: int, _: int) -> None:
        if stage == "comparing" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(tiny_bert, tmp_path / "made", "fp32", TEXTS, progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_what_is_no_encoder_is_never_replaced(tiny_bert: SentenceTransformerEncoder, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "thesis.tex").write_text("years of work")
    with pytest.raises(EncoderError, match=r"made: 'thesis.tex' is in the way and not part of an encoder"):
        export(tiny_bert, tmp_path / "made", "fp32", TEXTS)


@pytest.mark.parametrize(
    ("settings", "fact"),
    [
        ({"hidden_act": "relu"}, "has the activation 'relu'"),
        ({"after": [Pooling(WIDTH, "max")]}, "pools by 'max'; expected one of"),
        ({"after": [Pooling(WIDTH, ("mean", "max"))]}, "pools by"),
        ({"after": [Pooling(WIDTH, "mean"), Normalize(), dense(8, torch.nn.Tanh())]}, "is made of .*; expected Transf"),
        ({"after": [Pooling(WIDTH, "mean"), dense(8, torch.nn.ReLU())]}, "has a dense layer with the activation ReLU"),
        (
            {"after": [Pooling(WIDTH, "mean"), dense(WIDTH, torch.nn.Tanh(), use_residual=True)]},
            "has a dense layer with a residual",
        ),
        ({"after": [Pooling(WIDTH, "mean", include_prompt=False)]}, "leaves its prompt out of the pooling"),
    ],
)
def test_what_cannot_be_folded_is_refused(tmp_path: Path, settings: dict[str, Any], fact: str) -> None:
    original = SentenceTransformerEncoder(str(write_tiny_bert(tmp_path / "st", **settings)))
    with pytest.raises(EncoderError, match=f"'st' cannot be exported: it {fact}"):
        export(original, tmp_path / "made", "fp32", TEXTS)
    assert not (tmp_path / "made").exists()
