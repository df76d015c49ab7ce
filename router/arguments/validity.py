"""Whether arguments are what parameters allow, without jsonschema where its everyday keywords are all there is.

jsonschema takes longer to import than everything else that a first decision
needs. What these keywords do not cover is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any] | bool


def validity_of(parameters: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    """Return what says whether arguments are those of a valid call; keep it, since making it reads the whole schema.

    `format` is not looked at: who makes a value sees to it.
    """
    if _is_plain(parameters):
        return partial(allows, {"type": "object", **parameters})
    from router.declarations.parameters import call_validator

    is_valid: Callable[[Mapping[str, Any]], bool] = call_validator(parameters).evolve(format_checker=None).is_valid
    return is_valid


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


def allows(schema: Schema, value: Any) -> bool:
    """Say whether a schema of everyday keywords allows a value; of another schema only these are looked at."""
    if isinstance(schema, bool):
        return schema
    if "enum" in schema and not any(_equal(value, each) for each in schema["enum"]):
        return False
    if "const" in schema and not _equal(value, schema["const"]):
        return False
    if "type" in schema and not _is_of(schema["type"], value):
        return False
    if isinstance(value, str):
        return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _allows_number(schema, value)
    if isinstance(value, list):
        return _allows_list(schema, value)
    return _allows_object(schema, value) if isinstance(value, Mapping) else True


def _is_plain(schema: Any) -> bool:
    if isinstance(schema, bool):
        return True
    inside = [*schema.get("properties", {}).values(), *(schema[key] for key in _HOLDS_A_SCHEMA if key in schema)]
    return schema.keys() <= _PLAIN and all(map(_is_plain, inside))


def _allows_number(schema: Mapping[str, Any], value: float) -> bool:
    return (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and not ("exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"])
        and not ("exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"])
        and not ("multipleOf" in schema and not _is_multiple(value, schema["multipleOf"]))
    )


def _is_multiple(value: float, step: float) -> bool:
    """Divide as jsonschema does: floats as they are, what is too large for them exactly."""
    if isinstance(step, int):
        return value % step == 0
    try:
        quotient = value / step
        return int(quotient) == quotient
    except OverflowError:
        from fractions import Fraction

        return (Fraction(value) / Fraction(step)).denominator == 1


def _allows_list(schema: Mapping[str, Any], value: list[Any]) -> bool:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return False
    if schema.get("uniqueItems") and any(_equal(one, other) for n, one in enumerate(value) for other in value[:n]):
        return False
    return all(allows(schema.get("items", True), each) for each in value)


def _allows_object(schema: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    declared, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    return all(name in value for name in schema.get("required", ())) and all(
        allows(declared.get(name, others), each) for name, each in value.items()
    )


def _is_of(stated: str | list[str], value: Any) -> bool:
    if isinstance(stated, list):
        return any(_is_of(each, value) for each in stated)
    if isinstance(value, bool):
        return stated == "boolean"
    if stated == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, _PYTHON[stated])


def _equal(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1, in lists and objects too."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
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
    "number": int | float,
    "array": list,
    "object": Mapping,
    "null": type(None),
}
_HOLDS_A_SCHEMA = ("items", "additionalProperties")
_PLAIN = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "uniqueItems"),
        *("enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *(
            "minLength",
            "maxLength",
            "description",
            "title",
            "default",
            "format",
            "examples",
            "deprecated",
            "x-known",
            "x-values",
        ),
        *("$comment", "$defs", "readOnly", "writeOnly"),
    }
)
