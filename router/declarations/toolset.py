"""All the tools an assistant has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from router.declarations.location import Location
from router.declarations.tool import Tool, tool_from_json
from router.errors import DeclarationError, Problem, UnknownToolError


@dataclass(frozen=True, slots=True, repr=False)
class ToolSet:
    """An immutable set of tools with distinct names, and what none of them should answer.

    Tools are sorted by name and out-of-scope utterances alphabetically, so the
    order in which they are declared changes nothing. Raises DeclarationError if
    two tools have the same name.
    """

    tools: tuple[Tool, ...] = ()
    """Sorted by name."""
    out_of_scope: tuple[str, ...] = ()
    """Utterances that no tool should answer; sorted, each once."""
    out_of_scope_sources: Mapping[str, Location] = field(default_factory=dict, compare=False)
    """Where they were read from, those that were. Takes no part in equality."""
    _by_name: Mapping[str, Tool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tools = sorted(self.tools, key=lambda tool: tool.name)
        by_name: dict[str, Tool] = {}
        problems = []
        for tool in tools:
            first = by_name.setdefault(tool.name, tool)
            if first is not tool:
                file, line = (tool.source.file, tool.source.line) if tool.source else ("<tools>", 0)
                place = first.source or "another tool of this set"
                problems.append(Problem(file, line, "name", f"{tool.name!r} is already the name of {place}"))
        if problems:
            raise DeclarationError(problems)
        object.__setattr__(self, "tools", tuple(tools))
        object.__setattr__(self, "out_of_scope", tuple(sorted(set(self.out_of_scope))))
        object.__setattr__(self, "_by_name", by_name)

    def __repr__(self) -> str:
        return f"<ToolSet of {len(self.tools)} tools and {len(self.out_of_scope)} out-of-scope utterances>"

    def __iter__(self) -> Iterator[Tool]:
        return iter(self.tools)

    def __len__(self) -> int:
        return len(self.tools)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Tool:
        """Return the tool of that name. Raises UnknownToolError."""
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownToolError(name, self.names) from None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tools, sorted."""
        return tuple(self._by_name)

    def with_tool(self, tool: Tool) -> ToolSet:
        """Return a set with this tool added, or in place of the one with its name."""
        return replace(self, tools=(*(other for other in self if other.name != tool.name), tool))

    def without(self, name: str) -> ToolSet:
        """Return a set without the tool of that name. Raises UnknownToolError."""
        removed = self[name]
        return replace(self, tools=tuple(tool for tool in self if tool is not removed))

    def to_dict(self) -> dict[str, Any]:
        """Return all declarations as plain JSON values, without their authors' notes to `router lint`."""
        declarations = [tool.to_dict() for tool in self]
        for declaration in declarations:
            declaration.pop("lint", None)
        return {"tools": declarations, "out_of_scope": list(self.out_of_scope)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ToolSet:
        """Return the set that `to_dict` wrote.

        Trusts its input, so that a device loads it in milliseconds: data from
        elsewhere belongs in `Tool.from_dict` or `load`.
        """
        return cls(tuple(map(tool_from_json, data["tools"])), tuple(data["out_of_scope"]))

    @property
    def fingerprint(self) -> str:
        """12 hexadecimal digits that change when any declaration does. Computed anew each time."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:12]
