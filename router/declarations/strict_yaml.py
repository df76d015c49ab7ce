"""YAML read strictly: JSON's scalars, no surprises, and a line for everything.

YAML's usual readers turn `on` into true, `12:30` into 750 and `2024-01-02` into
a date, and let the second of two equal keys win. Here only `true`, `false`,
`null`, an empty value and JSON's numbers are anything but text, tags are
refused, and files beyond the limits are refused before they cost anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import yaml

from router.declarations.document import (
    MAX_BYTES,
    Document,
    Quota,
    RefusedError,
    fits_float,
    has_surrogate,
    plain,
)
from router.declarations.wording import Json, JsonPath, shortened, shown
from router.errors import Problem

LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Its scanner and parser are used, never its constructor."""


def read(source: str | bytes, file: str) -> tuple[list[Document], list[Problem]]:
    """Return the documents of a YAML file that hold anything, and all that is wrong with its YAML.

    Where a mistake can be stepped over (a duplicate key, a tag, an unquoted slot
    mark), the document is returned as it was probably meant, so that the rest of
    it can be checked. Never raises for what `source` holds.
    """
    try:
        text = _decoded(source)
    except _UnreadableError as error:
        return [], [Problem(file, error.line, "", str(error))]
    reader = _Reader(text, file)
    documents: list[Document] = []
    try:
        for document in reader.documents():
            if document.value is not None:
                documents.append(document)
    except RefusedError as error:
        reader.report(reader.line(error.path), str(error))
    except yaml.MarkedYAMLError as error:
        line, message = _syntax_problem(error, reader.source_lines)
        if not any(problem.line == line for problem in reader.problems):  # else its cause is known
            reader.report(line, message)
    except (yaml.YAMLError, ValueError) as error:
        reader.report(0, f"not YAML: {error}")
    return documents, reader.problems


class _UnreadableError(ValueError):
    """Say that a file is no text, or not ours to read."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def _decoded(source: str | bytes) -> str:
    """Return the text of a file without its byte order mark. Raises _UnreadableError."""
    if len(source) > MAX_BYTES:
        raise _UnreadableError(0, f"larger than {MAX_BYTES} bytes. Split it into several files.")
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise _UnreadableError(
                line, f"byte 0x{error.object[error.start]:02x} is not UTF-8. Save the file as UTF-8."
            ) from None
    text = source.removeprefix("\ufeff")
    if bad := _FORBIDDEN.search(text):
        line = len(_LINE_BREAK.findall(text, 0, bad.start())) + 1
        raise _UnreadableError(line, f"the character U+{ord(bad[0]):04X} cannot stand in a YAML file. Delete it.")
    return text


class _Reader:
    """Builds the plain values of one file from its YAML events, and notes their lines."""

    def __init__(self, text: str, file: str) -> None:
        self.source_lines = _LINE_BREAK.split(text)
        self.problems: list[Problem] = []
        self._file = file
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=LOADER))
        self._quota = Quota()
        self._lines: dict[JsonPath, int] = {}
        self._anchors: dict[str, object] = {}

    def documents(self) -> Iterator[Document]:
        """Yield each document. Raises RefusedError and yaml.YAMLError."""
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._lines, self._anchors = {}, {}
                yield Document(self._file, self._value(next(self._events), ()), self._lines)

    def report(self, line: int, message: str) -> None:
        """Note something wrong."""
        self.problems.append(Problem(self._file, line, "", message))

    def line(self, path: JsonPath) -> int:
        """Return the line of a path of the document that is being read."""
        return Document(self._file, None, self._lines).line(path)

    def _value(self, event: yaml.Event, path: JsonPath) -> Json:
        """Build the value that begins with `event`; the depth of the recursion is bounded by the quota."""
        line = _line(event)
        self._lines.setdefault(path, line)
        self._quota.take(path)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.tag is not None:
            self.report(line, f"the tag {event.tag!r} is not supported. Write plain YAML.")
        if event.anchor is not None:
            self._anchors[event.anchor] = _UNFINISHED
        value: Json
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            items = enumerate(self._until(yaml.SequenceEndEvent))
            value = [self._value(item, (*path, n)) for n, item in items]
        else:
            value = self._mapping(path)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        """Yield the first event of each value up to the end of a list or mapping."""
        while not isinstance(event := next(self._events), end):
            yield event

    def _mapping(self, path: JsonPath) -> Json:
        """Build a mapping; or the text that was meant, where an unquoted slot mark made YAML see a mapping."""
        mapping: dict[str, Json] = {}
        meant: str | None = None
        for event in self._until(yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
                self.report(line, "a key must be plain text")
                self._value(event, (*path, "?"))
                self._value(next(self._events), (*path, "?"))
                continue
            key = event.value
            if event.implicit[0] and _OPEN_MARK.search(key):
                meant = _without_comment(self.source_lines[line - 1][_column(event) :])
                self.report(
                    line, _quote_it("an unquoted slot mark makes YAML read this as a mapping", f"- {_quoted(meant)}")
                )
            elif event.implicit[0] and key == "<<":
                self.report(line, "the merge key '<<' is not supported. Write its keys out.")
            elif key in mapping:
                self.report(line, f"the key {shown(key)} stands here twice; first on line {self._lines[(*path, key)]}")
            elif has_surrogate(key):
                raise RefusedError(path, "a key holds half a surrogate pair, which is no character")
            self._lines.setdefault((*path, key), line)
            value = self._value(next(self._events), (*path, key))
            mapping.setdefault(key, value)
        return mapping if meant is None else meant

    def _scalar(self, event: yaml.ScalarEvent) -> Json:
        """Return JSON's value of an unquoted scalar that has one, else its text."""
        text: str = event.value
        line = _line(event)
        if has_surrogate(text):
            self.report(line, "the text holds half a surrogate pair, which is no character")
        elif event.implicit[0] and text in _WORDS:
            return _WORDS[text]
        elif event.implicit[0] and (number := _NUMBER.fullmatch(text)):
            if fits_float(float(text)):
                return float(text) if number["fraction"] else int(text)
            self.report(line, f"the number {shown(text)} does not fit a 64-bit float")
        return text

    def _alias(self, event: yaml.AliasEvent, path: JsonPath) -> Json:
        """Return a copy of what an alias stands for, counted as if it were written out."""
        line = _line(event)
        if event.anchor not in self._anchors:
            self.report(line, f"the alias '*{event.anchor}' stands for nothing: no '&{event.anchor}' comes before it")
            return None
        value = self._anchors[event.anchor]
        if value is _UNFINISHED:
            self.report(line, f"the alias '*{event.anchor}' contains itself")
            return None
        return plain(value, self._quota, path)


