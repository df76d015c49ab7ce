"""Where something is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.declarations.wording import JsonPath


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file, and the lines of what is declared there."""

    file: str
    line: int
    """1-based."""
    path: JsonPath = field(default=(), compare=False, repr=False)
    """Where it stands in its document."""
    lines: Mapping[JsonPath, int] = field(default_factory=dict, compare=False, repr=False)
    """The lines of its whole document by path, as they were read. Everything in the document shares them."""

    def __str__(self) -> str:
        return f"{self.file} line {self.line}"

    def at(self, *path: str | int) -> Location:
        """Return the location of something inside, or of the nearest thing around it that has a line.

        >>> tool = Location("tools.yaml", 3, (0,), {(0,): 3, (0, "examples", 0): 7})
        >>> str(tool.at("examples", 0, "arguments"))
        'tools.yaml line 7'
        """
        whole = (*self.path, *path)
        return Location(self.file, nearest_line(self.lines, whole) or self.line, whole, self.lines)


def nearest_line(lines: Mapping[JsonPath, int], path: JsonPath) -> int:
    """Return the line of a path, or of the nearest thing around it, or 0 if nothing there has a line."""
    for end in range(len(path), -1, -1):
        if line := lines.get(path[:end]):
            return line
    return 0
