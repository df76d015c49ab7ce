from __future__ import annotations

import json
from pathlib import Path

import pytest

from router.cli import main
from router.encoders import load_encoder
from tests.encoder_making.conftest import write_tiny_bert

TOOL = """\
name: {name}
description: {description}
examples:
{examples}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"st:{write_tiny_bert(tmp_path_factory.mktemp('st') / 'tiny-bert')}"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    for name, said in (("wake_up", "wake me at {}"), ("add_up", "sum of {} and b")):
        examples = "\n".join(f"  - {said.format(letter)}" for letter in "acdefg").replace("{", "")
        text = TOOL.format(name=name, description=f"Do what {name} says.", examples=examples)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_export_writes_an_encoder_and_says_how_near_it_came(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    assert main(["encoders", "export", model, "-o", str(out), "--quantize", "int8", "--tokens"]) == 0
    said = capsys.readouterr().out
    assert f"{out}: 0." in said
    assert " texts: cosine 0.99" in said
    encoder = load_encoder(f"onnx:{out}")
    assert encoder.name == "tiny-bert-int8"
    assert encoder.gives_tokens  # type: ignore[attr-defined]


def test_export_compares_decisions_where_tools_are_given(
    model: str, tools: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "suite.jsonl"
    suite.write_text(
        "".join(
            json.dumps({"utterance": said, "intent": tool}) + "\n"
            for said, tool in (("wake me at h", "wake_up"), ("sum of h and b", "add_up"))
        ),
        encoding="utf-8",
    )
    arguments = ["encoders", "export", model, "-o", str(tmp_path / "made"), "--specs", str(tools)]
    assert main([*arguments, "--suite", str(suite)]) == 0
    assert "2 cases: " in capsys.readouterr().out
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "14 texts: " in said
    assert "12 cases: " in said
    assert said.rstrip().endswith("100.0% the same")


def test_export_refuses_what_is_too_far_from_the_original(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from router.encoder_making import parity

    monkeypatch.setitem(parity.TOLERANCES, "int4", parity.Tolerance(0.99999, 0.99999))
    texts = tmp_path / "texts.txt"
    texts.write_text("wake me\n", encoding="utf-8")
    arguments = ["encoders", "export", model, "-o", str(tmp_path / "made"), "--quantize", "int4"]
    assert main([*arguments, "--texts", str(texts)]) == 2
    assert "router encoders export: too far from the original, so nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (["hashing"], "'hashing' is no sentence-transformers model. Write 'st:NAME_OR_PATH'."),
        (["st:x", "--suite", "s.jsonl"], "--suite needs the tools that its cases are for. Give --specs."),
    ],
)
def test_export_says_what_is_missing(
    arguments: list[str], fact: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["encoders", "export", *arguments, "-o", str(tmp_path / "made")]) == 2
    assert fact in capsys.readouterr().err


def test_without_onnx_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["encoders", "export", "st:any", "-o", "out"]) == 2
    assert "pip install 'intent-router[export]'" in capsys.readouterr().err
