"""What does not fit is found when a dispatcher is built, all of it at once."""

from __future__ import annotations

import datetime
import enum
import functools
import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType, Protocol, TypedDict, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import Dispatcher, HandlerError, ToolSet, UnknownToolError
from router.dispatch.signature import is_asynchronous, python_name
from tests.dispatch.calls import BOTH, TOOLS, call, tool, wake

if TYPE_CHECKING:
    from decimal import Decimal


def _problems(handler: Any, properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> list[str]:
    try:
        Dispatcher(ToolSet((tool(properties, required),)), {"act": handler})
    except HandlerError as error:
        return [*error.problems]
    return []


def _late(tme: str, days: list[str], vibrate: int = 0) -> None:
    """Fit ALARM in nothing."""


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(HandlerError, match="the handlers do not fit the tools: 7 problems\n") as raised:
        Dispatcher(BOTH, {"set_alarm": _late, "flip_coins": wake}, unhandled={"get_tme"})
    assert raised.value.problems == (
        "no tool is named 'flip_coins'. Did you mean 'flip_coin'?",
        "no tool is named 'get_tme'.",
        "flip_coin: has no handler. If it needs none here, name it in 'unhandled'.",
        "set_alarm: '_late' needs 'tme', which the tool does not declare. Did you mean 'time'?",
        "set_alarm: '_late' cannot take 'time'. Did you mean 'tme'?",
        "set_alarm: '_late' needs 'days', which a call may leave out. Give it a default.",
        "set_alarm: '_late' takes 'vibrate' as int, but its type is 'boolean'.",
    )


def test_a_tool_that_is_left_alone_has_no_handler() -> None:
    assert Dispatcher(BOTH, {"set_alarm": wake}, unhandled={"flip_coin"}).unhandled == {"flip_coin"}
    with pytest.raises(HandlerError, match="set_alarm: has a handler, and is in 'unhandled'"):
        Dispatcher(TOOLS, {"set_alarm": wake}, unhandled={"set_alarm"})


def test_what_was_checked_is_what_runs() -> None:
    handlers: dict[str, Callable[..., str]] = {"set_alarm": wake}
    dispatcher = Dispatcher(TOOLS, handlers)
    handlers.clear()
    assert dispatcher.dispatch(call()).result() == "06:30 None False"


def test_a_tool_of_another_set_is_an_error() -> None:
    with pytest.raises(UnknownToolError, match=r"no tool is named 'set_alarms'\. Did you mean 'set_alarm'?"):
        Dispatcher(TOOLS, {"set_alarm": wake}).dispatch(call("set_alarms"))


class _Alarms:
    def method(self, time: str = "") -> str:
        return time

    @classmethod
    def of_class(cls, time: str = "") -> str:
        return time

    @staticmethod
    def static(time: str = "") -> str:
        return time

    def __call__(self, time: str = "") -> str:
        return time


@dataclass
class _Alarm:
    time: str = ""


def _with_service(service: object, time: str = "", *, clock: object = None) -> str:
    return time


@functools.wraps(wake)
def _wrapped(*args: Any, **kwargs: Any) -> str:
    return wake(*args, **kwargs)


@pytest.mark.parametrize(
    "handler",
    [
        _Alarms().method,
        _Alarms.of_class,
        _Alarms.static,
        _Alarms(),
        _Alarm,
        functools.partial(_with_service, object()),
        functools.partial(_with_service, service=object(), clock=object()),
        functools.partial(_Alarms().method, time="noon"),
        functools.cache(_Alarms.static),
        lambda time, *more: time,
        lambda *, time: time,
        lambda position=0, /, time="": time,
        lambda **kwargs: kwargs["time"],
        lambda time, **kwargs: time,
        _wrapped,
    ],
)
def test_anything_that_takes_the_parameters_by_name_is_a_handler(handler: Any) -> None:
    tools = ToolSet((tool({"time": {"type": "string"}}, ("time",)),))
    done = Dispatcher(tools, {"act": handler}).dispatch(call("act", {"time": "06:30"}))
    assert "06:30" in str(done.result())


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        ("wake", "'str' cannot be called"),
        (max, "'max' has no signature to check. Wrap it in a function of your own."),
        (lambda: None, "cannot take 'time'. Add a parameter 'time', or **kwargs."),
        (lambda *times: None, "cannot take 'time'. Add a parameter 'time', or **kwargs."),
        (lambda time, /: None, "needs 'time' by position. Remove the '/' behind it."),
        (lambda time="", /: None, "cannot take 'time'. Add a parameter 'time', or **kwargs."),
        (lambda time, /, **more: None, "needs 'time' by position. Remove the '/' behind it."),
        (lambda time, zone: None, "needs 'zone', which the tool does not declare."),
        (lambda *, zone, **more: None, "needs 'zone', which the tool does not declare."),
        (functools.partial(_with_service, clock=None), "needs 'service', which the tool does not declare."),
        (functools.partial(_with_service, 1, "noon"), "cannot take 'time'. Add a parameter 'time', or **kwargs."),
        (_Alarms.method, "needs 'self', which the tool does not declare."),
    ],
)
def test_anything_else_is_not(handler: Any, problem: str) -> None:
    problems = _problems(handler, {"time": {"type": "string"}}, ("time",))
    assert problems
    assert problem in problems[0]


def test_a_parameter_that_a_call_may_leave_out_needs_a_default() -> None:
    (problem,) = _problems(lambda time: None, {"time": {"type": "string"}})
    assert "needs 'time', which a call may leave out. Give it a default." in problem
    assert _problems(lambda **given: None, {"time": {"type": "string"}}) == []


