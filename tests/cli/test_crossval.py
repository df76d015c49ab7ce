from __future__ import annotations

import json
from pathlib import Path

import pytest

from router.cli import main

HASHING = ("--encoder", "hashing")


def test_examples_are_held_out_and_reported_as_a_suite(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crossval", str(specs), *HASHING, "--report", "out"]) == 0
    assert "crossval: 8 cases" in capsys.readouterr().out
    report = json.loads(Path("out/report.json").read_text())
    (suite,) = report["suites"]
    assert sorted(outcome["utterance"] for outcome in suite["outcomes"])[:2] == ["alarm for noon", "how old are you"]
    assert report["provenance"]["router"] == "", "there was one router for each fold"
    assert next(each["value"] for each in suite["measurements"] if each["metric"] == "memory") is None


def test_a_report_that_could_not_be_written_is_refused_before_anything_is_trained(
    specs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.training.train", None)
    Path("out").write_text("a file")
    assert main(["crossval", str(specs), *HASHING, "--report", "out"]) == 2
    assert "router crossval: --report out: nothing can be written there: File exists" in capsys.readouterr().err


def test_gates_judge_it_too(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gates.yaml").write_text(
        "gates: [{metric: accuracy, suite: crossval, floor: 1.0, rule: interval, reason: too much to ask}]\n"
    )
    assert main(["crossval", str(specs), *HASHING, "--gates", "gates.yaml"]) == 1
    assert "gate failed: accuracy on suite 'crossval'" in capsys.readouterr().out


@pytest.mark.parametrize("folds", ["1", "two", "-3", "101"])
def test_a_number_of_folds_that_makes_no_sense_is_refused(
    folds: str, specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["crossval", str(specs), f"--folds={folds}"])
    assert "is no number of folds; expected 2 to 100" in capsys.readouterr().err


def test_tools_without_an_utterance_cannot_be_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "silent.yaml"
    file.write_text("{name: hum, description: Hum a tune.}\n")
    assert main(["crossval", str(file), *HASHING]) == 2
    assert "no tool has an example, and nothing is out of scope" in capsys.readouterr().err
