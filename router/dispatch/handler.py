"""A tool's handler, and what it may be given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema.protocols import Validator

from router.declarations import Tool, ToolSet
from router.declarations.explain import violations
from router.declarations.parameters import call_validator
from router.declarations.wording import hint, listed, render_path, shortened, shown
from router.dispatch.signature import Signature, examined, is_asynchronous
from router.errors import ArgumentError, HandlerError


@dataclass(frozen=True, slots=True)
class Handler:
    """A function of the app's that fits its tool."""

    tool: Tool
    function: Callable[..., Any]
    is_asynchronous: bool
    _signature: Signature
    _validator: Validator

    @classmethod
    def of(cls, tool: Tool, function: Callable[..., Any]) -> tuple[Handler, list[str]]:
        """Return a handler, and all that keeps it from being one."""
        signature, problems = examined(tool, function)
        return cls(tool, function, is_asynchronous(function), signature, call_validator(tool.parameters)), problems

    def keyword_arguments(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of a call's arguments, by the names that the function takes them by. Raises ArgumentError."""
        try:
            copy = json_copy(arguments)
            found = [*violations(self._validator, copy)]
        except (TypeError, ValueError, RecursionError) as error:
            raise ArgumentError(self.tool.name, [f"no JSON values: {shortened(str(error))}"]) from None
        problems = [": ".join(filter(None, (render_path(each.path), each.message))) for each in found]
        problems = problems or [self._not_declared(name) for name in copy if not self._signature.takes(name)]
        if problems:
            raise ArgumentError(self.tool.name, problems)
        return {self._signature.keywords.get(name, name): value for name, value in copy.items()}

    def _not_declared(self, name: str) -> str:
        known = [parameter.name for parameter in self.tool.parameter_list]
        return f"{shown(name)} is not declared.{hint(name, known) or f' Parameters: {listed(known)}.'}"


def handlers_of(tools: ToolSet, handlers: Mapping[str, Any], unhandled: frozenset[str]) -> dict[str, Handler]:
    """Return the handlers of the tools. Raises HandlerError with all that does not fit."""
    problems = []
    for name in (*handlers, *sorted(unhandled)):
        if name not in tools:
            problems.append(f"no tool is named {shown(name)}.{hint(name, tools.names)}")
    fitting = {}
    for tool in tools:
        if tool.name in handlers:
            fitting[tool.name], own = Handler.of(tool, handlers[tool.name])
            problems += own
            if tool.name in unhandled:
                problems.append(f"{tool.name}: has a handler, and is in 'unhandled'")
        elif tool.name not in unhandled:
            problems.append(f"{tool.name}: has no handler. If it needs none here, name it in 'unhandled'.")
    if problems:
        raise HandlerError(problems)
    return fitting


def json_copy(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of arguments that shares nothing with them. Raises TypeError, ValueError or RecursionError."""
    copy: dict[str, Any] = json.loads(json.dumps(dict(arguments), allow_nan=False, default=_plain))
    return copy


def _plain(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__!r} is no JSON value")
