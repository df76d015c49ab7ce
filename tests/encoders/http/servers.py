"""Loopback servers that answer in the recorded formats, with rows of the hashing encoder."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from router.encoders import HashingEncoder
from router.encoders.http import HttpEncoder, cloudflare, gemini, open_http, openai

SECRET = "sk-sesame-4711"
ACCOUNT = "0123456789abcdef"

_HASHING = HashingEncoder(64)


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: Any
    connection: tuple[str, int]


@dataclass(frozen=True)
class Answer:
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    close_after: int | None = None
    """Close the connection after so many bytes of the body."""


class Fake:
    """A server whose every answer the test decides."""

    def __init__(self, answer: Callable[[Request], Any]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.path, headers, json.loads(data) if data else None, self.client_address)
                fake.requests.append(request)
                given = fake.answer(request)
                answer = given if isinstance(given, Answer) else Answer(given)
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in ({"Content-Length": str(len(body))} | answer.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body[: answer.close_after])
                self.close_connection = self.close_connection or answer.close_after is not None

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(answer: Callable[[Request], Any]) -> Iterator[Fake]:
    fake = Fake(answer)
    try:
        yield fake
    finally:
        fake.stop()


def rows(texts: list[str]) -> list[list[float]]:
    found: list[list[float]] = _HASHING.encode(texts).tolist()
    return found


def ollama(request: Request) -> Any:
    if request.path == "/api/tags":
        details = {"format": "gguf", "family": "bert", "parameter_size": "23M", "quantization_level": "F16"}
        return {
            "models": [
                {
                    "name": "all-minilm:latest",
                    "model": "all-minilm:latest",
                    "digest": "1b226e2802db",
                    "details": details,
                },
                {"name": "embeddinggemma:300m", "digest": "85462619ee72"},
                {"name": "far:latest", "digest": "9", "remote_model": "far", "remote_host": "https://ollama.com:443"},
            ]
        }
    return {
        "model": request.body["model"],
        "embeddings": rows(request.body["input"]),
        "total_duration": 14143917,
        "load_duration": 1019500,
        "prompt_eval_count": 8,
    }


def in_openai_format(request: Request) -> Any:
    if request.path == "/v1/models":
        return {"object": "list", "data": [{"id": "all-minilm", "object": "model", "owned_by": "organization_owner"}]}
    data = [
        {"object": "embedding", "index": place, "embedding": row}
        for place, row in enumerate(rows(request.body["input"]))
    ]
    model = request.body["model"]
    return {"object": "list", "data": data[::-1], "model": model, "usage": {"prompt_tokens": 8, "total_tokens": 8}}


def llamacpp(request: Request) -> Any:
    if request.path == "/props":
        return {"model_alias": "x", "model_path": "/home/me/models/all-MiniLM-L6-v2-F16.gguf", "total_slots": 4}
    if request.path == "/v1/models":
        meta = {"vocab_type": 3, "n_vocab": 30522, "n_ctx_train": 512, "n_embd": 384, "n_params": 22568064, "size": 1}
        return {"object": "list", "data": [{"id": "x", "object": "model", "owned_by": "llamacpp", "meta": meta}]}
    if request.path == "/tokenize":
        assert request.body["add_special"]
        assert not request.body["parse_special"]
        return {"tokens": [ord(letter) for letter in request.body["content"]]}
    texts = [text if isinstance(text, str) else "".join(map(chr, text)) for text in request.body["input"]]
    data = [{"embedding": row, "index": place, "object": "embedding"} for place, row in enumerate(rows(texts))]
    return {"model": "x", "object": "list", "usage": {"prompt_tokens": 6, "total_tokens": 6}, "data": data}


def workers_ai(request: Request) -> Any:
    data = rows(request.body["text"])
    return {
        "result": {"shape": [len(data), len(data[0])], "data": data},
        "success": True,
        "errors": [],
        "messages": [],
    }


def google(request: Request) -> Any:
    texts = [entry["content"]["parts"][0]["text"] for entry in request.body["requests"]]
    return {"embeddings": [{"values": [7 * value for value in row]} for row in rows(texts)]}


FORMATS: dict[str, Callable[[Request], Any]] = {
    "ollama": ollama,
    "lmstudio": in_openai_format,
    "llamacpp": llamacpp,
    "openai": in_openai_format,
    "cloudflare": workers_ai,
    "gemini": google,
}
_MODELS = {
    "ollama": "all-minilm",
    "lmstudio": "all-minilm",
    "openai": "all-minilm",
    "cloudflare": "@cf/baai/bge-small-en-v1.5",
    "gemini": "gemini-embedding-001",
}
KEYS = {
    "ollama": "OLLAMA_API_KEY",
    "lmstudio": "LM_API_TOKEN",
    "llamacpp": "LLAMA_API_KEY",
    "openai": "OPENAI_API_KEY",
    "cloudflare": "CLOUDFLARE_API_TOKEN",
    "gemini": "GOOGLE_API_KEY",
}


def point_to(patch: pytest.MonkeyPatch, url: str) -> None:
    """Let each kind of encoder find its server at a URL, with a key in the environment."""
    patch.setenv("OLLAMA_HOST", url)
    patch.setattr(openai, "LM_STUDIO_URL", f"{url}/v1")
    patch.setattr(cloudflare, "URL", f"{url}/client/v4")
    patch.setattr(gemini, "URL", f"{url}/v1beta")
    patch.setenv("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)
    for variable in KEYS.values():
        patch.setenv(variable, SECRET)


def open_at(patch: pytest.MonkeyPatch, kind: str, url: str, model: str | None = None) -> HttpEncoder:
    point_to(patch, url)
    if kind == "llamacpp":
        return open_http(kind, url)
    model = model or _MODELS[kind]
    return open_http(kind, f"{url}/v1#{model}" if kind == "openai" else model)
