"""Whether known values are found, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.markdown import markdown

_SHARES = ("recall", "right at once", "precision", "kept out", "misheard")


def known_table(tasks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row for each half and number of contacts, the half for reporting first."""
    head = ["half", "contacts"]
    for share in _SHARES:
        head += [share, "95 % interval"]
    names = sorted(tasks, key=lambda name: (not name.startswith("test/"), int(name.split("/")[1])))
    return markdown([*head, "build ms", "find p50 µs", "p95 µs"], [_row(name, tasks[name]) for name in names])


def _row(name: str, task: Mapping[str, Any]) -> list[str]:
    cells = name.split("/")
    for each in (task[share] for share in _SHARES):
        cells += [f"{each['value']:.3f} of {each['n']}", f"{each['low']:.3f} to {each['high']:.3f}"]
    return [*cells, str(task["build_ms"]), str(task["p50_us"]), str(task["p95_us"])]
