"""Every shape of schema has the holes that words can fill."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from router.arguments.holes import Hole, holes
from router.declarations import Tool, ToolSet
from tests.strategies import tools


def _holes(properties: dict[str, Any], **parameters: Any) -> tuple[Hole, ...]:
    declared = {"type": "object", "properties": properties, **parameters}
    return holes(Tool.from_dict({"name": "t", "description": "T.", "parameters": declared}))


def _hole(schema: Any, **parameters: Any) -> Hole:
    (hole,) = _holes({"x": schema}, **parameters)
    return hole


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "time"}, "time"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "string", "format": "tel"}, "phone"),
        ({"type": "string", "format": "url"}, "uri"),
        ({"format": "email"}, "email"),
        ({"type": "string", "format": "hostname"}, "text"),
        ({"type": "string", "format": "our-own"}, "text"),
        ({"type": "string", "format": "text"}, "text"),
        ({"type": "string", "format": "choice"}, "text"),
        ({"type": "integer", "format": "int32"}, "integer"),
        ({"type": "integer"}, "integer"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"enum": ["a", "b"]}, "choice"),
        ({"type": "integer", "enum": [1, 2]}, "choice"),
        ({"type": "string", "format": "time", "enum": ["06:00"]}, "choice"),
        ({}, "text"),
        (True, "text"),
        ({"description": "Anything."}, "text"),
        ({"type": ["string", "null"]}, "text"),
        ({"type": ["null", "integer"]}, "integer"),
        ({"type": ["number", "string"]}, "number"),
        ({"anyOf": [{"type": "null"}, {"type": "string", "format": "date"}]}, "date"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer"),
        ({"oneOf": [{"const": None}, {"type": "boolean"}]}, "boolean"),
        ({"oneOf": [{"enum": [None]}, {"enum": ["a"]}]}, "choice"),
        ({"anyOf": [False, {"type": "number"}]}, "number"),
        ({"anyOf": [True, {"type": "null"}]}, "text"),
        ({"anyOf": [{"anyOf": [{"type": "null"}, {"type": "integer"}]}]}, "integer"),
        ({"allOf": [{"type": "integer"}, {"minimum": 3}]}, "integer"),
    ],
)
def test_a_schema_says_how_words_become_a_value(schema: Any, kind: str) -> None:
    hole = _hole(schema)
    assert (hole.kind, hole.is_list, hole.path, hole.name, hole.parameter) == (kind, False, ("x",), "x", "x")


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"const": "a"},
        {"const": None},
        {"type": "null"},
        {"type": ["null"]},
        {"enum": [None]},
        {"anyOf": [{"type": "null"}, {"const": "a"}]},
        {"type": "object"},
        {"type": "object", "properties": {}},
        {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
        {"type": "array", "items": False},
        {"type": "array", "items": {"const": 1}},
    ],
)
def test_what_no_words_could_fill_is_no_hole(schema: Any) -> None:
    found = _holes({"x": schema, "y": {"type": "string"}})
    assert [hole.name for hole in found] == ["y"]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "array", "items": {"type": "string", "format": "time"}}, "time"),
        ({"type": "array", "items": {"enum": ["mon", "tue"]}, "uniqueItems": True}, "choice"),
        ({"type": "array"}, "text"),
        ({"type": "array", "items": True}, "text"),
        ({"items": {"type": "integer"}}, "integer"),
        ({"type": ["array", "null"], "items": {"type": ["null", "number"]}}, "number"),
        ({"type": "array", "items": {"$ref": "#/$defs/day"}}, "choice"),
        ({"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "boolean"}}]}, "boolean"),
    ],
)
def test_an_array_is_a_list_of_its_items(schema: Any, kind: str) -> None:
    hole = _hole(schema, **{"$defs": {"day": {"enum": ["mon", "tue"]}}})
    assert (hole.kind, hole.is_list) == (kind, True)
    assert hole.list_schema is not None
    assert hole.list_schema.get("uniqueItems", False) == ("uniqueItems" in schema)
    assert "items" not in hole.schema


def test_objects_have_holes_inside() -> None:
    place = {"type": "object", "properties": {"city": {"type": "string"}, "near": {"properties": {"who": {}}}}}
    found = _holes({"place": {**place, "required": ["city"]}, "when": {"format": "date"}}, required=["place"])
    assert [(hole.name, hole.path, hole.parameter, hole.is_required) for hole in found] == [
        ("place.city", ("place", "city"), "place", True),
        ("place.near.who", ("place", "near", "who"), "place", False),
        ("when", ("when",), "when", False),
    ]


def test_what_an_object_requires_is_not_required_where_the_object_is_not() -> None:
    place = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    (hole,) = _holes({"place": place})
    assert not hole.is_required


@pytest.mark.parametrize(
    "reference", ["#/$defs/week%20day", "#/$defs/week day", "#/$defs/a~1b", "#/$defs/a~0b", "#/$defs/all/allOf/0"]
)
def test_references_are_followed(reference: str) -> None:
    day = {"type": "string", "enum": ["mon"], "description": "A day."}
    defined = {"week day": day, "a/b": day, "a~b": day, "all": {"allOf": [day]}, "again": {"$ref": reference}}
    for schema in ({"$ref": reference}, {"$ref": "#/$defs/again"}, {"anyOf": [{"$ref": reference}, {"type": "null"}]}):
        hole = _hole(schema, **{"$defs": defined})
        assert (hole.kind, hole.choices, hole.description) == ("choice", ("mon",), "A day.")
        assert _hole({**schema, "description": "When."}, **{"$defs": defined}).description == "When."


def test_a_described_reference_in_all_of_is_followed() -> None:
    hole = _hole({"allOf": [{"$ref": "#/$defs/day"}], "description": "When."}, **{"$defs": {"day": {"enum": ["mon"]}}})
    assert (hole.kind, hole.description) == ("choice", "When.")


def test_nothing_is_asked_for_null() -> None:
    assert _hole({"type": ["string", "null"], "enum": ["a", None, "b"]}).choices == ("a", "b")
    assert _hole({"type": "string"}).choices == ()


def test_a_reference_that_never_ends_does_not_hang() -> None:
    endless = Tool("t", "T.", {"type": "object", "properties": {"x": {"$ref": "#/properties/x"}}})
    with pytest.raises(RecursionError, match="recursion"):
        holes(endless)


def test_a_tool_without_parameters_has_no_holes() -> None:
    assert holes(Tool("t", "T.")) == ()


def test_what_is_required_comes_first_in_its_order_and_the_rest_by_name() -> None:
    inner = {"properties": {"z": {}, "y": {}, "x": {}}, "required": ["z", "y"]}
    found = _holes({"e": {}, "b": {}, "c": inner, "d": {}, "a": {}}, required=["d", "c"])
    assert [hole.name for hole in found] == ["d", "c.z", "c.y", "c.x", "a", "b", "e"]


@given(tools)
def test_equal_tools_have_equal_holes(tool: Tool) -> None:
    properties = tool.parameters.get("properties", {})
    other = replace(tool, parameters={**tool.parameters, "properties": dict(reversed(properties.items()))})
    if tool.parameters:
        assert other == tool
        assert holes(other) == holes(tool)
    assert {hole.name: (hole.is_required, hole.description) for hole in holes(tool)} == {
        parameter.name: (parameter.required, parameter.description) for parameter in tool.parameter_list
    }


def test_every_parameter_of_the_shipped_tools_is_one_hole(shipped_tools: ToolSet) -> None:
    found = {tool.name: holes(tool) for tool in shipped_tools}
    for tool in shipped_tools:
        parameters = {parameter.name: parameter for parameter in tool.parameter_list}
        assert sorted(hole.name for hole in found[tool.name]) == sorted(parameters)
        for hole in found[tool.name]:
            parameter = parameters[hole.name]
            schema = parameter.schema["items"] if hole.is_list else parameter.schema
            assert (hole.description, hole.is_required) == (parameter.description, parameter.required)
            assert hole.choices == tuple(schema.get("enum", ()))
            assert (hole.kind == "choice") == ("enum" in schema)
    kinds = {hole.kind for own in found.values() for hole in own}
    assert kinds >= {"text", "choice", "boolean", "integer", "number", "time", "date"}
