"""Google's Gemini API: `POST /models/MODEL:batchEmbedContents`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from router.encoders.families import prefixes_of
from router.encoders.http.wire import BUSY_ELSEWHERE, Asking, Wire, dig, listed, needed_key
from router.errors import EncoderError

URL = "https://generativelanguage.googleapis.com/v1beta"

_OPTIONS = {"task_type": "taskType", "dimensions": "outputDimensionality"}


@dataclass(frozen=True, kw_only=True)
class Gemini(Wire):
    """A Gemini model.

    `gemini-embedding-001` is told a task type, CLASSIFICATION unless another is
    stated; its successors are told in words, as EmbeddingGemma is. Rows of less
    than the model's own length do not come normalised.
    """

    options: Mapping[str, str | int]
    """Sent with each text."""

    @classmethod
    def open(cls, argument: str) -> Gemini:
        """Return how to ask for `MODEL` or `MODEL?task_type=CLUSTERING&dimensions=768`."""
        name = f"gemini:{argument}"
        model, _, query = argument.removeprefix("models/").partition("?")
        stated = dict(parse_qsl(query, keep_blank_values=True))
        dimensions = stated.get("dimensions", "1")
        if not stated.keys() <= _OPTIONS.keys() or not (dimensions.isdecimal() and int(dimensions)):
            raise EncoderError(f"{name}: after '?' may stand 'task_type=NAME' and 'dimensions=NUMBER', joined by '&'.")
        if model == "gemini-embedding-001":
            stated.setdefault("task_type", "CLASSIFICATION")
        key = needed_key(name, "GEMINI_API_KEY", "GOOGLE_API_KEY")
        return cls(
            name=name,
            model=model,
            url=URL,
            headers={"x-goog-api-key": key},
            secrets=(key,),
            prefixes=prefixes_of(model),
            batch=100,
            retried=BUSY_ELSEWHERE,
            fixes={
                400: "See whether GEMINI_API_KEY or GOOGLE_API_KEY is right.",
                403: "See whether GEMINI_API_KEY or GOOGLE_API_KEY is right.",
                404: "A model's name is as in Google's list: 'gemini-embedding-001'.",
            },
            identity=stated.get("task_type", ""),
            options={_OPTIONS[k]: int(value) if k == "dimensions" else value for k, value in stated.items()},
        )

    def embed(self, server: Asking, texts: Sequence[str]) -> list[Any]:
        """Return the `values` of `embeddings`."""
        requests = [
            {"model": f"models/{self.model}", "content": {"parts": [{"text": text}]}, **self.options} for text in texts
        ]
        answer = server.post(f"/models/{quote(self.model, safe='')}:batchEmbedContents", {"requests": requests})
        return [dig(entry, "values") for entry in listed(answer, "embeddings")]
