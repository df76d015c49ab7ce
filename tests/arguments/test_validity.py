"""What is valid is what jsonschema says is valid; mostly it need not be asked."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from router.arguments.validity import _is_plain, allows, validity_of
from router.declarations import ToolSet

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-4, 4),
    st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0, 1.5, -2.0, 1e308, 10**40, -0.0, 0.30000000000000004]),
    st.sampled_from(["", "a", "b", "ab", "abc", "🔦", "ä", "2024-13-99", "1"]),
)
_keys = st.sampled_from(["a", "b", "c"])
values: st.SearchStrategy[Any] = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3), max_leaves=5
)
_sizes, _bounds = st.integers(0, 3), st.sampled_from([-2, 0, 1, 3, 0.5, 1.5, 2.0])
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_types = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of some everyday keywords, of which some are about values of another type than stated."""
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": _types | st.lists(_types, min_size=1, max_size=3, unique=True),
        "enum": st.lists(values, min_size=1, max_size=3),
        "const": values,
        "minimum": _bounds,
        "maximum": _bounds,
        "exclusiveMinimum": _bounds,
        "exclusiveMaximum": _bounds,
        "multipleOf": st.sampled_from([1, 2, 0.5, 0.1, 1.5, 2.0, 10**30]),
        "minLength": _sizes,
        "maxLength": _sizes,
        "minItems": _sizes,
        "maxItems": _sizes,
        "items": inner,
        "properties": st.dictionaries(_keys, inner, max_size=3),
        "required": st.lists(_keys, max_size=2, unique=True),
        "additionalProperties": inner,
        "format": st.sampled_from(["date", "time", "email"]),
        "default": values,
    }
    # Of all keywords at once hardly a value would be valid.
    chosen = st.sets(st.sampled_from(sorted(keywords)), max_size=3)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries({key: keywords[key] for key in sorted(keys)}))


schemas = st.recursive(st.booleans() | st.builds(lambda kind: {"type": kind}, _types), _schemas, max_leaves=4)


def _fitting(schema: Any) -> st.SearchStrategy[Any]:
    """Values that come near a schema."""
    near = [values]
    if isinstance(schema, dict):
        near += [st.sampled_from([schema[key] for key in _BOUNDS if key in schema])] if _BOUNDS & schema.keys() else []
        near += [st.sampled_from(schema["enum"])] if "enum" in schema else []
        near += [st.just(schema["const"])] if "const" in schema else []
        near.append(st.lists(_fitting(schema["items"]) if "items" in schema else values, max_size=3))
        declared = schema.get("properties", {})
        near.append(st.fixed_dictionaries({}, optional={key: _fitting(own) for key, own in declared.items()}))
    return st.one_of(near)


@settings(max_examples=600)
@given(schemas, st.data())
def test_everyday_keywords_mean_what_they_mean_to_jsonschema(schema: Any, data: st.DataObject) -> None:
    value = data.draw(_fitting(schema))
    assert _is_plain(schema)
    assert allows(schema, value) == Draft202012Validator(schema).is_valid(value)


@settings(max_examples=200)
@given(st.dictionaries(_keys, schemas, max_size=3), st.lists(_keys, max_size=2, unique=True), st.booleans(), st.data())
def test_a_call_is_valid_where_jsonschema_says_so(
    properties: dict[str, Any], required: list[str], is_open: bool, data: st.DataObject
) -> None:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": is_open,
    }
    arguments = data.draw(
        st.fixed_dictionaries({}, optional={key: _fitting(own) for key, own in properties.items()})
        | st.dictionaries(_keys, values, max_size=3)
    )
    assert validity_of(parameters)(arguments) == Draft202012Validator(parameters).is_valid(arguments)


