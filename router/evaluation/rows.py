"""One row of a suite, as plain values, checked and made a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from router.declarations.document import Quota, RefusedError, plain
from router.declarations.wording import hint, render_path, shown
from router.evaluation.cases import OUT_OF_SCOPE, Case, default_id

KEYS = ("id", "utterance", "intent", "arguments", "tags", "language", "now", "cluster", "note")
"""What a row may say. A note is for people who read the file."""


def case_from_row(row: Mapping[str, Any], line: int = 0) -> tuple[Case | None, list[tuple[str, str]]]:
    """Return the case of a row, or None and all that is wrong as (path, message)."""
    faults = list(_faults(row))
    if faults:
        return None, faults
    intent = row["intent"]
    tools = intent if isinstance(intent, list) else () if intent == OUT_OF_SCOPE else (intent,)
    arguments = row.get("arguments")
    return Case(
        id=row.get("id") or default_id(row["utterance"]),
        utterance=row["utterance"],
        tools=tuple(sorted(tools)),
        arguments=arguments,
        tags=tuple(row.get("tags") or ()),
        language=row.get("language") or "",
        now=moment(row["now"]) if row.get("now") else None,
        cluster=row.get("cluster") or "",
        line=line,
    ), []


def moment(text: str) -> datetime:
    """Return the date and the time of day that a text says by ISO 8601.

    Raises ValueError for anything else, a date alone included: "at seven" is
    another day in the morning than in the evening.
    """
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        if len(text) > len("2026-11-23"):
            return found
    raise ValueError(f"{shown(text)} is no moment; write a date and a time, such as {_MOMENTS}")


_MOMENTS = "2026-11-23T15:00 or 2026-11-23T15:00+01:00"


def unknown_key(key: str) -> str:
    """Write a key that a row has not, what may be meant by it, and what there is."""
    near = f" Did you mean {_MEANT[key]!r}?" if key in _MEANT else hint(key, KEYS)
    return f"{shown(key)}.{near} Known: {', '.join(KEYS)}."


_MEANT = {"args": "arguments", "label": "intent", "text": "utterance"}
"""What others call the same."""


def _faults(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in row:
        if key not in KEYS:
            yield key, f"unknown key {unknown_key(key)}"
    for key in ("utterance", "intent"):
        if key not in row:
            yield "", f"{key!r} is missing"
    for key in ("id", "utterance", "language", "now", "cluster", "note"):
        if not isinstance(row.get(key, ""), str | None):
            yield key, f"{shown(row[key])} is not text"
    if row.get("now") and isinstance(row["now"], str):
        try:
            moment(row["now"])
        except ValueError as error:
            yield "now", str(error)
    if row.get("utterance", "") is None:
        yield "utterance", "null is not text"
    for key in KEYS:
        try:
            plain(row.get(key), Quota(), (key,))
        except RefusedError as error:
            yield render_path(error.path), str(error)
    if "intent" in row:
        yield from _intent_faults(row["intent"])
    tags = row.get("tags")
    if tags is not None and not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        yield "tags", f"{shown(tags)} is not a list of texts"
    elif "" in (tags or ()):
        yield "tags", "a tag is empty"
    arguments = row.get("arguments")
    if arguments is not None and not isinstance(arguments, dict):
        yield "arguments", f"{shown(arguments)} is not a mapping"
    if arguments is not None and (isinstance(row.get("intent"), list) or row.get("intent") == OUT_OF_SCOPE):
        yield "arguments", "only a case for one tool has arguments"


def _intent_faults(intent: Any) -> Iterator[tuple[str, str]]:
    right = f"write a tool's name, {OUT_OF_SCOPE}, or a list of the tools between which the router should ask"
    if isinstance(intent, list):
        if not all(isinstance(tool, str) and tool for tool in intent):
            yield "intent", f"this list holds something that is no tool's name; {right}"
        elif len(set(intent)) < 2 or OUT_OF_SCOPE in intent:
            yield "intent", f"a list needs two different tools; {right}"
    elif intent is None:
        yield "intent", f"null: this row is not labelled yet; {right}"
    elif not isinstance(intent, str) or not intent:
        yield (
            "intent",
            f"{shown(intent) if isinstance(intent, bool | int | float | str) else 'this'} is no intent; {right}",
        )
