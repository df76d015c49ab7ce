from __future__ import annotations

from pathlib import Path

import pytest

from router import Router
from router.evaluation import Report, load_suite, run, suite_result, write_report
from router.evaluation.provenance import provenance_of
from tests.pytest_plugin.conftest import OUTSIDE, RIGHT, WRONG, Repository

LENIENT = {"metric": "decision_accuracy", "floor": 0.5}
STRICT = {"metric": "accuracy", "floor": 0.9}


def test_gates_judge_in_place_of_cases(repository: Repository) -> None:
    repository.gates(LENIENT)
    result = repository.run("-rx")
    result.assert_outcomes(passed=3, xfailed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["XFAIL *::text anna - *judged by the gates: 'text anna' should call play_music, but *"]
    )


def test_an_expected_failure_has_no_traceback(repository: Repository) -> None:
    repository.gates(LENIENT)
    result = repository.run("--xfail-tb")
    start = next(n for n, line in enumerate(result.outlines) if line.strip("_ ") == "everyday: text anna")
    assert result.outlines[start + 1].startswith("judged by the gates: 'text anna' should call play_music, but ")
    assert result.outlines[start + 2].startswith("===")


def test_a_gate_that_fails_says_what_was_measured_and_names_offenders(repository: Repository) -> None:
    repository.gates(LENIENT, STRICT)
    result = repository.run()
    result.assert_outcomes(passed=3, failed=1, xfailed=1)
    start = next(n for n, line in enumerate(result.outlines) if "everyday: gate accuracy floor 0.9" in line)
    assert result.outlines[start + 1 : start + 4] == [
        "gate failed: accuracy on suite 'everyday' is 0.500 (95 % CI 0.095 to 0.905, n=2); the floor is 0.900.",
        "Most confident wrong calls: 'text anna' -> send_message (0.98), for play_music.",
        "Reason: so that it wakes people",
    ]
    result.stdout.fnmatch_lines(
        ["FAILED evals/everyday.jsonl::gate accuracy floor 0.9 - *gate failed: accuracy on suite*"]
    )


def test_gates_come_after_the_cases_and_are_named_by_what_they_limit(repository: Repository) -> None:
    repository.gates(
        STRICT,
        {"metric": "recall", "slice": {"tool": "set_alarm"}, "floor": 0.5},
        {"metric": "wrong_call_rate", "slice": {"tag": "asr"}, "ceiling": 1.0},
    )
    assert [name.partition("::")[2] for name in repository.ids()[3:]] == [
        "gate accuracy floor 0.9",
        "gate recall tool 'set_alarm' floor 0.5",
        "gate wrong_call_rate tag 'asr' ceiling 1.0",
    ]


