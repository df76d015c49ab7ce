"""What every encoder promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Words that an encoder was trained to see before a text, such as `query: `. Empty for most."""

    utterance: str = ""
    """Stands before what a person says."""
    declaration: str = ""
    """Stands before what describes a tool."""


class Encoder(Protocol):
    """Turns texts into unit vectors whose cosines tell how near their meanings are.

    Each row depends on its own text only, to the last bit: `encode([a, b])[0]`
    equals `encode([a])[0]`. So rows may be cached, and may be computed in any
    order and company. `encode` may be called from several threads at once.
    """

    @property
    def name(self) -> str:
        """What people call it, for example `minilm-l6-int8`."""

    @property
    def dim(self) -> int:
        """The length of a row."""

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that change when the rows or the vectors of tokens may."""

    @property
    def prefixes(self) -> Prefixes:
        """Put before a text by `encode_utterances` and `encode_declarations`, and by nothing else."""

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text as it stands: float32 `[len(utterances), dim]`.

        Texts are valid Unicode, such as `router.text.normalize` returns. A text
        with nothing to encode, such as the empty one, has a unit row too, always
        the same. Raises EncoderError if the encoder gives anything else.
        """


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A text as its tokens, beside its row: what one pass through an encoder gives."""

    row: NDArray[np.float32]
    """[D], what `encode` gives for the text."""
    vectors: NDArray[np.float32]
    """[t, D], of any length."""
    spans: NDArray[np.intp]
    """[t, 2], the characters `[start, end)` of the text that each token stands for."""


class TokenEncoder(Encoder, Protocol):
    """An encoder that can also tell what it makes of each token in its context, in the same pass."""

    @property
    def gives_tokens(self) -> bool:
        """Whether this one can: of some encoders only some models can."""

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row and the tokens of each text, without the marks that the encoder adds."""


def can_give_tokens(encoder: Encoder) -> TypeGuard[TokenEncoder]:
    """Whether an encoder has the tokens of a text to give beside its row."""
    return bool(getattr(encoder, "gives_tokens", False))


def encode_utterance_tokens(encoder: Encoder, utterances: Sequence[str]) -> list[TokenVectors]:
    """Encode what people say, with its tokens; none where the encoder gives none."""
    if can_give_tokens(encoder):
        prefix = encoder.prefixes.utterance
        found = encoder.encode_tokens(_prefixed(prefix, utterances))
        return [_without(prefix, each) for each in found] if prefix else found
    none = np.zeros((0, 0), np.float32), np.zeros((0, 2), np.intp)
    return [TokenVectors(row, *none) for row in encode_utterances(encoder, utterances)]


def encode_utterances(encoder: Encoder, utterances: Sequence[str]) -> NDArray[np.float32]:
    """Encode what people say, with the encoder's prefix for it."""
    return encoder.encode(_prefixed(encoder.prefixes.utterance, utterances))


def encode_declarations(encoder: Encoder, declarations: Sequence[str]) -> NDArray[np.float32]:
    """Encode texts that describe tools, with the encoder's prefix for them."""
    return encoder.encode(_prefixed(encoder.prefixes.declaration, declarations))


def _without(prefix: str, found: TokenVectors) -> TokenVectors:
    """Return the tokens of what follows a prefix, counted from there."""
    own = found.spans[:, 1] > len(prefix)  # a word's token may begin with the space before it, the prefix's last
    return TokenVectors(found.row, found.vectors[own], np.maximum(found.spans[own] - len(prefix), 0))


def _prefixed(prefix: str, texts: Sequence[str]) -> Sequence[str]:
    return [prefix + text for text in texts] if prefix else texts
