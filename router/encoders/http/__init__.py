"""Encoders behind HTTP: a server on this machine, or with permission one elsewhere.

`address` says where a server is and whether that is this machine, `server` asks it, `wire` and a module for each
kind of server hold how one is asked, and `encoder` makes unit rows of what it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from router.encoders.http.cloudflare import Cloudflare
from router.encoders.http.encoder import HttpEncoder
from router.encoders.http.gemini import Gemini
from router.encoders.http.llamacpp import LlamaCpp
from router.encoders.http.ollama import Ollama
from router.encoders.http.openai import LMStudio, OpenAI
from router.encoders.http.server import Server
from router.encoders.http.wire import Wire

__all__ = ["HttpEncoder", "open_http"]

_KINDS: Mapping[str, Callable[[str], Wire]] = {
    "ollama": Ollama.open,
    "lmstudio": LMStudio.open,
    "llamacpp": LlamaCpp.open,
    "openai": OpenAI.open,
    "cloudflare": Cloudflare.open,
    "gemini": Gemini.open,
}


def open_http(kind: str, argument: str, *, allow_remote: bool = False) -> HttpEncoder:
    """Open the encoder `kind:argument`, such as `ollama:embeddinggemma`.

    Texts leave this machine only with `allow_remote`: without it every
    connection is to a loopback address. Raises EncoderError if that would not
    be so, or the server is not there, has no such model or gives no embedding;
    MissingExtraError without urllib3.
    """
    wire = _KINDS[kind](argument)
    return HttpEncoder(wire, Server(wire, allow_remote=allow_remote))
