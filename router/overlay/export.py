"""Corrections as declarations: what an author can paste into tool files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from router.corrections import OutOfScope
from router.declarations import Example
from router.errors import DeclarationError
from router.overlay.entry import Entry, latest

Exported = Mapping[str, Mapping[str, list[str]]]
"""By tool its `examples` and `counterexamples`; under the empty name what is `out_of_scope`."""


def exported(entries: Iterable[Entry]) -> dict[str, dict[str, list[str]]]:
    """Return corrections as examples of their tools, and as counterexamples of those that were called instead.

    What is for no tool, and called none before, is out of scope. Each utterance
    counts as it was corrected last. What no tool file can hold, an utterance
    with braces or an endless one, is left out.
    """
    found: dict[str, dict[str, list[str]]] = {}

    def put(tool: str, role: str, utterance: str) -> None:
        found.setdefault(tool, {}).setdefault(role, []).append(utterance)

    for entry in filter(_can_be_declared, latest(entries)):
        if entry.instead_of:
            put(entry.instead_of, "counterexamples", entry.utterance)
        if not isinstance(entry.tool, OutOfScope):
            put(entry.tool, "examples", entry.utterance)
        elif not entry.instead_of:
            put("", "out_of_scope", entry.utterance)
    return dict(sorted(found.items()))


def as_yaml(export: Exported) -> str:
    """Write an export as YAML: for each tool the keys to add to its file, then a document that is complete."""
    documents = []
    for tool in sorted(export, key=lambda name: (name == "", name)):
        lines = [f"# for the file of {tool}"] if tool else []
        for role, utterances in export[tool].items():
            # A JSON string is a YAML string, whatever it holds.
            lines += [f"{role}:", *(f"  - {json.dumps(utterance, ensure_ascii=False)}" for utterance in utterances)]
        documents.append("\n".join(lines))
    return "\n---\n".join(documents)


def _can_be_declared(entry: Entry) -> bool:
    try:
        Example(entry.utterance)
    except DeclarationError:
        return False
    return True
