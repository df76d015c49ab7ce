"""What users install is the wheel, so it is built, looked into, installed and used."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from router.conversation.vocabulary import LANGUAGES
from router.encoders.card import CARD, MODEL, TOKENIZER
from router.encoders.shipped import SHIPPED, Shipped

ROOT = Path(__file__).parent.parent
PAGE = ("page.html.j2", "suite.html.j2", "changes.html.j2", "macros.html.j2", "page.css", "page.js")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", params=[each for each in SHIPPED if each.extra], ids=lambda each: each.name)
def shipped(request: pytest.FixtureRequest) -> Shipped:
    """Give each encoder that has a package of its own."""
    each: Shipped = request.param
    return each


@pytest.fixture(scope="module")
def data(shipped: Shipped, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the files of an encoder."""
    return build(ROOT / "router/encoders" / shipped.module, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a folder of its own; its dependencies are those of the tests."""
    return install(wheel, tmp_path_factory.mktemp("installed"))


def test_the_wheel_holds_what_is_needed_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "router/py.typed",
        "router/declarations/tool.schema.json",
        *(f"router/phrasing/languages/{language}.json" for language in ("de", "en", "es", "fr", "it", "nl", "pt")),
        "router/cli/scaffold/set_timer.yaml",
        *(f"router/conversation/languages/{name}.json" for name in ("mul", *LANGUAGES)),
        *(f"router/evaluation/rendering/page/{name}" for name in PAGE),
        *(f"router/encoders/en/{name}" for name in (MODEL, TOKENIZER, CARD, "MODEL_CARD.md")),
    ):
        assert needed in names


def test_the_wheel_holds_every_licence_and_says_so(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    licences = (
        *("LICENSE", "router/encoders/en/LICENSE", "router/encoders/en/NOTICE"),
        "router/arguments/declared/NOTICE",
    )
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
    packages = tuple(f"router/encoders/{each.module}/" for each in SHIPPED if each.extra)
    assert [name for name in names if name.startswith(packages)] == []


def test_the_wheel_is_small_enough_for_a_phone_app(wheel: Path) -> None:
    assert wheel.stat().st_size < 24_000_000


def test_a_wheel_of_data_holds_the_files_of_its_encoder_and_nothing_else(shipped: Shipped, data: Path) -> None:
    archive, folder = zipfile.ZipFile(data), ROOT / "router/encoders" / shipped.module
    files = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    kept = [file for file in folder.iterdir() if file.is_file() and file.name not in ("pyproject.toml", "recipe.py")]
    assert files == {f"intent_router_{shipped.module}/{file.name}": file.read_bytes() for file in kept}
    (metadata,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    assert f"Name: intent-router-{shipped.name}\n" in metadata
    assert "License-File: LICENSE\nLicense-File: NOTICE\n" in metadata
    assert "Requires-Dist" not in metadata


def test_a_wheel_of_data_is_found_wherever_it_is_installed(
    shipped: Shipped, installed: Path, data: Path, tmp_path: Path
) -> None:
    script = """
import sys
from router.encoders import available_encoders, load_encoder
from router.errors import MissingExtraError

(info,) = (info for info in available_encoders() if info.spec == sys.argv[1])
print(info.ready)
try:
    encoder = load_encoder(sys.argv[1])
    print(encoder.folder.parent, len(encoder.encode(["wake me"])))
except MissingExtraError as error:
    print(error)
"""
    without = run("-c", script, shipped.name, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)})
    assert without.splitlines() == [
        "False",
        f"encoder '{shipped.name}' needs 'intent-router-{shipped.name}'. "
        f"Install it with: pip install 'intent-router[{shipped.extra}]'",
    ]
    place = install(data, tmp_path / "data")
    both = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{place}"}
    assert run("-c", script, shipped.name, cwd=tmp_path, env=both).splitlines() == ["True", f"{place} 1"]


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


def test_the_wheel_has_the_entry_point_that_pytest_looks_for(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (listed,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
    points = configparser.ConfigParser()
    points.read_string(archive.read(listed).decode())
    assert dict(points["pytest11"]) == {"intent_router": "router.pytest_plugin"}
    assert "router/pytest_plugin/__init__.py" in archive.namelist()


def test_an_installed_wheel_makes_tests_of_a_suite(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "suite.jsonl").write_text('{"utterance": "put the hall lights on", "intent": "set_light"}\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\nrouter_suites = suite.jsonl\nrouter_specs = tools\n")
    environment = {**os.environ, "PYTHONPATH": str(installed), "ROUTER_CACHE_DIR": str(tmp_path / "cache")}
    run("-m", "router", "init", "tools", cwd=tmp_path, env=environment)
    said = run("-m", "pytest", "-v", "-W", "error", cwd=tmp_path, env=environment)
    assert "suite.jsonl::put the hall lights on PASSED" in said


def build(project: Path, folder: Path) -> Path:
    """Build a wheel without the network."""
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, project)
    (built,) = folder.glob("*.whl")
    return built


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel alone into a folder."""
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder, wheel)
    return folder


def run(*arguments: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run Python and return what it prints; show what it printed where it fails."""
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
