"""A file of corrections at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from router import Overlay
from router.cli import main
from tests.cli.test_repl import typed
from tests.overlay.test_overlay import ENTRY, HEADER


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mine.jsonl"
    other = {**ENTRY, "id": "2", "utterance": "sing", "tool": None, "note": "loudly", "instead_of": "play_media"}
    file.write_text("".join(json.dumps(line) + "\n" for line in (HEADER, {**ENTRY, "tool": "set_alarm"}, other)))
    return file


def test_corrections_are_shown_undone_exported_and_merged(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["overlay", "show", str(file)]) == 0
    assert capsys.readouterr().out == (
        "2  2026-03-01 07:30  (no tool)  sing  # loudly\n"
        "5d1c0a97e2b4f836  2026-03-01 07:30  set_alarm  heads or tails\n"
    )
    assert main(["overlay", "undo", str(file), "5d1c0a97e2b4f836"]) == 0
    assert main(["overlay", "export", str(file)]) == 0
    assert capsys.readouterr().out == '# for the file of play_media\ncounterexamples:\n  - "sing"\n'
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps(HEADER) + "\n")
    assert main(["overlay", "merge", str(other), str(file)]) == 0
    assert main(["overlay", "show", str(other)]) == 0
    assert "set_alarm  heads or tails  (undone)" in capsys.readouterr().out


def test_a_file_that_is_missing_and_an_id_that_is_unknown_are_errors(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["overlay", "show", "nosuch.jsonl"]) == 2
    assert capsys.readouterr().err == "router overlay show: nosuch.jsonl: no such file\n"
    assert main(["overlay", "show", str(file.parent)]) == 2
    assert capsys.readouterr().err == f"router overlay show: {file.parent} is a folder; name a file of corrections\n"
    assert main(["overlay", "undo", str(file), "7"]) == 2
    assert "no correction has the id '7'" in capsys.readouterr().err


def test_lines_that_are_no_corrections_are_told_and_the_rest_is_shown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with file.open("a") as more:
        more.write('{"undo": ["2"]}\n{"undo": 5}\n{"undo"')
    assert main(["overlay", "show", str(file)]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2
    assert captured.err == (
        f"{file} line 4 is no correction and is ignored: 'undo' is this list, and no text\n"
        f"{file} line 5 is no correction and is ignored: 'undo' is 5, and no text\n"
        f"{file} line 6 was not written to its end and is ignored; the next correction repairs it\n"
    )


def test_a_file_of_something_else_is_neither_read_nor_written(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"theme":"dark"}')
    for command in (["show", str(settings)], ["merge", str(settings), str(file)], ["merge", str(file), str(settings)]):
        assert main(["overlay", *command]) == 2
        assert "settings.json line 1: is not the first line of an intent-router-overlay" in capsys.readouterr().err
    assert settings.read_text() == '{"theme":"dark"}'


def test_route_applies_an_overlay_and_says_what_it_leaves_out(
    bundle: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["route", "--bundle", str(bundle), "--overlay", str(file), "heads", "or", "tails"]) == 0
    assert capsys.readouterr().out.startswith("ask for 'time' of set_alarm")
    gone = file.with_name("gone.jsonl")
    gone.write_text(json.dumps(HEADER) + "\n" + json.dumps(ENTRY) + "\n")
    assert main(["route", "--bundle", str(bundle), "--overlay", str(gone), "heads", "or", "tails"]) == 0
    captured = capsys.readouterr()
    assert not captured.out.startswith("call")
    assert "'flip_coin' is not declared; 'heads or tails' is left out" in captured.err
    assert main(["route", "--bundle", str(bundle), "--overlay", str(file), "--explain", "heads", "or", "tails"]) == 0
    assert "  learnt      1.00  heads or tails: for set_alarm\n" in capsys.readouterr().out


def test_the_repl_corrects_what_was_said_and_writes_it_down(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (":correct set_alarm", "heads or tails", ":correct set_alrm", ":correct set_alarm", "heads or tails")
    monkeypatch.setattr("builtins.input", typed(*lines, "play some jazz", ":correct"))
    file = tmp_path / "new.jsonl"
    assert main(["repl", "--bundle", str(bundle), "--overlay", str(file)]) == 0
    _, nothing, before, unknown, corrected, again, _, conflict, refused = capsys.readouterr().out.splitlines()
    assert "cannot be learnt" in nothing
    assert "set_alarm" not in before.split(":")[0]
    assert "Did you mean 'set_alarm'?" in unknown
    assert corrected.startswith("ask for 'time' of set_alarm")
    assert again.startswith("ask for 'time' of set_alarm")
    assert "declared as an example of 'play_media'; only this very text is learnt" in conflict
    assert refused.startswith("abstain out_of_scope")
    assert [entry.utterance for entry in Overlay(file).entries] == ["heads or tails", "play some jazz"]
