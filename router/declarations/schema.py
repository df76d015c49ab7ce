"""The JSON Schema of a declaration file, which editors use too."""

from __future__ import annotations

import functools
import importlib.resources
import json
from typing import Any

import referencing
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

NO_NETWORK: referencing.Registry[Any] = referencing.Registry()
"""Resolves references inside a schema and fetches nothing. jsonschema's default would."""


@functools.cache
def tool_schema() -> dict[str, Any]:
    """Return the content of `tool.schema.json`. Do not change it."""
    text = importlib.resources.files(__package__).joinpath("tool.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@functools.cache
def definition(name: str) -> Validator:
    """Return the validator of one of its definitions, for example `tool`."""
    whole = Draft202012Validator(tool_schema(), registry=NO_NETWORK)
    return whole.evolve(schema=tool_schema()["$defs"][name])


@functools.cache
def schema_keywords() -> frozenset[str]:
    """Return the keywords that `parameters` may use."""
    return frozenset(tool_schema()["$defs"]["schema"]["properties"])
