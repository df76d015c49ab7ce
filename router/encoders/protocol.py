"""What every encoder promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

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
        """12 hexadecimal digits that change when the rows may."""

    @property
    def prefixes(self) -> Prefixes:
        """Put before a text by `encode_utterances` and `encode_declarations`, and by nothing else."""

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text as it stands: float32 `[len(utterances), dim]`.

        Texts are valid Unicode, such as `router.text.normalize` returns. A text
        with nothing to encode, such as the empty one, has a unit row too, always
        the same. Raises EncoderError if the encoder gives anything else.
        """


def encode_utterances(encoder: Encoder, utterances: Sequence[str]) -> NDArray[np.float32]:
    """Encode what people say, with the encoder's prefix for it."""
    return encoder.encode(_prefixed(encoder.prefixes.utterance, utterances))


def encode_declarations(encoder: Encoder, declarations: Sequence[str]) -> NDArray[np.float32]:
    """Encode texts that describe tools, with the encoder's prefix for them."""
    return encoder.encode(_prefixed(encoder.prefixes.declaration, declarations))


def _prefixed(prefix: str, texts: Sequence[str]) -> Sequence[str]:
    return [prefix + text for text in texts] if prefix else texts
