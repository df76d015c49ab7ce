from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import router.encoder_making.tuning as tuning
from router.cli import main
from router.encoder_making.parity import Parity
from router.encoder_making.tuning import Tuning
from router.encoder_making.tuning.judging import judge
from tests.encoder_making.conftest import write_tiny_bert
from tests.encoder_making.tuning.test_judging import outcomes


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"st:{write_tiny_bert(tmp_path_factory.mktemp('st') / 'tiny-bert')}"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[[Tuning], dict[str, Any]]:
    """Have tuning find something, and return what it was asked for."""

    def set_up(result: Tuning) -> dict[str, Any]:
        asked: dict[str, Any] = {}

        def tune(tools: Any, encoder: Any, out: Path, **settings: Any) -> Tuning:
            asked.update(settings, tools=len(tools), encoder=encoder.name)
            if result.verdict.kept:
                out.mkdir()
                (out / "model.onnx").write_bytes(bytes(123_456))
            return result

        monkeypatch.setattr(tuning, "tune", tune)
        return asked

    return set_up


def test_what_is_kept_is_said_with_its_figures(
    model: str,
    specs: Path,
    found: Callable[[Tuning], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    golden: Callable[[str, str], None],
) -> None:
    verdict = judge(outcomes(40), outcomes(55))
    asked = found(Tuning(verdict, 60, Parity(50, 0.9991, 0.9952, "set an alarm"), Path("mine.tuning/tiny-bert-tuned")))
    arguments = ["--quantize", "int8", "--folds", "2", "--steps", "60", "--learning-rate", "1e-4", "--seed", "3"]
    assert main(["tune", str(specs), "--encoder", model, "-o", "mine", *arguments]) == 0
    golden("tune_kept.txt", capsys.readouterr().out)
    del asked["progress"]
    assert asked == {
        "tools": 2,
        "encoder": "st:tiny-bert",
        "precision": "int8",
        "folds": 2,
        "steps": 60,
        "learning_rate": 1e-4,
        "seed": 3,
    }


@pytest.mark.parametrize(
    ("right", "outside_at", "said"),
    [
        (41, 0.1, "no better in what decides"),
        (55, 0.55, "worse in out-of-scope AUROC"),
    ],
)
def test_what_is_not_kept_is_said_and_exits_with_1(
    model: str,
    specs: Path,
    found: Callable[[Tuning], dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    right: int,
    outside_at: float,
    said: str,
) -> None:
    found(Tuning(judge(outcomes(40), outcomes(right, outside_at=outside_at)), 60, None, None))
    assert main(["tune", str(specs), "--encoder", model, "-o", "mine"]) == 1
    *_, verdict, advice = capsys.readouterr().out.splitlines()
    assert verdict.startswith(f"Not kept: {said}")
    assert advice == f"Nothing is written. Stay with {model}."


def test_only_a_sentence_transformers_model_can_be_tuned(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", str(specs), "--encoder", "hashing", "-o", "mine"]) == 2
    assert "'hashing' is no sentence-transformers model. Write 'st:NAME_OR_PATH'." in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--folds", "1"], ["--steps", "0"], ["--learning-rate", "nan"], ["--seed", "-1"]])
def test_settings_that_make_no_sense_exit_with_2(specs: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["tune", str(specs), "--encoder", "st:x", "-o", "mine", *wrong])
