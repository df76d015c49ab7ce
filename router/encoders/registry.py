"""Encoders by name."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from router.encoders.adapted import adapted
from router.encoders.protocol import Encoder
from router.encoders.shipped import SHIPPED, Shipped, open_shipped
from router.errors import EncoderError, UnknownEncoderError

DEFAULT = "en"
"""The encoder that is used where none is named."""


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """What can stand in `load_encoder(...)`, and whether it would work here."""

    spec: str
    """The name, or the form of one: `onnx:DIR`."""
    summary: str
    """What it is, in a line."""
    packages: tuple[str, ...]
    """What it imports."""
    installed: bool
    """Whether all that is installed."""
    install: str
    """The command that installs what it needs."""
    unset: tuple[str, ...]
    """What the environment should say and does not, such as a key."""
    remote: bool
    """Whether it is always another machine's, so that `allow_remote` must be given."""

    @property
    def ready(self) -> bool:
        """Whether it lacks nothing that can be seen from here. A server may still not run."""
        return self.installed and not self.unset


def load_encoder(
    spec: str | Encoder = DEFAULT,
    *,
    dimensions: int | None = None,
    prefixes: str | None = None,
    allow_remote: bool = False,
) -> Encoder:
    """Return the encoder of that name; an encoder is taken as it is.

    `dimensions` cuts rows of models that were trained for it (Matryoshka).
    `prefixes` names the task whose prefixes stand before texts, such as
    `classification` or `none`; without it, those the encoder has for utterances.
    What people say is sent to a server elsewhere only with `allow_remote`: servers
    on this machine need no leave.

    Each that ships is opened once in a process and shared. Raises
    UnknownEncoderError, EncoderError if it cannot be opened or adapted,
    MissingExtraError if a package is missing: what runs the encoder, or holds its
    files.

    >>> load_encoder("hashing").dim
    256
    """
    encoder = _open(spec, allow_remote) if isinstance(spec, str) else spec
    return adapted(encoder, dimensions=dimensions, prefixes=prefixes)


def available_encoders() -> tuple[EncoderInfo, ...]:
    """Say which encoders there are and which are ready, without importing any."""
    return tuple(
        EncoderInfo(
            backend.form,
            backend.summary,
            backend.packages,
            installed=all(map(importlib.util.find_spec, backend.packages))
            and not (backend.shipped and backend.shipped.folder is None),
            install=f"pip install 'intent-router{backend.extra and f'[{backend.extra}]'}'",
            unset=tuple(each for each in backend.variables if not any(map(os.environ.get, each.split(" or ")))),
            remote=backend.remote,
        )
        for backend in _BACKENDS
    )


def _open(spec: str, allow_remote: bool) -> Encoder:
    kind, colon, argument = spec.partition(":")
    backend = next((backend for backend in _BACKENDS if backend.form.partition(":")[0] == kind), None)
    if backend is None or (colon and ":" not in backend.form):
        raise UnknownEncoderError(spec, [backend.form for backend in _BACKENDS])
    if ":" in backend.form and not argument:
        raise EncoderError(f"{spec!r} does not say which encoder to open. Write {backend.form!r}.")
    if backend.remote and not allow_remote:
        raise EncoderError(
            f"encoder {spec!r} sends what people say to another machine. Say that you want it: allow_remote=True, or "
            "--allow-remote on the command line."
        )
    return backend.open(argument, allow_remote)


def _shipped(shipped: Shipped, *_: object) -> Encoder:
    return open_shipped(shipped)


def _hashing() -> Encoder:
    from router.encoders.hashing import HashingEncoder

    return HashingEncoder()


def _onnx(path: str) -> Encoder:
    from router.encoders.onnx import OnnxEncoder

    return OnnxEncoder(path)


def _sentence_transformers(name_or_path: str) -> Encoder:
    from router.encoders.sentence_transformers import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name_or_path)


