"""Plain JSON values together with the lines they came from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from router.declarations.location import nearest_line
from router.declarations.wording import Json, JsonPath, render_path
from router.errors import Problem

MAX_BYTES = 1 << 20
"""How large one file may be: 1 MiB. A file of tools is a few kilobytes."""
MAX_DEPTH = 32
"""How many mappings and lists may lie inside one another."""
MAX_VALUES = 100_000
"""How many values one file may hold, aliases written out."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document, or a mapping given from Python."""

    file: str
    """The file as it was given, or a stand-in such as `<string>`."""
    value: Json
    lines: Mapping[JsonPath, int] = field(default_factory=dict)
    """1-based line of each path that has one: of the key in a mapping, of the item in a list."""

    def line(self, path: JsonPath) -> int:
        """Return the line of a path, or of the nearest thing around it, or 0 if nothing here has lines."""
        return nearest_line(self.lines, path)

    def problem(self, path: JsonPath, message: str, *, at: JsonPath | None = None) -> Problem:
        """Return a problem with `path`, shown on the line of `at` where that says it better."""
        return Problem(self.file, self.line(path if at is None else at), render_path(path), message)


class RefusedError(ValueError):
    """Stop reading a document: a limit is exceeded, or a value is not JSON's."""

    def __init__(self, path: JsonPath, message: str) -> None:
        self.path = path
        super().__init__(message)


class Quota:
    """Count the values of one file, and refuse the one that is too many or too deep."""

    def __init__(self) -> None:
        self._left = MAX_VALUES

    def take(self, path: JsonPath) -> None:
        """Count the value at a path. Raises RefusedError."""
        self._left -= 1
        if self._left < 0:
            raise RefusedError(path, f"more than {MAX_VALUES} values. Split the file, and use fewer aliases.")
        if len(path) > MAX_DEPTH:
            raise RefusedError((), f"values nest deeper than {MAX_DEPTH} levels")


def plain(value: object, quota: Quota, path: JsonPath = ()) -> Json:
    """Return a deep copy made of JSON's types only: tuples become lists, mappings dicts.

    Raises RefusedError for anything JSON cannot say, and beyond the quota; the
    depth of the recursion is at most `MAX_DEPTH`.
    """
    quota.take(path)
    match value:
        case None | bool():
            return value
        case str():
            if has_surrogate(value):
                raise RefusedError(path, "the text holds half a surrogate pair, which is no character")
            return value
        case int() | float():
            if not fits_float(value):
                raise RefusedError(path, "the number does not fit a 64-bit float")
            return value
        case list() | tuple():
            return [plain(item, quota, (*path, n)) for n, item in enumerate(value)]
        case Mapping():
            for key in value:
                if not isinstance(key, str) or has_surrogate(key):
                    raise RefusedError(path, f"the key {key!r} is not text")
            return {key: plain(item, quota, (*path, key)) for key, item in value.items()}
        case _:
            raise RefusedError(path, f"{type(value).__name__} is none of JSON's types")


def fits_float(number: int | float) -> bool:
    """Whether a number is finite and within the range of a 64-bit float."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def has_surrogate(text: str) -> bool:
    """Whether a text holds a lone surrogate, which no UTF-8 file can."""
    return _SURROGATE.search(text) is not None


_SURROGATE = re.compile("[\ud800-\udfff]")
