"""The holes of a tool: what its parameters' schema leaves for words to fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args
from urllib.parse import unquote

from router.declarations import Tool

Format: TypeAlias = Literal["time", "date", "date-time", "duration", "email", "uri", "phone"]
Kind: TypeAlias = Literal["text", "choice", "boolean", "integer", "number"] | Format
"""How words become a value. A choice is one of listed values; the formats are those of JSON Schema, and phone."""


@dataclass(frozen=True, slots=True)
class Hole:
    """One value, or a list of them, that words can fill."""

    path: tuple[str, ...]
    """Where it stands in the arguments: its parameter, and for a nested object the keys below."""
    kind: Kind
    schema: Mapping[str, Any] = field(hash=False)
    """Of one value: of an array that of its items."""
    list_schema: Mapping[str, Any] | None = field(hash=False)
    """Of an array, what is said about the whole of it; None where there is one value."""
    is_required: bool
    """Whether no call is valid without it: it is required, and so is each object that it is in."""
    description: str

    @property
    def parameter(self) -> str:
        """The parameter that it is, or is part of."""
        return self.path[0]

    @property
    def is_list(self) -> bool:
        """Whether there may be several values."""
        return self.list_schema is not None

    @property
    def name(self) -> str:
        """Its path, with a dot before each key of a nested object."""
        return ".".join(self.path)

    @property
    def choices(self) -> tuple[Any, ...]:
        """The listed values of a choice, without null; empty for others."""
        return tuple(value for value in self.schema.get("enum", ()) if value is not None)


def as_list(value: Any) -> list[Any]:
    """Return the values of a list, or the one that there is."""
    return value if isinstance(value, list) else [value]


def stated(arguments: Mapping[str, Any] | None, hole: Hole) -> Any:
    """Return the value that arguments have for a hole; None if they have none."""
    found: Any = arguments
    for key in hole.path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def holes(tool: Tool) -> tuple[Hole, ...]:
    """Return the holes of a tool: those it requires, in the order of `required`, then the others by name.

    Equal tools have equal holes; a bundle does not keep the order of properties.
    What no words could fill is no hole: `const`, null.
    """
    return tuple(_inside((), tool.parameters, tool.parameters, True))


def _inside(
    path: tuple[str, ...], schema: Mapping[str, Any], whole: Mapping[str, Any], is_required: bool
) -> Iterator[Hole]:
    declared, required = schema.get("properties", {}), schema.get("required", ())
    for name in (*required, *sorted(declared.keys() - set(required))):
        yield from _of((*path, name), _plain(declared.get(name, False), whole), whole, is_required and name in required)


def _of(
    path: tuple[str, ...], schema: Mapping[str, Any], whole: Mapping[str, Any], is_required: bool
) -> Iterator[Hole]:
    if schema.get("type") == "object" or "properties" in schema:
        yield from _inside(path, schema, whole, is_required)
        return
    is_list = schema.get("type") == "array" or "items" in schema
    of_one = _plain(schema.get("items", True), whole) if is_list else schema
    if kind := _kind(of_one):
        yield Hole(path, kind, of_one, schema if is_list else None, is_required, schema.get("description", ""))


def _kind(schema: Mapping[str, Any]) -> Kind | None:
    if "const" in schema:
        return None
    if "enum" in schema:
        return "choice" if any(value is not None for value in schema["enum"]) else None
    stated = schema.get("type", "string")
    if stated != "string":
        return _KINDS.get(stated)
    named = _FORMATS.get(schema.get("format", ""), schema.get("format"))
    return named if named in get_args(Format) else "text"


def _plain(schema: Any, whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with its references followed, and of alternatives the first that is not null.

    What the schema itself says goes before what these say. That references come
    to an end is a rule for declarations.
    """
    if not isinstance(schema, Mapping):
        return {} if schema else {"type": "null"}
    found = {key: value for key, value in schema.items() if key not in _INDIRECT}
    indirect = [_pointed_at(whole, schema["$ref"])] if "$ref" in schema else []
    indirect += schema.get("allOf", ())
    parts = [_plain(each, whole) for each in indirect]
    for keyword in ("anyOf", "oneOf"):
        alternatives = [_plain(each, whole) for each in schema.get(keyword, ())]
        parts += [each for each in alternatives if not _is_null(each)][:1]
    for part in parts:
        found = {**part, **found}
    if isinstance(found.get("type"), list):
        found["type"] = next((each for each in found["type"] if each != "null"), "null")
    return found


def _is_null(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "null" or schema.get("const", ...) is None or schema.get("enum") == [None]


def _pointed_at(whole: Mapping[str, Any], reference: str) -> Any:
    found: Any = whole
    for step in unquote(reference).removeprefix("#").split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


_INDIRECT = {"$ref", "allOf", "anyOf", "oneOf"}
_KINDS: Mapping[str, Kind] = {"boolean": "boolean", "integer": "integer", "number": "number"}
_FORMATS: Mapping[str, Format] = {"tel": "phone", "phone-number": "phone", "url": "uri", "iri": "uri"}
