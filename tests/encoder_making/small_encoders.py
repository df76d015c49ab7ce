"""Encoders of a few hundred pieces, with tokenizers of every kind that can be trimmed."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from router.encoders.card import MODEL, TOKENIZER, Card
from router.encoders.safetensors import write_arrays
from router.encoders.static import TABLE

DIM = 16
SAID = [
    "wake me at half past six tomorrow morning",
    "turn the kitchen lights off and play some jazz",
    "what will the weather be like in london on friday",
    "weck mich morgen früh um halb sieben",
    "schalte das licht in der küche aus und spiele musik",
    "wie wird das wetter am freitag in köln",
    "разбуди меня завтра утром",
    "включи свет на кухне и поставь музыку",
    "明日の朝六時半に起こして",
    "台所の電気を消して音楽をかけて",
]
"""What the tokenizers are trained on."""


@functools.cache
def _word_piece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(SAID, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special))
    end, start = ((mark, special.index(mark)) for mark in ("[SEP]", "[CLS]"))
    tokenizer.post_processor = processors.BertProcessing(end, start)
    return tokenizer


@functools.cache
def _unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=220, unk_token="<unk>", special_tokens=["<s>", "</s>", "<unk>"])
    tokenizer.train_from_iterator(SAID, trainer)
    marks = [(mark, tokenizer.token_to_id(mark)) for mark in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=marks)
    return tokenizer


@functools.cache
def _byte_level() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=450, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(SAID, trainer)
    pair = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), add_prefix_space=False)
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(), pair])
    return tokenizer


@functools.cache
def _with_bytes() -> Tokenizer:
    """Return a tokenizer as Gemma has it: spaces are letters, what is no piece is bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(vocab_size=250, special_tokens=["<bos>", "<eos>", "<unk>"])
    tokenizer.train_from_iterator(SAID, trainer)
    marks = [(mark, tokenizer.token_to_id(mark)) for mark in ("<bos>", "<eos>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A <eos>", special_tokens=marks)
    data = json.loads(tokenizer.to_str())
    vocabulary = data["model"]["vocab"]
    vocabulary |= {f"<0x{byte:02X}>": len(vocabulary) + byte for byte in range(256)}
    data["model"]["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(data))


TOKENIZERS: dict[str, Callable[[], Tokenizer]] = {
    "WordPiece": _word_piece,
    "Unigram": _unigram,
    "byte-level BPE": _byte_level,
    "BPE with bytes": _with_bytes,
}


def write_static(folder: Path, kind: str = "WordPiece", dtype: Any = np.int8, **more: Any) -> Path:
    """Write a static encoder with random vectors."""
    folder.mkdir(parents=True)
    tokenizer = TOKENIZERS[kind]()
    tokenizer.save(str(folder / TOKENIZER))
    random = np.random.default_rng(3)
    table = random.normal(size=(tokenizer.get_vocab_size(), DIM)).astype(np.float32) * 40
    weights = random.uniform(0.001, 0.1, size=len(table)).astype(np.float32)
    arrays = {"weights": weights, "embeddings": table.clip(-127, 127).astype(dtype)}
    write_arrays(folder / TABLE, arrays | more)
    Card(name="small", dim=DIM, model=TABLE).write(folder)
    return folder


def write_graph(folder: Path, kind: str = "WordPiece", *, quantized: bool = False) -> Path:
    """Write a graph that looks tokens up in a random table, in 8 bits with scales or not, and takes their mean."""
    folder.mkdir(parents=True)
    tokenizer = TOKENIZERS[kind]()
    tokenizer.save(str(folder / TOKENIZER))
    random = np.random.default_rng(3)
    table = random.normal(size=(tokenizer.get_vocab_size(), DIM)).astype(np.float32)
    constants = {"table": table, "tokens": np.array([1])}
    nodes = [helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.INT32)]
    if quantized:
        scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(127)
        constants |= {"table": np.rint(table / scales).astype(np.int8), "scales": scales}
        nodes += [
            helper.make_node("Gather", ["table", "ids"], ["rows_int8"]),
            helper.make_node("Gather", ["scales", "ids"], ["row_scales"]),
            helper.make_node("Cast", ["rows_int8"], ["rows_float"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["rows_float", "row_scales"], ["looked_up"]),
        ]
    else:
        nodes += [helper.make_node("Gather", ["table", "ids"], ["looked_up"])]
    nodes += [
        helper.make_node("ReduceMean", ["looked_up", "tokens"], ["mean"], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["sentence_embedding"], axis=-1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, [1, DIM])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), folder / MODEL)
    Card(name="small", dim=DIM).write(folder)
    return folder
