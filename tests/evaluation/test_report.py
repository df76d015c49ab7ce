"""A report is read as it was written, and what is no report says so."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.declarations import Location, loads
from router.errors import ReportError
from router.evaluation import Card, Outcome, Report, Suite, SuiteResult, read_report, suite_result, write_report
from router.evaluation.measures import Measurement, Slice
from router.evaluation.runner import recorded
from tests.evaluation import made_up
from tests.strategies import cases, json_values, names, outcomes, shares, utterances

pytestmark = pytest.mark.usefixtures("few_draws")

_measurements = st.builds(Measurement, names, st.builds(Slice, names), st.none() | shares, n=st.integers(0, 9))
_results = st.builds(
    SuiteResult,
    names,
    st.just("suites/everyday.jsonl"),
    st.builds(Card, utterances),
    st.just("0123456789ab"),
    st.lists(outcomes(cases()), max_size=3).map(tuple),
    st.lists(_measurements, max_size=3).map(tuple),
).map(lambda made: replace(made, fingerprint=_asked(made).fingerprint))
_places = st.none() | st.builds(Location, utterances, st.integers(1, 9))
reports = st.builds(
    Report,
    st.just(made_up.report().provenance),
    st.lists(_results, max_size=2).map(tuple),
    st.dictionaries(names, _places, max_size=2),
)


@pytest.fixture(scope="module")
def measured(few_draws: None) -> Report:
    """A report as a run makes it: of recorded outcomes."""
    report = made_up.report()
    return replace(report, suites=tuple(map(_recorded, report.suites)))


def _recorded(suite: SuiteResult) -> SuiteResult:
    kept = [recorded(each.case, each.decision, each.milliseconds) for each in suite.outcomes]
    return suite_result(_asked(suite), kept, suite.overall("memory").value)


def _asked(suite: SuiteResult) -> Suite:
    return Suite(suite.name, tuple(each.case for each in suite.outcomes), suite.card, suite.file)


@settings(max_examples=30)
@given(reports)
def test_a_report_reads_as_it_was_written(folder: Path, report: Report) -> None:
    write_report(report, folder / "report.json")
    first = (folder / "report.json").read_bytes()
    again = read_report(folder / "report.json")
    assert again == report
    assert list(again.tools) == list(report.tools)
    write_report(again, folder / "again.json")
    assert (folder / "again.json").read_bytes() == first


def test_what_was_measured_is_measured_again_from_the_file(tmp_path: Path, measured: Report) -> None:
    write_report(measured, tmp_path / "report.json")
    again = read_report(tmp_path / "report.json")
    assert again == measured
    for suite in again.suites:
        assert suite_result(_asked(suite), suite.outcomes, suite.overall("memory").value) == suite
        assert _asked(suite).fingerprint == suite.fingerprint


def test_a_report_finds_its_suites_by_name(measured: Report) -> None:
    assert measured.suite("spoken") is measured.suites[1]
    assert measured.suite("spken") is None


def test_the_place_of_a_tool_is_written_as_file_and_line(tmp_path: Path) -> None:
    [tool] = loads("name: set_alarm\ndescription: Set an alarm.\nexamples: [wake me]\n", file="tools/clock.yaml")
    assert tool.source is not None
    assert tool.source.lines
    write_report(Report(made_up.report().provenance, (), {"set_alarm": tool.source}), tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["tools"] == {
        "set_alarm": {"file": "tools/clock.yaml", "line": 1}
    }
    assert read_report(tmp_path / "report.json").tools == {"set_alarm": Location("tools/clock.yaml", 1)}


def test_an_outcome_is_a_line_so_that_reports_can_be_compared_as_text(tmp_path: Path, measured: Report) -> None:
    first, *rest = measured.suites[0].outcomes
    changed = (replace(first, milliseconds=9.0), *rest)
    other = replace(measured, suites=(replace(measured.suites[0], outcomes=changed), *measured.suites[1:]))
    texts = []
    for report in (measured, other):
        write_report(report, tmp_path / "report.json")
        texts.append((tmp_path / "report.json").read_text("utf-8").splitlines())
    [[before, after]] = [pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]]
    assert json.loads(before.rstrip(",")) | {"milliseconds": 9.0} == json.loads(after.rstrip(","))


def test_more_is_written_beside_for_other_programs(tmp_path: Path, measured: Report) -> None:
    write_report(measured, tmp_path / "report.json", {"gates": [{"passed": True}]})
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["gates"] == [{"passed": True}]
    assert read_report(tmp_path / "report.json") == measured


def test_a_report_takes_the_place_of_another_and_leaves_nothing_beside_it(tmp_path: Path, measured: Report) -> None:
    file = tmp_path / "report.json"
    file.write_text("an earlier one")
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_report(measured, file, {"gates": object()})
    assert file.read_text() == "an earlier one"
    write_report(measured, file)
    assert [found.name for found in tmp_path.iterdir()] == ["report.json"]


def unreadable(file: Path, content: bytes | str) -> str:
    """Why a file is no report."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ReportError, match=re.escape(str(file))) as raised:
        read_report(file)
    assert raised.value.path == str(file)
    return str(raised.value).removeprefix(f"{file}: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not JSON: Expecting value"),
        ("format: intent-router-report", "is not JSON: Expecting value"),
        (b"\xff\xfe{}", "is not JSON: 'utf-8' codec can't decode"),
        ("[" * 100_000, "is not JSON: maximum recursion depth"),
        ("[]", "is no report of 'router eval' or 'router crossval'"),
        ('"intent-router-report"', "is no report of"),
        ("{}", "is no report of"),
        ('{"format": "intent-router-bundle", "format_version": 1}', "is no report of"),
        ('{"format": "intent-router-report", "format_version": 2}', "has format version 2; this package reads 1"),
        ('{"format": "intent-router-report"}', "has format version None; this package reads 1"),
        ('{"format": "intent-router-report", "format_version": 1}', "is a report that somebody has changed: KeyError"),
    ],
)
def test_what_is_no_report_of_this_package_says_so(tmp_path: Path, content: bytes | str, message: str) -> None:
    assert unreadable(tmp_path / "report.json", content).startswith(message)


