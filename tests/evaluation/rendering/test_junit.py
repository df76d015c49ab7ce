from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from router.evaluation import Report
from router.evaluation.gates import Gate
from router.evaluation.judging import judge
from router.evaluation.rendering.junit import as_junit
from tests.evaluation import made_up
from tests.evaluation.rendering import hostile

pytestmark = pytest.mark.usefixtures("few_draws")


def test_a_report_reads_as_it_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("report.xml", as_junit(made_up.report(), made_up.gates()))


def test_without_gates_every_wrong_case_is_a_failure() -> None:
    root = ET.fromstring(as_junit(made_up.report(), ()))
    wrong = [each for suite in made_up.report().suites for each in suite.outcomes if each.verdict != "right"]
    failures = root.findall("testsuite/testcase/failure")
    assert [each.get("type") for each in failures] == [each.verdict for each in wrong]
    assert [suite.get("name") for suite in root] == ["everyday", "spoken"]
    assert root.findall("testsuite/testcase/system-out") == []


def test_with_gates_the_failures_are_the_gates_and_the_cases_that_they_name() -> None:
    gates = made_up.gates()
    root = ET.fromstring(as_junit(made_up.report(), gates))
    failed = {case.get("name") for case in root.findall("testsuite/testcase") if case.find("failure") is not None}
    offenders = {each.case.utterance for result in gates for each in result.offenders}
    assert failed >= offenders
    assert len(failed) == len(offenders) + sum(not result.passed for result in gates)
    said = [case.get("name") for case in root.findall("testsuite[@name='spoken']/testcase[system-out]")]
    assert said == ["rain 1", "rain 2", "rain 3"]


def test_a_suite_may_be_named_as_the_gates_are() -> None:
    made = made_up.result("gates", [made_up.outcome("hello", [], "")])
    report = Report(made_up.report().provenance, (made,), {})
    root = ET.fromstring(as_junit(report, judge([Gate("decision_accuracy", "all", floor=0.5)], report)))
    assert [suite.get("name") for suite in root] == ["gates", "gates (2)"]
    classes = [case.get("classname") for case in root.findall("testsuite/testcase")]
    assert classes == ["gates.out_of_scope", "gates (2).gates"]


def test_gates_that_pass_leave_no_failure() -> None:
    root = ET.fromstring(as_junit(made_up.report(), [each for each in made_up.gates() if each.passed]))
    assert root.get("failures") == "0"
    assert root.findall(".//failure") == []


def test_a_slow_case_that_was_decided_right_fails_for_what_the_gate_says() -> None:
    outcome = made_up.outcome("hello", [], "", milliseconds=12.5)
    report = Report(made_up.report().provenance, (made_up.result("s", [outcome]),), {})
    root = ET.fromstring(as_junit(report, judge([Gate("latency_p50", "fast", ceiling=1.0)], report)))
    (failure,) = root.findall("testsuite[@name='s']/testcase/failure")
    assert failure.get("type") == "gate"
    assert failure.get("message") == "latency_p50 on suite 's' is 12.500 ms (n=1); the ceiling is 1.000 ms"


def test_totals_add_up_and_places_are_given() -> None:
    root = ET.fromstring(as_junit(made_up.report(), made_up.gates()))
    for element in (root, *root):
        assert int(element.get("tests", "")) == len(element.findall(".//testcase"))
        assert int(element.get("failures", "")) == len(element.findall(".//failure"))
    first, gate = root[0].find("testcase"), root[2].find("testcase")
    assert first is not None
    assert gate is not None
    assert (first.get("file"), first.get("line"), first.get("time")) == ("suites/everyday.jsonl", "1", "0.001000")
    assert (first.get("classname"), first.get("name")) == ("everyday.set_alarm", "wake me at six")
    assert (gate.get("file"), gate.get("line")) == ("gates.yaml", "2")
    assert root[0].get("timestamp") == "2025-05-04T03:02:01"
    assert root[0].get("time") == "0.043750"


def test_elements_stand_where_the_schema_has_them() -> None:
    root = ET.fromstring(as_junit(made_up.report(), made_up.gates()))
    assert [[*dict.fromkeys(each.tag for each in suite)] for suite in root] == [
        ["properties", "testcase"],
        ["properties", "testcase"],
        ["testcase"],
    ]


def test_a_case_without_a_known_line_or_file_has_no_place() -> None:
    suite = made_up.result("s", [made_up.outcome("hello", [], "")])
    line = ET.fromstring(as_junit(Report(made_up.report().provenance, (suite,), {}), ())).find(".//testcase")
    assert line is not None
    assert (line.get("file"), line.get("line")) == ("suites/s.jsonl", None)
    nowhere = dataclasses.replace(suite, file="")
    assert "file=" not in as_junit(Report(made_up.report().provenance, (nowhere,), {}), ())


def test_cases_said_alike_keep_names_of_their_own() -> None:
    one = made_up.outcome("hello", [], "")
    other = dataclasses.replace(one, case=dataclasses.replace(one.case, id="second"))
    suite = made_up.result("s", [one, other])
    root = ET.fromstring(as_junit(Report(made_up.report().provenance, (suite,), {}), ()))
    assert [each.get("name") for each in root.findall(".//testcase")] == ["hello", "hello [second]"]


def test_a_time_that_is_none_is_left_out() -> None:
    odd = dataclasses.replace(made_up.report(), provenance=dataclasses.replace(made_up.report().provenance, made="now"))
    assert "timestamp" not in as_junit(odd, ())


@settings(max_examples=50)
@given(hostile.reports())
def test_whatever_people_say_it_is_xml(made: tuple[Report, Gate]) -> None:
    report, gate = made
    gates = judge([gate], report)
    text = as_junit(report, gates)
    assert re.fullmatch("[\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", text)
    assert text.encode() == as_junit(report, gates).encode()
    root = ET.fromstring(text.encode())
    assert len(root.findall("testsuite/testcase")) == len(report.suites[0].outcomes) + 1
    names = [(case.get("classname"), case.get("name")) for case in root[0].findall("testcase")]
    assert all(name for _, name in names)


def test_many_cases_take_no_more_than_their_share() -> None:
    def work(n: int) -> int:
        outcome = made_up.outcome("hello", [], "set_alarm")
        cases = [dataclasses.replace(outcome, case=dataclasses.replace(outcome.case, id=f"{i:05}")) for i in range(n)]
        suite = dataclasses.replace(made_up.report().suites[1], outcomes=tuple(cases))
        return len(as_junit(Report(made_up.report().provenance, (suite,), {}), ()))

    assert work(4000) < 4.1 * work(1000)
