import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.declarations import Example, Location, Parameter, Suppression, Tool
from router.errors import DeclarationError
from tests.strategies import tool_dicts, tools, utterances

ALARM: dict[str, Any] = {
    "name": "set_alarm",
    "description": "Set an alarm.",
    "parameters": {
        "type": "object",
        "properties": {"time": {"type": "string", "description": "When."}, "label": True, "never": False},
        "required": ["time"],
    },
}


@given(tools)
def test_a_tool_survives_a_round_trip(tool: Tool) -> None:
    assert Tool.from_dict(tool.to_dict()) == tool
    assert Tool.from_dict(tool.to_dict()).to_dict() == tool.to_dict()


@given(tool_dicts())
def test_a_tool_shares_nothing_with_the_mapping_it_came_from(declaration: dict[str, Any]) -> None:
    tool = Tool.from_dict(declaration)
    before = copy.deepcopy(tool)
    declaration.get("metadata", {}).clear()
    declaration.get("parameters", {}).clear()
    tool.to_dict().get("parameters", {}).clear()
    assert tool == before


def test_parameters_come_in_declared_order() -> None:
    assert Tool.from_dict(ALARM).parameter_list == (
        Parameter("time", {"type": "string", "description": "When."}, "When.", required=True),
        Parameter("label", {}, "", required=False),
        Parameter("never", {"not": {}}, "", required=False),
    )


def test_examples_may_be_given_in_every_form() -> None:
    forms = ["at {time: six}", Example.parse("at {time: seven}"), {"utterance": "now", "arguments": {"time": "0:00"}}]
    tool = Tool.from_dict({**ALARM, "examples": forms})
    assert [example.utterance for example in tool.examples] == ["at six", "at seven", "now"]
    assert tool.examples[2].arguments == {"time": "0:00"}


def test_the_source_takes_no_part_in_equality() -> None:
    assert Tool("a", "b", source=Location("x.yaml", 1)) == Tool("a", "b")
    assert hash(Tool("a", "b", source=Location("x.yaml", 1))) == hash(Tool("a", "b", metadata={}))


notes = st.lists(
    st.fixed_dictionaries({"ignore": utterances, "reason": utterances}, optional={"about": utterances}), max_size=3
)


@given(tool_dicts(), notes)
def test_suppressions_survive_a_round_trip_and_take_no_part_in_equality(
    declaration: dict[str, Any], lint: list[dict[str, str]]
) -> None:
    plain, noted = Tool.from_dict(declaration), Tool.from_dict({**declaration, "lint": lint})
    assert noted.lint == tuple(Suppression(**note) for note in lint)
    assert noted.to_dict().get("lint", []) == lint
    assert Tool.from_dict(noted.to_dict()).lint == noted.lint
    assert noted == plain
    assert hash(noted.lint) == hash(Tool.from_dict(noted.to_dict()).lint)


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ({"ignore": "near-duplicate"}, r"lint\[0\]: 'reason' is missing"),
        ({"ignore": "near-duplicate", "reason": " "}, r"lint\[0\].reason: ' ' is no reason"),
        ({"ignore": "near-duplicate", "reason": "x", "about": ""}, "'' is nothing that a finding mentions"),
        ({"ignore": "near-duplicate", "reson": "x"}, r"unknown key 'reson'\. Did you mean 'reason'\?"),
        ("near-duplicate", "'near-duplicate' is not a mapping"),
    ],
)
def test_a_suppression_needs_a_rule_and_a_reason(note: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Tool.from_dict({**ALARM, "lint": [note]})


def test_the_shortest_tool_has_a_short_declaration() -> None:
    assert Tool("a", "b").to_dict() == {"name": "a", "description": "b"}


def test_the_constructor_holds_to_the_rules_that_others_rely_on() -> None:
    with pytest.raises(DeclarationError) as caught:
        Tool(
            "set alarm\n",
            " ",
            parameters={"type": "string"},
            examples=("x", Example.parse("{tme: x}")),  # type: ignore[arg-type]
            confirm="maybe",  # type: ignore[arg-type]
        )
    assert [problem.path for problem in caught.value.problems] == [
        "confirm",
        "description",
        "examples[0]",
        "examples[1]",
        "name",
        "parameters",
    ]


cyclic: dict[str, Any] = {}
cyclic["again"] = cyclic


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"at": object()}, "metadata.at: object is none of JSON's types"),
        ({"at": float("nan")}, "the number does not fit a 64-bit float"),
        ({"at": 10**400}, "the number does not fit a 64-bit float"),
        ({1: 2}, "the key 1 is not text"),
        ({"at": "\ud800"}, "half a surrogate pair"),
        (cyclic, "values nest deeper than 32 levels"),
        ({"at": [0] * 100_001}, "more than 100000 values"),
    ],
)
def test_a_mapping_that_is_not_json_is_refused(metadata: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Tool.from_dict({**ALARM, "metadata": metadata})
