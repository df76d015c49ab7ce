"""What JSON Schema allows in `parameters` and a phone cannot use; and values checked against them.

A declaration may come from anywhere, so nothing here fetches anything, and
nothing runs for longer than its size explains: references stay inside the
parameters and never lead back to themselves, and a regular expression that
could backtrack without end is not run.
"""

from __future__ import annotations

import difflib
import graphlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from router.declarations.explain import Finding, violations
from router.declarations.formats import FORMATS
from router.declarations.schema import NO_NETWORK, schema_keywords
from router.declarations.synonym_misuses import value_misuses
from router.declarations.wording import Json, JsonPath, hint, shown

Schema: TypeAlias = Mapping[str, Any]

MAX_SCHEMAS = 1000
"""How many schemas `parameters` may hold, references written out."""
MAX_SCHEMA_DEPTH = 64
"""How deep schemas may lie inside one another, references written out."""
MAX_ARGUMENT_VALUES = 200
"""How many values the arguments of one example may hold."""
MAX_MATCHED_CHARACTERS = 100
"""A longer value of an example is not matched with a `pattern`."""


def is_navigable(violation: Finding) -> bool:
    """Whether `misuses` can look at parameters that violate `tool.schema.json` in this way."""
    last = next((step for step in reversed(violation.path) if isinstance(step, str)), None)
    return last is not None and last not in _NAVIGATED


def misuses(parameters: Schema) -> Iterator[Finding]:
    """Yield what is wrong with parameters although each keyword has a value of the right type.

    `parameters` may violate `tool.schema.json` only in ways that `is_navigable`.
    Paths begin at the parameters.
    """
    if parameters and "type" not in parameters:
        yield Finding((), "'type' is missing; it must be 'object'")
    schemas = dict(_subschemas(parameters))
    yield from _reference_misuses(schemas)
    for path, schema in schemas.items():
        declared = schema.get("properties", {} if path == () else None)
        names = _name_misuses(schema, declared)
        rules = (_keyword_misuses(schema), _regex_misuses(schema), names, value_misuses(schema))
        for finding in (finding for rule in rules for finding in rule):
            yield finding.under(path)


def argument_violations(parameters: Schema, arguments: Json) -> Iterator[Finding]:
    """Yield what keeps an example's arguments from being part of a valid call; paths begin at the arguments.

    They may leave out what a call requires. `format` is checked where it is one
    of `router.declarations.formats`, and uri is not. `pattern` is checked where the expression cannot
    backtrack for long, and parameters with `patternProperties` check nothing.
    `parameters` must have no misuses.
    """
    if _size(arguments) > MAX_ARGUMENT_VALUES:
        yield Finding((), f"the arguments hold more than {MAX_ARGUMENT_VALUES} values")
    else:
        partial = {key: value for key, value in parameters.items() if key not in _OF_A_WHOLE_CALL}
        yield from violations(call_validator(partial), arguments)


def call_validator(parameters: Schema) -> Validator:
    """Return what checks the arguments of a whole call, by the rules of `argument_violations`."""
    is_checked = not any("patternProperties" in schema for _, schema in _subschemas(parameters))
    validator: Validator = _ArgumentsValidator(
        parameters if is_checked else {}, registry=NO_NETWORK, format_checker=FORMATS
    )
    return validator


def _subschemas(schema: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, Schema]]:
    """Yield a schema and all inside it, `true` and `false` as empty ones. Values of `enum` and the like are none."""
    yield path, schema if isinstance(schema, dict) else {}
    for step, child in _children(schema):
        yield from _subschemas(child, (*path, *step))


def _children(schema: Any) -> Iterator[tuple[JsonPath, Any]]:
    """Yield the schemas directly inside a schema, with the steps that lead there."""
    for keyword, value in schema.items() if isinstance(schema, dict) else ():
        if keyword in _HOLDS_A_SCHEMA:
            yield (keyword,), value
        elif keyword in _HOLDS_SCHEMAS_BY_NAME:
            yield from (((keyword, name), child) for name, child in value.items())
        elif keyword in _HOLDS_A_LIST_OF_SCHEMAS:
            yield from (((keyword, n), child) for n, child in enumerate(value))


