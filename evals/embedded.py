"""An encoder for many routers, or many measurements, of the same texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.encoders import Encoder


class Embedded:
    """Encode with another encoder, and keep every row in memory.

    A router keeps it, unlike `CachedEncoder`, so asking is as cheap as training.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dim, self.fingerprint = encoder.name, encoder.dim, encoder.fingerprint
        self.prefixes = encoder.prefixes
        self._encoder = encoder
        self._rows: dict[str, NDArray[np.float32]] = {}

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        missing = [text for text in dict.fromkeys(utterances) if text not in self._rows]
        if missing:
            self._rows.update(zip(missing, self._encoder.encode(missing), strict=True))
        return np.array([self._rows[text] for text in utterances], np.float32).reshape(len(utterances), self.dim)
