"""Files and folders of YAML in, a `ToolSet` out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from router.declarations.document import MAX_BYTES
from router.declarations.toolset import ToolSet
from router.errors import DeclarationError, Problem


def load(path: str | os.PathLike[str], *more: str | os.PathLike[str]) -> ToolSet:
    """Read tools from files and folders, and check them all together.

    A folder gives its `*.yaml` and `*.yml` at any depth, hidden ones left out. A
    file that is named twice is read once. Raises DeclarationError with every
    problem of every file, and if no file declares a tool.
    """
    sources: list[tuple[str, bytes]] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for given in map(Path, (path, *more)):
        files = _yaml_files(given) if os.path.isdir(given) else [given]  # noqa: PTH112 (Path.is_dir may raise)
        if not files:
            problems.append(_of_file(given, "this folder holds no *.yaml"))
        for file in files:
            try:
                if (real := os.path.realpath(file)) in seen:
                    continue
                seen.add(real)
                sources.append((str(file), _content(file)))
            except (OSError, ValueError) as error:
                problems.append(_of_file(file, f"cannot be read: {getattr(error, 'strerror', None) or error}"))
    tools = _tool_set(sources, problems)
    if not tools:
        raise DeclarationError([_of_file(Path(path), "no tool is declared here")])
    return tools


def loads(source: str | bytes, file: str = "<string>") -> ToolSet:
    """Read tools from YAML text, or from bytes in UTF-8.

    `file` is what problems call it. Raises DeclarationError with every problem.

    >>> loads("{name: get_time, description: Tell the time.}").names
    ('get_time',)
    """
    return _tool_set([(file, source)], [])


def _tool_set(sources: Iterable[tuple[str, str | bytes]], problems: list[Problem]) -> ToolSet:
    """Read and check all sources together; raise their problems with those that are known already."""
    # PyYAML and jsonschema take longer to import than a bundle takes to load.
    from router.declarations.strict_yaml import read
    from router.declarations.validation import Checker

    checker = Checker()
    for file, source in sources:
        documents, found = read(source, file)
        problems += found
        for document in documents:
            checker.add(document)
        if not documents and not found:
            problems.append(Problem(file, 0, "", "this file declares nothing"))
    problems += checker.problems()
    try:
        tools = ToolSet(tuple(checker.tools), tuple(checker.out_of_scope), checker.out_of_scope_sources)
    except DeclarationError as error:
        problems += error.problems
    if problems:
        raise DeclarationError(problems)
    return tools


def _yaml_files(folder: Path) -> list[Path]:
    """Return the YAML files at any depth of a folder, sorted, without what is hidden."""
    found = (file for file in folder.rglob("*") if file.suffix in {".yaml", ".yml"} and file.is_file())
    return sorted(f for f in found if not any(part.startswith(".") for part in f.relative_to(folder).parts))


def _content(file: Path) -> bytes:
    """Return the bytes of a file, or one more than is allowed. Raises OSError and ValueError."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise ValueError("it is no regular file")
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _of_file(path: Path, message: str) -> Problem:
    return Problem(str(path), 0, "", message)
