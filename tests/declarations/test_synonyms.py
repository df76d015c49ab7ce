"""`x-values` says what people say for a value, and is checked."""

from typing import Any

import pytest
from hypothesis import given

from router.declarations import loads
from router.declarations.synonym_misuses import value_misuses
from router.declarations.synonyms import declared_values
from router.errors import DeclarationError
from tests.strategies import json_values

TOOL = """\
name: set_light
description: Switch the light.
parameters:
  type: object
  properties:
    state:
      type: string
      enum: ["on", "off"]
      x-values:
        on: [an, ein]
        off: {en: [out, kill], de: [aus]}
"""


def complaint(source: str) -> str:
    """What is said about a tool, with lines."""
    try:
        loads(source)
    except DeclarationError as error:
        return str(error)
    return ""


def test_values_have_synonyms_in_one_list_or_by_language() -> None:
    [tool] = loads(TOOL)
    assert declared_values(tool.parameters["properties"]["state"]) == {
        "on": ("an", "ein"),
        "off": ("out", "kill", "aus"),
    }


def test_a_vocabulary_needs_no_enum() -> None:
    assert complaint(TOOL.replace('      enum: ["on", "off"]\n', "")) == ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "        off:",
            "        of:",
            "line 11  parameters.properties.state.x-values.of: 'of' is no value of 'enum'.",
        ),
        ("        off:", "        of:", "Did you mean 'off'? Values: 'on', 'off'."),
        ("ein]", "aus]", "line 11  parameters.properties.state.x-values.off.de[0]: 'aus' is also said for 'on'"),
        ("ein]", "OFF]", "line 10  parameters.properties.state.x-values.on[1]: 'OFF' is also said for 'off'"),
        ("ein]", '" "]', "line 10  parameters.properties.state.x-values.on[1]: ' ' is nothing that is said"),
        ("ein]", "7]", "7 is not text. Put it in double quotes"),
        ("{en:", "{english:", "'english' is not a BCP 47 language tag such as en or pt-BR"),
        ("[an, ein]", "an", "'an' is not a list or a mapping"),
        (
            '      type: string\n      enum: ["on", "off"]\n',
            "      type: integer\n",
            "line 8   parameters.properties.state.x-values: 'x-values' lists texts, but the type is 'integer'",
        ),
        (
            '      type: string\n      enum: ["on", "off"]\n',
            "      enum: [1, 2]\n",
            "'x-values' lists texts, but 'enum' has none",
        ),
        (
            '      type: string\n      enum: ["on", "off"]\n',
            "      description: x\n",
            "'x-values' lists texts, but the type is missing; it must be 'string'",
        ),
        ("x-values", "x-value", "unknown key 'x-value'. Did you mean 'x-values'?"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, expected: str) -> None:
    assert before in TOOL
    assert expected in complaint(TOOL.replace(before, after, 1))


def test_a_value_may_stand_among_its_own_synonyms() -> None:
    assert complaint(TOOL.replace("[an, ein]", "[On, an, an]")) == ""


@given(json_values)
def test_any_value_of_the_keyword_is_looked_at(value: Any) -> None:
    for finding in value_misuses({"type": "string", "enum": ["a"], "x-values": value}):
        assert finding.path[0] == "x-values"
