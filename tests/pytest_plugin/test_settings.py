from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pytest_plugin.conftest import OUTSIDE, RIGHT, Repository


def test_pytest_imports_nothing_for_a_repository_that_configures_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys
        def test_imports():
            assert "router.pytest_plugin" in sys.modules
            assert not {"numpy", "onnxruntime", "sklearn", "yaml", "jsonschema", "tokenizers"}.intersection(sys.modules)
            assert not {"router.evaluation", "router.pytest_plugin.items"}.intersection(sys.modules)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_plugin_itself_imports_only_pytest_and_the_standard_library() -> None:
    code = (
        "import sys, pytest, router; before = set(sys.modules); import router.pytest_plugin;"
        "print(*(set(sys.modules) - before - {'router.pytest_plugin'} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_repository_that_configures_nothing_collects_nothing(repository: Repository) -> None:
    repository.settings.clear()
    result = repository.run()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_plugin_can_be_left_out(repository: Repository) -> None:
    repository.pytester.makepyfile("def test_one(): pass")
    repository.write("pytest.ini", "[pytest]\nrouter_suites = evals/*.jsonl\nrouter_bundle = missing.bundle\n")
    repository.pytester.runpytest("-p", "no:intent_router").assert_outcomes(passed=1, warnings=2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"router_suites": ""}, "router_bundle is set, but router_suites is not: it names the suites to collect"),
        ({"router_bundle": ""}, "router_suites is set, but neither router_bundle nor router_specs is. Set one."),
        (
            {"router_specs": "tools"},
            "router_bundle and router_specs are both set. The suites ask one router: keep one*",
        ),
        ({"router_suites": "evals/*.jsnl"}, "router_suites: 'evals/?.jsnl' matches no suite in *"),
        ({"router_gates": "gates.yaml"}, "router_gates: *gates.yaml does not exist"),
        ({"router_bundle": "", "router_specs": "tools"}, "router_specs: *tools does not exist"),
        ({"router_baseline": "old.json"}, "router_baseline is set, but router_gates is not: only gates compare with *"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(
    repository: Repository, settings: dict[str, str], message: str
) -> None:
    repository.settings.update(settings)
    result = repository.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_two_suites_of_one_name_are_refused(repository: Repository) -> None:
    repository.suite(RIGHT, name="more/everyday")
    repository.settings["router_suites"] = "evals/**/*.jsonl"
    result = repository.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: router_suites: *everyday.jsonl and *everyday.jsonl are both 'everyday'. *"])


def test_both_on_the_command_line_are_refused_too(repository: Repository) -> None:
    result = repository.run("--router-bundle=a.bundle", "--router-specs=tools")
    result.stderr.fnmatch_lines(["ERROR: router_bundle and router_specs are both set*"])


def test_the_command_line_names_another_router_than_the_file(repository: Repository, everyday_bundle: Path) -> None:
    repository.settings.update({"router_bundle": "", "router_specs": "missing", "router_encoder": "no such encoder"})
    repository.run(f"--router-bundle={everyday_bundle}").assert_outcomes(passed=2, failed=1)


def test_paths_of_the_command_line_are_relative_to_where_it_is_typed(
    repository: Repository, everyday_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.gates({"metric": "accuracy", "floor": 0.5})
    repository.configure(repository.settings | {"router_gates": ""})
    monkeypatch.chdir(repository.pytester.path / "evals")
    bundle = os.path.relpath(everyday_bundle)
    result = repository.pytester.runpytest(f"--router-bundle={bundle}", "--router-gates=gates.yaml")
    result.assert_outcomes(passed=3, xfailed=1)


def test_paths_of_the_file_are_relative_to_rootdir(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.gates({"metric": "accuracy", "floor": 0.5})
    monkeypatch.chdir(repository.pytester.path / "evals")
    repository.run().assert_outcomes(passed=3, xfailed=1)


@pytest.mark.parametrize("testpaths", ["tests", "tests evals"])
def test_suites_outside_testpaths_are_collected_and_none_twice(repository: Repository, testpaths: str) -> None:
    repository.write("tests/test_one.py", "def test_one(): pass")
    repository.settings["testpaths"] = testpaths
    repository.run().assert_outcomes(passed=3, failed=1)


@pytest.mark.parametrize("argument", ["tests", "tests/test_one.py::test_one"])
def test_suites_are_left_out_where_something_else_is_asked_for(repository: Repository, argument: str) -> None:
    repository.write("tests/test_one.py", "def test_one(): pass")
    repository.settings.update({"testpaths": "tests", "router_bundle": "not-built-yet.bundle"})
    repository.run(argument).assert_outcomes(passed=1)


def test_a_card_is_no_suite_and_yaml_and_csv_are(repository: Repository) -> None:
    repository.write("evals/everyday.card.yaml", "description: What people say.\n")
    repository.write("evals/more.yaml", "cases:\n  - {utterance: play some blues, intent: play_music}\n")
    repository.write("evals/most.csv", "utterance,intent\nopen the garage door,out_of_scope\n")
    repository.settings["router_suites"] = "evals/*.yaml evals/*.csv"
    assert repository.ids() == ["evals/more.yaml::play some blues", "evals/most.csv::open the garage door"]


def test_a_pattern_may_be_absolute(repository: Repository) -> None:
    repository.suite(OUTSIDE, name="other")
    repository.settings["router_suites"] = str(repository.pytester.path / "evals" / "oth*")
    assert repository.ids() == ["evals/other.jsonl::open the garage door"]
