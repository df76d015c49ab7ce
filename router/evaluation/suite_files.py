"""Suites from files: JSON lines, YAML or CSV; all that is wrong is reported with its line.

JSON lines and CSV are read line by line, so that a million of them can be. Their
card stands in a file beside them, `NAME.card.yaml`; a YAML suite has it inside,
as `card`, and its rows as `cases`. In CSV, tags and the tools of an intent are
separated by `|`, and arguments are JSON.
"""

from __future__ import annotations

import codecs
import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from router.declarations import ToolSet
from router.declarations.document import MAX_BYTES, Document
from router.declarations.strict_yaml import read
from router.declarations.wording import hint, shown
from router.errors import Problem, SuiteError
from router.evaluation.cases import OUT_OF_SCOPE, Card, Case, Suite
from router.evaluation.rows import KEYS, case_from_row, moment, unknown_key
from router.text import normalize

MOST_PROBLEMS = 100
"""After so many the rest of a file is not read: they have one cause, and nobody reads on."""
MAX_LINE_BYTES = 1 << 20
"""How long one line may be: 1 MiB."""

SUFFIXES = (".jsonl", ".ndjson", ".yaml", ".yml", ".csv")
"""What a suite's file may be called."""


def load_suite(path: str | os.PathLike[str], tools: ToolSet | None = None) -> Suite:
    """Read a suite and check it; with `tools`, also that its intents are among them.

    The suite is named as its file, without the suffix. Raises SuiteError with
    what is wrong, and if it has no case.
    """
    file = Path(path)
    reader = _SuiteReader(file, tools)
    try:
        suite = reader.suite()
    except OSError as error:
        reader.report(0, "", f"cannot be read: {error.strerror}")
    except _TooManyError:
        reader.problems.append(Problem(str(file), 0, "", f"{MOST_PROBLEMS} problems; the rest was not read"))
    if reader.problems:
        raise SuiteError(reader.problems)
    return suite


def unknown_tool(name: str, tools: ToolSet) -> str:
    """Say that an intent is no tool, and which is near, or that it is out of scope."""
    if name.casefold() in _NONE:
        return f"no tool is named {shown(name)}. For an utterance that is for none, write {OUT_OF_SCOPE}."
    return f"no tool is named {shown(name)}.{hint(name, (*tools.names, OUT_OF_SCOPE))}"


_NONE = {"none", "null", "nothing", "oos"}


class _TooManyError(Exception):
    """Stop reading."""


