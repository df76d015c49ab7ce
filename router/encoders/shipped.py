"""The encoders that ship: one in this package, the others as packages of data built from the same repository.

A package of data is a module of its own, `intent_router_minilm`, which holds the
files of one folder beside this module and no code. So it is found wherever an
installer puts it, also where each package has a place to itself (PEX, Bazel,
`pip --target`), and coming and going it touches no file of this package.
"""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from router.encoders.adapted import AdaptedEncoder
from router.encoders.card import CARD
from router.encoders.carded import CardedEncoder
from router.encoders.hashing import HashingEncoder
from router.encoders.protocol import Encoder
from router.errors import MissingExtraError


@dataclass(frozen=True, slots=True)
class Shipped:
    """An encoder that ships."""

    name: str
    """What opens it."""
    summary: str
    """What it is, in a line."""
    extra: str = ""
    """What installs its package of data, if it is not in this package."""
    table: bool = False
    """Whether it is a table of tokens, which needs no ONNX Runtime."""

    @property
    def module(self) -> str:
        """Its name as one in Python, which its folder has and its package ends in."""
        return self.name.replace("-", "_")

    @property
    def folder(self) -> Path | None:
        """Where its files are: beside this module, as all are in a checkout, or in its own package; None if nowhere."""
        beside = Path(__file__).with_name(self.module)
        if not self.extra or (beside / CARD).exists():
            return beside
        package = importlib.util.find_spec(f"intent_router_{self.module}")
        return Path(package.origin).parent if package and package.origin else None


SHIPPED = (
    Shipped("en", "English, trained to tell intents apart; in this package"),
    Shipped("multilingual", "51 languages, what 'en' makes of English; a package of its own", "multilingual"),
    Shipped("minilm", "English, all-MiniLM-L6-v2 in 8 bits; a package of its own", "minilm"),
    Shipped("en-static", "English, a table of what 'en' makes of words; a package of its own", "en-static", table=True),
)
"""Every encoder that ships. What is here is listed, opened, put into bundles by its name and tested."""

SHIPPED_SPECS = (*(shipped.name for shipped in SHIPPED), HashingEncoder.name)
"""What opens the same encoder on every machine, so that a bundle may say it."""


@functools.cache
def open_shipped(shipped: Shipped) -> Encoder:
    """Open an encoder once in a process. Raises EncoderError, MissingExtraError if its package is not installed."""
    if shipped.folder is None:
        raise MissingExtraError(f"intent-router-{shipped.name}", shipped.extra, f"encoder {shipped.name!r}")
    if shipped.table:
        from router.encoders.static import StaticEncoder

        return StaticEncoder(shipped.folder)
    from router.encoders.onnx import OnnxEncoder

    return OnnxEncoder(shipped.folder)


def shipped_as(encoder: Encoder) -> str | None:
    """Return what opens an encoder, or the one that is adapted, on any machine; None if it does not ship."""
    while isinstance(encoder, AdaptedEncoder):
        encoder = encoder.encoder
    if encoder.fingerprint == HashingEncoder().fingerprint:
        return HashingEncoder.name
    if not isinstance(encoder, CardedEncoder):
        return None
    own = encoder.folder.resolve()
    return next((each.name for each in SHIPPED if each.folder and each.folder.resolve() == own), None)
