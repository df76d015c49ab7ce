"""Values that a schema lists are found by their words and synonyms."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.arguments.known import KnownValues

STATE = {
    "type": "string",
    "enum": ["on", "off", "toggle"],
    "x-values": {"on": ["an", "ein"], "off": {"en": ["out", "kill"], "de": ["aus"]}},
}
MODES = {"enum": ["heatCool", "do_not_disturb", "warm white", "", None, 3, "x" * 300]}


def found(schema: dict[str, Any], text: str) -> list[tuple[str, str]]:
    return [(match.value, match.how) for match in KnownValues.declared(schema).find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turn the light off", [("off", "exact")]),
        ("lights out", [("off", "alias")]),
        ("mach das licht aus", [("off", "alias")]),
        ("toggel the lamp", [("toggle", "spelling")]),
        ("an of ofe ein", [("on", "alias"), ("on", "alias")]),
        ("only offer offices", []),
        ("onn offs auff oughf aain out's", [("off", "alias")]),
    ],
)
def test_words_and_synonyms_are_found_and_short_ones_only_as_they_are(text: str, expected: list[Any]) -> None:
    assert found(STATE, text) == expected


def test_identifiers_are_found_by_their_words() -> None:
    assert found(MODES, "set heat cool and do not disturb") == [("heatCool", "alias"), ("do_not_disturb", "exact")]


def test_a_part_of_a_declared_value_is_not_the_value() -> None:
    assert found(MODES, "make it warm") == []


def test_what_nobody_can_say_is_left_out() -> None:
    assert KnownValues.declared(MODES).values == ("do_not_disturb", "heatCool", "warm white")
    assert len(KnownValues.declared({"type": "string"})) == 0


def test_a_vocabulary_needs_no_enum() -> None:
    schema = {"type": "string", "x-values": {"espresso": ["short black"]}}
    assert found(schema, "a short black please") == [("espresso", "alias")]


@given(st.lists(st.text(max_size=30) | st.integers() | st.none(), max_size=6), st.text(max_size=50))
def test_any_enum_can_be_looked_for(enum: list[Any], text: str) -> None:
    assert {value for value, _ in found({"enum": enum}, text)} <= {value for value in enum if isinstance(value, str)}
