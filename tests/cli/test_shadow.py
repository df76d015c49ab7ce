from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from router import Abstain, Candidate, Clarify, DecisionLog, Shadow, ToolCall
from router.cli import main


def _call(tool: str, probability: float) -> ToolCall:
    return ToolCall(tool, utterance="", in_scope=probability, candidates=(Candidate(tool, 1.0),))


SAID: dict[str, tuple[Any, Any]] = {
    "wake me at noon": (_call("set_alarm", 0.97), "set_alarm"),
    "put the kettle on": (Abstain("out_of_scope", utterance="", in_scope=0.1), "set_timer"),
    "something for the road": (_call("play_media", 0.61), None),
    "it's `late` \x1b[31m | <b>": (_call("set_alarm", 0.55), None),
    "seven": (
        Clarify(utterance="", in_scope=0.9, candidates=(Candidate("set_alarm", 0.5), Candidate("play_media", 0.4))),
        "set_alarm",
    ),
    "who are you": (None, ValueError("who are you")),
}
"""What the one answers, and what the other does."""


def _log(mode: Any = "keep", path: str = "shadow.jsonl") -> str:
    def theirs(utterance: str) -> Any:
        answer = SAID[utterance][1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    ticks = iter(n**2 / 10_000 for n in range(1000))
    with DecisionLog(path, mode) as log:
        shadow = Shadow(lambda utterance: SAID[utterance][0], theirs, log, timer=ticks.__next__)
        for utterance in [*SAID, *["put the kettle on", "wake me at noon"] * 3]:
            shadow.route(utterance)
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [("text", []), ("markdown", ["--format", "markdown"]), ("json", ["--format", "json"])],
)
@pytest.mark.parametrize("mode", ["keep", "omit"])
def test_a_report_reads_as_it_was_reviewed(
    name: str,
    options: list[str],
    mode: str,
    capsys: pytest.CaptureFixture[str],
    golden: Callable[[str, str], None],
) -> None:
    assert main(["shadow", "report", _log(mode), *options]) == 0
    golden(f"shadow_{name}_{mode}.txt", capsys.readouterr().out)


def test_disagreements_are_labelled_by_a_person_and_then_measured(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shadow", "report", _log(), "--suite", "to_label.jsonl"]) == 0
    assert "to_label.jsonl: 4 utterances to label" in capsys.readouterr().err
    command = ["eval", "--bundle", str(bundle), "--suite", "to_label.jsonl"]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert "to_label.jsonl has 4 problems\n  line 1   intent: null: this row is not labelled yet" in error
    rows = [json.loads(line) for line in Path("to_label.jsonl").read_text().splitlines()]
    assert [row["utterance"] for row in rows] == [
        "put the kettle on",
        "something for the road",
        "it's `late` \x1b[31m | <b>",
        "seven",
    ]
    assert rows[0]["note"] == "acting: no tool; shadow: set_timer, 4 times"
    Path("to_label.jsonl").write_text("".join(f"{json.dumps(row | {'intent': 'play_media'})}\n" for row in rows))
    assert main(command) == 0
    assert "to_label: 4 cases" in capsys.readouterr().out


def test_a_suite_that_is_there_is_not_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    Path("labelled.jsonl").write_text("days of work\n")
    assert main(["shadow", "report", _log(), "--suite", "labelled.jsonl"]) == 2
    assert "router shadow report: labelled.jsonl is already there, perhaps labelled." in capsys.readouterr().err
    assert Path("labelled.jsonl").read_text() == "days of work\n"


@pytest.mark.parametrize("mode", ["omit", "hash"])
def test_without_utterances_there_is_nothing_to_label(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shadow", "report", _log(mode), "--suite", "to_label.jsonl"]) == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("agreement 0.364"), "the report is printed all the same"
    assert "there is nothing to label, as the log does not keep utterances" in captured.err
    assert "DecisionLog(path, utterances='keep') keeps them" in captured.err
    assert not Path("to_label.jsonl").exists()


def test_two_that_never_differ_leave_nothing_to_label(capsys: pytest.CaptureFixture[str]) -> None:
    with DecisionLog("shadow.jsonl", "keep") as log:
        Shadow(lambda utterance: "a", lambda utterance: "a", log).route("wake me")
    assert main(["shadow", "report", "shadow.jsonl", "--suite", "to_label.jsonl"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("agreement 1.000 (95 % CI 0.207 to 1.000, n=1, 1 different utterance)\n")
    assert "they never differed, so there is nothing to label" in captured.err
    assert not Path("to_label.jsonl").exists()


def test_where_one_always_fails_no_agreement_is_claimed(capsys: pytest.CaptureFixture[str]) -> None:
    with DecisionLog("shadow.jsonl") as log:
        Shadow(lambda utterance: "a", lambda utterance: 7, log).route("wake me")  # type: ignore[arg-type, return-value]
    assert main(["shadow", "report", "shadow.jsonl"]) == 0
    assert capsys.readouterr().out.startswith("nothing could be compared: every time one of them failed\n")


def test_malformed_lines_are_named_and_the_exit_code_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    log = Path(_log())
    log.write_text("{]\n" + log.read_text())
    assert main(["shadow", "report", str(log)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("shadow.jsonl line 1 is not JSON: ")
    assert captured.out.startswith("agreement 0.364")


def test_a_log_of_one_router_alone_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with DecisionLog("alone.jsonl") as log:
        log.write(_call("set_alarm", 1.0))
    assert main(["shadow", "report", "alone.jsonl"]) == 2
    assert "alone.jsonl holds 1 decision of one router alone and none of two." in capsys.readouterr().err


def test_a_log_that_is_missing_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shadow", "report", "missing.jsonl"]) == 2
    assert "missing.jsonl has 1 problem\n  file     cannot be read: No such file" in capsys.readouterr().err


def test_a_suite_has_a_name_that_eval_reads(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["shadow", "report", "shadow.jsonl", "--suite", "out.txt"])
    assert "'out.txt' ends in '.txt'; name a file that ends in .jsonl" in capsys.readouterr().err
