"""The hooks for pre-commit do what they say, each run as pre-commit runs it: its entry, then its arguments."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import TOOLS

ROOT = Path(__file__).parents[1]
HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "tool_specs").mkdir()
    for name, content in TOOLS.items():
        (tmp_path / "tool_specs" / name).write_text(content, encoding="utf-8")
    case = {"utterance": "wake me at half past six", "intent": "set_alarm"}
    (tmp_path / "suite.jsonl").write_text(json.dumps(case), encoding="utf-8")
    return tmp_path


def run(hook: str, repository: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run a hook with arguments added to its own."""
    program, *rest = shlex.split(HOOKS[hook]["entry"])
    return subprocess.run(
        [Path(sys.executable).parent / program, *rest, *HOOKS[hook].get("args", ()), *more],
        cwd=repository,
        env=os.environ | {"ROUTER_CACHE_DIR": str(repository / "cache")},
        capture_output=True,
        text=True,
    )


def test_the_hooks_are_these() -> None:
    assert list(HOOKS) == ["router-check", "router-lint", "router-eval"]
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False


def test_check_passes_and_fails(repository: Path) -> None:
    assert run("router-check", repository).returncode == 0
    (repository / "tool_specs/broken.yaml").write_text("name: broken\n", encoding="utf-8")
    done = run("router-check", repository)
    assert done.returncode == 1
    assert "tool_specs/broken.yaml has" in done.stdout


def test_lint_passes_and_fails(repository: Path) -> None:
    done = run("router-lint", repository, "--encoder=hashing")
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("router-lint", repository, "--encoder=hashing", "--strict")
    assert done.returncode == 1
    assert "warning few-examples" in done.stdout


def test_eval_takes_the_arguments_of_the_command(repository: Path) -> None:
    (repository / "gates.yaml").write_text(
        json.dumps({"gates": [{"metric": "accuracy", "floor": 0.5, "reason": "so that it wakes people"}]}),
        encoding="utf-8",
    )
    asked = ("--specs=tool_specs", "--encoder=hashing", "--suite=suite.jsonl", "--gates=gates.yaml")
    done = run("router-eval", repository, *asked)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run("router-eval", repository).returncode == 2


def test_eval_waits_for_a_push_and_for_files_that_it_reads() -> None:
    hook = HOOKS["router-eval"]
    assert hook["stages"] == ["pre-push", "manual"]
    assert all(re.search(hook["files"], name) for name in ("a/b.yaml", "gates.yml", "suite.jsonl", "suite.csv"))
    assert not re.search(hook["files"], "router/csv.py")


def test_hooks_install_extras_that_the_package_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        extra
        for hook in HOOKS.values()
        for needed in hook.get("additional_dependencies", ())
        for extra in re.fullmatch(r"\.\[(.*)\]", needed)[1].split(",")  # type: ignore[index]
    }
    assert wanted <= set(project["optional-dependencies"])
