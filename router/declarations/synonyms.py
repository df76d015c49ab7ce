"""`x-values`: what people say for the values of a text parameter.

    state:
      type: string
      enum: ["on", "off"]
      x-values:
        "on": [an, ein]
        "off": {en: [out, kill], de: [aus]}

Beside an `enum` its keys are values of the enum. Without one they are a
vocabulary: values that are known, among others that are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from router.declarations.wording import JsonPath
from router.text import normalize

KEYWORD = "x-values"


def declared_values(schema: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the text values that a checked schema lists, each with its synonyms in all languages.

    >>> declared_values({"enum": ["on", "off", None], "x-values": {"off": {"en": ["out"], "de": ["aus"]}}})
    {'on': (), 'off': ('out', 'aus')}
    """
    values: dict[str, tuple[str, ...]] = {value: () for value in schema.get("enum", ()) if isinstance(value, str)}
    for value, synonyms in schema.get(KEYWORD, {}).items():
        values[value] = tuple(dict.fromkeys(synonym for _, synonym in synonyms_of(value, synonyms)))
    return values


def synonyms_of(value: str, given: Any) -> Iterator[tuple[JsonPath, str]]:
    """Yield the synonyms of a value, each with its path from there; the value itself is none."""
    lists = given.items() if isinstance(given, Mapping) else [(None, given)]
    for language, synonyms in lists:
        for n, synonym in enumerate(synonyms):
            if said(synonym) != said(value):
                yield ((n,) if language is None else (language, n)), synonym


def said(text: str) -> str:
    """Return the form in which two synonyms are the same."""
    return normalize(text).casefold()
