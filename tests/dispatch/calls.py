"""Tools, calls and handlers that tests of dispatching share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from router import Tool, ToolCall, ToolSet

ALARM = Tool.from_dict(
    {
        "name": "set_alarm",
        "description": "Set an alarm.",
        "parameters": {
            "type": "object",
            "properties": {
                "time": {"type": "string"},
                "days": {"type": "array", "items": {"type": "string", "enum": ["mon", "tue"]}},
                "vibrate": {"type": "boolean"},
            },
            "required": ["time"],
            "additionalProperties": False,
        },
    }
)
COIN = Tool("flip_coin", "Flip a coin.")
TOOLS = ToolSet((ALARM,))
BOTH = ToolSet((ALARM, COIN))


def call(tool: str = "set_alarm", arguments: Mapping[str, Any] | None = None, *, confirm: bool = False) -> ToolCall:
    """Return a call, with arguments that hold unless others are given."""
    given = {"time": "06:30"} if arguments is None and tool == "set_alarm" else arguments or {}
    return ToolCall(tool, MappingProxyType(given), utterance="wake me", in_scope=1.0, confirm=confirm)


def tool(properties: Mapping[str, Any], required: tuple[str, ...] = (), **more: Any) -> Tool:
    """Return a tool of these parameters."""
    parameters = {"type": "object", "properties": dict(properties), "required": list(required), **more}
    return Tool("act", "Act.", parameters)


def wake(time: str, days: list[str] | None = None, vibrate: bool = False) -> str:
    """Handle ALARM."""
    return f"{time} {days} {vibrate}"
