from __future__ import annotations

from pathlib import Path

import pytest

import router
from router.cli import main


def test_a_scaffold_passes_check_and_routes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "deep/tools"]) == 0
    assert main(["check", "deep/tools"]) == 0
    assert "OK: 3 tools" in capsys.readouterr().out
    said = ["turn", "on", "the", "kitchen", "light"]
    assert main(["route", "--specs", "deep/tools", "--encoder", "hashing", *said]) == 0
    assert "set_light" in capsys.readouterr().out


def test_a_scaffold_is_what_an_editor_can_check() -> None:
    assert main(["init", "tools"]) == 0
    own = (Path(router.__file__).parent / "declarations" / "tool.schema.json").read_bytes()
    assert Path("tools/tool.schema.json").read_bytes() == own
    for file in Path("tools").glob("*.yaml"):
        assert "$schema=tool.schema.json" in file.read_text().splitlines()[0]


def test_init_overwrites_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools").mkdir()
    Path("tools/mine.yaml").write_text("mine")
    assert main(["init", "tools"]) == 2
    assert main(["init", "tools/mine.yaml"]) == 2
    assert "tools exists and is not empty" in capsys.readouterr().err
    assert [file.name for file in Path("tools").iterdir()] == ["mine.yaml"]
