"""SARIF 2.1.0 (OASIS, 2020): what code scanning and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import router

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(rules: Mapping[str, str], results: Sequence[Mapping[str, Any]]) -> str:
    """Return the log of one run; `rules` says what each rule finds, by its id."""
    driver = {
        "name": "router",
        "version": router.__version__,
        "rules": [{"id": rule, "shortDescription": {"text": text}} for rule, text in rules.items()],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def sarif_result(
    rule: str,
    level: Literal["error", "warning", "note"],
    message: str,
    place: tuple[str, int],
    related: Iterable[tuple[str, int, str]] = (),
    suppressed: str | None = None,
) -> dict[str, Any]:
    """Return one result; places are a file and a line, 0 for the file as a whole.

    `related` are places with what stands there; `suppressed` is why its author
    wants to hear no more of it.
    """
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": level,
        "message": _message(message),
        "locations": [_location(*place)],
    }
    if others := [_location(file, line) | {"message": _message(text)} for file, line, text in related]:
        result["relatedLocations"] = others
    if suppressed is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": suppressed}]
    return result


def _message(text: str) -> dict[str, str]:
    """Return a message; single braces would be placeholders (SARIF, 3.11.5)."""
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def _location(file: str, line: int) -> dict[str, Any]:
    path = Path(file)
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
    }
    if line:
        physical["region"] = {"startLine": line}
    return {"physicalLocation": physical}
