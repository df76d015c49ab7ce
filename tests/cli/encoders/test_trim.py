from __future__ import annotations

import re
from pathlib import Path

import pytest

from router.cli import main
from router.encoders import load_encoder
from tests.encoder_making.small_encoders import SAID, write_graph, write_static
from tests.encoders.gemma import write_tiny_gemma


@pytest.mark.parametrize("form", ["static", "onnx"])
def test_it_writes_a_smaller_encoder_and_says_what_changed(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    (write_static if form == "static" else write_graph)(Path("whole"))
    Path("german.txt").write_text("\n".join(SAID[3:6]), "utf-8")
    Path("english.txt").write_text("\n".join(SAID[:3]), "utf-8")
    trimming = ["encoders", "trim", "whole", "-o", "smaller", "--texts", "german.txt"]
    assert main([*trimming, "--sample", "english.txt"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"smaller: \d+ of \d+ tokens, 0\.0 of 0\.0 MB", first)
    assert re.fullmatch(r"  changed: \d\d\.\d\d% of the tokens of the sample", second)
    whole, smaller = (load_encoder(f"{form}:{folder}") for folder in ("whole", "smaller"))
    assert whole.encode(SAID[3:6]).tobytes() == smaller.encode(SAID[3:6]).tobytes()


def test_something_must_say_what_to_keep(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encoders", "trim", "whole", "-o", "smaller"]) == 2
    assert "nothing says what to keep. Give --languages, --texts, or both." in capsys.readouterr().err


def test_what_is_no_encoders_folder_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(["encoders", "trim", "empty", "-o", "smaller", "--languages", "ja"]) == 2
    assert "router encoders trim: empty/encoder.json: No such file" in capsys.readouterr().err


def test_a_sentence_transformers_model_stays_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = write_tiny_gemma(tmp_path / "tiny-gemma")
    Path("said.txt").write_text("wake me at half past six\n", "utf-8")
    trimming = ["encoders", "trim", f"st:{whole}", "-o", "smaller", "--texts", "said.txt", "--sample", "said.txt"]
    assert main(trimming) == 0
    assert "  changed: 0.00% of the tokens of the sample" in capsys.readouterr().out
    rows = [load_encoder(f"st:{folder}").encode(["wake me at half past six"]) for folder in (whole, "smaller")]
    assert rows[0].tobytes() == rows[1].tobytes()
