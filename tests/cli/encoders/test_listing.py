from __future__ import annotations

import importlib.util

import pytest

from router.cli import main
from router.encoders import DEFAULT


def test_encoders_says_what_is_missing_and_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "sentence_transformers" else find_spec(name)
    )
    assert main(["encoders"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[0] == DEFAULT and " ready " in line and line.endswith("(default)") for line in lines)
    [n] = [n for n, line in enumerate(lines) if line.startswith("st:")]
    assert " missing " in lines[n]
    assert lines[n + 1].strip() == "pip install 'intent-router[st]'"
