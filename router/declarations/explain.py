"""What jsonschema finds, said in one short sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator

from router.declarations.wording import Json, JsonPath, hint, listed, shortened, shown


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a document."""

    path: JsonPath
    message: str
    at: JsonPath | None = None
    """The path whose line shows it best, if that is another: an unknown key, for example."""

    def under(self, path: JsonPath) -> Finding:
        """Return the same finding for a value that stands at `path`."""
        return Finding((*path, *self.path), self.message, None if self.at is None else (*path, *self.at))


def violations(validator: Validator, value: Json) -> Iterator[Finding]:
    """Yield all that keeps a value from matching a schema; paths begin at the value."""
    for error in validator.iter_errors(value):
        yield from _explained(error)


def _explained(error: ValidationError) -> Iterator[Finding]:
    path = tuple(error.absolute_path)
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator in {"anyOf", "oneOf"} and error.context:
        # The alternative that the author had in mind is the one whose type fits.
        yield from _explained(min(error.context, key=lambda e: (e.validator == "type", len(e.path))))
    elif error.validator == "additionalProperties" and error.validator_value is False:
        known = schema.get("properties", {})
        for key in error.instance if isinstance(error.instance, Mapping) else ():
            if key not in known:
                right = hint(key, known) or f" Known: {listed(known)}."
                yield Finding(path, f"unknown key {shown(key)}.{right}", at=(*path, key))
    elif error.validator == "required":
        yield Finding(path, _missing(error))
    elif error.validator == "dependentRequired":
        needed, _, by = error.message.partition(" is a dependency of ")
        yield Finding(path, shortened(f"{by} needs {needed} beside it"))
    elif error.validator == "pattern" and "patternErrorMessage" in schema:
        yield Finding(path, f"{shown(str(error.instance))} {schema['patternErrorMessage']}")
    elif explain := _MESSAGES.get(str(error.validator)):
        yield Finding(path, explain(error.validator_value, error.instance))
    else:
        yield Finding(path, shortened(error.message))


def _missing(error: ValidationError) -> str:
    if error.validator_value == ["utterance"]:
        return "'utterance' is missing. If this is text with a slot mark or ': ' in it, put it in double quotes."
    return shortened(error.message.replace(" is a required property", " is missing"))


def _wrong_type(expected: Any, value: Any) -> str:
    types = expected if isinstance(expected, list) else [expected]
    wanted = " or ".join(_TYPES[name] for name in types)
    if value is None:
        return f"this is empty; it must be {wanted}"
    quoted = ". Put it in double quotes." if "string" in types and isinstance(value, bool | int | float) else ""
    return f"{shown(value)} is not {wanted}{quoted}"


def _not_listed(allowed: Any, value: Any) -> str:
    near = hint(value, [item for item in allowed if isinstance(item, str)]) if isinstance(value, str) else ""
    return f"{shown(value)} is not one of {listed(allowed)}" + (f".{near}" if near else "")


_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}

_FORMAT_EXAMPLES = {
    "time": ", for example '06:30'",
    "date": ", for example '2025-03-14'",
    "date-time": ", for example '2025-03-14T06:30:00'",
    "duration": ", for example 'PT1H30M'",
}
_MESSAGES: dict[str, Callable[[Any, Any], str]] = {
    "type": _wrong_type,
    "enum": _not_listed,
    "const": lambda only, value: f"{shown(value)} is not {shown(only)}",
    "pattern": lambda regex, value: f"{shown(value)} does not match {regex}",
    "format": lambda name, value: f"{shown(value)} is not in the format {name!r}" + _FORMAT_EXAMPLES.get(name, ""),
    "minimum": lambda least, value: f"{shown(value)} is less than {least}",
    "maximum": lambda most, value: f"{shown(value)} is more than {most}",
    "exclusiveMinimum": lambda bound, value: f"{shown(value)} is not more than {bound}",
    "exclusiveMaximum": lambda bound, value: f"{shown(value)} is not less than {bound}",
    "multipleOf": lambda factor, value: f"{shown(value)} is not a multiple of {factor}",
    "minLength": lambda least, value: f"{shown(value)} has fewer than {least} characters",
    "maxLength": lambda most, value: f"{shown(value)} has more than {most} characters",
    "minItems": lambda least, _: f"this list has fewer than {least} items",
    "maxItems": lambda most, _: f"this list has more than {most} items",
    "uniqueItems": lambda *_: "this list holds an item twice",
}
