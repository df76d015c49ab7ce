"""Whether a handler takes what its tool declares."""

from __future__ import annotations

import functools
import inspect
import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from router.declarations import Parameter, Tool
from router.declarations.wording import hint, listed, shown


@dataclass(frozen=True, slots=True)
class Signature:
    """How a handler takes the arguments of its tool."""

    keywords: Mapping[str, str]
    """For each declared parameter the keyword that the handler takes it by."""
    others: frozenset[str] | None
    """The names that an argument nobody declared must not have, if the handler takes any at all."""

    def takes(self, name: str) -> bool:
        """Whether the handler can be given an argument of that name."""
        return name in self.keywords or (self.others is not None and name not in self.others)


def python_name(name: str) -> str:
    """Return the name by which a handler can take a parameter that Python cannot name so.

    >>> python_name("start-time"), python_name("from"), python_name("2nd"), python_name("label")
    ('start_time', 'from_', '_2nd', 'label')
    """
    word = "".join(character if f"_{character}".isidentifier() else "_" for character in name)
    if keyword.iskeyword(word):
        return f"{word}_"
    return word if word.isidentifier() else f"_{word}"


def is_asynchronous(function: object) -> bool:
    """Whether a call of it only makes something to await, as far as can be told without one."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def examined(tool: Tool, function: object) -> tuple[Signature, list[str]]:
    """Return how a handler takes a tool's arguments, and all that keeps it from taking them."""
    nothing = Signature({}, None)
    who = shown(getattr(function, "__qualname__", None) or type(function).__qualname__)
    if not callable(function):
        return nothing, [f"{tool.name}: {who} cannot be called"]
    if (signature := _signature(function)) is None:
        return nothing, [f"{tool.name}: {who} has no signature to check. Wrap it in a function of your own."]
    given = signature.parameters.values()
    by_name = {each.name: each for each in given if each.kind in _BY_NAME}
    takes_any = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in given)
    keywords = {each.name: _keyword(each.name, by_name) for each in tool.parameter_list}
    problems = [
        *(f"needs {shown(name)} by position. Remove the '/' behind it." for name in _needed_by_position(signature)),
        *_clashes(keywords, by_name),
        *_undeclared(tool, by_name, set(keywords.values())),
    ]
    for parameter in tool.parameter_list:
        if (taken := by_name.get(keywords[parameter.name])) is not None:
            problems += _misfits(parameter, taken)
        elif not takes_any:
            problems.append(_not_taken(parameter.name, set(by_name) - set(keywords)))
    others = frozenset(by_name) if takes_any else None
    return Signature(keywords, others), [f"{tool.name}: {who} {problem}" for problem in problems]


def _signature(function: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(function, eval_str=True)
    except Exception:  # noqa: S110  # annotations may name what only type checkers import
        pass
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _keyword(name: str, by_name: Mapping[str, inspect.Parameter]) -> str:
    word = python_name(name)
    return word if word in by_name else name


def _needed_by_position(signature: inspect.Signature) -> Iterator[str]:
    for each in signature.parameters.values():
        if each.kind is inspect.Parameter.POSITIONAL_ONLY and each.default is inspect.Parameter.empty:
            yield each.name


def _clashes(keywords: Mapping[str, str], by_name: Mapping[str, inspect.Parameter]) -> Iterator[str]:
    for word in by_name:
        if len(names := [name for name, taken in keywords.items() if taken == word]) > 1:
            yield f"would take all of {listed(names)} as {shown(word)}. Take **kwargs instead."


def _undeclared(tool: Tool, by_name: Mapping[str, inspect.Parameter], taken: set[str]) -> Iterator[str]:
    declared = [parameter.name for parameter in tool.parameter_list]
    for name, each in by_name.items():
        if name not in taken and each.default is inspect.Parameter.empty:
            yield f"needs {shown(name)}, which the tool does not declare.{hint(name, declared)}"


def _not_taken(name: str, unused: set[str]) -> str:
    near = hint(name, unused)
    return f"cannot take {shown(name)}.{near or f' Add a parameter {shown(python_name(name))}, or **kwargs.'}"


def _misfits(parameter: Parameter, taken: inspect.Parameter) -> Iterator[str]:
    if not parameter.required and taken.default is inspect.Parameter.empty:
        yield f"needs {shown(taken.name)}, which a call may leave out. Give it a default."
    types = parameter.schema.get("type", ())
    names = [types] if isinstance(types, str) else types
    values = [python for name in names for python in _PYTHON.get(name, ())]
    if values and taken.annotation is not taken.empty and not any(_may_be(taken.annotation, each) for each in values):
        wanted = inspect.formatannotation(taken.annotation)
        yield f"takes {shown(taken.name)} as {wanted}, but its type is {listed(names)}."


def _may_be(annotation: Any, kind: type) -> bool:
    """Whether an annotation allows values of a type: yes, unless it plainly does not."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(_may_be(each, kind) for each in get_args(annotation))
    if origin is Literal:
        return kind in map(type, get_args(annotation))
    if origin is Annotated:
        return _may_be(annotation.__origin__, kind)
    wanted = NoneType if annotation is None else origin or annotation
    if not isinstance(wanted, type) or wanted is Any or (wanted is float and kind is int):
        return True
    if wanted is int and kind is bool:
        return False
    try:
        return issubclass(kind, wanted)
    except TypeError:  # a protocol or a TypedDict
        return True


_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (NoneType,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
