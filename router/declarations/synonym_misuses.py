"""What is wrong with `x-values`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from router.declarations.explain import Finding
from router.declarations.synonyms import KEYWORD, declared_values, said, synonyms_of
from router.declarations.wording import Json, hint, listed, shown


def value_misuses(schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong with `x-values` although it has the right shape; paths begin at the schema.

    Of a wrong shape nothing is said: `tool.schema.json` says it.
    """
    if KEYWORD not in schema or not _has_shape(schema[KEYWORD]):
        return
    if (wrong := _what_else(schema)) is not None:
        yield Finding((KEYWORD,), f"{KEYWORD!r} lists texts, but {wrong}")
        return
    meant: dict[str, str] = {}
    values = declared_values(schema)
    for value in values:
        meant.setdefault(said(value), value)
    for value, synonyms in schema[KEYWORD].items():
        if "enum" in schema and value not in schema["enum"]:
            texts = [each for each in schema["enum"] if isinstance(each, str)]
            yield Finding(
                (KEYWORD, value), f"{shown(value)} is no value of 'enum'.{hint(value, texts)} Values: {listed(texts)}."
            )
        if not said(value):
            yield Finding((KEYWORD, value), "this value says nothing")
        for path, synonym in synonyms_of(value, synonyms):
            owner = meant.setdefault(said(synonym), value)
            if owner != value:
                yield Finding((KEYWORD, value, *path), f"{shown(synonym)} is also said for {shown(owner)}")


def _what_else(schema: Mapping[str, Any]) -> str | None:
    """Say what the values of a schema are, if they are no texts."""
    if "enum" in schema:
        return None if any(isinstance(value, str) for value in schema["enum"]) else "'enum' has none"
    if "$ref" in schema:
        return None
    types = schema.get("type")
    if types is None:
        return "the type is missing; it must be 'string'"
    named = types if isinstance(types, list) else [types]
    return None if "string" in named else f"the type is {' or '.join(map(repr, named))}"


def _has_shape(values: Json) -> bool:
    """Whether these are lists of texts by value, or by value and language."""
    return isinstance(values, dict) and all(
        all(map(_is_texts, each.values())) if isinstance(each, dict) else _is_texts(each) for each in values.values()
    )


def _is_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
