from __future__ import annotations

from pathlib import Path

import pytest

from router.cli import main
from router.encoders import load_encoder
from tests.encoders.gemma import write_tiny_gemma


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gemma(tmp_path_factory.mktemp("distill") / "tiny-gemma")


def test_it_writes_an_encoder_and_says_what_it_is(gemma: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("said.txt").write_text("wake me at half past six\n\nplay some jazz\nturn the lights off\n" * 4)
    assert main(["encoders", "distill", f"st:{gemma}", "-o", "small", "--texts", "said.txt", "--dimensions", "16"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("small: ")
    assert first.endswith(" tokens, 16 dims, 0.0 MB")
    assert second.startswith("  cosine with tiny-gemma on the texts: 0.")
    assert load_encoder("static:small").encode(["wake me"]).shape == (1, 16)


@pytest.mark.parametrize("model", ["minilm", "st:", "onnx:folder"])
def test_only_sentence_transformers_models_are_distilled(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encoders", "distill", model, "-o", "small"]) == 2
    assert f"router encoders distill: '{model}' is no sentence-transformers model." in capsys.readouterr().err


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_dimensions_are_a_whole_number(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["encoders", "distill", "st:model", "-o", "small", "--dimensions", count])
    assert f"'{count}' is no whole number above 0" in capsys.readouterr().err


def test_texts_must_be_utf_8(gemma: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("said.txt").write_bytes(b"caf\xe9\n")
    assert main(["encoders", "distill", f"st:{gemma}", "-o", "small", "--texts", "said.txt"]) == 2
    assert "said.txt: not UTF-8" in capsys.readouterr().err
