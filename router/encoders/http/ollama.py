"""Ollama, by its native interface: `POST /api/embed`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from router.encoders.families import prefixes_of
from router.encoders.http.wire import Asking, Wire, bearer, dig, key_from, listed
from router.errors import EncoderError

_PORT = 11434


@dataclass(frozen=True, kw_only=True)
class Ollama(Wire):
    """A model of an Ollama server, which cuts long texts itself."""

    @classmethod
    def open(cls, argument: str) -> Ollama:
        """Return how to ask for a model, at `$OLLAMA_HOST`."""
        key = key_from("OLLAMA_API_KEY")
        return cls(
            name=f"ollama:{argument}",
            model=argument,
            url=url_of_host(os.environ.get("OLLAMA_HOST", "")),
            headers=bearer(key),
            secrets=(key,),
            prefixes=prefixes_of(argument),
            absent="Start it with 'ollama serve', or set OLLAMA_HOST to where it is.",
            fixes={404: f"Get the model with: ollama pull {argument}"},
        )

    def identify(self, server: Asking) -> Self:
        """Return this with the digest of the model.

        Raises EncoderError if it is not there, or if this server would send texts
        on to Ollama's cloud and nothing may leave the machine.
        """
        head, colon, tag = self.model.rpartition(":")
        if not colon or "/" in tag:
            head, tag = self.model, "latest"
        wanted = f"{head}:{tag}".lower()
        models = {str(dig(entry, "name")): entry for entry in listed(server.get("/api/tags"), "models")}
        entry = next((entry for name, entry in models.items() if name.lower() == wanted), None)
        in_cloud = tag == "cloud" or tag.endswith("-cloud") or bool(dig(entry, "remote_host"))
        if in_cloud and not server.allow_remote:
            raise EncoderError(
                f"{self.name} runs in Ollama's cloud, so that what people say would leave this machine."
                " Say allow_remote=True if it may, or take a model that runs here."
            )
        if entry is None and not in_cloud:
            raise self.lacks_model(f"ollama pull {self.model}", models)
        return replace(self, identity=str(dig(entry, "digest")))

    def embed(self, server: Asking, texts: Sequence[str]) -> list[Any]:
        """Return the rows of `embeddings`."""
        return listed(server.post("/api/embed", {"model": self.model, "input": list(texts)}), "embeddings")


def url_of_host(stated: str) -> str:
    """Return the URL that `OLLAMA_HOST` means to Ollama's own client: scheme, host and port may each be left out.

    >>> url_of_host("0.0.0.0"), url_of_host("https://example.org")
    ('http://127.0.0.1:11434', 'https://example.org')
    """
    stated = stated.strip(" \"'").rstrip("/")
    if "://" in stated:
        return stated
    host, colon, port = stated.rpartition(":")
    if not (colon and port.isdecimal()) or (":" in host and not host.endswith("]")):
        host, port = stated, str(_PORT)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    here = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104
    return f"http://{here.get(host, host)}:{port}"