def test_a_report_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"missing\.json: cannot be read: No such file"):
        read_report(tmp_path / "missing.json")
    with pytest.raises(ReportError, match="cannot be read: Is a directory"):
        read_report(tmp_path)


def test_a_report_that_was_cut_short_is_not_read(tmp_path: Path, measured: Report) -> None:
    write_report(measured, tmp_path / "whole.json")
    content = (tmp_path / "whole.json").read_bytes()
    for end in (*range(0, len(content) - 2, 397), len(content) - 2):
        assert unreadable(tmp_path / "report.json", content[:end]).startswith("is not JSON")


def small() -> dict[str, Any]:
    """A report of one suite with two outcomes, as JSON values."""
    suite = replace(
        made_up.report().suites[0],
        outcomes=tuple(recorded(o.case, o.decision, 1.0) for o in made_up.report().suites[0].outcomes[:2]),
        measurements=made_up.report().suites[0].measurements[:2],
    )
    card, tools = asdict(suite.card), {"set_alarm": {"file": "a.yaml", "line": 1}, "flip_coin": None}
    return {
        "format": "intent-router-report",
        "format_version": 1,
        "provenance": asdict(made_up.report().provenance),
        "tools": tools,
        "suites": [
            {
                "name": suite.name,
                "file": suite.file,
                "card": card,
                "fingerprint": _asked(suite).fingerprint,
                "measurements": [each.to_dict() for each in suite.measurements],
                "outcomes": [each.to_dict() for each in suite.outcomes],
            }
        ],
    }


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a JSON value, with each of its keys or indices."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("provenance",), {}),
        (("provenance",), None),
        (("tools",), []),
        (("tools", "set_alarm"), "a.yaml"),
        (("tools", "set_alarm", "column"), 7),
        (("suites",), None),
        (("suites", 0), []),
        (("suites", 0, "card", "author"), "me"),
        (("suites", 0, "measurements", 0), {"metric": "accuracy"}),
        (("suites", 0, "measurements", 0, "slice"), {"day": "monday"}),
        (("suites", 0, "measurements", 0, "value"), "high"),
        (("suites", 0, "outcomes", 0, "utterance"), None),
        (("suites", 0, "outcomes", 0, "intent"), "play_music"),
        (("suites", 0, "outcomes", 0, "decision"), "call"),
        (("suites", 0, "outcomes", 0, "decision", "decision"), "shrug"),
        (("suites", 0, "outcomes", 0, "decision", "in_scope"), "high"),
        (("suites", 0, "outcomes", 0, "decision", "in_scope"), float("nan")),
        (("suites", 0, "outcomes", 0, "milliseconds"), "long"),
        (("suites", 0, "outcomes", 0, "verdict"), "right"),
        (("suites", 0, "outcomes", 0), None),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_report_that_somebody_has_changed_is_not_read(tmp_path: Path, path: tuple[Any, ...], value: object) -> None:
    data: Any = small()
    file = tmp_path / "report.json"
    file.write_text(json.dumps(data))
    assert len(read_report(file).suites[0].outcomes) == 2
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert unreadable(file, json.dumps(data)).startswith("is a report that somebody has changed: ")


def test_a_report_without_something_is_not_read(tmp_path: Path) -> None:
    """Only what a case need not have, a candidate, a tool or a number of the policy can go."""
    spared = {"tags", "language", "now", "cluster", "arguments", *made_up.TOOLS, *made_up.report().provenance.policy}
    spared |= {"description", "source", "licence", "how_made", *made_up.report().provenance.machine}
    for number, (_, key) in enumerate(list(places(small()))):
        data = small()
        container, _ = list(places(data))[number]
        if isinstance(container, list) or key in spared:
            continue
        del container[key]
        assert unreadable(tmp_path / "report.json", json.dumps(data)), key


@given(st.data())
def test_any_damage_gives_a_report_or_a_report_error(folder: Path, data: st.DataObject) -> None:
    damaged = small()
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(places(damaged))))
        container[key] = data.draw(json_values)
    (folder / "damaged.json").write_text(json.dumps(damaged))
    try:
        report: Report | None = read_report(folder / "damaged.json")
    except ReportError:
        report = None
    for suite in report.suites if report else ():
        assert all(isinstance(each, Outcome) for each in suite.outcomes)
        assert len(suite.columns) == len(suite.outcomes)


def test_a_report_whose_cases_were_changed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    write_report(made_up.report(), file)
    utterance = made_up.report().suites[0].outcomes[0].case.utterance
    file.write_text(file.read_text("utf-8").replace(json.dumps(utterance), json.dumps(utterance + " now"), 1), "utf-8")
    with pytest.raises(ReportError, match="are not those that it was written with"):
        read_report(file)
