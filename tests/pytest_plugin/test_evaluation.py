from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

import pytest

from router import Router
from tests.pytest_plugin.conftest import RIGHT, WRONG, Repository


def test_the_router_is_loaded_once_and_only_to_ask(repository: Repository, everyday_bundle: Path) -> None:
    repository.suite(RIGHT, name="other")
    with mock.patch.object(Router, "load", wraps=Router.load) as load:
        repository.run("--collect-only")
        assert load.call_count == 0
        repository.run().assert_outcomes(passed=3, failed=1)
        load.assert_called_once_with(everyday_bundle, None)


@pytest.mark.parametrize(
    ("bundle", "message"),
    [
        ("missing.bundle", "router_bundle: *missing.bundle does not exist. 'router compile' writes it."),
        ("evals", "evals?manifest.json: is missing"),
    ],
)
def test_a_bundle_that_cannot_be_loaded_is_said_once(repository: Repository, bundle: str, message: str) -> None:
    repository.settings["router_bundle"] = bundle
    repository.write("test_other.py", "def test_other(): pass")
    result = repository.run("-rs")
    result.assert_outcomes(passed=1, errors=1, skipped=2)
    result.stdout.fnmatch_lines(["*ERROR at setup of everyday: wake me at ten*", message, "*short test summary*"])
    assert "During handling" not in result.stdout.str()
    result.stdout.fnmatch_lines(["SKIPPED * there is no router to ask, see the first error"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_intents_that_are_no_tools_are_said_by_line(repository: Repository) -> None:
    repository.suite(RIGHT, {"utterance": "wake me at one", "intent": "set_alarn"})
    result = repository.run()
    result.assert_outcomes(errors=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "evals/everyday.jsonl has 1 problem",
            "  line 2   intent: no tool is named 'set_alarn'. Did you mean 'set_alarm'?",
        ]
    )


def test_tool_files_are_trained_on_once(repository: Repository) -> None:
    wanted = {
        "play_music": ["play some jazz", "put on some music", "play a song", "i want to hear music"],
        "set_alarm": ["wake me at seven", "set an alarm for noon", "alarm at eight", "wake me up"],
    }
    for name, examples in wanted.items():
        repository.write(f"tools/{name}.yaml", f"name: {name}\ndescription: To {name}.\nexamples: {examples}\n")
    repository.suite(
        {"utterance": "play some jazz", "intent": "play_music"},
        {"utterance": "set an alarm for noon", "intent": "set_alarm"},
    )
    repository.settings.update({"router_bundle": "", "router_specs": "tools", "router_encoder": "hashing"})
    with mock.patch("router.training.train", wraps=__import__("router.training").training.train) as train:
        repository.run().assert_outcomes(passed=2)
        assert train.call_count == 1
    assert [*(repository.pytester.path / "cache").glob("embeddings-*.sqlite")]


def test_a_tool_file_that_is_wrong_is_said_once(repository: Repository) -> None:
    repository.write("tools/set_alarm.yaml", "name: set_alarm\ndescripton: Set an alarm.\n")
    repository.settings.update({"router_bundle": "", "router_specs": "tools", "router_encoder": "hashing"})
    result = repository.run()
    result.assert_outcomes(errors=1, skipped=2)
    result.stdout.fnmatch_lines(["tools/set_alarm.yaml has * problem*"])


def test_several_processes_may_share_the_tests(repository: Repository) -> None:
    repository.suite(RIGHT, WRONG, name="other")
    repository.gates({"metric": "accuracy", "floor": 0.5, "suite": "everyday"})
    repository.configure(repository.settings)
    result = repository.pytester.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=4, failed=1, xfailed=1)
    result.stdout.fnmatch_lines(["'text anna' should call play_music, but called send_message (0.98)."])


def test_a_test_that_leaves_the_folder_changes_nothing(repository: Repository) -> None:
    repository.write("a_test.py", "import os\ndef test_leave(tmp_path): os.chdir(tmp_path)")
    repository.settings["python_files"] = "a_test.py"
    before = Path.cwd()
    try:
        repository.run().assert_outcomes(passed=3, failed=1)
    finally:
        os.chdir(before)
