"""The documents cannot drift: whatever they show is run, and what they say comes out must come out.

| fence | what happens to it |
|---|---|
| `yaml` | must be a valid declaration; with a first line `# my_tools/x.yaml` it is also written there |
| `python` | is run, all blocks in one namespace; after `>>>`, the output must be the one shown |
| `jsonl`, `csv` | must be a suite |
| `console` | `$ router …` is run and its output must be the one shown; `git`, `cd`, `make` and `pip` are not run |
| `text` | is looked at by people only |

`...` stands for anything. Decimals may be off by `TOLERANCE`, because another
processor rounds otherwise. `--update-golden` writes what comes out into the
document, where the two differ.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from router.cli import main
from router.declarations import load, loads
from router.evaluation import load_suite
from router.evaluation.gates import load_gates

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "tool_specs/README.md", "router/evaluation/README.md")
TOLERANCE = 0.05
NOT_RUN = {"git", "cd", "make", "pip"}


@dataclass(frozen=True)
class Block:
    """A fenced code block."""

    kind: str
    text: str
    start: int
    """Where its text begins in the document."""


@dataclass(frozen=True)
class Shown:
    """Something that is run and the output that the document shows."""

    output: str
    start: int
    """Where the output begins in the document."""
    indent: str
    run: Callable[[], str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working folder that looks like the repository's root to someone who routes."""
    (tmp_path / "tool_specs").symlink_to(ROOT / "tool_specs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "88")
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ROUTER_BUNDLE", raising=False)
    return tmp_path


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_shows_is_what_happens(name: str, folder: Path, request: pytest.FixtureRequest) -> None:
    document = (ROOT / name).read_text("utf-8")
    namespace: dict[str, Any] = {"__name__": "__readme__"}
    differences: list[tuple[Shown, str]] = []
    for block in blocks(document):
        try:
            for shown in shown_in(block, namespace, folder):
                actual = shown.run()
                if not agrees(shown.output, actual):
                    differences.append((shown, actual))
        except Exception as error:
            raise AssertionError(f"{name} line {line(document, block.start)}: this block fails") from error
    if request.config.getoption("--update-golden"):
        (ROOT / name).write_text(updated(document, differences), "utf-8")
    else:
        assert not differences, "\n".join(
            f"{name} line {line(document, shown.start)} shows\n{shown.output}but what comes out is\n{actual}"
            for shown, actual in differences
        )


def test_the_tool_on_the_first_screen_is_the_one_that_ships() -> None:
    first = next(block for block in blocks((ROOT / "README.md").read_text("utf-8")) if block.kind == "yaml")
    (shown,) = loads(first.text)
    shipped = load(ROOT / "tool_specs")[shown.name]
    assert shown.description == shipped.description
    assert set(shown.examples) <= set(shipped.examples)
    assert set(shown.counterexamples) <= set(shipped.counterexamples)
    assert shown.parameters["properties"].items() <= shipped.parameters["properties"].items()


def test_no_utterance_on_the_first_screen_is_an_example() -> None:
    session = next(block for block in blocks((ROOT / "README.md").read_text("utf-8")) if block.kind == "console")
    asked = set(re.findall(r"^\$ router route (.*)", session.text, re.MULTILINE))
    tools = load(ROOT / "tool_specs")
    known = {*tools.out_of_scope, *(example.utterance for tool in tools for example in tool.examples)}
    assert len(asked) >= 3
    assert {each.casefold() for each in asked}.isdisjoint(each.casefold() for each in known)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_files_a_document_links_to_exist(name: str) -> None:
    document = (ROOT / name).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document)
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_an_ellipsis_stands_for_anything_and_decimals_may_be_a_little_off() -> None:
    assert agrees("call set_alarm 0.87\n", "call set_alarm 0.90\n")
    assert agrees("a ... z\n...\n", "a b c z\nmore\n")
    assert agrees("a  1\n", "a     1\n")
    assert not agrees("call set_alarm 0.87\n", "call set_alarm 0.97\n")
    assert not agrees("call set_alarm 0.87\n", "call set_timer 0.87\n")
    assert not agrees("49 tools\n", "50 tools\n")
    assert not agrees("", "anything\n")


