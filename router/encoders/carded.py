"""What an encoder in a folder says of itself: what its card does."""

from __future__ import annotations

from pathlib import Path

from router.encoders.card import Card, size_of
from router.encoders.protocol import Prefixes


class CardedEncoder:
    """The part of `Encoder` that needs no model. Whoever inherits sets `folder` and `_card`."""

    folder: Path
    """Where its files are."""
    _card: Card

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}, {self.dim} dims, {self.fingerprint}>"

    @property
    def card(self) -> Card:
        """What its `encoder.json` says, or would say."""
        return self._card

    @property
    def name(self) -> str:
        """What people call it."""
        return self._card.name

    @property
    def dim(self) -> int:
        """The length of a row."""
        return self._card.dim

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits of the files, as the card states them."""
        return self._card.fingerprint

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return size_of(self.folder, self._card)

    @property
    def prefixes(self) -> Prefixes:
        """As the card states them."""
        return self._card.prefixes

    @property
    def matryoshka_dimensions(self) -> tuple[int, ...]:
        """At which lengths the card says that rows may be cut."""
        return self._card.matryoshka_dimensions
