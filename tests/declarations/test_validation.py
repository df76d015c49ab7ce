import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

from router.declarations import Tool, loads
from router.declarations.schema import definition, schema_keywords, tool_schema
from router.errors import DeclarationError
from tests.strategies import json_values, tool_dicts


def complaints(parameters: Any, *examples: Any) -> list[str]:
    """What is said about a tool with these parameters and examples."""
    try:
        Tool.from_dict({"name": "a", "description": "b", "parameters": parameters, "examples": examples})
    except DeclarationError as error:
        return [f"{problem.path}: {problem.message}" for problem in error.problems]
    return []


def taking(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def test_the_schema_of_declarations_is_a_schema() -> None:
    Draft202012Validator.check_schema(tool_schema())


def test_the_schema_for_editors_knows_the_keywords_of_the_standard() -> None:
    vocabularies = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"]
    base = "https://json-schema.org/draft/2020-12/meta/"
    standard = {key for name in vocabularies for key in REGISTRY.contents(base + name)["properties"]}
    assert schema_keywords() == standard - {"$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$vocabulary"} | {
        "definitions",
        "x-known",
        "x-values",
    }


@given(tool_dicts())
def test_the_schema_for_editors_accepts_what_the_loader_accepts(declaration: dict[str, Any]) -> None:
    editor = Draft202012Validator(tool_schema())
    assert editor.is_valid(declaration)
    assert editor.is_valid([declaration])
    assert editor.is_valid({"out_of_scope": ["tell me a joke"]})
    assert not editor.is_valid({**declaration, "exampels": []})


schema_like = st.recursive(
    json_values,
    lambda inner: (
        st.dictionaries(st.sampled_from(sorted(schema_keywords())), inner, max_size=3)
        | st.lists(inner, max_size=2)
        | st.sampled_from(["array", "string", {"a": {}}, {}, True, 0, 1, ["a"]])
    ),
    max_leaves=12,
)


@given(schema_like)
def test_what_passes_as_parameters_is_a_schema(value: Any) -> None:
    said = complaints({"type": "object", "properties": {"a": value}}, "x", {"utterance": "y", "arguments": {"a": 1}})
    if not any(complaint.startswith("parameters") for complaint in said):
        Draft202012Validator.check_schema(value)


@given(st.sampled_from(sorted(schema_keywords() - {"$schema", "format", "x-known", "x-values"})), json_values)
def test_each_keyword_takes_what_the_standard_says(keyword: str, value: Any) -> None:
    ours = definition("schema").is_valid({keyword: value})
    standard = Draft202012Validator(Draft202012Validator.META_SCHEMA).is_valid({keyword: value})
    assert ours == standard or (ours and isinstance(value, list))  # items given twice are found elsewhere


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [
        ({"properties": {}}, "parameters: 'type' is missing; it must be 'object'"),
        ({"type": "array"}, "parameters.type: 'array' is not 'object'"),
        (True, "parameters: true is not a mapping"),
        (taking(a={"type": ["string", "string"]}), "parameters.properties.a.type: 'string' stands here twice"),
        ({"type": "object", "required": ["a"]}, "parameters.required[0]: 'a' is not in 'properties'."),
        (taking(a={"$id": "x"}), "parameters.properties.a: '$id' is not supported. Refer to '#/$defs/…' with '$ref'."),
        (taking(a={"descripton": "x"}), "unknown key 'descripton'. Did you mean 'description'?"),
        (taking(a={"pattern": "[a"}), "parameters.properties.a.pattern: '[a' is not a regular expression:"),
        (taking(a={"pattern": "(" * 2000}), "is not a regular expression:"),
        (taking(a={"patternProperties": {"*": {}}}), "parameters.properties.a.patternProperties['*']: '*' is not"),
        (taking(a={"$ref": "#"}), "parameters.properties.a.$ref: this reference leads back to itself."),
        ({"type": "object", "$ref": "#"}, "parameters.$ref: this reference leads back to itself."),
        (taking(a={"$ref": "https://example.com"}), "leads out of these parameters, and nothing is fetched."),
        (taking(a={"$ref": "#/properties/b"}, bb={}), "names no schema in these parameters. Did you mean"),
        (taking(a={"$ref": "#/properties/b/default", "x": 1}, b={"default": {}}), "names no schema in these"),
    ],
)
def test_misused_parameters_are_explained(parameters: Any, complaint: str) -> None:
    [found] = complaints(parameters)
    assert complaint in found


