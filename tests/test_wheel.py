"""What users install is the wheel, so it is built, looked into, installed and used."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own; its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder, wheel)
    return folder


def test_the_wheel_holds_what_is_needed_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "router/py.typed",
        "router/declarations/tool.schema.json",
        "router/cli/scaffold/set_timer.yaml",
        *(f"router/encoders/minilm/{name}" for name in ("model.onnx", "tokenizer.json", "encoder.json")),
    ):
        assert needed in names


def test_the_wheel_holds_every_licence_and_says_so(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    licences = ("LICENSE", "router/encoders/minilm/LICENSE", "router/encoders/minilm/NOTICE")
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = archive.read(f"{info}/METADATA").decode()
    for licence in licences:
        assert archive.read(f"{info}/licenses/{licence}") == (ROOT / licence).read_bytes()
        assert f"License-File: {licence}\n" in metadata
    assert "License-Expression: Apache-2.0\n" in metadata


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"router"}
    assert [name for name in names if "__pycache__" in name or "/tests/" in name] == []


def test_the_wheel_is_small_enough_for_a_phone_app(wheel: Path) -> None:
    assert wheel.stat().st_size < 24_000_000


def test_an_installed_wheel_trains_saves_loads_and_routes(installed: Path, tmp_path: Path) -> None:
    script = """
import sys
import router
from router.cli import main

assert router.__file__.startswith(sys.argv[1]), router.__file__
assert main(["init", "my_tools"]) == 0
assert main(["compile", "my_tools", "--no-cache"]) == 0
assert main(["route", "put", "the", "hall", "lights", "on"]) == 0
"""
    said = run("-c", script, installed, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)})
    assert said.splitlines()[-1].startswith("call set_light ")


def test_an_installed_wheel_has_the_command(installed: Path) -> None:
    (command,) = (installed / "bin").glob("router*") if os.name == "posix" else (installed / "Scripts").glob("router*")
    said = run(command, "--version", env={**os.environ, "PYTHONPATH": str(installed)})
    assert said.startswith("router ")


def run(*arguments: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run Python and return what it prints; show what it printed where it fails."""
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