def _syntax_problem(error: yaml.MarkedYAMLError, source_lines: list[str]) -> tuple[int, str]:
    """Return the line of a syntax error and what its author most likely has to change."""
    marks = [mark for mark in (error.problem_mark, error.context_mark) if mark is not None]
    rows = [min(mark.line, len(source_lines) - 1) for mark in marks] or [0]
    row, opened = rows[0], rows[-1]
    context, fact = error.context or "", error.problem or "syntax error"
    if "quoted scalar" in context and "end of stream" in fact:
        return opened + 1, "the quote that opens here is never closed"
    for near in rows:
        if _TAB_INDENT.match(source_lines[near]):
            return near + 1, "a tab indents this line. Indent with spaces."
        if quoted := _quoted_line(source_lines[near]):
            return near + 1, _quote_it("unquoted text with a slot mark or ': ' in it confuses YAML", quoted)
    if opened != row:
        context += f" that begins on line {opened + 1}"
    advice = ". Put text with a slot mark in double quotes." if _MARK.search(source_lines[row]) else ""
    return row + 1, f"not YAML: {fact} {context}".rstrip() + advice


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1


def _column(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.column


def _quoted_line(line: str) -> str | None:
    """Return a line with its text in double quotes, if its text has what YAML trips over."""
    parts = _LEAD_AND_TEXT.fullmatch(_without_comment(line))
    return f"{parts['lead']}{_quoted(parts['text'])}" if parts else None


def _quote_it(fact: str, line: str) -> str:
    return f"{fact}. Put the text in double quotes: {line}"


def _quoted(text: str) -> str:
    """Return text as a JSON string, which is a double-quoted YAML scalar."""
    return json.dumps(shortened(text), ensure_ascii=False)


def _without_comment(line: str) -> str:
    return _COMMENT.sub("", line).rstrip()


_UNFINISHED = object()
"""Stands for an anchored value while it is being built."""
_WORDS: dict[str, Json] = {"": None, "null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Everything but what YAML calls printable, and what YAML but no editor calls a line break."""
_MARK = re.compile(r"\{\s*\w+\s*:")
_OPEN_MARK = re.compile(r"\{[^{}]*$")
_TAB_INDENT = re.compile(r" *\t")
_COMMENT = re.compile(r"\s#.*")
_LEAD_AND_TEXT = re.compile(
    r"""\s*(?P<lead>(?>(?:-\s+)?(?:[\w-]+:\s+)?))
    (?P<text> \{[^{}]*\}\s*[^\s,\]}].*       # {time: six} please wake me
            | [^\s"'\[{|>&*!%@`\#] .* :\s .*  # wake me at {time: six}
    )""",
    re.VERBOSE,
)
