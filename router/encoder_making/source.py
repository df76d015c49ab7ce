"""A sentence-transformers model taken apart: what an exported graph is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.errors import EncoderError

POOLINGS = ("mean", "cls", "lasttoken")


@dataclass(frozen=True, slots=True)
class Dense:
    """A layer behind the pooling."""

    weight: NDArray[np.float32]
    """`[outputs, inputs]`"""
    bias: NDArray[np.float32] | None
    """`[outputs]`"""
    activation: str
    """`Identity` or `Tanh`."""


@dataclass(frozen=True)
class Source:
    """The parts of a model. Weights are float32: the encoder widened what was kept in less."""

    name: str
    """As in `st:name`, without the path."""
    config: Any
    """The transformer's, as transformers gives it."""
    pooling: str
    """One of `POOLINGS`."""
    dense: tuple[Dense, ...]
    """In order."""
    max_tokens: int
    """Texts are cut here."""
    tokenizer: str
    """The JSON of a `tokenizer.json`."""
    weights: Mapping[str, Any]
    """The transformer's tensors, of torch, by name: parameters, and what it computed of its settings."""

    @property
    def dim(self) -> int:
        """The length of a row."""
        return self.dense[-1].weight.shape[0] if self.dense else int(self.config.hidden_size)

    def weight(self, name: str) -> NDArray[np.float32]:
        """Return a weight of the transformer. Raises EncoderError if it has none of that name."""
        self.demand(name in self.weights, f"has no weight {name!r}, as its kind should")
        found: NDArray[np.float32] = self.weights[name].numpy()
        return found

    def demand(self, condition: bool, fact: str) -> None:
        """Raise EncoderError with the fact that makes an export impossible, unless the condition holds."""
        _demand(self.name, condition, fact)


def take_apart(encoder: SentenceTransformerEncoder) -> Source:
    """Return the parts of a model.

    Raises EncoderError for a module, or a setting of one, that has no place in the graph.
    """
    name = encoder.name.removeprefix("st:").rpartition("/")[2]
    modules = [(type(module).__name__, module) for module in encoder.model]
    kinds = [kind for kind, _ in modules]
    dense = [module for kind, module in modules if kind == "Dense"]
    expected = ["Transformer", "Pooling", *["Dense"] * len(dense), *kinds[2 + len(dense) :]]
    _demand(name, kinds == expected and set(kinds[2 + len(dense) :]) <= {"Normalize"}, f"is made of {kinds}; {_SHAPE}")
    pooling = modules[1][1]
    _demand(name, pooling.pooling_mode in POOLINGS, f"pools by {pooling.pooling_mode!r}; expected one of {POOLINGS}")
    _demand(name, pooling.include_prompt, "leaves its prompt out of the pooling, which only knows tokens")
    transformer = modules[0][1].auto_model
    config = transformer.config
    overflows = "gemma" in config.model_type and "float16" in str(config.dtype).replace("bfloat16", "")
    _demand(name, not overflows, "is kept in float16, in which Gemma overflows: take the model in float32 or bfloat16")
    tokenizer = getattr(encoder.model.tokenizer, "backend_tokenizer", None)
    _demand(name, tokenizer is not None, "has a tokenizer that cannot be written as tokenizer.json")
    return Source(
        name=name,
        config=config,
        pooling=pooling.pooling_mode,
        dense=tuple(_dense(name, module) for module in dense),
        max_tokens=_max_tokens(encoder.model.max_seq_length, config),
        tokenizer=_plain(tokenizer),
        weights=dict(transformer.named_buffers()) | transformer.state_dict(),
    )


def _dense(name: str, module: Any) -> Dense:
    activation = type(module.activation_function).__name__
    _demand(name, activation in ("Identity", "Tanh"), f"has a dense layer with the activation {activation}")
    _demand(name, not getattr(module, "use_residual", False), "has a dense layer with a residual")
    linear = module.linear
    bias = None if linear.bias is None else linear.bias.detach().numpy()
    return Dense(linear.weight.detach().numpy(), bias, activation)


def _max_tokens(stated: int | None, config: Any) -> int:
    """Return what both the model's setting and its positions allow."""
    places = int(config.max_position_embeddings)
    if "roberta" in config.model_type:
        places -= config.pad_token_id + 1
    return min(stated or places, places)


def _plain(tokenizer: Any) -> str:
    """Return a tokenizer's JSON without padding and truncation, which whoever opens it sets."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_padding()
    copy.no_truncation()
    written: str = copy.to_str()
    return written


def _demand(name: str, condition: bool, fact: str) -> None:
    if not condition:
        raise EncoderError(f"{name!r} cannot be exported: it {fact}.")


_SHAPE = "expected Transformer, Pooling, any number of Dense, and Normalize"
