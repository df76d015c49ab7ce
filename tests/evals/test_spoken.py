"""The suite of spoken forms: what it holds, and how much of it is kept."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.spoken import __main__ as command
from evals.spoken import ours
from evals.spoken.suite import SUITES, TEMPORAL, Claim, Row, is_right, load
from evals.spoken.table import MARKS
from router.text import normalize

SETS = ("development", "test")


@pytest.mark.parametrize("name", SETS)
def test_every_language_is_read_rightly_as_often_as_promised(name: str) -> None:
    right, said = Counter[str](), Counter[str]()
    for row in load(name):
        said[row.language[:2]] += 1
        right[row.language[:2]] += is_right(row, ours.find)
    assert {language: right[language] / said[language] >= floor for language, floor in MARKS.items()} == dict.fromkeys(
        MARKS, True
    ), {language: right[language] / said[language] for language in MARKS}


@pytest.mark.parametrize("name", SETS)
def test_rows_are_normalised_and_named_once(name: str) -> None:
    rows = load(name)
    assert len({row.id for row in rows}) == len(rows)
    for line in (SUITES / f"{name}.jsonl").read_text("utf-8").splitlines():
        text = json.loads(line)["text"]
        assert normalize(text) == text, text


def test_no_form_is_in_both_sets() -> None:
    said = [{(r.text.casefold(), r.language, r.now, r.format) for r in load(name)} for name in SETS]
    assert said[0] & said[1] == set()


def test_there_are_as_many_forms_as_were_asked_for() -> None:
    count = Counter(row.language[:2] for name in SETS for row in load(name))
    assert count["en"] >= 500
    assert all(count[language] >= 100 for language in MARKS)


def row(format_: str, value: object, span: tuple[int, int] | None = (8, 9)) -> Row:
    return Row("x", "en", "wake at 7 or 8", span, None, format_, value)


def test_an_answer_is_right_if_value_words_and_silence_are() -> None:
    seven = Claim(8, 9, 0.8, "07:00")
    assert is_right(row("time", "07:00"), lambda *_: [seven])
    assert is_right(row("time", "07:00"), lambda *_: [seven, Claim(13, 14, 0.4, "08:00")])
    assert not is_right(row("time", "07:00"), lambda *_: [seven, Claim(13, 14, 0.6, "08:00")])
    assert not is_right(row("time", "07:00"), lambda *_: [seven._replace(value="19:00")])
    assert not is_right(row("time", "07:00"), lambda *_: [seven._replace(start=5)])
    assert not is_right(row("time", "07:00"), lambda *_: [])
    assert not is_right(row("time", "07:00"), lambda *_: [seven, seven._replace(certainty=0.9, value="19:00")])
    assert not is_right(row("any", None, None), lambda *_: [seven])
    assert is_right(row("any", None, None), lambda *_: [seven._replace(certainty=0.4)])
    assert set(TEMPORAL) >= {"time", "date", "duration"}


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    few = load("development")[:20]
    monkeypatch.setattr(command, "load", lambda _: few)
    assert command.main(["--only", "development", "--formats", "--missed"]) == 0
    printed = capsys.readouterr().out
    assert "| en | 20 | 20 | 1.000 |" in printed
    assert "| time | 20 | 20 |" in printed


def test_what_is_kept_is_of_both_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = load("development")[:20]
    monkeypatch.setattr(command, "load", lambda _: few)
    assert command.main(["-o", str(tmp_path / "spoken.json")]) == 0
    tasks = json.loads((tmp_path / "spoken.json").read_text())["tasks"]
    assert {name: (each["right"], each["n"]) for name, each in tasks.items()} == {
        "development/en": (20, 20),
        "test/en": (20, 20),
    }
    with pytest.raises(SystemExit, match="2"):
        command.main(["-o", str(tmp_path / "spoken.json"), "--only", "test"])


def test_public_sets_are_read_as_they_are_laid_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "text": "Be there at half past 6 in the evening.",
        "args": {"time": "18:30"},
        "arg_spans": {"time": "half past 6"},
    }
    wrong = {**said, "args": {"time": "07:30"}}
    marked = [{"annot_utt": "weck mich [date : morgen] um [time : sieben uhr]"}, {"annot_utt": "spiel [x : musik]"}]
    folders: dict[str, list[Any]] = {"sgd": [said, wrong], "massive/de-DE": marked}
    for name, rows in folders.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert command.main(["--public", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "| sgd, dev | time | 2 | 0.500 | |" in printed
    assert "| massive de-DE, dev | date | 1 | | 1.000 |" in printed
    assert "| massive de-DE, dev | none, and none found | 1 | | 1.000 |" in printed