def test_a_gate_asks_what_no_test_has_asked_and_nothing_twice(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    route = Router.route
    monkeypatch.setattr(Router, "route", lambda self, text, **more: said.append(text) or route(self, text, **more))  # type: ignore[func-returns-value]
    repository.gates(LENIENT, STRICT)
    repository.run("-k", "gate").assert_outcomes(passed=1, failed=1, deselected=3)
    assert said == ["hello", RIGHT["utterance"], WRONG["utterance"], OUTSIDE["utterance"]]
    said.clear()
    repository.run()
    assert said == ["hello", RIGHT["utterance"], WRONG["utterance"], OUTSIDE["utterance"]]


def test_a_case_is_asked_when_it_is_said(repository: Repository, everyday_router: Router) -> None:
    booking = {"type": "object", "properties": {"date": {"type": "string", "format": "date", "description": "When."}}}
    tool = {
        "name": "book_visit",
        "description": "Book the dentist.",
        "parameters": booking,
        "examples": ["see a dentist"],
    }
    everyday_router.with_tool(tool).learn("see a dentist tomorrow", "book_visit").save(repository.pytester.path / "it")
    repository.settings["router_bundle"] = "it"
    row = {"utterance": "see a dentist tomorrow", "intent": "book_visit", "arguments": {"date": "2026-11-24"}}
    repository.suite(row | {"now": "2026-11-23T15:00"})
    repository.gates({"metric": "argument_exact_match", "floor": 1.0})
    repository.run().assert_outcomes(passed=2)
    repository.suite(row | {"now": "2026-11-24T15:00"})
    repository.run().assert_outcomes(xfailed=1, failed=1)


def test_cases_fail_under_runxfail_even_so(repository: Repository) -> None:
    repository.gates(LENIENT)
    repository.run("--runxfail").assert_outcomes(passed=3, failed=1)


def test_a_suite_that_no_gate_is_about_is_judged_case_by_case(repository: Repository) -> None:
    repository.suite(RIGHT, WRONG, name="other")
    repository.gates({**LENIENT, "suite": "everyday"})
    repository.run().assert_outcomes(passed=4, xfailed=1, failed=1)


def test_memory_is_left_to_router_eval(repository: Repository) -> None:
    repository.gates(LENIENT, {"metric": "memory", "ceiling": 1})
    result = repository.run("-rs")
    result.assert_outcomes(passed=3, xfailed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*pytest's own memory would be measured; 'router eval' judges this gate"])


@pytest.mark.parametrize(
    "gate",
    [
        {"metric": "memory", "ceiling": 1},
        {"metric": "accuracy", "slice": {"tag": "loud"}, "floor": 0.1},
    ],
)
def test_cases_that_no_gate_really_judges_must_be_right(repository: Repository, gate: dict[str, object]) -> None:
    repository.suite({**RIGHT, "tags": ["loud"]}, name="other")
    repository.gates(gate)
    result = repository.run("evals/everyday.jsonl")
    assert result.parseoutcomes()["failed"] == 1
    assert "xfailed" not in result.parseoutcomes()


def test_last_failed_are_the_gates_where_gates_judge(repository: Repository) -> None:
    repository.gates(STRICT)
    repository.run().assert_outcomes(passed=2, failed=1, xfailed=1)
    repository.run("--lf").assert_outcomes(failed=1)


@pytest.mark.parametrize("intent", ["set_alarm", "send_message"])
def test_gates_compare_with_the_baseline(repository: Repository, everyday_bundle: Path, intent: str) -> None:
    suite = load_suite(repository.suite({**RIGHT, "intent": intent}, OUTSIDE))
    router = Router.load(everyday_bundle)
    report = Report(provenance_of(router), (suite_result(suite, run(router, suite)),), {})
    write_report(report, repository.pytester.path / "evals" / "baseline.json")
    repository.suite({**RIGHT, "intent": intent}, OUTSIDE, WRONG)
    repository.gates({"metric": "accuracy", "no_worse_than_baseline_by": 0.0})
    repository.settings["router_baseline"] = "evals/baseline.json"
    result = repository.run()
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=3 if intent == "set_alarm" else 2, xfailed=1 if intent == "set_alarm" else 2)


def test_a_gate_that_needs_a_baseline_that_is_not_there_stops_the_collection(repository: Repository) -> None:
    repository.gates({"metric": "accuracy", "no_worse_than_baseline_by": 0.0})
    result = repository.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*this gate compares suite 'everyday' with a baseline, and none was given that has it"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_is_wrong_with_gates_stops_the_collection(repository: Repository) -> None:
    repository.gates({"metric": "acuracy", "floor": 0.5})
    result = repository.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["evals/gates.yaml has 1 problem", "*no metric is named 'acuracy'. Did you mean*"])


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ({"suite": "everday"}, "no suite is named 'everday'. Did you mean 'everyday'?"),
        ({"slice": {"tag": "asrr"}}, "no case has a tag named 'asrr'. Did you mean 'asr'?"),
        ({"slice": {"tool": "set_alarn"}}, "no tool is named 'set_alarn'. Did you mean 'set_alarm'?"),
    ],
)
def test_a_gate_that_names_what_is_not_there_is_an_error(
    repository: Repository, gate: dict[str, object], message: str
) -> None:
    repository.gates(LENIENT, {**LENIENT, **gate})
    result = repository.run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.parseoutcomes()["errors"] == 1
    assert result.parseoutcomes().keys() <= {"errors", "skipped"}
    result.stdout.fnmatch_lines([f"*{message}*"])
