"""A file of results grows task by task, and holds one kind of splits."""

import json
from pathlib import Path

import pytest

from evals.measuring import Results, command_line, described, opened
from router.encoders import HashingEncoder


@pytest.mark.parametrize("text", ["", "[]", '{"clinc150/full": {"accuracy": 0.9}}', '{"scored": "reporting"}'])
def test_a_file_of_something_else_is_not_overwritten(tmp_path: Path, text: str) -> None:
    file = tmp_path / "public.json"
    file.write_text(text)
    with pytest.raises(ValueError, match="was not written by this command"):
        Results(file, "reporting")


def test_a_command_without_splits_for_development_reads_no_file_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tea.json"
    Results(file, "development").add("tea", dict, {})
    parser = command_line("tea", None, development=False)
    with pytest.raises(SystemExit, match="2"):
        opened(parser, parser.parse_args(["-o", str(file)]))
    assert "Name another file" in capsys.readouterr().err


def test_a_task_is_in_the_file_before_the_next_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "tea.json"
    results = Results(file, "reporting")
    results.add("milk", lambda: {"value": 1}, {"commit": "abc"})
    results.add("tea", lambda: {"before": list(json.loads(file.read_text())["tasks"])}, {})
    held = {"milk": {"value": 1, "commit": "abc"}, "tea": {"before": ["milk"]}}
    assert json.loads(file.read_text()) == {"scored": "reporting", "tasks": held}
    assert Results(file, "reporting").tasks == held


def test_a_task_is_measured_again_only_of_another_encoder_of_the_name() -> None:
    results = Results(None, "reporting", only=["te"])
    asked = []

    def measure(task: str, size: int) -> dict[str, int]:
        asked.append((task, size))
        return {}

    for size in (64, 64, 128):
        encoder = HashingEncoder(size)
        results.add_all(encoder, [(task, lambda t=task, s=size: measure(t, s)) for task in ("tea", "milk")])  # type: ignore[misc]
    assert asked == [("tea", 64), ("tea", 128)]
    assert results.tasks["hashing/tea"]["encoder"] == described(encoder)