class _Day(enum.Enum):
    MON = "mon"


class _Place(TypedDict):
    street: str


class _Shown(Protocol):
    def show(self) -> None: ...


_Name = NewType("_Name", str)
_FITS: list[tuple[Any, Any]] = [
    (str, "string"),
    (object, "string"),
    (Any, "boolean"),
    (int, "integer"),
    (int, "number"),
    (float, "integer"),
    (float, "number"),
    (bool, "boolean"),
    (None, "null"),
    (list, "array"),
    (list[str], "array"),
    (Sequence[str], "array"),
    (dict[str, int], "object"),
    (Mapping[str, int], "object"),
    (_Place, "object"),
    (_Shown, "string"),
    (_Name, "string"),
    (str | None, "string"),
    (Union[str, None], ["string", "null"]),  # noqa: UP007
    (int | str, "string"),
    (Literal["on", "off"], "string"),
    (Annotated[str, "a time"], "string"),
    (int, ["string", "integer"]),
    ("_NowhereToBeFound", "string"),
]
_CONTRADICTS: list[tuple[Any, Any, str]] = [
    (int, "boolean", "int, but its type is 'boolean'"),
    (int, "string", "int, but its type is 'string'"),
    (float, "boolean", "float, but its type is 'boolean'"),
    (bool, "integer", "bool, but its type is 'integer'"),
    (str, "array", "str, but its type is 'array'"),
    (list[str], "string", "but its type is 'string'"),
    (list[str] | None, "string", "but its type is 'string'"),
    (Annotated[int, "minutes"], "string", "but its type is 'string'"),
    (Literal[1, 2], "string", "but its type is 'string'"),
    (datetime.time, "string", "datetime.time, but its type is 'string'"),
    (_Day, "string", "_Day, but its type is 'string'"),
    (int, ["string", "null"], "int, but its type is 'string', 'null'"),
]


def _annotated(annotation: Any) -> Callable[..., None]:
    def act(value: Any = None) -> None: ...

    act.__annotations__ = {"value": annotation}
    return act


@pytest.mark.parametrize(("annotation", "type_"), _FITS, ids=str)
def test_an_annotation_that_may_fit_is_left_alone(annotation: Any, type_: Any) -> None:
    assert _problems(_annotated(annotation), {"value": {"type": type_}}) == []


@pytest.mark.parametrize(("annotation", "type_", "problem"), _CONTRADICTS, ids=str)
def test_an_annotation_that_plainly_cannot_fit_is_a_problem(annotation: Any, type_: Any, problem: str) -> None:
    (found,) = _problems(_annotated(annotation), {"value": {"type": type_}})
    assert "takes 'value' as " in found
    assert problem in found


@pytest.mark.parametrize("schema", [{}, {"enum": [1]}, True, {"anyOf": [{"type": "string"}]}], ids=str)
def test_a_parameter_without_a_type_contradicts_nothing(schema: Any) -> None:
    assert _problems(_annotated(int), {"value": schema}) == []


def test_annotations_for_type_checkers_only_are_left_alone() -> None:
    def pay(amount: Decimal | None = None, to: str = "") -> None: ...

    assert _problems(pay, {"amount": {"type": "boolean"}, "to": {"type": "string"}}) == []


def test_a_parameter_that_python_cannot_name_is_taken_with_an_underscore() -> None:
    properties = {name: {"type": "string"} for name in ("from", "start-time", "2nd", "label")}
    tools = ToolSet((tool(properties),))

    def act(from_: str = "", start_time: str = "", _2nd: str = "", label: str = "") -> tuple[str, ...]:
        return from_, start_time, _2nd, label

    given = {"from": "a", "start-time": "b", "2nd": "c", "label": "d"}
    assert Dispatcher(tools, {"act": act}).dispatch(call("act", given)).result() == ("a", "b", "c", "d")
    taken = Dispatcher(tools, {"act": lambda start_time="", **more: (start_time, more)})
    assert taken.dispatch(call("act", given)).result() == ("b", {"from": "a", "2nd": "c", "label": "d"})
    assert any(" Add a parameter 'from_', or **kwargs." in problem for problem in _problems(lambda: None, properties))


def test_two_parameters_cannot_be_taken_as_one() -> None:
    properties = {"start-time": {"type": "string"}, "start.time": {"type": "string"}}
    (problem,) = _problems(lambda start_time="": None, properties)
    assert problem.endswith("would take all of 'start-time', 'start.time' as 'start_time'. Take **kwargs instead.")
    assert _problems(lambda **more: None, properties) == []


@given(st.text(min_size=1))
def test_every_name_has_a_form_that_python_can_name(name: str) -> None:
    given = python_name(name)
    assert given.isidentifier()
    assert not keyword.iskeyword(given)
    assert given == name or not name.isidentifier() or keyword.iskeyword(name)


async def _asynchronous(time: str = "") -> None: ...


class _Asynchronous:
    async def __call__(self, time: str = "") -> None: ...


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (_asynchronous, True),
        (_Asynchronous(), True),
        (_Asynchronous().__call__, True),
        (functools.partial(functools.partial(_asynchronous), time=""), True),
        (functools.partial(_Asynchronous()), True),
        (_Asynchronous, False),
        (wake, False),
        (lambda: _asynchronous(), False),
        (None, False),
    ],
)
def test_an_asynchronous_function_is_known_without_calling_it(function: object, expected: bool) -> None:
    assert is_asynchronous(function) is expected
