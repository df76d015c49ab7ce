from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from router import Router
from router.cli import main
from router.evaluation.rendering.page import _environment

ROWS: list[dict[str, Any]] = [
    {"utterance": "wake me at noon", "intent": "set_alarm", "tags": ["plain"]},
    {"utterance": "an alarm please", "intent": "set_alarm"},
    {"utterance": "play me a song", "intent": "play_media", "tags": ["plain"]},
    {"utterance": "who lost last night", "intent": "out_of_scope"},
    {"utterance": "something at half past six", "intent": ["play_media", "set_alarm"]},
]
PASSING = "gates: [{metric: top_3, floor: 0.5, reason: it is a test}]\n"
FAILING = "gates: [{metric: decision_accuracy, floor: 1.0, reason: nobody is perfect}]\n"


@pytest.fixture
def suite() -> str:
    """A suite in the working folder."""
    Path("suite.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return "suite.jsonl"


def test_a_suite_is_measured_and_every_report_is_written(
    bundle: Path, suite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gates.yaml").write_text(PASSING)
    command = ["eval", "--bundle", str(bundle), "--suite", suite, "--gates", "gates.yaml", "--report", "out"]
    assert main(command) == 0
    assert "suite: 5 cases" in capsys.readouterr().out
    assert sorted(file.name for file in Path("out").iterdir()) == [
        "junit.xml",
        "report.html",
        "report.json",
        "report.md",
    ]
    written = json.loads(Path("out/report.json").read_text())
    assert [outcome["utterance"] for outcome in written["suites"][0]["outcomes"]] == [row["utterance"] for row in ROWS]
    assert [gate["passed"] for gate in written["gates"]] == [True]
    assert len(ElementTree.fromstring(Path("out/junit.xml").read_text()).findall(".//testcase")) == 6
    assert Path("out/report.html").read_text().startswith("<!DOCTYPE html>")


def test_a_gate_that_fails_is_exit_code_1(bundle: Path, suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gates.yaml").write_text(FAILING)
    assert main(["eval", "--bundle", str(bundle), "--suite", suite, "--gates", "gates.yaml"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("gate failed: decision_accuracy on suite 'suite' is 0.")
    assert "nobody is perfect" in out


def test_the_same_router_differs_by_nothing_from_its_own_baseline(
    bundle: Path, suite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["eval", "--bundle", str(bundle), "--suite", suite, "--report", "out"]
    assert main(command) == 0
    Path("gates.yaml").write_text(
        "gates: [{metric: decision_accuracy, no_worse_than_baseline_by: 0, reason: never backwards}]\n"
    )
    Path("out/report.json").rename("baseline.json")
    assert main([*command, "--baseline", "baseline.json", "--gates", "gates.yaml"]) == 0
    assert "0 broken, 0 fixed" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_two_reports_are_compared(bundle: Path, suite: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    strict = Router.load(bundle).without("play_media")
    strict.save("strict.bundle")
    assert main(["eval", "--bundle", str(bundle), "--suite", suite, "--report", "before"]) == 0
    rows = [{**row, "intent": "out_of_scope"} if row["intent"] == "play_media" else row for row in ROWS[:4]]
    Path("suite.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["eval", "--bundle", "strict.bundle", "--suite", suite, "--report", "after"]) == 0
    capsys.readouterr()
    assert main(["eval", "compare", "before/report.json", "after/report.json", "--format", form]) == 0
    out = capsys.readouterr().out
    assert "3 cases in both" in out
    assert "accuracy" in out


def test_two_reports_are_compared_for_programs(bundle: Path, suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    Router.load(bundle).without("play_media").save("strict.bundle")
    rows = [row for row in ROWS if "play_media" not in row["intent"]]
    Path("suite.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*rows, ROWS[3] | {"utterance": "hum"}]))
    for name in (str(bundle), "strict.bundle"):
        assert main(["eval", "--bundle", name, "--suite", suite, "--report", Path(name).stem]) == 0
    capsys.readouterr()
    assert main(["eval", "compare", "two/report.json", "strict/report.json", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (compared,) = data["suites"]
    assert (compared["name"], compared["cases"], compared["only_before"]) == ("suite", 4, 0)
    moved = {each["metric"]: each for each in compared["differences"]}
    assert moved["accuracy"]["difference"] == moved["accuracy"]["after"] - moved["accuracy"]["before"]
    assert {*compared} >= {"broken", "fixed", "still_wrong"}
    assert data["before"]["router"] != data["after"]["router"]


def test_reports_without_a_common_suite_cannot_be_compared(
    bundle: Path, suite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(suite).rename("other.jsonl")
    Path(suite).write_text(Path("other.jsonl").read_text())
    for name in ("suite", "other"):
        assert main(["eval", "--bundle", str(bundle), "--suite", f"{name}.jsonl", "--report", name]) == 0
    assert main(["eval", "compare", "suite/report.json", "other/report.json"]) == 2
    said = "router eval compare: the reports have no suite in common: 'suite' in one, 'other' in the other"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        ["--suite", "s.jsonl"],
        ["--bundle", "b"],
        ["--specs", "s"],
        ["--encoder", "hashing"],
        ["--gates", "g.yaml"],
        ["--baseline", "b.json"],
        ["--report", "out"],
        ["--tools", "t"],
        ["--format", "json"],
    ],
)
def test_what_says_nothing_to_a_comparison_is_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", *option, "compare", "a.json", "b.json"]) == 2
    assert f"{option[0]} is an option of 'router eval' and says nothing to 'compare'" in capsys.readouterr().err


def test_json_on_standard_output_is_for_programs(bundle: Path, suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--bundle", str(bundle), "--suite", suite, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["suites"][0]["measurements"][0]["metric"] == "accuracy"


def test_annotations_stand_at_the_line_of_the_tool(
    bundle: Path, specs: Path, suite: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("suite.jsonl").write_text(json.dumps({"utterance": "song at noon", "intent": "set_alarm"}) + "\n")
    command = ["eval", "--bundle", str(bundle), "--suite", suite, "--format", "github"]
    assert main([*command, "--tools", str(specs)]) == 0
    marked = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert marked
    assert all(f"file={specs}" in line and "line=1" in line for line in marked)
    assert main(command) == 0
    marked = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert all("file=suite.jsonl,line=1" in line for line in marked)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no suite is named. Name one with --suite FILE"),
        (["--suite", "missing.jsonl"], "missing.jsonl has 1 problem"),
        (["--suite", "suite.jsonl", "--suite", "other/suite.jsonl"], "two suites are named 'suite'"),
        (["--suite", "suite.jsonl", "--gates", "missing.yaml"], "missing.yaml has 1 problem"),
        (["--suite", "suite.jsonl", "--gates", "against.yaml"], "none was given that has it"),
        (["--suite", "suite.jsonl", "--baseline", "suite.jsonl"], "suite.jsonl: is not JSON"),
        (["--suite", "suite.jsonl", "--report", "suite.jsonl"], "--report suite.jsonl: nothing can be written there"),
        (["--suite", "suite.jsonl", "--report", "suite.jsonl/out"], "nothing can be written there: Not a directory"),
    ],
)
@pytest.mark.usefixtures("suite")
def test_what_cannot_run_is_exit_code_2_before_anything_is_decided(
    options: list[str], said: str, bundle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("other").mkdir()
    Path("other/suite.jsonl").write_text(Path("suite.jsonl").read_text())
    Path("against.yaml").write_text("gates: [{metric: accuracy, no_worse_than_baseline_by: 0, reason: so}]\n")
    monkeypatch.setattr(Router, "route", _refuse)
    assert main(["eval", "--bundle", str(bundle), *options]) == 2
    assert said in capsys.readouterr().err


def test_all_that_is_wrong_with_all_suites_is_said_at_once(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.jsonl").write_text('{"utterance": "wake me", "intent": "set_alrm"}\n')
    Path("two.csv").write_text("utterance,intnt\nwake me,set_alarm\n")
    assert main(["eval", "--bundle", str(bundle), "--suite", "one.jsonl", "--suite", "two.csv"]) == 2
    said = capsys.readouterr().err
    assert "no tool is named 'set_alrm'. Did you mean 'set_alarm'?" in said
    assert "unknown column 'intnt'. Did you mean 'intent'?" in said


def test_an_interrupted_run_goes_on_where_it_stopped(
    bundle: Path, suite: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["eval", "--bundle", str(bundle), "--suite", suite, "--report", "out"]
    route, asked = Router.route, []

    def counted(router: Router, utterance: str, **options: Any) -> Any:
        asked.append(utterance)
        if asked.count(ROWS[3]["utterance"]) == 1 and utterance == ROWS[3]["utterance"]:
            raise KeyboardInterrupt
        return route(router, utterance, **options)

    monkeypatch.setattr(Router, "route", counted)
    assert main(command) == 130
    assert "run again to go on" in capsys.readouterr().err
    assert Path("out/suite.partial.jsonl").exists()
    asked[:] = [ROWS[3]["utterance"]]
    assert main(command) == 0
    assert [utterance for utterance in asked[1:] if utterance != "hello"] == [row["utterance"] for row in ROWS[3:]]
    assert not Path("out/suite.partial.jsonl").exists()


def test_an_interrupted_second_suite_loses_nothing_of_the_first(
    bundle: Path, suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("second.jsonl").write_text('{"utterance": "stop here", "intent": "out_of_scope"}\n')
    command = ["eval", "--bundle", str(bundle), "--suite", suite, "--suite", "second.jsonl", "--report", "out"]
    route, asked = Router.route, []

    def counted(router: Router, utterance: str, **options: Any) -> Any:
        asked.append(utterance)
        if asked.count("stop here") == 1 and utterance == "stop here":
            raise KeyboardInterrupt
        return route(router, utterance, **options)

    monkeypatch.setattr(Router, "route", counted)
    assert main(command) == 130
    asked[:] = ["stop here"]
    assert main(command) == 0
    assert {*asked} == {"hello", "stop here"}, "the first suite is not asked again"
    assert not list(Path("out").glob("*.partial.jsonl"))


def test_a_report_that_cannot_be_written_at_the_end_loses_no_verdict(
    bundle: Path, suite: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("gates.yaml").write_text(FAILING)
    command = ["eval", "--bundle", str(bundle), "--suite", suite, "--gates", "gates.yaml", "--report", "out"]

    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("router.evaluation.rendering.junit.as_junit", full)
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert out.startswith("gate failed: decision_accuracy on suite 'suite'")
    assert "router eval: the report could not be written: [Errno 28] No space left on device" in err
    assert json.loads(Path("out/report.json").read_text())["suites"], "what all else can be made of is written first"
    assert Path("out/suite.partial.jsonl").exists()


@pytest.mark.usefixtures("suite")
@pytest.mark.parametrize("command", ["eval", "crossval"])
def test_without_jinja_nothing_is_measured_that_could_not_be_reported(
    command: str, bundle: Path, specs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.setattr(Router, "route", _refuse)
    of = {"eval": ["--bundle", str(bundle), "--suite", "suite.jsonl"], "crossval": [str(specs), "--encoder", "hashing"]}
    assert main([command, *of[command], "--report", "out"]) == 2
    assert "writing the HTML report needs 'jinja2'" in capsys.readouterr().err


def test_memory_is_measured_of_a_bundle_alone(bundle: Path, specs: Path, suite: str) -> None:
    sources = (["--bundle", str(bundle)], ["--specs", str(specs), "--encoder", "hashing"])
    values = []
    for source in sources:
        assert main(["eval", *source, "--suite", suite, "--report", "out"]) == 0
        measurements = json.loads(Path("out/report.json").read_text())["suites"][0]["measurements"]
        values.append(next(each["value"] for each in measurements if each["metric"] == "memory"))
    assert values[0] > 10
    assert values[1] is None, "training took more of it than routing does"


def _refuse(*_: Any, **__: Any) -> None:
    raise AssertionError("nothing is to be decided")
