from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import router
from router.cli import main

BROKEN = {
    "tools/set_alarm.yaml": "name: set_alarm\ndescription: Set an alarm.\nparameters: {type: object, requred: []}\n",
    "tools/set_timer.yaml": "name: 100% timer\ndescription: Timers.\nexamples:\n  - [a: b, 'c\n  ']\n",
    "tools/a,b:c.yaml": "",
}


@pytest.fixture
def broken() -> None:
    """Write files with something wrong in each."""
    Path("tools").mkdir()
    for name, content in BROKEN.items():
        Path(name).write_text(content)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_every_problem_is_printed_with_its_place(
    form: str, capsys: pytest.CaptureFixture[str], golden: Callable[[str, str], None]
) -> None:
    assert main(["check", "tools", "--format", form]) == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    golden(f"check_{form}.txt", captured.out)


@pytest.mark.usefixtures("broken")
def test_annotations_are_one_line_each_and_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "tools", "--format", "github"])
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("::error file=tools/") for line in lines)
    assert any(line.startswith("::error file=tools/a%2Cb%3Ac.yaml,title=") for line in lines)
    assert any("::'100%25 timer' is not a tool's name" in line for line in lines)


@pytest.mark.parametrize("form", ["text", "github"])
def test_a_folder_with_nothing_wrong_is_counted(form: str, specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(specs), "--format", form]) == 0
    assert capsys.readouterr().out == "OK: 2 tools, 6 examples, 2 out-of-scope utterances\n"


def test_json_has_the_same_keys_with_and_without_problems(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(specs), "--format", "json"]) == 0
    good = json.loads(capsys.readouterr().out)
    assert good == {"problems": [], "tools": 2, "examples": 6, "out_of_scope": 2}
    assert main(["check", "missing", "--format", "json"]) == 1
    bad = json.loads(capsys.readouterr().out)
    assert bad.keys() == good.keys()
    assert bad["tools"] is None
    assert bad["problems"][0]["file"] == "missing"


def test_check_needs_neither_scikit_learn_nor_onnx_runtime(specs: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(['sklearn', 'scipy', 'onnxruntime', 'tokenizers', 'tqdm']))\n"
        "from router.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    repository = Path(router.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code, "check", str(specs)], check=True, cwd=repository, capture_output=True)
