"""Arguments that are not what the tool declares never reach a handler."""

from __future__ import annotations

import datetime
import math
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import ArgumentError, Dispatcher, Tool, ToolSet
from tests.dispatch.calls import TOOLS, call, tool, wake
from tests.strategies import json_values

_nested: list[Any] = []
_nested.append(_nested)


def _refused(arguments: Any) -> tuple[str, ...]:
    ran: list[object] = []
    done = Dispatcher(TOOLS, {"set_alarm": lambda **given: ran.append(given)}).dispatch(call("set_alarm", arguments))
    assert (done.outcome, ran) == ("invalid", [])
    assert isinstance(done.error, ArgumentError)
    with pytest.raises(ArgumentError, match="the arguments are not those of 'set_alarm'"):
        done.result()
    return done.error.problems


def test_every_problem_of_the_arguments_is_reported_at_once() -> None:
    assert sorted(_refused({"days": ["mno"], "vibrate": "yes", "lable": 1})) == [
        "'time' is missing",
        "days[0]: 'mno' is not one of 'mon', 'tue'. Did you mean 'mon'?",
        "unknown key 'lable'. Known: 'time', 'days', 'vibrate'.",
        "vibrate: 'yes' is not true or false",
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (datetime.time(6), "no JSON values: 'time' is no JSON value"),
        ({"mon"}, "no JSON values: 'set' is no JSON value"),
        (math.nan, "no JSON values: Out of range float values are not JSON compliant"),
        (10**5000, "no JSON values: Exceeds the limit"),
        (_nested, "no JSON values: Circular reference detected"),
        (None, "time: this is empty; it must be text"),
        (["06:30"], "time: this list is not text"),
    ],
    ids=["time", "set", "nan", "digits", "cycle", "null", "list"],
)
def test_what_is_no_such_value_is_refused(value: Any, problem: str) -> None:
    (found,) = _refused({"time": value})
    assert found.startswith(problem)


def test_a_value_that_nests_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    (found,) = _refused({"time": deep})
    assert found.startswith("no JSON values: maximum recursion depth exceeded")


def test_what_the_tool_does_not_declare_reaches_no_parameter_of_the_handler() -> None:
    open_tool = ToolSet((tool({"time": {"type": "string"}, "from": {"type": "string"}}),))

    def act(time: str = "", from_: str = "", service: str = "ours") -> str:
        return service

    def act_on_all(time: str = "", from_: str = "", service: str = "ours", **more: object) -> object:
        return service, more

    (problem,) = _problems(Dispatcher(open_tool, {"act": act}).dispatch(call("act", {"tme": ""})).error)
    assert problem == "'tme' is not declared. Did you mean 'time'?"
    for name in ("service", "from_"):
        for handler in (act, act_on_all):
            done = Dispatcher[object](open_tool, {"act": handler}).dispatch(call("act", {name: "theirs"}))
            assert _problems(done.error)[0].startswith(f"'{name}' is not declared.")
    assert Dispatcher(open_tool, {"act": act_on_all}).dispatch(call("act", {"zone": 1})).result() == (
        "ours",
        {"zone": 1},
    )


def _problems(error: Exception | None) -> tuple[str, ...]:
    assert isinstance(error, ArgumentError)
    return error.problems


def test_a_handler_gets_arguments_of_its_own() -> None:
    days = ["mon"]
    decision = call("set_alarm", {"time": "06:30", "days": days})

    def change(time: str, days: list[str], vibrate: bool = False) -> None:
        days.append("tue")

    tools = ToolSet((tool({"time": {}, "days": {}, "vibrate": {}}, ("time", "days")),))
    dispatcher = Dispatcher(tools, {"act": change})
    for _ in range(2):
        assert dispatcher.dispatch(call("act", decision.arguments)).outcome == "done"
    assert days == ["mon"]


def test_mappings_of_any_kind_are_json_values() -> None:
    tools = ToolSet((tool({"place": {"type": "object"}}),))
    given = {"place": MappingProxyType({"street": MappingProxyType({"number": 1})})}
    done = Dispatcher(tools, {"act": lambda place=None: place}).dispatch(call("act", given))
    assert done.result() == {"street": {"number": 1}}


def test_a_pattern_that_could_backtrack_for_long_is_not_run() -> None:
    tools = ToolSet((tool({"text": {"type": "string", "pattern": "^(a+)+$"}}),))
    given = {"text": "a" * 5000 + "!"}
    assert Dispatcher(tools, {"act": lambda text="": len(text)}).dispatch(call("act", given)).result() == 5001


def test_references_inside_the_parameters_are_followed() -> None:
    definitions: Any = {"$defs": {"day": {"enum": ["mon"]}}}
    tools = ToolSet((tool({"day": {"$ref": "#/$defs/day"}}, **definitions),))
    dispatcher = Dispatcher(tools, {"act": lambda day="": day})
    assert dispatcher.dispatch(call("act", {"day": "mon"})).result() == "mon"
    assert dispatcher.dispatch(call("act", {"day": "tue"})).outcome == "invalid"


@given(st.dictionaries(st.sampled_from(["time", "days", "vibrate", "more"]), json_values))
def test_a_handler_runs_exactly_if_the_arguments_are_valid(arguments: dict[str, Any]) -> None:
    valid = (
        set(arguments) <= {"time", "days", "vibrate"}
        and isinstance(arguments.get("time"), str)
        and isinstance(arguments.get("vibrate", False), bool)
        and isinstance(arguments.get("days", []), list)
        and set(map(str, arguments.get("days", []))) <= {"mon", "tue"}
    )
    done = Dispatcher(TOOLS, {"set_alarm": wake}).dispatch(call("set_alarm", arguments))
    assert done.outcome == ("done" if valid else "invalid")


def test_every_shipped_tool_runs_a_handler_with_its_examples_arguments(shipped_tools: ToolSet) -> None:
    dispatcher = Dispatcher(shipped_tools, {one.name: lambda **given: given for one in shipped_tools})
    calls = [call(one.name, arguments) for one in shipped_tools for arguments in _complete(one)]
    assert len(calls) > 500
    assert [dispatcher.dispatch(each).result() for each in calls] == [each.arguments for each in calls]


def _complete(one: Tool) -> list[dict[str, Any]]:
    required = {parameter.name for parameter in one.parameter_list if parameter.required}
    return [
        dict(each.arguments) for each in one.examples if each.arguments is not None and required <= set(each.arguments)
    ]