def _reference_misuses(schemas: Mapping[JsonPath, Schema]) -> Iterator[Finding]:
    """Yield references that lead nowhere or back to themselves, and shapes that are far too large."""
    graph = {path: [(*path, *step) for step, _ in _children(schema)] for path, schema in schemas.items()}
    targets = {}
    by_pointer = {_pointer(path): path for path in schemas}
    for path, schema in schemas.items():
        if "$ref" not in schema:
            continue
        if (target := by_pointer.get(unquote(schema["$ref"]))) is None:
            yield Finding((*path, "$ref"), _unresolved(schema["$ref"], by_pointer))
        else:
            targets[path] = target
            graph[path].append(target)
    try:
        inside_out = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        cycle = error.args[1]
        path = next(path for path in cycle if targets.get(path) in cycle)
        yield Finding((*path, "$ref"), "this reference leads back to itself. Parameters must have a finite shape.")
        return
    size: dict[JsonPath, int] = {}
    depth: dict[JsonPath, int] = {}
    for path in inside_out:
        size[path] = 1 + sum(size[child] for child in graph[path])
        depth[path] = 1 + max((depth[child] for child in graph[path]), default=0)
    if size[()] > MAX_SCHEMAS:
        yield Finding((), f"more than {MAX_SCHEMAS} schemas, references written out")
    if depth[()] > MAX_SCHEMA_DEPTH:
        yield Finding((), f"schemas nest deeper than {MAX_SCHEMA_DEPTH} levels, references written out")


def _pointer(path: JsonPath) -> str:
    """Write a path as a reference: `#/$defs/weekday`."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _unresolved(reference: str, pointers: Iterable[str]) -> str:
    if not reference.startswith("#"):
        return f"{shown(reference)} leads out of these parameters, and nothing is fetched. Copy the schema to '$defs'."
    return f"{shown(reference)} names no schema in these parameters.{hint(reference, [*pointers])}"


def _keyword_misuses(schema: Schema) -> Iterator[Finding]:
    """Yield keywords that are not supported, and those that are a slip of the pen away from one that is."""
    known = schema_keywords()
    for key in schema:
        if key in _UNSUPPORTED:
            yield Finding((), f"{key!r} is not supported. Refer to '#/$defs/…' with '$ref'.", at=(key,))
        elif key not in known | _FOREIGN and (near := difflib.get_close_matches(key, known, n=1, cutoff=0.8)):
            yield Finding((), f"unknown key {key!r}. Did you mean {near[0]!r}?", at=(key,))


def _regex_misuses(schema: Schema) -> Iterator[Finding]:
    """Yield regular expressions that Python does not understand."""
    regexes: dict[JsonPath, str] = {("pattern",): schema["pattern"]} if "pattern" in schema else {}
    regexes |= {("patternProperties", regex): regex for regex in schema.get("patternProperties", ())}
    for path, regex in regexes.items():
        try:
            re.compile(regex)
        except (re.error, RecursionError, OverflowError, Warning) as error:
            yield Finding(path, f"{shown(regex)} is not a regular expression: {error}")


def _name_misuses(schema: Schema, declared: Schema | None) -> Iterator[Finding]:
    """Yield names that a list gives twice, and required names that are not among those declared."""
    lists: dict[JsonPath, Any] = {(key,): schema[key] for key in ("type", "required") if key in schema}
    lists |= {("dependentRequired", key): names for key, names in schema.get("dependentRequired", {}).items()}
    for path, names in lists.items():
        texts = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        if twice := [name for name, times in Counter(texts).items() if times > 1]:
            yield Finding(path, f"{shown(twice[0])} stands here twice")
    if declared is not None:
        for n, name in enumerate(schema.get("required", ())):
            if name not in declared:
                yield Finding(("required", n), f"{shown(name)} is not in 'properties'.{hint(name, declared)}")


def _size(value: Json) -> int:
    """Count the values in a value; the depth of the recursion is bounded by how it was read."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, children))


def _match_if_quick(_: Any, regex: str, value: object, __: Any) -> Iterator[ValidationError]:
    """Replace jsonschema's `pattern`: match only where backtracking cannot take long.

    That is: no group is repeated, few parts of the expression vary in length,
    and the value is short. Then there are at most some millions of ways to match.
    """
    if isinstance(value, str) and len(value) <= MAX_MATCHED_CHARACTERS and not _REPEATED_GROUP.search(regex):
        varying = len(_VARYING.findall(regex))
        if varying <= 4 and regex.count("|") <= 12 and not re.search(regex, value):
            yield ValidationError(f"{value!r} does not match {regex!r}")


_ArgumentsValidator = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _match_if_quick}
)
_OF_A_WHOLE_CALL = {"required", "dependentRequired", "minProperties"}

_HOLDS_A_SCHEMA = {
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
}
_HOLDS_A_LIST_OF_SCHEMAS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_HOLDS_SCHEMAS_BY_NAME = {"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"}
_NAVIGATED = (
    {"$ref", "dependentRequired", "pattern", "required"}
    | _HOLDS_A_SCHEMA
    | _HOLDS_A_LIST_OF_SCHEMAS
    | _HOLDS_SCHEMAS_BY_NAME
)
_UNSUPPORTED = {
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$vocabulary",
}
_FOREIGN = {"example"}
"""Keywords of others that look like a misspelling of ours: OpenAPI's."""
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_VARYING = re.compile(r"(?<!\()[*+?]|\{\d*,\d*\}")