def test_references_that_multiply_are_refused() -> None:
    definitions: dict[str, Any] = {"d0": {}}
    for n in range(1, 40):
        definitions[f"d{n}"] = {"allOf": [{"$ref": f"#/$defs/d{n - 1}"}] * 2}
    assert "more than 1000 schemas, references written out" in complaints({"type": "object", "$defs": definitions})[0]


def test_references_that_nest_are_refused() -> None:
    definitions: dict[str, Any] = {"d0": {}}
    for n in range(1, 100):
        definitions[f"d{n}"] = {"$ref": f"#/$defs/d{n - 1}"}
    assert any("nest deeper than 64 levels" in said for said in complaints({"type": "object", "$defs": definitions}))


def test_the_keywords_of_others_are_left_alone() -> None:
    assert not complaints({"$schema": "x", **taking(a={"x-unit": "m", "nullable": True, "example": 1, "color": "red"})})


def test_references_with_escapes_are_followed() -> None:
    parameters = taking(a={"$ref": "#/$defs/b~1c%20~0"}) | {"$defs": {"b/c ~": {"type": "integer"}}}
    assert complaints(parameters, {"utterance": "x", "arguments": {"a": "b"}}) == [
        "examples[0].arguments.a: 'b' is not a whole number"
    ]


@pytest.mark.parametrize(
    ("schema", "value", "complaint"),
    [
        ({"type": "string"}, 5, "5 is not text. Put it in double quotes."),
        ({"type": "string"}, None, "this is empty; it must be text"),
        ({"type": ["integer", "null"]}, [1], "this list is not a whole number or null"),
        ({"enum": ["on", "off", 1]}, "onn", "'onn' is not one of 'on', 'off', 1. Did you mean 'on'?"),
        ({"const": 1}, 2, "2 is not 1"),
        ({"pattern": "^a{2}$"}, "a", "'a' does not match ^a{2}$"),
        ({"format": "date"}, "2024-02-30", "'2024-02-30' is not in the format 'date', for example '2025-03-14'"),
        ({"format": "time"}, "half six", "'half six' is not in the format 'time', for example '06:30'"),
        ({"format": "duration"}, "1h", "'1h' is not in the format 'duration', for example 'PT1H30M'"),
        (
            {"format": "date-time"},
            "2025-02-29T10:00",
            "'2025-02-29T10:00' is not in the format 'date-time', for example '2025-03-14T06:30:00'",
        ),
        ({"format": "email"}, "anna", "'anna' is not in the format 'email'"),
        ({"minimum": 1}, 0, "0 is less than 1"),
        ({"maximum": 1}, 2, "2 is more than 1"),
        ({"exclusiveMinimum": 1}, 1, "1 is not more than 1"),
        ({"exclusiveMaximum": 1}, 1, "1 is not less than 1"),
        ({"multipleOf": 2}, 1, "1 is not a multiple of 2"),
        ({"minLength": 2}, "a", "'a' has fewer than 2 characters"),
        ({"maxLength": 2}, "abc", "'abc' has more than 2 characters"),
        ({"minItems": 1}, [], "this list has fewer than 1 items"),
        ({"maxItems": 1}, [1, 2], "this list has more than 1 items"),
        ({"uniqueItems": True}, [1, 1], "this list holds an item twice"),
        ({"required": ["b"], "properties": {"b": {}}}, {}, "'b' is missing"),
        ({"anyOf": [{"type": "array"}, {"enum": ["on"]}]}, "onn", "'onn' is not one of 'on'. Did you mean 'on'?"),
        ({"not": {"type": "null"}}, None, "None should not be valid under {'type': 'null'}"),
        ({"enum": list(range(99))}, 100, "100 is not one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"),
    ],
)
def test_a_wrong_argument_is_explained_in_one_short_sentence(schema: Any, value: Any, complaint: str) -> None:
    said = complaints(taking(a=schema), {"utterance": "x", "arguments": {"a": value}})
    assert said == [f"examples[0].arguments.a: {complaint}"]


def test_an_unknown_argument_is_met_with_the_nearest_name() -> None:
    assert complaints(taking(time={}, label={}), {"utterance": "x", "arguments": {"tme": 1, "zzz": 2}}) == [
        "examples[0].arguments: unknown key 'tme'. Did you mean 'time'?",
        "examples[0].arguments: unknown key 'zzz'. Known: 'time', 'label'.",
    ]


