"""Encoders by name."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from router.encoders.protocol import Encoder
from router.errors import EncoderError, UnknownEncoderError

DEFAULT = "minilm"
"""The encoder that ships."""


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """What can stand in `load_encoder(...)`, and whether it would work here."""

    spec: str
    """The name, or the form of one: `onnx:DIR`."""
    summary: str
    """What it is, in a line."""
    packages: tuple[str, ...]
    """What it imports."""
    ready: bool
    """Whether all that is installed."""
    install: str
    """The command that installs what it needs."""


def load_encoder(spec: str | Encoder = DEFAULT) -> Encoder:
    """Return the encoder of that name; an encoder is returned as it is.

    `minilm` is opened once in a process and shared. Raises UnknownEncoderError,
    EncoderError if it cannot be opened, MissingExtraError if a package is missing.

    >>> load_encoder("hashing").dim
    256
    """
    if not isinstance(spec, str):
        return spec
    kind, colon, argument = spec.partition(":")
    form = next((form for form in _FORMS if form.partition(":")[0] == kind), None)
    if form is None or (colon and ":" not in form):
        raise UnknownEncoderError(spec, tuple(_FORMS))
    if ":" in form and not argument:
        raise EncoderError(f"{spec!r} does not say which encoder to open. Write {form!r}.")
    if kind == "minilm":
        return _minilm()
    if kind == "hashing":
        from router.encoders.hashing import HashingEncoder

        return HashingEncoder()
    if kind == "onnx":
        from router.encoders.onnx import OnnxEncoder

        return OnnxEncoder(argument)
    if kind == "static":
        from router.encoders.static import StaticEncoder

        return StaticEncoder(argument)
    from router.encoders.sentence_transformers import SentenceTransformerEncoder

    return SentenceTransformerEncoder(argument)


def available_encoders() -> tuple[EncoderInfo, ...]:
    """Say which encoders there are and which are ready, without importing any."""
    return tuple(
        EncoderInfo(
            spec,
            summary,
            packages,
            ready=all(importlib.util.find_spec(package) for package in packages),
            install=f"pip install 'intent-router{extra}'",
        )
        for spec, (summary, packages, extra) in _FORMS.items()
    )


@functools.cache
def _minilm() -> Encoder:
    from router.encoders.onnx import OnnxEncoder

    return OnnxEncoder(Path(__file__).with_name("minilm"))


_FORMS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "minilm": ("all-MiniLM-L6-v2 in 8 bits, English; ships with this package", ("onnxruntime", "tokenizers"), ""),
    "hashing": ("hashed words and character trigrams: knows no meaning, for tests", (), ""),
    "onnx:DIR": ("your own: model.onnx, tokenizer.json and encoder.json", ("onnxruntime", "tokenizers"), ""),
    "static:DIR": ("your own: a table of tokens, as 'distill' or model2vec writes it", ("tokenizers",), ""),
    "st:NAME_OR_PATH": ("a sentence-transformers model; needs torch", ("sentence_transformers",), "[st]"),
}
