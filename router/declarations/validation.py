"""From documents to tools: everything that is wrong with declarations, found at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from router.declarations.document import Document, Quota, RefusedError, plain
from router.declarations.example import Example
from router.declarations.explain import Finding, violations
from router.declarations.location import Location
from router.declarations.parameters import argument_violations, is_navigable, misuses
from router.declarations.schema import definition
from router.declarations.tool import Tool, slot_schema, tool_from_json, unknown_parameter
from router.declarations.wording import Json, JsonPath, render_path, shown
from router.errors import DeclarationError, Problem
from router.text import normalize


def validated_tool(declaration: Mapping[str, Any]) -> Tool:
    """Return the tool of a mapping given from Python. Raises DeclarationError."""
    try:
        value = plain(declaration, Quota())
    except RefusedError as error:
        raise DeclarationError([Document("<dict>", None).problem(error.path, str(error))]) from None
    checker = Checker()
    checker.add_tool(Document("<dict>", value), (), value)
    if problems := checker.problems():
        raise DeclarationError(problems)
    return checker.tools[0]


class Checker:
    """Collects what documents declare, and everything that is wrong with it."""

    def __init__(self) -> None:
        self.tools: list[Tool] = []
        """Those with nothing wrong in them."""
        self.out_of_scope: list[str] = []
        self.out_of_scope_sources: dict[str, Location] = {}
        self._problems: list[Problem] = []
        self._uses: list[_Use] = []

    def add(self, document: Document) -> None:
        """Check one document: a tool, a list of tools, or out-of-scope utterances."""
        value = document.value
        if isinstance(value, list):
            for n, item in enumerate(value):
                self.add_tool(document, (n,), item)
        elif isinstance(value, dict) and "out_of_scope" in value:
            self._add_out_of_scope(document, value)
        else:
            self.add_tool(document, (), value)

    def add_tool(self, document: Document, path: JsonPath, value: Json) -> None:
        """Check the tool that stands at `path`, and keep it if nothing is wrong with it."""
        findings = list(_tool_findings(value))
        self._report(document, path, findings)
        if not isinstance(value, dict):
            return
        tool = shown(value.get("name"))
        for n, item in _items(value, "examples"):
            if example := _parsed(item):
                self._uses.append(_Use(example.utterance, "example", tool, document, (*path, "examples", n)))
        for n, item in _items(value, "counterexamples"):
            self._uses.append(_Use(str(item), "counterexample", tool, document, (*path, "counterexamples", n)))
        if not findings:
            self.tools.append(tool_from_json(value, _location(document, path)))

    def problems(self) -> list[Problem]:
        """Return what is wrong with each declaration, and where they contradict one another."""
        return [*self._problems, *_contradictions(self._uses)]

    def _add_out_of_scope(self, document: Document, value: dict[str, Json]) -> None:
        self._report(document, (), violations(definition("out_of_scope"), value))
        self._report(document, (), _utterance_findings(value, "out_of_scope"))
        for n, item in _items(value, "out_of_scope"):
            self.out_of_scope.append(str(item))
            if place := _location(document, ("out_of_scope", n)):
                self.out_of_scope_sources.setdefault(str(item), place)
            self._uses.append(_Use(str(item), "out_of_scope", "", document, ("out_of_scope", n)))

    def _report(self, document: Document, path: JsonPath, findings: Iterable[Finding]) -> None:
        for finding in (finding.under(path) for finding in findings):
            self._problems.append(document.problem(finding.path, finding.message, at=finding.at))


def _tool_findings(value: Json) -> Iterator[Finding]:
    """Yield what is wrong within one tool, apart from utterances given twice."""
    if not isinstance(value, dict):
        yield Finding((), f"{shown(value)} is no tool. A tool is a mapping with 'name' and 'description'.")
        return
    structural = list(violations(definition("tool"), value))
    yield from structural
    parameters = value.get("parameters", {})
    malformed = [finding for finding in structural if finding.path[:1] == ("parameters",)]
    misused: list[Finding] = []
    if isinstance(parameters, dict) and all(map(is_navigable, malformed)):
        misused = [finding.under(("parameters",)) for finding in misuses(parameters)]
        yield from misused
    sound = not malformed and not misused
    for n, item in _items(value, "examples"):
        for finding in _example_findings(item, str(value.get("name")), parameters, sound=sound):
            yield finding.under(("examples", n))
    yield from _utterance_findings(value, "counterexamples")


def _example_findings(item: Json, tool: str, parameters: Json, *, sound: bool) -> Iterator[Finding]:
    """Yield what is wrong with an example; arguments are compared with parameters only if those are sound."""
    marked, arguments = _parts(item)
    if marked is None:
        return
    try:
        slots = Example.parse(marked).slots
    except DeclarationError as error:
        slots = ()
        yield Finding((), error.problems[0].message)
    declared = parameters.get("properties", {}) if isinstance(parameters, dict) else None
    if not isinstance(parameters, dict) or not isinstance(declared, dict):
        return
    for name, times in Counter(slot.parameter for slot in slots).items():
        schema = slot_schema(name, parameters)
        if schema is None:
            yield Finding((), unknown_parameter(name, tool, declared))
        elif times > 1 and _is_single(schema):
            yield Finding((), f"{{{name}}} is marked {times} times, but it is no list")
    if sound and isinstance(arguments, dict):
        for finding in argument_violations(parameters, arguments):
            yield finding.under(("arguments",))


def _utterance_findings(value: dict[str, Json], key: str) -> Iterator[Finding]:
    """Yield what is wrong with a list of utterances that take no slot marks."""
    for n, item in _items(value, key):
        if isinstance(item, str):
            try:
                if Example.parse(item).slots:
                    yield Finding((key, n), "slot marks belong in 'examples' only. Write the plain text.")
            except DeclarationError as error:
                yield Finding((key, n), error.problems[0].message)


@dataclass(frozen=True, slots=True, eq=False)
class _Use:
    """An utterance where a file uses it."""

    utterance: str
    role: Literal["example", "counterexample", "out_of_scope"]
    tool: str
    """The name of its tool, ready to be shown."""
    document: Document
    path: JsonPath

    @property
    def owner(self) -> tuple[int, JsonPath]:
        """What tells the tool it stands in from all others, also those of the same name."""
        return id(self.document), self.path[:-2]

    def problem(self, fact: str, other: _Use) -> Problem:
        """Return a problem of this use that names the place of another."""
        line = other.document.line(other.path)
        place = f"line {line}" if line else render_path(other.path)
        file = "" if other.document.file == self.document.file else f"{other.document.file} "
        return self.document.problem(self.path, f"{shown(self.utterance)} {fact} ({file}{place})")


def _contradictions(uses: Iterable[_Use]) -> Iterator[Problem]:
    """Yield utterances that call two tools, call a tool twice, or both call a tool and must not."""
    by_utterance = defaultdict(list)
    for use in uses:
        by_utterance[normalize(use.utterance).casefold()].append(use)
    for group in by_utterance.values():
        examples = [use for use in group if use.role == "example"]
        if not examples:
            continue
        of_tool = {use.owner: use for use in reversed(examples)}
        for use in group:
            own = of_tool.get(use.owner)
            if use.role == "out_of_scope":
                yield use.problem(f"is an example of {examples[0].tool}", examples[0])
            elif use.role == "counterexample" and own is not None:
                yield use.problem("is also an example of this tool", own)
            elif use.role == "example" and own is not None and own is not use:
                yield use.problem("is already an example of this tool", own)
            elif use.role == "example" and use is not examples[0]:
                yield use.problem(f"is already an example of {examples[0].tool}", examples[0])


def _location(document: Document, path: JsonPath) -> Location | None:
    """Return where a path stands, or None if the document was not read from text."""
    line = document.line(path)
    return Location(document.file, line, path, document.lines) if line else None


def _is_single(schema: object) -> bool:
    """Whether a schema names one type, and that is no list."""
    one_type = schema.get("type") if isinstance(schema, Mapping) else None
    return isinstance(one_type, str) and one_type != "array"


def _items(value: dict[str, Json], key: str) -> Iterator[tuple[int, Json]]:
    """Number the items of a list, if it is one."""
    items = value.get(key)
    return enumerate(items if isinstance(items, list) else ())


def _parts(item: Json) -> tuple[str | None, Json]:
    """Return the marked text and the arguments of an example; None for a text that is none."""
    marked, arguments = (item.get("utterance"), item.get("arguments")) if isinstance(item, dict) else (item, None)
    return (marked if isinstance(marked, str) else None), arguments


def _parsed(item: Json) -> Example | None:
    """Return an example without its arguments, if it is one."""
    marked, _ = _parts(item)
    try:
        return None if marked is None else Example.parse(marked)
    except DeclarationError:
        return None
