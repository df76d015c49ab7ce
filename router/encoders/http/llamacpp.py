"""llama.cpp's own server, `llama-server --embeddings`: OpenAI's format, and what the server tells of its model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PureWindowsPath
from typing import Any, Self

from router.encoders.families import prefixes_of
from router.encoders.http.openai import rows_of
from router.encoders.http.wire import Asking, Wire, bearer, dig, key_from

_TOLD = ("n_vocab", "n_embd", "n_params", "size")


@dataclass(frozen=True, kw_only=True)
class LlamaCpp(Wire):
    """The one model of a llama.cpp server."""

    @classmethod
    def open(cls, argument: str) -> LlamaCpp:
        """Return how to ask the server at a URL, with or without `/v1`."""
        key = key_from("LLAMA_API_KEY")
        return cls(
            name="llamacpp",
            model="",
            url=argument.rstrip("/").removesuffix("/v1"),
            headers=bearer(key),
            secrets=(key,),
            absent="Start it with: llama-server -m MODEL.gguf --embeddings",
            fixes={
                401: "Set LLAMA_API_KEY to what the server was started with.",
                501: "Start it with: llama-server -m MODEL.gguf --embeddings",
            },
        )

    def identify(self, server: Asking) -> Self:
        """Return this with the name of the model's file and with its sizes: the server knows no digest."""
        file = PureWindowsPath(str(dig(server.get("/props"), "model_path"))).name
        told = dig(server.get("/v1/models"), "data", 0, "meta")
        sizes = {key: dig(told, key) for key in _TOLD}
        return replace(
            self, name=f"llamacpp:{file}", model=file, prefixes=prefixes_of(file), identity=json.dumps(sizes)
        )

    def embed(self, server: Asking, texts: Sequence[str]) -> list[Any]:
        """Return the rows of `data`."""
        inputs = [self._as_text(server, text) for text in texts]
        return rows_of(server.post("/v1/embeddings", {"input": inputs}))

    def _as_text(self, server: Asking, text: str) -> Any:
        """Return the tokens of a text in which something may look like a mark such as `<eos>` or `[SEP]`.

        A text as it stands is taken for marks there. All marks have such a bracket.
        """
        if not any(bracket in text for bracket in "<["):
            return text
        content = {"content": text, "add_special": True, "parse_special": False}
        return dig(server.post("/tokenize", content), "tokens")
