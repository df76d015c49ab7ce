import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.declarations import Location, Tool, ToolSet, load, loads
from router.errors import DeclarationError
from tests.strategies import as_yaml, damaged, tool_dicts, yaml_like

REPOSITORY = Path(__file__).parents[2]
TOOL = "name: {}\ndescription: Does something.\n"


def survives(source: str | bytes) -> None:
    """Any source gives a tool set or the one error, with a problem in it."""
    try:
        tools = loads(source)
    except DeclarationError as error:
        tools = ToolSet()
        explanation: str | None = str(error)
    else:
        explanation = None
    assert explanation is None or "problem" in explanation
    assert ToolSet.from_dict(tools.to_dict()) == tools


@given(st.binary(max_size=200) | yaml_like | yaml_like.map(str.encode))
def test_any_bytes_give_a_tool_set_or_a_declaration_error(source: str | bytes) -> None:
    survives(source)


@given(damaged(tool_dicts().map(as_yaml) | st.lists(tool_dicts(), max_size=2).map(as_yaml)))
def test_damaged_declarations_give_a_tool_set_or_a_declaration_error(source: bytes) -> None:
    survives(source)


SHIPPED = [file.read_bytes()[:1500] for file in sorted((REPOSITORY / "tool_specs").glob("*.yaml"))[:5]]
SHIPPED.append(TOOL.format("a").encode() + b"parameters: {type: object}\nexamples:\n  - one\n  - two\n")


@given(damaged(st.sampled_from(SHIPPED)))
def test_damaged_yaml_gives_a_tool_set_or_a_declaration_error(source: bytes) -> None:
    survives(source)


@given(tool_dicts())
def test_a_file_and_a_mapping_give_the_same_tool(declaration: dict[str, Any]) -> None:
    [tool] = loads(as_yaml(declaration))
    assert tool == Tool.from_dict(declaration)


def test_a_folder_is_read_at_any_depth_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ["a.yaml", "deep/er/b.yml", ".hidden.yaml", ".git/c.yaml", "d.txt"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TOOL.format(file.stem.strip(".")))
    tools = load(tmp_path)
    assert tools.names == ("a", "b")
    assert tools["b"].source == Location(str(tmp_path / "deep/er/b.yml"), 1)


def test_a_file_may_hold_documents_and_lists(tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(f"{TOOL.format('a')}---\n- {{name: b, description: B.}}\n---\nout_of_scope: [tell me a joke]\n")
    tools = load(file)
    assert tools.names == ("a", "b")
    assert tools.out_of_scope == ("tell me a joke",)
    assert tools["b"].source == Location(str(file), 4)


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TOOL.format("a"))
    assert load(tmp_path, tmp_path / "a.yaml", tmp_path / "." / "a.yaml").names == ("a",)


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\n")
    (tmp_path / "b.yaml").write_text("'")
    (tmp_path / "c.yaml").write_text("# nothing yet\n")
    (tmp_path / "d.yaml").write_text(TOOL.format("d"))
    (tmp_path / "e.yaml").write_text(TOOL.format("d"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DeclarationError, match="'description' is missing") as caught:
        load(tmp_path, tmp_path / "empty", tmp_path / "absent.yaml", os.devnull)
    found = {(Path(problem.file).name, problem.line, problem.message) for problem in caught.value.problems}
    assert found == {
        ("a.yaml", 1, "'description' is missing"),
        ("b.yaml", 1, "the quote that opens here is never closed"),
        ("c.yaml", 0, "this file declares nothing"),
        ("e.yaml", 1, f"'d' is already the name of {tmp_path / 'd.yaml'} line 1"),
        ("empty", 0, "this folder holds no *.yaml"),
        ("absent.yaml", 0, "cannot be read: No such file or directory"),
        ("null", 0, "cannot be read: it is no regular file"),
    }


def test_a_folder_without_a_tool_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "out_of_scope.yaml").write_text("out_of_scope: [tell me a joke]\n")
    with pytest.raises(DeclarationError, match="no tool is declared here"):
        load(tmp_path)


def test_a_huge_file_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"#" * (2 << 20))
    with pytest.raises(DeclarationError, match="larger than 1048576 bytes"):
        load(file)


def test_many_threads_may_load_at_once() -> None:
    source = as_yaml({"name": "a", "description": "b", "parameters": {"type": "object"}, "examples": ["c", "d"]})
    results: list[ToolSet] = []
    threads = [threading.Thread(target=lambda: results.append(loads(source))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [loads(source)] * 8


def test_a_very_wrong_file_is_explained(golden: Callable[[str, str], None]) -> None:
    source = Path(__file__).parent / "golden" / "very_wrong.yaml"
    with pytest.raises(DeclarationError, match="problems") as caught:
        loads(source.read_bytes(), "tool_specs/very_wrong.yaml")
    golden("very_wrong.txt", f"{caught.value}\n")


def test_a_contradiction_between_files_names_the_other_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TOOL.format("a") + "examples: [wake up]\n")
    (tmp_path / "b.yaml").write_text(TOOL.format("b") + "examples:\n  - Wake up\n")
    with pytest.raises(DeclarationError, match="'Wake up' is already an example of 'a'") as caught:
        load(tmp_path)
    [problem] = caught.value.problems
    assert problem.message.endswith(f"({tmp_path / 'a.yaml'} line 3)")
    assert (problem.file, problem.line) == (str(tmp_path / "b.yaml"), 4)
