"""A repository with a suite and a bundle, in which pytest runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from router import Router

RIGHT = {"utterance": "wake me at ten", "intent": "set_alarm", "tags": ["asr"]}
WRONG = {"utterance": "text anna", "intent": "play_music", "tags": ["typo"]}
OUTSIDE = {"utterance": "open the garage door", "intent": "out_of_scope"}


@dataclass(frozen=True)
class Repository:
    """A folder with `evals/`, and a configuration file that says where what is."""

    pytester: pytest.Pytester
    settings: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        file = self.pytester.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def suite(self, *rows: Mapping[str, Any], name: str = "everyday") -> Path:
        return self.write(f"evals/{name}.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))

    def gates(self, *gates: Mapping[str, Any]) -> None:
        listed = [{"reason": "so that it wakes people"} | dict(gate) for gate in gates]
        self.write("evals/gates.yaml", json.dumps({"gates": listed}))
        self.settings["router_gates"] = "evals/gates.yaml"

    def configure(self, settings: Mapping[str, str]) -> None:
        lines = [
            "[pytest]",
            "filterwarnings = error",
            *(f"{key} = {value}" for key, value in settings.items() if value),
        ]
        self.write("pytest.ini", "\n".join(lines))

    def run(self, *arguments: str | Path) -> pytest.RunResult:
        self.configure(self.settings)
        return self.pytester.runpytest(*arguments)

    def ids(self, *arguments: str | Path) -> Sequence[str]:
        """Return the ids of what would be run."""
        result = self.run("--collect-only", "-q", *arguments)
        assert result.ret in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
        return result.outlines[: result.outlines.index("")]


@pytest.fixture(scope="session")
def everyday_bundle(everyday_router: Router, tmp_path_factory: pytest.TempPathFactory) -> Path:
    bundle = tmp_path_factory.mktemp("bundles") / "everyday.bundle"
    everyday_router.save(bundle)
    return bundle


@pytest.fixture
def repository(pytester: pytest.Pytester, everyday_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A right case, a wrong one and one out of scope, asked of the bundle."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(pytester.path / "cache"))
    made = Repository(pytester, {"router_suites": "evals/*.jsonl", "router_bundle": str(everyday_bundle)})
    made.suite(RIGHT, WRONG, OUTSIDE)
    return made
