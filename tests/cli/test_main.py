from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import router
from router.cli import main

COMMANDS = (
    "",
    "check",
    "lint",
    "compile",
    "route",
    "repl",
    "init",
    "encoders",
    "encoders compare",
    "encoders export",
    "encoders distill",
    "encoders trim",
    "shadow",
    "shadow report",
    "overlay",
    "tune",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_reads_as_it_was_reviewed(
    command: str, capsys: pytest.CaptureFixture[str], golden: Callable[[str, str], None]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([*command.split(), "--help"])
    golden(f"help_{command.replace(' ', '_') or 'router'}.txt", capsys.readouterr().out)


def test_the_version_is_the_packages_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"router {router.__version__}\n"


@pytest.mark.parametrize("argv", [[], ["dance"], ["check"], ["compile", "x", "--max-false-accept", "nan"]])
def test_arguments_that_make_no_sense_exit_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(argv)
    assert "usage: router" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, contextlib\n"
        "from router.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['route', '--help'])\n"
        "heavy = {'sklearn', 'scipy', 'onnxruntime', 'tokenizers', 'yaml', 'jsonschema', 'tqdm'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(router.__file__).parents[1], capture_output=True)
