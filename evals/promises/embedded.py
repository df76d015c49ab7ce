"""An encoder for hundreds of routers of the same texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.encoders import Encoder
from router.encoders.protocol import Prefixes


class Embedded:
    """Encode with another encoder, and keep every row in memory.

    A router keeps it, unlike `CachedEncoder`, so asking is as cheap as training.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._rows: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """The name of the encoder whose rows are kept."""
        return self.encoder.name

    @property
    def dim(self) -> int:
        """The length of a row."""
        return self.encoder.dim

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the encoder whose rows are kept."""
        return self.encoder.fingerprint

    @property
    def prefixes(self) -> Prefixes:
        """The prefixes of the encoder whose rows are kept."""
        return self.encoder.prefixes

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        missing = [text for text in dict.fromkeys(utterances) if text not in self._rows]
        if missing:
            self._rows.update(zip(missing, self.encoder.encode(missing), strict=True))
        return np.array([self._rows[text] for text in utterances], np.float32).reshape(len(utterances), self.dim)