def test_arguments_may_leave_out_what_a_call_requires() -> None:
    parameters = {**taking(a={}, b={}), "required": ["a", "b"]}
    assert not complaints(parameters, {"utterance": "x", "arguments": {"a": 1}})


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|a)*$", "^a*a*a*a*a*a*$", "(a?)(a?)(a?)(a?)(a?)b", "^(([a-z])+.)+$"]
)
def test_a_pattern_that_backtracks_without_end_does_not_hang(pattern: str) -> None:
    began = time.monotonic()
    assert not complaints(taking(a={"pattern": pattern}), {"utterance": "x", "arguments": {"a": "a" * 99 + "!"}})
    assert time.monotonic() - began < 5


def test_an_example_with_very_many_arguments_is_refused() -> None:
    assert complaints(taking(a={}), {"utterance": "x", "arguments": {"a": [0] * 500}}) == [
        "examples[0].arguments: the arguments hold more than 200 values"
    ]


def test_a_slot_that_names_no_parameter_is_met_with_those_there_are() -> None:
    assert complaints(taking(time={}, label={}), "at {tme: six}") == [
        "examples[0]: {tme} names no parameter of 'a'. Did you mean 'time'? Parameters: 'time', 'label'."
    ]
    assert complaints({}, "at {tme: six}") == ["examples[0]: {tme} names no parameter of 'a'. It has none."]


def test_a_slot_may_name_a_part_of_an_object_by_its_path() -> None:
    address = {"type": "object", "properties": {"city": {"type": "string"}, "lines": {"type": "array"}}}
    parameters = taking(address=address)
    assert not complaints(parameters, "to {address.lines: one} and {address.lines: two} in {address.city: Paris}")
    assert complaints(parameters, "to {address.town: Paris}, {city: Rome}") == [
        "examples[0]: {address.town} names no parameter of 'a'. Did you mean 'address'? Parameters: 'address'.",
        "examples[0]: {city} names no parameter of 'a'. Parameters: 'address'.",
    ]
    assert complaints(parameters, "{address.city: Paris} or {address.city: Rome}") == [
        "examples[0]: {address.city} is marked 2 times, but it is no list"
    ]


def test_only_a_list_may_be_marked_twice() -> None:
    assert not complaints(taking(a={"type": "array"}), "{a: x} and {a: y}")
    assert complaints(taking(a={"type": "string"}), "{a: x} and {a: y}") == [
        "examples[0]: {a} is marked 2 times, but it is no list"
    ]


def test_contradictions_between_utterances_name_both_places() -> None:
    source = """
- {name: a, description: A., examples: [wake up, "WAKE  up"], counterexamples: [Wake Up, go away]}
- name: b
  description: B.
  examples:
    - wake up
    - go away
---
out_of_scope: [wake up, fine, fine]
"""
    with pytest.raises(DeclarationError, match="has 4 problems") as caught:
        loads(source, "a.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "line 2   [0].counterexamples[0]: 'Wake Up' is also an example of this tool (line 2)",
        "line 2   [0].examples[1]: 'WAKE  up' is already an example of this tool (line 2)",
        "line 6   [1].examples[0]: 'wake up' is already an example of 'a' (line 2)",
        "line 9   out_of_scope[0]: 'wake up' is an example of 'a' (line 2)",
    ]


def test_a_contradiction_in_a_mapping_names_the_path() -> None:
    assert complaints({}, "x", "y", " X") == ["examples[2]: ' X' is already an example of this tool (examples[0])"]


def test_checking_never_opens_a_socket() -> None:
    declaration = {"name": "a", "description": "b", "parameters": taking(a={"$ref": "http://localhost/x"})}
    program = f"""
import socket
def refuse(*_, **__): raise AssertionError("network")
socket.socket = socket.create_connection = refuse
from router.declarations import Tool
from router.errors import DeclarationError
try: Tool.from_dict({declaration!r})
except DeclarationError: print("refused")
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "refused"


def test_a_declaration_of_a_thousand_examples_is_checked_in_linear_time() -> None:
    texts = [f"utterance {n}" for n in range(1000)]
    tool = Tool.from_dict({"name": "a", "description": "b", "examples": texts})
    assert json.loads(json.dumps(tool.to_dict()))["examples"] == texts
