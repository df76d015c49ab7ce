"""The GitHub Action runs here as a runner would: its shell blocks by bash, its inputs as the action passes them on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import TOOLS

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / ".github/actions/router-eval/action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
RIGHT = {"utterance": "wake me at half past six", "intent": "set_alarm"}
OUTSIDE = {"utterance": "who won last night", "intent": "out_of_scope"}
GATE = {"metric": "decision_accuracy", "floor": 0.1, "reason": "so that it wakes people"}

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the action's steps are for bash")


@dataclass
class Job:
    """A checkout in which the action runs; installing is left out."""

    workspace: Path
    code: int = 0
    log: str = ""
    ran: list[str] = field(default_factory=list)
    uploads: list[dict[str, str]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        file = self.workspace / "summary.md"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def run(self, **given: str) -> Job:
        """Run the steps as far as their conditions and the one that fails let them."""
        inputs = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        assert not given.keys() - {name.replace("-", "_") for name in inputs}
        known = {f"inputs.{name}": given.get(name.replace("-", "_"), value) for name, value in inputs.items()}
        for step in STEPS:
            if self.code or step.get("id") == "install" or not holds(step.get("if", ""), known):
                continue
            if "run" in step:
                self._shell(step, known)
            elif "upload-artifact" in step["uses"]:
                self.uploads.append({key: filled(value, known) for key, value in step["with"].items()})
        self.outputs = {name: filled(each["value"], known) for name, each in ACTION["outputs"].items()}
        return self

    def _shell(self, step: Mapping[str, Any], known: dict[str, str]) -> None:
        self.ran.append(step["id"])
        output = self.workspace / "output.txt"
        output.write_text("")
        script = self.workspace / "step.sh"
        script.write_text(step["run"])
        assert step["shell"] == "bash"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env=os.environ
            | {name: filled(value, known) for name, value in step.get("env", {}).items()}
            | {
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.workspace / "summary.md"),
                "RUNNER_TEMP": str(self.workspace),
                "ROUTER_CACHE_DIR": str(self.workspace / "cache"),
            },
            capture_output=True,
            text=True,
        )
        self.code = done.returncode
        self.log += done.stdout + done.stderr
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            known[f"steps.{step['id']}.outputs.{name}"] = value


def filled(text: str, known: Mapping[str, str]) -> str:
    """Put values in place of `${{ … }}`, nothing where there is none, as a runner does."""
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known.get(found[1], ""), text)


def holds(condition: str, known: Mapping[str, str]) -> bool:
    """Whether a condition holds: comparisons with `||` between them."""
    if not condition:
        return True
    compared = re.findall(r"(\S+) (==|!=) '([^']*)'", condition)
    assert " || ".join(f"{a} {how} '{b}'" for a, how, b in compared) == condition
    return any((known.get(name, "") == value) == (how == "==") for name, how, value in compared)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A checkout with tools, a suite and a gate that passes."""
    for name, content in TOOLS.items():
        write(tmp_path / "my tools" / name, content)
    write(tmp_path / "suites/a.jsonl", f"{json.dumps(RIGHT)}\n{json.dumps(OUTSIDE)}\n")
    write(tmp_path / "gates.yaml", json.dumps({"gates": [GATE]}))
    return Job(tmp_path)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("bundle")
    for name, content in TOOLS.items():
        write(folder / "tools" / name, content)
    command = [sys.executable, "-m", "router", "compile", "tools", "-o", "x.bundle", "--encoder=hashing", "--no-cache"]
    subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    return str(folder / "x.bundle")


def write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def test_tools_are_checked_linted_compiled_and_evaluated_and_the_report_is_published(job: Job) -> None:
    job.run(specs="my tools\n", suites="suites/*.jsonl", gates="gates.yaml", encoder="hashing")
    assert job.code == 0, job.log
    assert job.ran == ["check", "lint", "bundle", "eval", "summary", "conclude"]
    folder = job.workspace / "router-report"
    assert {file.name for file in folder.iterdir()} == {"report.json", "report.md", "report.html", "junit.xml"}
    assert job.summary == (folder / "report.md").read_text(encoding="utf-8")
    assert job.uploads == [{"name": "router-report", "path": "router-report"}]
    assert Path(job.outputs["bundle"]).is_dir()
    assert job.outputs["report"] == "router-report"


def test_a_failing_gate_fails_the_job_when_the_report_is_published(job: Job, bundle: str) -> None:
    wrong = {"utterance": "play some jazz", "intent": "set_alarm"}
    write(job.workspace / "suites/b.jsonl", json.dumps(wrong))
    gates = [GATE, {"metric": "accuracy", "suite": "b", "floor": 0.9, "reason": "so that it wakes people"}]
    write(job.workspace / "gates.yaml", json.dumps({"gates": gates}))
    suites = "suites/a.jsonl\nsuites/b.jsonl"
    job.run(specs="my tools", bundle=bundle, suites=suites, gates="gates.yaml", encoder="hashing")
    assert job.code == 1
    assert job.ran[-2:] == ["summary", "conclude"]
    assert "accuracy" in job.summary
    assert len(job.uploads) == 1
    assert re.search(r"^::error .*accuracy", job.log, re.MULTILINE)
    assert re.search(r"^::\w+ file=my tools/\w+.yaml,line=\d", job.log, re.MULTILINE), job.log


