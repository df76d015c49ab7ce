"""The rows that a sentence-transformers model has for each token, taken out of it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.errors import EncoderError

_MARKS = ("pad", "bos", "eos", "cls", "sep", "unk", "mask")
"""Of these `config.json` may have numbers, such as `pad_token_id`, and the tokenizer names."""

_OLDER_FORMS = (
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
    "added_tokens.json",
    "special_tokens_map.json",
)
"""Files with the pieces that are gone, from which some versions of transformers would read them."""


def keep_rows_of_model(encoder: SentenceTransformerEncoder, out: Path, order: Sequence[int], tokenizer: str) -> int:
    """Write a model whose table of tokens holds only these of its rows, in this order, and return its size.

    `tokenizer` is the JSON of the tokenizer that goes with them. Weights are
    written in the precision in which the model was kept; the size is that in
    float32, as the encoder's is. Raises EncoderError where
    what is put beside texts that are shorter than others would be another token:
    some models count places from it.
    """
    import torch

    model = copy.deepcopy(encoder.model)
    transformer: Any = model[0].auto_model
    config, table = transformer.config, transformer.get_input_embeddings()
    place = {number: new for new, number in enumerate(order)}
    if config.pad_token_id is not None and place.get(config.pad_token_id) != config.pad_token_id:
        raise EncoderError(f"{encoder.name}: has its padding among other pieces, so that it cannot be made smaller")
    table.weight = torch.nn.Parameter(table.weight.detach()[list(order)].clone())
    table.num_embeddings = config.vocab_size = len(order)
    for mark in _MARKS:
        number = getattr(config, f"{mark}_token_id", None)
        if isinstance(number, int):
            setattr(config, f"{mark}_token_id", place.get(number))
    size: int = sum(weight.nbytes for weight in model.state_dict().values())
    transformer.to(config.dtype or torch.float32)
    model.save(str(out), create_model_card=False)
    _replace_tokenizer(next(out.rglob("tokenizer_config.json")).parent, model.tokenizer, tokenizer)
    return size


def _replace_tokenizer(folder: Path, tokenizer: Any, text: str) -> None:
    """Write one of other pieces, with the settings of the one that is there."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    names = {f"{mark}_token": getattr(tokenizer, f"{mark}_token", None) for mark in _MARKS}
    smaller = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(text),
        model_max_length=tokenizer.model_max_length,
        model_input_names=tokenizer.model_input_names,
        padding_side=tokenizer.padding_side,
        **{key: name for key, name in names.items() if name is not None},
    )
    for name in _OLDER_FORMS:
        (folder / name).unlink(missing_ok=True)
    smaller.save_pretrained(folder)
