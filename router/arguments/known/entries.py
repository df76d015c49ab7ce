"""Values as an app gives them, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from router.errors import did_you_mean
from router.text import normalize

Given: TypeAlias = "str | Mapping[str, Any]"
"""A value, or `{"value": ..., "aliases": [...]}`."""

MAX_CHARACTERS = 200
"""Of a value or an alias. What is longer is not said in one breath."""
MAX_VALUES = 50_000
_KEYS = ("value", "aliases")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, and what else it is called."""

    value: str
    """As it was given, and as it is handed to a tool."""
    aliases: tuple[str, ...]
    """Sorted, each once."""


def entries_of(given: Iterable[Given]) -> tuple[Entry, ...]:
    """Return the entries sorted by value; those of the same value become one with the aliases of all.

    Raises ValueError that names the entry by its place and says what is wrong with it.
    """
    if isinstance(given, str | Mapping):
        raise ValueError(f"the values are {_short(given)}; expected a list of values")
    aliases: dict[str, set[str]] = {}
    for place, item in enumerate(given):
        if place >= MAX_VALUES:
            raise ValueError(f"more than {MAX_VALUES} values")
        value, others = _parts(item, f"value {place}")
        aliases.setdefault(value, set()).update(others)
    return tuple(Entry(value, tuple(sorted(aliases[value] - {value}))) for value in sorted(aliases))


def is_sayable(text: str) -> bool:
    """Whether a text is neither blank nor longer than anything that is said."""
    return len(text) <= MAX_CHARACTERS and bool(normalize(text))


def _parts(item: object, place: str) -> tuple[str, list[str]]:
    if not isinstance(item, Mapping):
        return _text(item, place), []
    if unknown := [key for key in item if key not in _KEYS]:
        raise ValueError(f"{place} has the unknown key {_short(unknown[0])}.{did_you_mean(str(unknown[0]), _KEYS)}")
    if "value" not in item:
        raise ValueError(f"{place} has no 'value': {_short(item)}")
    value = _text(item["value"], place)
    aliases = item.get("aliases", ())
    if isinstance(aliases, str) or not isinstance(aliases, Iterable):
        raise ValueError(f"{place}, {_short(value)}: the aliases are {_short(aliases)}; expected a list of texts")
    return value, [_text(alias, f"{place}, {_short(value)}: alias {n}") for n, alias in enumerate(aliases)]


def _text(text: object, place: str) -> str:
    if not isinstance(text, str):
        raise ValueError(f"{place} is {_short(text)}, which is no text")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{place} is {_short(text)}, of {len(text)} characters; at most {MAX_CHARACTERS} can be said")
    if not normalize(text):
        raise ValueError(f"{place} is {_short(text)}, which says nothing")
    return text


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
