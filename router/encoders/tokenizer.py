"""A `tokenizer.json`, opened to read what people say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from router.errors import EncoderError


def open_tokenizer(file: Path, max_tokens: int) -> Any:
    """Return the tokenizer, cutting texts at `max_tokens` and reading what looks like a mark as text.

    Raises EncoderError.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.enable_truncation(max_tokens)
    except Exception as error:  # tokenizers raises no narrower one
        raise EncoderError(f"{file}: not a tokenizer: {error}") from error
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer
