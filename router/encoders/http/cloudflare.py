"""Cloudflare's Workers AI: `POST /accounts/ACCOUNT/ai/run/MODEL`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from router.encoders.families import prefixes_of
from router.encoders.http.wire import BUSY_ELSEWHERE, Asking, Wire, bearer, listed, needed_key

URL = "https://api.cloudflare.com/client/v4"


@dataclass(frozen=True, kw_only=True)
class Cloudflare(Wire):
    """A model of Workers AI, such as `@cf/google/embeddinggemma-300m`."""

    @classmethod
    def open(cls, argument: str) -> Cloudflare:
        """Return how to ask for a model, for the account and with the token of the environment."""
        name = f"cloudflare:{argument}"
        account = needed_key(name, "CLOUDFLARE_ACCOUNT_ID")
        token = needed_key(name, "CLOUDFLARE_API_TOKEN")
        return cls(
            name=name,
            model=argument,
            url=f"{URL}/accounts/{quote(account, safe='')}/ai/run",
            headers=bearer(token),
            secrets=(token, account),
            prefixes=prefixes_of(argument),
            batch=100,
            retried=BUSY_ELSEWHERE,
            fixes={
                401: "See whether CLOUDFLARE_API_TOKEN may use Workers AI.",
                403: "See whether CLOUDFLARE_ACCOUNT_ID is right, and CLOUDFLARE_API_TOKEN may use Workers AI there.",
                404: "A model's name is as in Cloudflare's list: '@cf/google/embeddinggemma-300m'.",
            },
        )

    def embed(self, server: Asking, texts: Sequence[str]) -> list[Any]:
        """Return the rows of `result.data`."""
        answer = server.post(f"/{quote(self.model, safe='@/')}", {"text": list(texts)})
        return listed(answer, "result", "data")
