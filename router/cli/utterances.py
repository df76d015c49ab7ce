"""Utterances from standard input: plain lines, or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """An utterance, and what stood beside it."""

    utterance: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object it was read from; empty for plain text."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that holds no utterance."""

    line: int
    """1-based."""
    message: str


def read_rows(lines: Iterable[str]) -> Iterator[Row | Malformed]:
    r"""Yield what each line holds.

    If the first line begins with `{`, all are JSON objects with the key
    `utterance` or `text`, and blank lines are skipped. Otherwise every line is
    an utterance, blank ones too, so that answers stand line by line beside them.

    >>> list(read_rows(["call mum\n"]))
    [Row(utterance='call mum', fields={})]
    """
    is_json = False
    for number, line in enumerate(lines, start=1):
        if number == 1:
            line = line.removeprefix("\ufeff")
            is_json = line.lstrip().startswith("{")
        if not is_json:
            yield Row(line.rstrip("\r\n"))
        elif line.strip():
            yield _parsed(number, line)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of so many items, the last perhaps shorter, and read no further ahead.

    >>> list(batches("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _parsed(number: int, line: str) -> Row | Malformed:
    try:
        fields = json.loads(line.rstrip(), parse_constant=_refuse_constant)
    except RecursionError:
        return Malformed(number, "is nested too deeply")
    except json.JSONDecodeError as error:
        return Malformed(number, f"is not JSON: {error.msg} at column {error.colno}")
    except ValueError as error:  # a number with too many digits, or NaN
        return Malformed(number, f"is not JSON: {error}")
    if not isinstance(fields, dict):
        return Malformed(number, "is no JSON object")
    key = "utterance" if "utterance" in fields else "text"
    if key not in fields:
        return Malformed(number, "has neither the key 'utterance' nor 'text'")
    if not isinstance(fields[key], str):
        return Malformed(number, f"{key!r} is {json.dumps(fields[key]):.60}, and not text")
    return Row(fields[key], fields)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
