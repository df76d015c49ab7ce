"""A `tokenizer.json`, opened to read what people say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from router.encoders.card import PIECES
from router.encoders.safetensors import open_arrays
from router.errors import EncoderError


def open_tokenizer(file: Path, max_tokens: int, *, mapped: bool = False) -> Any:
    """Return the tokenizer, cutting texts at `max_tokens` and reading what looks like a mark as text.

    With `mapped` it is of the arrays beside it, if they are there, see
    `router.encoders.pieces` and `router.encoders.unigram`. Raises EncoderError.
    """
    arrays = file.with_name(PIECES)
    if mapped and arrays.exists():
        from router.encoders.pieces import PieceTokenizer
        from router.encoders.unigram import UnigramTokenizer

        kind = UnigramTokenizer if "hashes" in open_arrays(arrays) else PieceTokenizer
        return kind(arrays, max_tokens)
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.enable_truncation(max_tokens)
    except Exception as error:  # tokenizers raises no narrower one
        raise EncoderError(f"{file}: not a tokenizer: {error}") from error
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer
