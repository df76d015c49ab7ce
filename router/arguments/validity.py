"""Whether arguments are what parameters allow, without jsonschema where its everyday keywords are all there is.

jsonschema takes longer to import than everything else that a first decision
needs. What these keywords do not cover is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def is_valid(arguments: Mapping[str, Any], parameters: Schema) -> bool:
    """Say whether these are the arguments of a valid call.

    `format` is not looked at: who makes a value sees to it.
    """
    if _is_plain(parameters):
        return _allows({"type": "object", **parameters}, arguments)
    from router.declarations.parameters import call_validator

    return bool(call_validator(parameters).is_valid(arguments))


def allows(schema: Schema, value: Any) -> bool:
    """Say whether a schema of everyday keywords allows a value; of another schema only these are looked at."""
    return _allows(schema, value)


def is_shaped(schema: Any) -> bool:
    """Say whether each everyday keyword of a schema, and of those inside it, has a value of its type.

    A loader checks far more; this is for what a bundle brings.
    """
    if isinstance(schema, bool):
        return True
    if not isinstance(schema, Mapping):
        return False
    inside = [schema[key] for key in ("items", "additionalProperties") if key in schema]
    properties = schema.get("properties", {})
    return (
        all(isinstance(schema[key], kind) for kind, keys in _SHAPES.items() for key in keys if key in schema)
        and all(isinstance(name, str) for name in schema.get("required", ()))
        and all(map(is_shaped, [*inside, *properties.values()]))
    )


def _is_plain(schema: Any) -> bool:
    if not isinstance(schema, Mapping) or not schema.keys() <= _PLAIN or isinstance(schema.get("type"), list):
        return False
    inside = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return schema.get("additionalProperties", True) in (True, False) and all(map(_is_plain, inside))


def _allows(schema: Schema, value: Any) -> bool:
    if "enum" in schema and not any(_equal(value, each) for each in schema["enum"]):
        return False
    if "const" in schema and not _equal(value, schema["const"]):
        return False
    kind = schema.get("type")
    if kind is not None and not _is_of(kind, value):
        return False
    if isinstance(value, str):
        return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _allows_number(schema, value)
    if isinstance(value, list):
        return _allows_list(schema, value)
    return _allows_object(schema, value) if isinstance(value, Mapping) else True


def _allows_number(schema: Schema, value: float) -> bool:
    step = schema.get("multipleOf")
    return (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and not ("exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"])
        and not ("exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"])
        and (step is None or float(value / step).is_integer())
    )


def _allows_list(schema: Schema, value: list[Any]) -> bool:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return False
    if schema.get("uniqueItems") and any(_equal(one, other) for n, one in enumerate(value) for other in value[:n]):
        return False
    return all(_allows(schema.get("items", {}), each) for each in value)


def _allows_object(schema: Schema, value: Mapping[str, Any]) -> bool:
    declared = schema.get("properties", {})
    return (
        all(name in value for name in schema.get("required", ()))
        and (schema.get("additionalProperties", True) or value.keys() <= declared.keys())
        and all(_allows(declared.get(name, {}), each) for name, each in value.items())
    )


def _is_of(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _PYTHON[kind])


def _equal(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


_SHAPES: Mapping[Any, tuple[str, ...]] = {
    str: ("description", "format", "$ref", "x-known", "pattern"),
    (str, list): ("type",),
    list: ("enum", "required", "anyOf", "oneOf", "allOf"),
    Mapping: ("properties", "x-values", "$defs"),
    (int, float): ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    int: ("minItems", "maxItems", "minLength", "maxLength"),
}
_PYTHON: Mapping[str, Any] = {
    "string": str,
    "boolean": bool,
    "array": list,
    "object": Mapping,
    "null": type(None),
}
_PLAIN = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems"),
        *("enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "description", "title", "default", "format", "examples", "deprecated", "x-values"),
    }
)
