"""What each kind of server is asked, and what is made of its refusals."""

from typing import Any

import numpy as np
import pytest

from router.encoders import HashingEncoder, Prefixes
from router.encoders.families import prefixes_of
from router.encoders.http import open_http
from router.encoders.http.openai import rows_of
from router.errors import EncoderError
from tests.encoders.http import servers
from tests.encoders.http.servers import Answer, Request

TEXT = "wake me at <eos> half past six"


def _asked(patch: pytest.MonkeyPatch, kind: str, model: str | None = None) -> list[Request]:
    """Return the requests that encoding a text makes, without the one that tells the length of a row."""
    with servers.serving(servers.FORMATS[kind]) as fake:
        encoder = servers.open_at(patch, kind, fake.url, model)
        before = len(fake.requests)
        rows = encoder.encode([TEXT])
        np.testing.assert_allclose(rows, HashingEncoder(64).encode([TEXT]), atol=1e-6)
        return fake.requests[before:]


@pytest.mark.parametrize(
    ("kind", "path", "body"),
    [
        ("ollama", "/api/embed", {"model": "all-minilm", "input": [TEXT]}),
        ("lmstudio", "/v1/embeddings", {"model": "all-minilm", "input": [TEXT]}),
        ("openai", "/v1/embeddings", {"model": "all-minilm", "input": [TEXT]}),
        (
            "cloudflare",
            f"/client/v4/accounts/{servers.ACCOUNT}/ai/run/@cf/baai/bge-small-en-v1.5",
            {"text": [TEXT]},
        ),
        (
            "gemini",
            "/v1beta/models/gemini-embedding-001:batchEmbedContents",
            {
                "requests": [
                    {
                        "model": "models/gemini-embedding-001",
                        "content": {"parts": [{"text": TEXT}]},
                        "taskType": "CLASSIFICATION",
                    }
                ]
            },
        ),
    ],
)
def test_a_text_is_asked_for_in_the_format_of_the_server(
    kind: str, path: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (request,) = _asked(monkeypatch, kind)
    assert (request.path, request.body) == (path, body)
    header = "x-goog-api-key" if kind == "gemini" else "authorization"
    assert request.headers[header].removeprefix("Bearer ") == servers.SECRET
    assert request.headers["content-type"] == "application/json"


def test_what_looks_like_a_mark_is_text_for_llama_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenized, embedded = _asked(monkeypatch, "llamacpp")
    assert tokenized.path == "/tokenize"
    assert embedded.path == "/v1/embeddings"
    assert embedded.body == {"input": [[ord(letter) for letter in TEXT]]}


def test_another_text_costs_llama_cpp_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.llamacpp) as fake:
        servers.open_at(monkeypatch, "llamacpp", fake.url + "/v1/").encode(["wake me"])
    assert [request.path for request in fake.requests] == ["/props", "/v1/models", *["/v1/embeddings"] * 2]
    assert fake.requests[-1].body == {"input": ["wake me"]}


def test_llama_cpp_tells_the_name_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"model_path": "C:\\models\\embeddinggemma-300M-Q8_0.gguf"}
    with servers.serving(lambda r: told if r.path == "/props" else servers.llamacpp(r)) as fake:
        encoder = servers.open_at(monkeypatch, "llamacpp", fake.url)
    assert encoder.name == "llamacpp:embeddinggemma-300M-Q8_0.gguf"
    assert encoder.prefixes.utterance == "task: classification | query: "