def blocks(document: str) -> Iterator[Block]:
    """Yield the fenced blocks of a document, which stand at the beginning of a line."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", document, re.DOTALL | re.MULTILINE):
        yield Block(match[1], match[2], match.start(2))


def shown_in(block: Block, namespace: dict[str, Any], folder: Path) -> Iterator[Shown]:
    """Yield what a block shows; do what it says where it shows nothing."""
    match block.kind:
        case "yaml":
            named = re.match(r"# (?:my_tools/)?([\w.]+\.yaml)\n", block.text)
            if named:
                file = folder / named[0][2:].strip()
                file.parent.mkdir(exist_ok=True)
                file.write_text(block.text, "utf-8")
            match named and named[1]:
                case "suite.yaml":
                    load_suite(file)
                case "gates.yaml":
                    load_gates(file)
                case "suite.card.yaml":
                    file.with_name("suite.csv").write_text("utterance,intent\nhum,out_of_scope\n", "utf-8")
                    assert load_suite(file.with_name("suite.csv")).card.description
                case _:
                    loads(block.text)
        case "jsonl" | "csv":
            file = folder / f"suite.{block.kind}"
            file.write_text(block.text, "utf-8")
            load_suite(file)
        case "console":
            yield from _session(block)
        case "python" if ">>> " in block.text:
            yield from _doctest(block, namespace)
        case "python":
            exec(compile(block.text, "<document>", "exec"), namespace)
        case "text":
            pass
        case _:
            raise AssertionError(f"nobody knows what to do with a block of {block.kind!r}")


def _session(block: Block) -> Iterator[Shown]:
    for match in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        program, *arguments = shlex.split(match[1], comments=True)
        if program == "router":
            yield Shown(match[2], block.start + match.start(2), "", lambda given=arguments: _command(given))  # type: ignore[misc]
        else:
            assert program in NOT_RUN, f"{match[1]!r} is not run, and would not be noticed if it failed"
            assert not match[2], f"{match[1]!r} is not run, so nobody knows what comes out"
            if program == "make":
                assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), match[1]


def _command(arguments: list[str]) -> str:
    """Run a command of `router` and return all that it prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.suppress(SystemExit):
        main(arguments)
    return output.getvalue()


def _doctest(block: Block, namespace: dict[str, Any]) -> Iterator[Shown]:
    lines = block.text.splitlines(keepends=True)
    for example in doctest.DocTestParser().get_examples(block.text):
        before = example.lineno + example.source.count("\n")
        start = block.start + sum(map(len, lines[:before]))
        want = "".join(lines[before : before + example.want.count("\n")])
        yield Shown(want, start, " " * example.indent, lambda source=example.source: _statement(source, namespace))  # type: ignore[misc]


def _statement(source: str, namespace: dict[str, Any]) -> str:
    """Run a statement as Python's prompt does and return what it prints; of an exception, its type and message."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            exec(compile(source, "<document>", "single"), namespace)
        except Exception as error:
            print("Traceback (most recent call last):")
            print(*traceback.format_exception_only(error), sep="", end="")
    return output.getvalue()


def agrees(shown: str, actual: str) -> bool:
    """Whether an output is the one shown, apart from `...`, how decimals are rounded and how wide columns are."""
    pattern = re.escape(shown.rstrip()).replace(r"\.\.\.", ".*?")
    pattern = re.sub(r"\d+\\\.\d+", r"(\\d+\\.\\d+)", pattern)
    pattern = re.sub(r"(\\ ){2,}", " {2,}", pattern)
    found = re.fullmatch(pattern, "\n".join(map(str.rstrip, actual.rstrip().splitlines())), re.DOTALL)
    if found is None:
        return False
    decimals = re.findall(r"\d+\.\d+", shown.replace("...", " "))
    return all(abs(float(one) - float(other)) <= TOLERANCE for one, other in zip(decimals, found.groups(), strict=True))


def updated(document: str, differences: list[tuple[Shown, str]]) -> str:
    """Return the document with what came out where it differs from what was shown."""
    for shown, actual in reversed(differences):
        lines = "".join(f"{shown.indent}{text}".rstrip() + "\n" for text in actual.rstrip().splitlines())
        document = document[: shown.start] + lines + document[shown.start + len(shown.output) :]
    return document


def line(document: str, position: int) -> int:
    """Return the 1-based line of a position."""
    return document.count("\n", 0, position) + 1


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_section_stands_twice(document: str) -> None:
    text = re.sub(r"^```.*?^```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ .*", text, re.MULTILINE)
    assert sorted(headings) == sorted(set(headings))