class _SuiteReader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, file: Path, tools: ToolSet | None) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._tools = tools
        self._case_of_id: dict[str, Case] = {}
        self._case_of_text: dict[str, Case] = {}

    def suite(self) -> Suite:
        """Return the suite, as far as its rows can be read. Raises OSError and _TooManyError."""
        suffix = self._file.suffix.lower()
        if suffix not in SUFFIXES:
            self.report(0, "", f"the name ends in {shown(suffix)}; a suite's ends in one of {', '.join(SUFFIXES)}")
            return Suite(self._file.stem, ())
        if suffix in {".yaml", ".yml"}:
            card, rows = self._yaml()
        else:
            card = self._card_beside()
            rows = self._json_lines() if suffix in {".jsonl", ".ndjson"} else self._csv()
        cases = tuple(self._cases(rows, moment(card.now) if card.now else None))
        if not cases and not self.problems:
            self.report(0, "", "this suite holds no case")
        return Suite(self._file.stem, cases, card, str(self._file))

    def report(self, line: int, path: str, message: str) -> None:
        """Note something wrong. Raises _TooManyError."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise _TooManyError
        self.problems.append(Problem(str(self._file), line, path, message))

    def _cases(self, rows: Iterable[tuple[int, Mapping[str, Any]]], now: datetime | None) -> Iterator[Case]:
        """Yield the case of each row; one that says nothing else is said now."""
        for line, row in rows:
            case, faults = case_from_row(row, line)
            for path, message in faults:
                self.report(line, path, message)
            if case is not None:
                self._compare(case)
                yield replace(case, now=now) if case.now is None else case

    def _compare(self, case: Case) -> None:
        """Check a case against the tools and the cases before it."""
        if self._tools is not None:
            for tool in case.tools:
                if tool not in self._tools:
                    self.report(case.line, "intent", unknown_tool(tool, self._tools))
        said = normalize(case.utterance).casefold()
        same = self._case_of_text.setdefault(said, case)
        if same is not case and same.tools != case.tools:
            self.report(case.line, "intent", f"the utterance of line {same.line} is the same, but for {same.intent}")
        elif (first := self._case_of_id.setdefault(case.id, case)) is not case:
            what = "the utterance" if same is first else f"the id {shown(case.id)}"
            right = "Delete one, or give each its own id."
            self.report(case.line, "", f"{what} is already that of line {first.line}. {right}")

    def _json_lines(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for number, line in self._lines():
            if not line.strip():
                continue
            try:
                row = _json(line.rstrip())
            except RecursionError:
                self.report(number, "", "is nested too deeply")
            except json.JSONDecodeError as error:
                self.report(number, "", f"is not JSON: {error.msg} at column {error.colno}")
            except ValueError as error:
                self.report(number, "", f"is not JSON: {error}")
            else:
                if isinstance(row, dict):
                    yield number, row
                else:
                    self.report(number, "", "is no JSON object")

    def _csv(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        taken: list[int] = []
        reader = csv.reader(self._texts(taken), strict=True)
        known = len(self.problems)
        try:
            header = [name.strip() for name in next(reader, [])]
            if len(self.problems) == known:
                self._check_header(header)
            if len(self.problems) > known:
                return
            taken.clear()
            for cells in reader:
                line = taken[0]
                taken.clear()
                if cells and len(cells) != len(header):
                    self.report(line, "", f"{len(cells)} cells where the first line names {len(header)}")
                elif cells:
                    yield line, self._row(line, dict(zip(header, cells, strict=True)))
        except csv.Error as error:
            self.report(taken[0], "", f"is not CSV: {error}")

    def _check_header(self, header: Sequence[str]) -> None:
        if len(header) == 1 and ";" in header[0]:
            self.report(1, "", "semicolons part the columns; use commas")
            return
        for name in dict.fromkeys(header):
            if name not in KEYS:
                self.report(1, "", f"unknown column {unknown_key(name)}")
            elif header.count(name) > 1:
                self.report(1, "", f"the column {shown(name)} stands there twice")
        if missing := [name for name in ("utterance", "intent") if name not in header]:
            are = "are" if len(missing) > 1 else "is"
            self.report(1, "", f"the first line names the columns; {' and '.join(map(repr, missing))} {are} missing")

    def _texts(self, taken: list[int]) -> Iterator[str]:
        """Yield the lines of a text file, and note the number of each in `taken`."""
        for number, text in self._lines():
            taken.append(number)
            yield text

    def _row(self, line: int, cells: Mapping[str, str]) -> Mapping[str, Any]:
        """Return what a line of CSV says; an empty cell says nothing, save that of the utterance."""
        row: dict[str, Any] = {key: cell for key, cell in cells.items() if cell or key in {"utterance", "intent"}}
        tools = [name.strip() for name in row["intent"].split("|")]
        row["intent"] = tools if len(tools) > 1 else tools[0]
        if "tags" in row:
            row["tags"] = [tag.strip() for tag in row["tags"].split("|")]
        if "arguments" in row:
            try:
                row["arguments"] = _json(row["arguments"])
            except (ValueError, RecursionError) as error:
                self.report(line, "arguments", f"is not JSON: {error}")
                del row["arguments"]
        return row

    def _yaml(self) -> tuple[Card, Iterator[tuple[int, Mapping[str, Any]]]]:
        document = self._document(self._file)
        value: Any = document.value if document else None
        if document is None or not isinstance(value, dict) or not isinstance(value.get("cases"), list):
            if not self.problems:
                self.report(1, "", "expected a mapping with the keys 'card' and 'cases', a list of rows")
            return Card(), iter(())
        for key in value.keys() - {"card", "cases"}:
            self.report(document.line((key,)), "", f"unknown key {shown(key)}. Known: 'card', 'cases'.")
        return self._card(document, ("card",), value.get("card")), self._yaml_rows(document, value["cases"])

    def _yaml_rows(self, document: Document, rows: Iterable[Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for n, row in enumerate(rows):
            line = document.line(("cases", n))
            if isinstance(row, dict):
                yield line, row
            else:
                self.report(line, f"cases[{n}]", f"{shown(row)} is not a mapping")

    def _card_beside(self) -> Card:
        file = self._file.with_suffix(".card.yaml")
        if not file.exists():
            return Card()
        document = self._document(file)
        return self._card(document, (), document.value) if document else Card()

    def _document(self, file: Path) -> Document | None:
        """Return the only document of a YAML file. Raises OSError."""
        with file.open("rb") as stream:
            documents, problems = read(stream.read(MAX_BYTES + 1), str(file))
        self.problems += problems
        if len(documents) > 1:
            self.problems.append(
                Problem(str(file), 0, "", f"expected one YAML document, and there are {len(documents)}")
            )
        return documents[0] if documents else None

    def _card(self, document: Document, path: tuple[str, ...], value: Any) -> Card:
        known = [field.name for field in fields(Card)]
        if value is None:
            return Card()
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            self.problems.append(document.problem(path, f"a card is a mapping of texts: {', '.join(known)}"))
            return Card()
        for key in value:
            if key not in known:
                message = f"unknown key {shown(key)}.{hint(key, known)} Known: {', '.join(known)}."
                self.problems.append(document.problem((*path, key), message))
        texts = {key: " ".join(text.split()) for key, text in value.items() if key in known}
        try:
            _ = moment(texts["now"]) if texts.get("now") else None
        except ValueError as error:
            self.problems.append(document.problem((*path, "now"), str(error)))
            del texts["now"]
        return Card(**texts)

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Yield the lines of a text file with their numbers. Raises OSError."""
        with self._file.open("rb") as stream:
            for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE_BYTES + 1), b""), start=1):
                if len(line) > MAX_LINE_BYTES:
                    self.report(number, "", f"is longer than {MAX_LINE_BYTES} bytes; the rest was not read")
                    return
                if number == 1:
                    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                        self.report(0, "", "this is UTF-16. Save the file as UTF-8.")
                        return
                    line = line.removeprefix(codecs.BOM_UTF8)
                try:
                    yield number, line.decode("utf-8")
                except UnicodeDecodeError as error:
                    byte = line[error.start]
                    self.report(number, "", f"byte 0x{byte:02x} is not UTF-8. Save the file as UTF-8.")


def _json(text: str) -> Any:
    """Return a JSON value. Raises ValueError, or RecursionError where it is nested too deeply."""
    return json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_refuse_constant)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {shown(twice)} stands there twice")
    return values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