@pytest.mark.parametrize("kind", ["ollama", "llamacpp"])
def test_another_model_under_the_same_name_has_another_fingerprint(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(request: Request) -> Any:
        answer = servers.FORMATS[kind](request)
        if request.path == "/api/tags":
            answer["models"][0]["digest"] = "another"
        if request.path == "/v1/models":
            answer["data"][0]["meta"]["size"] += 1
        return answer

    with servers.serving(servers.FORMATS[kind]) as one, servers.serving(changed) as other:
        encoders = [servers.open_at(monkeypatch, kind, url) for url in (one.url, one.url, other.url)]
    assert len({encoder.name for encoder in encoders}) == 1
    assert [encoder.fingerprint == encoders[0].fingerprint for encoder in encoders] == [True, True, False]


@pytest.mark.parametrize(
    ("kind", "model", "message"),
    [
        (
            "ollama",
            "nomic",
            r"no such model. Get it with: ollama pull nomic\nIt has: all-minilm:latest, embeddinggemma",
        ),
        ("ollama", "all-minilm:33m", r"Get it with: ollama pull all-minilm:33m"),
        ("lmstudio", "nomic", r"no such model. Get it with: lms get nomic\nIt has: all-minilm\."),
        ("ollama", "far", r"ollama:far runs in Ollama's cloud.*Say allow_remote=True"),
        ("ollama", "any:latest-cloud", r"runs in Ollama's cloud"),
        ("ollama", "any:cloud", r"runs in Ollama's cloud"),
    ],
)
def test_a_model_that_is_not_here_is_named_with_what_to_do(
    kind: str, model: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.serving(servers.FORMATS[kind]) as fake:
        with pytest.raises(EncoderError, match=message):
            servers.open_at(monkeypatch, kind, fake.url, model)
        assert not any("embed" in request.path for request in fake.requests)


@pytest.mark.parametrize("there", [5, True, "x", {"id": "all-minilm"}, None])
@pytest.mark.parametrize(("kind", "key"), [("ollama", "models"), ("lmstudio", "data")])
def test_models_that_are_no_list_are_none(kind: str, key: str, there: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        servers.serving(lambda _: {key: there}) as fake,
        pytest.raises(EncoderError, match=r"has no such model\. Get it with: .*\nIt has: none\."),
    ):
        servers.open_at(monkeypatch, kind, fake.url)


@pytest.mark.parametrize("model", ["far", "any:cloud"])
def test_ollamas_cloud_may_be_allowed(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.ollama) as fake:
        servers.point_to(monkeypatch, fake.url)
        assert open_http("ollama", model, allow_remote=True).dim == 64


@pytest.mark.parametrize("model", ["all-minilm", "All-MiniLM", "all-minilm:latest", "embeddinggemma:300m"])
def test_ollama_knows_a_model_with_and_without_its_tag(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.ollama) as fake:
        assert servers.open_at(monkeypatch, "ollama", fake.url, model).name == f"ollama:{model}"


@pytest.mark.parametrize(
    ("kind", "status", "answer", "message"),
    [
        ("llamacpp", 501, {"error": {"message": "no embeddings"}}, "no embeddings. Start it with: llama-server -m M"),
        ("llamacpp", 401, {"error": {"message": "Invalid API Key"}}, "Invalid API Key. Set LLAMA_API_KEY"),
        ("openai", 401, {"error": {"message": "Incorrect key."}}, "Incorrect key. Set OPENAI_API_KEY"),
        ("openai", 404, b"<html>", "answered 404: <html>. See whether the URL is right"),
        ("cloudflare", 401, {"errors": [{"code": 10000, "message": "Authentication error"}]}, "error. See whether CLO"),
        ("gemini", 400, {"error": {"code": 400, "message": "API key not valid."}}, "not valid. See whether GEMINI_API"),
        ("ollama", 500, {"error": "llama runner process has terminated"}, "runner process has terminated"),
    ],
)
def test_a_refusal_comes_with_what_to_do(
    kind: str, status: int, answer: Any, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        servers.serving(lambda _: Answer(answer, status)) as fake,
        pytest.raises(EncoderError, match=f"answered {status}: .*{message}|{message}"),
    ):
        servers.open_at(monkeypatch, kind, fake.url)


@pytest.mark.parametrize("argument", ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1#", "#x://"])
def test_openai_needs_a_model_beside_a_url(argument: str) -> None:
    with pytest.raises(EncoderError, match="Write 'openai:URL#MODEL'"):
        open_http("openai", argument)


def test_openai_without_a_url_is_openais_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("8.8.8.8", 443))])
    with pytest.raises(EncoderError, match=r"openai:text-embedding-3-small is at 'api\.openai\.com'"):
        open_http("openai", "text-embedding-3-small")


@pytest.mark.parametrize("given", [[0, 1, 2], [2, 0, 1], [None, None, None], [0, 0, 1], [5, 6, 7], ["0", "1", "2"]])
def test_rows_in_openais_format_are_put_in_the_order_that_they_state(given: list[Any]) -> None:
    told = {"data": [{"index": place, "embedding": [n]} for n, place in enumerate(given)]}
    ordered = sorted(given) == [0, 1, 2] if all(isinstance(place, int) for place in given) else False
    assert rows_of(told) == ([[given.index(n)] for n in range(3)] if ordered else [[0], [1], [2]])


def test_gemini_is_told_a_task_and_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    (request,) = _asked(monkeypatch, "gemini", "gemini-embedding-001?task_type=CLUSTERING&dimensions=768")
    (entry,) = request.body["requests"]
    assert (entry["taskType"], entry["outputDimensionality"]) == ("CLUSTERING", 768)


def test_later_gemini_models_are_told_the_task_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    (request,) = _asked(monkeypatch, "gemini", "models/gemini-embedding-2")
    assert request.path == "/v1beta/models/gemini-embedding-2:batchEmbedContents"
    assert "taskType" not in request.body["requests"][0]


@pytest.mark.parametrize("options", ["dimensions=0", "dimensions=many", "dimensions=", "task=X", "key=sesame"])
def test_another_option_of_gemini_is_refused(options: str) -> None:
    with pytest.raises(EncoderError, match="after '\\?' may stand 'task_type=NAME' and 'dimensions=NUMBER'"):
        open_http("gemini", f"gemini-embedding-001?{options}")


@pytest.mark.parametrize("options", ["dimensions=768", "task_type=CLUSTERING"])
def test_other_options_have_another_fingerprint(options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.serving(servers.google) as fake:
        one = servers.open_at(monkeypatch, "gemini", fake.url)
        other = servers.open_at(monkeypatch, "gemini", fake.url, f"gemini-embedding-001?{options}")
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("model", "utterance"),
    [
        ("embeddinggemma", "task: classification | query: "),
        ("@cf/google/embeddinggemma-300m", "task: classification | query: "),
        ("text-embedding-embeddinggemma-300m-qat", "task: classification | query: "),
        ("google/embedding-gemma-2", "task: classification | query: "),
        ("gemini-embedding-2-preview", "task: classification | query: "),
        ("gemini-embedding-001", ""),
        ("nomic-embed-text:v1.5", "classification: "),
        ("multilingual-e5-small-Q8_0.gguf", "query: "),
        ("bge-base5-large", ""),
        ("all-minilm", ""),
    ],
)
def test_known_families_have_their_prefixes(model: str, utterance: str) -> None:
    assert prefixes_of(model).utterance == utterance


def test_a_prefix_is_put_before_a_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from router.encoders import encode_utterances

    with servers.serving(servers.ollama) as fake:
        encoder = servers.open_at(monkeypatch, "ollama", fake.url, "embeddinggemma:300m")
        encode_utterances(encoder, ["wake me"])
    assert encoder.prefixes == Prefixes("task: classification | query: ", "task: classification | query: ")
    assert fake.requests[-1].body["input"] == ["task: classification | query: wake me"]