def test_what_lint_finds_fails_the_job_after_the_evaluation(job: Job, bundle: str) -> None:
    job.run(specs="my tools", bundle=bundle, suites="suites/a.jsonl", encoder="hashing", strict_lint="true")
    assert job.code == 1
    assert job.ran == ["check", "lint", "bundle", "eval", "summary", "conclude"]
    assert "::warning file=my tools/" in job.log


def test_tool_files_that_are_wrong_end_it_with_annotations(job: Job) -> None:
    write(job.workspace / "my tools/broken.yaml", "name: broken\ndescripton: Nothing.\n")
    job.run(specs="my tools", suites="suites/a.jsonl", encoder="hashing")
    assert (job.code, job.ran) == (1, ["check"])
    assert "::error file=my tools/broken.yaml,line=2" in job.log


def test_a_bundle_is_evaluated_as_it_is(job: Job, bundle: str) -> None:
    job.run(bundle=bundle, suites="suites/a.jsonl", report="out", artifact="evaluation")
    assert job.code == 0, job.log
    assert job.ran == ["bundle", "eval", "summary", "conclude"]
    assert job.uploads == [{"name": "evaluation", "path": "out"}]
    assert job.outputs == {"bundle": bundle, "report": "out"}


def test_a_report_is_a_baseline(job: Job, bundle: str) -> None:
    assert job.run(bundle=bundle, suites="suites/a.jsonl", report="before").code == 0
    gate = {"metric": "accuracy", "no_worse_than_baseline_by": 0.0, "reason": "never worse"}
    write(job.workspace / "gates.yaml", json.dumps({"gates": [gate]}))
    job.run(bundle=bundle, suites="suites/a.jsonl", gates="gates.yaml", baseline="before/report.json")
    assert job.code == 0, job.log
    assert "baseline" in job.log


@pytest.mark.parametrize("suites", ["suites/none.jsonl", "suites/none*.jsonl", "broken.jsonl"])
def test_a_suite_that_cannot_be_run_ends_with_2_and_without_a_report(job: Job, bundle: str, suites: str) -> None:
    write(job.workspace / "broken.jsonl", '{"utterance": "wake me"}\n')
    job.run(bundle=bundle, suites=suites)
    assert (job.code, job.summary, job.uploads) == (2, "", [])
    assert Path(suites).name in job.log


def test_something_must_be_evaluated(job: Job) -> None:
    assert job.run(suites="suites/a.jsonl").code == 2
    assert "::error title=router-eval::neither the input 'specs' nor 'bundle' is given" in job.log


HOSTILE = ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'; touch pwned; '", "x\ntouch pwned", "--help"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_input_is_ever_a_command(job: Job, bundle: str, hostile: str) -> None:
    fine = {"bundle": bundle, "suites": "suites/a.jsonl"}
    Job(job.workspace).run(**dict.fromkeys(("specs", "bundle", "suites"), hostile))
    Job(job.workspace).run(bundle=hostile, suites=hostile)
    Job(job.workspace).run(**fine, **dict.fromkeys(("gates", "baseline", "encoder", "report"), hostile))
    assert not (job.workspace / "pwned").exists()
    assert not any(file.name == "pwned" for file in job.workspace.rglob("*"))


def installed(folder: Path, known: Mapping[str, str]) -> str:
    """Return the arguments with which the action calls Python to install the package, each in <>."""
    stub = folder / "bin" / "python"
    write(stub, "#!/bin/sh\nprintf '<%s>' \"$@\"\n")
    stub.chmod(0o755)
    (install,) = (step for step in STEPS if step.get("id") == "install")
    environment = {"PATH": f"{stub.parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {name: filled(value, known) for name, value in install["env"].items()}
    command = ["bash", "-eo", "pipefail", "-c", install["run"]]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("package", ["intent-router[train,eval]==0.1.0", *HOSTILE])
def test_the_package_is_one_argument_of_pip(tmp_path: Path, package: str) -> None:
    said = installed(tmp_path, {"inputs.package": package})
    assert said == f"<-m><pip><install><--disable-pip-version-check><--quiet><--><{package}>"
    assert not (tmp_path / "pwned").exists()


def test_inputs_reach_the_shell_as_environment_variables_only() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")


def test_every_input_is_used_and_every_used_one_is_declared() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


def test_what_is_installed_by_default_is_the_action_s_own_checkout_with_extras_that_it_has(tmp_path: Path) -> None:
    """No registry has this package; and the action and the package should be of one version."""
    said = installed(tmp_path, {"github.action_path": str(ROOT / ".github/actions/router-eval")})
    folder, _, extras = said.rpartition("<")[2].rstrip("]>").partition("[")
    assert Path(folder).resolve() == ROOT
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert extras == "train,eval"
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
