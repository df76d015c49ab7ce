from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.evaluation import Case
from router.pytest_plugin.items import LONGEST_NAME, case_name
from tests.pytest_plugin.conftest import OUTSIDE, RIGHT, WRONG, Repository


def test_a_case_is_a_test_named_by_its_utterance(repository: Repository) -> None:
    assert repository.ids() == [
        "evals/everyday.jsonl::wake me at ten",
        "evals/everyday.jsonl::text anna",
        "evals/everyday.jsonl::open the garage door",
    ]


def test_names_are_short_in_one_line_and_each_its_own(repository: Repository) -> None:
    same = {"utterance": "la " * 99, "intent": "out_of_scope"}
    repository.suite(
        {"utterance": "", "intent": "out_of_scope"},
        {"utterance": "\x1b[31mred\nalarm::[x]", "intent": "out_of_scope"},
        {"utterance": "天気は?", "intent": "get_weather"},
        *({**same, "id": f"{n}"} for n in range(3)),
    )
    cut = f"evals/everyday.jsonl::{('la ' * 99)[: LONGEST_NAME - 1]}…"
    assert repository.ids() == [
        "evals/everyday.jsonl::(nothing)",
        r"evals/everyday.jsonl::\x1b[31mred alarm: :[x]",
        "evals/everyday.jsonl::天気は?",
        cut,
        f"{cut} (2)",
        f"{cut} (3)",
    ]


@given(st.text() | st.text(":[] \x1b\n\ud800"))
def test_any_utterance_makes_a_name_that_can_stand_in_an_id(utterance: str) -> None:
    name = case_name(Case("1", utterance, ()))
    assert name.encode(sys.getfilesystemencoding())
    assert name.isprintable() or "\u200c" in name or "\u200d" in name
    assert 0 < len(name) <= LONGEST_NAME * 2
    assert "::" not in name


@pytest.mark.parametrize("name", ["text anna", "a [b] c", r"\x1b[31mred: :"])
def test_an_id_names_its_test_on_the_command_line(repository: Repository, name: str) -> None:
    repository.suite(
        RIGHT,
        WRONG,
        {"utterance": "a [b] c", "intent": "flip_coin"},
        {"utterance": "\x1b[31mred::", "intent": "flip_coin"},
    )
    assert repository.ids(f"evals/everyday.jsonl::{name}") == [f"evals/everyday.jsonl::{name}"]


def test_a_wrong_decision_fails_with_what_it_rests_on_and_without_a_traceback(repository: Repository) -> None:
    result = repository.run()
    result.assert_outcomes(passed=2, failed=1)
    start = result.outlines.index(next(line for line in result.outlines if "everyday: text anna" in line))
    assert result.outlines[start + 1 : start + 5] == [
        "'text anna' should call play_music, but called send_message (0.98).",
        "  in scope 0.98; candidates: send_message 1.00, set_alarm 0.00, play_music 0.00",
        "  nearest of send_message: 'text anna that i am late' (0.67), 'text jim' (0.48), "
        "'send a text to the team' (0.37)",
        "  nearest of play_music: its description (0.05), 'play some jazz' (0.00), 'play the beatles' (0.00)",
    ]
    assert "=== short test summary" in result.outlines[start + 5]
    result.stdout.fnmatch_lines(["FAILED evals/everyday.jsonl::text anna - *'text anna' should call play_music, but *"])


def test_wrong_arguments_of_a_right_call_fail_where_the_case_states_them(repository: Repository) -> None:
    stated = [{}, {"arguments": {"time": "ten"}}, {"arguments": {"time": "nine"}}]
    repository.suite(*(RIGHT | more | {"id": str(n)} for n, more in enumerate(stated)))
    result = repository.run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ['wrong arguments: \'wake me at ten\' -> set_alarm {"time": "ten"}, for {"time": "nine"}']
    )


def test_a_false_accept_and_a_counterexample_say_so(repository: Repository) -> None:
    repository.suite(
        {"utterance": "message bob", "intent": "out_of_scope"},
        {"utterance": "turn my alarm off", "intent": "set_alarm"},
    )
    result = repository.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "'message bob' is out of scope, but called send_message (*).",
            "'turn my alarm off' should call set_alarm, but *",
            "  a counterexample of set_alarm, word for word",
        ]
    )


def test_a_failure_stands_at_the_line_of_its_row(repository: Repository) -> None:
    result = repository.run("--tb=line", "--junit-xml=junit.xml", "-o", "junit_family=xunit1")
    result.stdout.fnmatch_lines(["*everyday.jsonl:2: *'text anna' should call play_music, but *"])
    (failed,) = ET.parse(repository.pytester.path / "junit.xml").iterfind(".//testcase[failure]")
    assert (failed.get("file"), failed.get("line")) == ("evals/everyday.jsonl", "1")  # pytest counts from 0 there


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("asr", ["wake me at ten"]),
        ("typo or out_of_scope", ["text anna", "open the garage door"]),
        ("set_alarm", ["wake me at ten"]),
        ("not everyday", []),
    ],
)
def test_tags_and_tools_are_keywords(repository: Repository, expression: str, names: list[str]) -> None:
    assert repository.ids("-k", expression) == [f"evals/everyday.jsonl::{name}" for name in names]


def test_junit_xml_has_the_decision_and_its_probabilities(repository: Repository) -> None:
    repository.run("--junit-xml=junit.xml")
    cases = ET.parse(repository.pytester.path / "junit.xml").iter("testcase")
    said = {case.get("name"): {each.get("name"): each.get("value") for each in case.iter("property")} for case in cases}
    assert said["wake me at ten"]["decision"] == "call set_alarm"
    assert said["open the garage door"]["decision"] == "abstain"
    assert said["text anna"].items() >= {("intent", "play_music"), ("verdict", "wrong_call")}
    assert float(said["text anna"]["probability send_message"] or 0) > 0.9
    assert 0 < float(said["open the garage door"]["in_scope"] or 0) < 0.5


def test_what_failed_last_runs_alone(repository: Repository) -> None:
    repository.run()
    repository.run("--lf").assert_outcomes(failed=1)
    repository.suite(RIGHT, {**WRONG, "intent": "send_message"}, OUTSIDE)
    repository.run("--lf").assert_outcomes(passed=1)


def test_a_run_ends_at_the_first_failure_if_it_should(repository: Repository) -> None:
    repository.run("-x").assert_outcomes(passed=1, failed=1)


def test_what_is_wrong_with_a_suite_is_said_by_line_without_a_traceback(repository: Repository) -> None:
    repository.write("evals/everyday.jsonl", '{"utterance": "wake me", "intnt": "set_alarm"}\n{"utterance": 5}\n')
    result = repository.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    start = next(n for n, line in enumerate(result.outlines) if "ERROR collecting" in line)
    assert result.outlines[start + 1] == "evals/everyday.jsonl has 4 problems"
    assert result.outlines[start + 2].startswith("  line 1   ")
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")