_UNCOMMON: list[dict[str, Any]] = [
    {"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}},
    {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "integer", "minimum": 2}}},
    {"properties": {"a": {"pattern": "^a+$"}}},
    {"properties": {"a": {"not": {"type": "string"}}}, "minProperties": 1},
    {"properties": {"a": {"items": {"oneOf": [{"type": "string"}, {"const": 1}]}}}},
    {"dependentRequired": {"a": ["b"]}},
    {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
    {"properties": {"a": {"prefixItems": [{"type": "string"}], "items": False}}},
    {"additionalProperties": {"allOf": [{"type": "string"}, {"maxLength": 1}]}},
    {"properties": {"a": {"anyOf": [{"type": "string", "format": "date"}, {"type": "integer"}]}}},
    {"properties": {"a": {"contains": {"const": "a"}}}, "maxProperties": 2},
]


@pytest.mark.parametrize("parameters", _UNCOMMON)
@given(st.dictionaries(_keys, values, max_size=3))
def test_other_keywords_are_left_to_jsonschema(parameters: dict[str, Any], arguments: dict[str, Any]) -> None:
    whole = {"type": "object", **parameters}
    assert not _is_plain(whole)
    assert validity_of(whole)(arguments) == Draft202012Validator(whole).is_valid(arguments)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"enum": [1, "on"]}, True, False),
        ({"enum": [[1]]}, [True], False),
        ({"const": {"a": 0}}, {"a": False}, False),
        ({"const": [1, {"a": [True]}]}, [1.0, {"a": [True]}], True),
        ({"type": "integer"}, 2.0, True),
        ({"type": "integer"}, 2.5, False),
        ({"type": "integer"}, True, False),
        ({"type": "number"}, False, False),
        ({"type": ["null", "integer"]}, None, True),
        ({"multipleOf": 0.5}, 10**400, True),
        ({"multipleOf": 0.1}, 0.3, False),
        ({"multipleOf": 10}, 10**17 + 1, False),
        ({"multipleOf": 1e-308}, 1e308, False),
        ({"uniqueItems": True}, [1, True], True),
        ({"uniqueItems": True}, [1, 1.0], False),
        ({"uniqueItems": True}, [[1], [True], [1]], False),
        ({"uniqueItems": True}, [{"a": 1}, {"a": 1}], False),
        ({"uniqueItems": False}, ["a", "a"], True),
        ({"maxLength": 1}, "🔦", True),
        ({"minimum": 5}, "a", True),
        ({"minimum": 5}, 5, True),
        ({"maximum": 5}, 5.0, True),
        ({"exclusiveMinimum": 5}, 5, False),
        ({"exclusiveMaximum": 5}, 5.0, False),
        ({"items": False}, [], True),
        ({"items": False}, [1], False),
        ({"properties": {"a": False}}, {"a": 1}, False),
        ({"properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}}, {"b": "x"}, False),
    ],
)
def test_json_is_compared_as_json(schema: dict[str, Any], value: Any, expected: bool) -> None:
    assert allows(schema, value) is expected


@given(st.lists(_scalars, max_size=4))
def test_items_are_unique_where_jsonschema_says_so(items: list[Any]) -> None:
    assert allows({"uniqueItems": True}, items) == Draft202012Validator({"uniqueItems": True}).is_valid(items)


def test_arguments_are_an_object_whatever_is_declared() -> None:
    assert validity_of({})({})
    assert validity_of({})({"a": 1})


@pytest.mark.parametrize("kind", ["date", "email", "uuid", "time"])
def test_a_format_is_not_looked_at(kind: str) -> None:
    declared = {"type": "object", "properties": {"a": {"type": "string", "format": kind}}}
    for arguments in ({"a": "2024-13-99"}, {"a": ""}):
        assert validity_of(declared)(arguments)
        assert validity_of({**declared, "minProperties": 1})(arguments)


def test_the_shipped_tools_need_no_jsonschema(shipped_tools: ToolSet) -> None:
    assert [tool.name for tool in shipped_tools if not _is_plain(tool.parameters)] == []


def test_everyday_schemas_import_no_jsonschema() -> None:
    program = (
        "import sys; from router.arguments.validity import validity_of; "
        "assert validity_of({'type': 'object', 'properties': {'a': {'type': ['integer', 'null']}}})({'a': 1}); "
        "assert 'jsonschema' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
