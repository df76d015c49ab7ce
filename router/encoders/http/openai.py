"""Servers that speak OpenAI's format: `POST /embeddings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from router.encoders.families import prefixes_of
from router.encoders.http.wire import BUSY_ELSEWHERE, Asking, Wire, bearer, dig, key_from, listed
from router.errors import EncoderError

URL = "https://api.openai.com/v1"
LM_STUDIO_URL = "http://127.0.0.1:1234/v1"

_FIXES = {
    401: "Set OPENAI_API_KEY to the key of this server.",
    404: "See whether the URL is right, which most often ends in /v1, and whether the server has the model.",
}


@dataclass(frozen=True, kw_only=True)
class OpenAI(Wire):
    """A model of any server with OpenAI's interface."""

    @classmethod
    def open(cls, argument: str) -> OpenAI:
        """Return how to ask for `URL#MODEL`, or for a model of OpenAI's own server.

        `$OPENAI_API_KEY` goes to that server, whichever it is.
        """
        url, _, model = argument.rpartition("#") if "://" in argument else (URL, "", argument)
        if not url or not model:
            raise EncoderError("an encoder 'openai:URL' needs the model's name too. Write 'openai:URL#MODEL'.")
        key = key_from("OPENAI_API_KEY")
        return cls(
            name=f"openai:{model}",
            model=model,
            url=url,
            headers=bearer(key),
            secrets=(key,),
            prefixes=prefixes_of(model),
            batch=64,
            retried=BUSY_ELSEWHERE,
            absent="See whether it runs, and whether the URL is right.",
            fixes=_FIXES,
        )

    def embed(self, server: Asking, texts: Sequence[str]) -> list[Any]:
        """Return the rows of `data`, which may come in another order and say so."""
        return rows_of(server.post("/embeddings", {"model": self.model, "input": list(texts)}))


@dataclass(frozen=True, kw_only=True)
class LMStudio(OpenAI):
    """A model that LM Studio serves on this machine."""

    @classmethod
    def open(cls, argument: str) -> LMStudio:
        """Return how to ask for a model."""
        key = key_from("LM_API_TOKEN")
        return cls(
            name=f"lmstudio:{argument}",
            model=argument,
            url=LM_STUDIO_URL,
            headers=bearer(key),
            secrets=(key,),
            prefixes=prefixes_of(argument),
            absent="Start it in LM Studio, under Developer, or with: lms server start",
            fixes={401: "Set LM_API_TOKEN."},
        )

    def identify(self, server: Asking) -> Self:
        """Return this. Raises EncoderError if LM Studio has no such model, because it would answer with another."""
        models = [str(dig(entry, "id")) for entry in listed(server.get("/models"), "data")]
        if self.model not in models:
            raise self.lacks_model(f"lms get {self.model}", models)
        return self


def rows_of(answer: Any) -> list[Any]:
    """Return the rows of an answer in OpenAI's format, in the order of the texts."""
    data = listed(answer, "data")
    places = [dig(entry, "index") for entry in data]
    if sorted(place for place in places if isinstance(place, int)) == list(range(len(data))):
        data = [entry for _, entry in sorted(zip(places, data, strict=True), key=lambda pair: pair[0])]
    return [dig(entry, "embedding") for entry in data]
