from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from router.cli import main
from router.encoders import DEFAULT
from router.evaluation import encoders
from router.evaluation.encoders import Row
from tests.evaluation.made_up import outcome, result

LOST = Row("st:lost", problem="cannot be opened:\n  it is lost")


def measured(name: str, dimensions: int, ratio: float) -> Row:
    suites = (result("few", [outcome("wake me", ["set_alarm"], "set_alarm"), outcome("who won", [], "set_alarm")]),)
    return Row(name, dimensions, "", suites, 23.25, 0.5, 70.0, 2.0 * ratio, 2.0)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Measure nothing; keep what was asked."""
    asked = []

    def compare(_: object, suites: list[str], *rest: Any, **options: Any) -> Iterator[Row]:
        asked.append({"suites": suites, "rest": rest} | options)
        yield measured("minilm", 384, 1.0)
        yield measured("st:large", 768, 9.5)
        yield LOST
        if "interrupted" in rest[0]:
            raise KeyboardInterrupt

    monkeypatch.setattr(encoders, "compare", compare)
    return asked


def test_what_was_measured_is_a_table_and_what_was_not_says_why(
    specs: Path, made_up: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--suite", "few.jsonl", "--encoders", "minilm", "st:large", "st:lost", "--dimensions", "768", "128"]
    assert main(["encoders", "compare", str(specs), *given, "--allow-remote"]) == 0
    assert made_up[0]["suites"] == ["few.jsonl"]
    assert made_up[0]["rest"] == (["minilm", "st:large", "st:lost"], [768, 128])
    assert made_up[0]["allow_remote"]
    text = capsys.readouterr().out
    assert [line.split() for line in text.splitlines() if line.startswith("  st:large")] == [
        ["st:large", "@768", "few", "1.000", "0.207", "to", "1.000", "1.000", "0.500"],
        ["st:large", "@768", "23.2", "0.5", "70.0", "19.00", "9.50"],
    ]
    assert text.endswith("not measured\n  st:lost: cannot be opened: it is lost\n")


def test_a_folder_gets_the_figures_and_a_page(specs: Path, tmp_path: Path, made_up: list[dict[str, Any]]) -> None:
    out = tmp_path / "new" / "out"
    assert main(["encoders", "compare", str(specs), "--suite", "f", "--encoders", "x", "-o", str(out)]) == 0
    data = json.loads((out / "encoders.json").read_text("utf-8"))
    assert data["reference"] == DEFAULT
    assert [row["ratio"] for row in data["rows"]] == [1.0, 9.5, None]
    assert "Accuracy over peak memory" in (out / "encoders.html").read_text("utf-8")


def test_what_was_measured_before_an_interruption_is_shown(
    specs: Path, made_up: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["encoders", "compare", str(specs), "--suite", "f", "--encoders", "interrupted"])
    assert code == 130
    assert "st:large" in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_found_out_before_anything_is_measured(
    specs: Path, tmp_path: Path, made_up: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "out")
    assert main(["encoders", "compare", str(specs), "--suite", "f", "--encoders", "x", "-o", out]) == 2
    assert "nothing can be written there" in capsys.readouterr().err
    assert not made_up


def test_nothing_measured_is_a_problem(
    specs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "compare", lambda *_, **__: iter([LOST]))
    assert main(["encoders", "compare", str(specs), "--suite", "f", "--encoders", "x"]) == 1
    assert capsys.readouterr().out.startswith("not measured\n")
