"""What only a real server can tell."""

from collections.abc import Iterator

import numpy as np
import pytest

from router.encoders.http import HttpEncoder, open_http
from tests.encoders.http import llama_server


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpEncoder]:
    with llama_server.running(tmp_path_factory.mktemp("llama") / "log") as url:
        yield open_http("llamacpp", url)


def test_it_tells_its_model(encoder: HttpEncoder) -> None:
    assert encoder.name.startswith("llamacpp:")
    assert encoder.name.endswith(".gguf")


@pytest.mark.parametrize("mark", ["[SEP]", "[MASK]", "[CLS]", "<eos>", "<bos>"])
def test_what_looks_like_a_mark_is_text(encoder: HttpEncoder, mark: str) -> None:
    typed, spaced = encoder.encode([f"wake {mark} me", f"wake {mark[0]} {mark[1:-1]} {mark[-1]} me"])
    assert typed @ spaced > 0.99


def test_tokens_that_are_sent_give_the_row_of_their_text(encoder: HttpEncoder) -> None:
    text = "wake me at half past six"
    tokens = encoder._server.post("/tokenize", {"content": text, "add_special": True, "parse_special": False})["tokens"]
    rows = [encoder._server.post("/v1/embeddings", {"input": [given]}) for given in (text, tokens)]
    assert np.array_equal(rows[0]["data"][0]["embedding"], rows[1]["data"][0]["embedding"])
