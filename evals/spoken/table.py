"""How much of the suite of spoken forms is read rightly, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.markdown import markdown

MARKS = {"en": 0.97, "de": 0.9, "es": 0.9, "fr": 0.9, "it": 0.9, "nl": 0.9, "pt": 0.9}
"""At least this share of each set should be read rightly, by language."""


def spoken_table(tasks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row for each language, with the set for reporting first."""
    head = ["language", "at least"]
    for name in ("test", "development"):
        head += [f"{name}, right", "95 % interval", "n", "p50 µs"]
    return markdown(head, [_row(language, tasks) for language in MARKS])


def _row(language: str, tasks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    cells = [language, f"{MARKS[language]:.2f}"]
    for each in (tasks[f"test/{language}"], tasks[f"development/{language}"]):
        interval = f"{each['low']:.3f} to {each['high']:.3f}"
        cells += [f"{each['value']:.3f}", interval, str(each["n"]), str(each["p50_us"])]
    return cells
