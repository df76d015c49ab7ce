"""Models of sentence-transformers with random weights: BERT, XLM-RoBERTa and Gemma, as small as can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Transformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

from router.encoders.sentence_transformers import SentenceTransformerEncoder
from tests.encoders.gemma import write_tiny_gemma

WIDTH = 64
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "wake", "me", "at", "six", *"abcdefghijklmnopqrstuvwxyz'?!"]
PIECES += [f"##{piece}" for piece in PIECES[8:]]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Two threads that wait for each other on a busy machine take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_gemma(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(write_tiny_gemma(tmp_path_factory.mktemp("st") / "tiny-gemma")))


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(write_tiny_bert(tmp_path_factory.mktemp("st") / "tiny-bert")))


def write_tiny_bert(folder: Path, *, kind: str = "bert", after: Sequence[Any] | None = None, **settings: Any) -> Path:
    """Write a model that pools and then does what `after` says, by default a mean that is normalised."""
    torch.manual_seed(11)
    config = {
        "vocab_size": len(PIECES),
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 40,
        "initializer_range": 0.2,
        "pad_token_id": 0,
    } | settings
    body = folder.with_name(f"{folder.name}-transformer")
    model = BertModel(BertConfig(**config)) if kind == "bert" else XLMRobertaModel(XLMRobertaConfig(**config))
    model.save_pretrained(body)
    _tokenizer().save_pretrained(body)
    modules = [Transformer(str(body)), *(after or (Pooling(WIDTH, "mean"), Normalize()))]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    ids = {piece: number for number, piece in enumerate(PIECES)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=38, **marks)


def dense(outputs: int, activation: torch.nn.Module, *, bias: bool = True, **settings: Any) -> Dense:
    torch.manual_seed(5)
    return Dense(WIDTH, outputs, bias=bias, activation_function=activation, **settings)