def _static(folder: str) -> Encoder:
    from router.encoders.static import StaticEncoder

    return StaticEncoder(folder)


def _litert(path: str) -> Encoder:
    from router.encoders.litert import LiteRTEncoder

    return LiteRTEncoder(path)


def _mlx(folder: str) -> Encoder:
    from router.encoders.mlx import MlxEncoder

    return MlxEncoder(folder)


def _http(kind: str, argument: str, allow_remote: bool) -> Encoder:
    from router.encoders.http import open_http

    return open_http(kind, argument, allow_remote=allow_remote)


@dataclass(frozen=True, slots=True)
class _Backend:
    """A way to make an encoder."""

    form: str
    summary: str
    open: Callable[[str, bool], Encoder]
    """Takes what stands after the colon, and whether it may send texts to another machine."""
    packages: tuple[str, ...] = ()
    extra: str = ""
    variables: tuple[str, ...] = ()
    """What the environment must say, each with its alternatives: `A or B`."""
    remote: bool = False
    shipped: Shipped | None = None
    """Whose files it opens, which may be in a package of their own."""


_RUNTIME = ("onnxruntime", "tokenizers")
_TABLE = ("tokenizers",)
_HTTP = ("urllib3",)
_BACKENDS = (
    *(
        _Backend(
            each.name,
            each.summary,
            partial(_shipped, each),
            _TABLE if each.table else _RUNTIME,
            each.extra,
            shipped=each,
        )
        for each in SHIPPED
    ),
    _Backend("hashing", "hashed words and character trigrams: knows no meaning, for tests", lambda *_: _hashing()),
    _Backend(
        "onnx:DIR_OR_HUB_ID",
        "a folder with an ONNX model, yours or laid out as on the Hugging Face hub",
        lambda path, _: _onnx(path),
        _RUNTIME,
    ),
    _Backend(
        "static:DIR",
        "a table of token vectors, from 'router encoders distill' or model2vec",
        lambda folder, _: _static(folder),
        _TABLE,
    ),
    _Backend(
        "st:NAME_OR_PATH",
        "a sentence-transformers model; needs torch",
        lambda name, _: _sentence_transformers(name),
        ("sentence_transformers",),
        "st",
    ),
    _Backend(
        "litert:FILE_OR_DIR",
        "a .tflite model, as Android apps carry them",
        lambda path, _: _litert(path),
        ("ai_edge_litert", "tokenizers"),
        "litert",
    ),
    _Backend(
        "mlx:DIR",
        "a model that mlx-embeddings runs, as on Macs",
        lambda folder, _: _mlx(folder),
        ("mlx_embeddings", "tokenizers"),
        "mlx",
    ),
    _Backend("ollama:MODEL", "a model of Ollama, which must run", partial(_http, "ollama"), _HTTP, "http"),
    _Backend(
        "lmstudio:MODEL", "a model of LM Studio, whose server must run", partial(_http, "lmstudio"), _HTTP, "http"
    ),
    _Backend(
        "llamacpp:URL",
        "llama.cpp's llama-server, with --embeddings",
        partial(_http, "llamacpp"),
        _HTTP,
        "http",
    ),
    _Backend(
        "openai:URL#MODEL", "any server that speaks OpenAI's embeddings API", partial(_http, "openai"), _HTTP, "http"
    ),
    _Backend(
        "cloudflare:MODEL",
        "Cloudflare Workers AI; sends texts there",
        partial(_http, "cloudflare"),
        _HTTP,
        "http",
        variables=("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"),
        remote=True,
    ),
    _Backend(
        "gemini:MODEL",
        "Google's Gemini API; sends texts there",
        partial(_http, "gemini"),
        _HTTP,
        "http",
        variables=("GEMINI_API_KEY or GOOGLE_API_KEY",),
        remote=True,
    ),
)
"""Every encoder that a string can name. What is here is listed, opened and explained; nothing else knows of it."""
