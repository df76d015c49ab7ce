"""The table of what `evals.cascade` measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.markdown import markdown

EARLY = {"calls": "calls", "refusals": "refusals", "calls_and_refusals": "calls and refusals"}
HEAD = (
    *("task", "final", "held out", "early, for a tool", "early, for none", "accuracy", "of the second alone", "lost"),
    *("decided right", "alone", "coverage", "alone", "right of calls", "alone", "false accepts", "alone"),
    *("ms to decide", "alone", "ms in all", "alone"),
)


def cascade_table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what each cascade gets right and takes, beside its second router alone."""
    return markdown(HEAD, [_row(name, kind, results[name]) for name in sorted(results) for kind in EARLY])


def _row(name: str, kind: str, result: Mapping[str, Any]) -> tuple[str, ...]:
    cascade, alone, spent = result[kind], result["second"], result["milliseconds"]
    beside = (
        _number(side.get(metric), 3)
        for metric in ("decision_accuracy", "coverage", "selective_accuracy", "false_accept_rate")
        for side in (cascade, alone)
    )
    return (
        *(name, EARLY[kind], str(result["held_out"])),
        *(_number(cascade[part], 2) for part in ("early_inside", "early_outside")),
        *(_number(side["accuracy"], 4) for side in (cascade, alone)),
        _lost(cascade["lost"]),
        *beside,
        *(_number(each, 2) for each in (cascade["milliseconds"]["deciding"], spent["deciding"])),
        *(_number(each, 2) for each in (cascade["milliseconds"]["whole"], spent["whole"])),
    )


def _lost(lost: Mapping[str, Any]) -> str:
    """Return points of accuracy."""
    value, *ends = (lost.get(name) for name in ("value", "low", "high"))
    if value is None:
        return ""
    low, high = ends
    between = "" if low is None or high is None else f" ({100 * low:.1f} to {100 * high:.1f})"
    return f"{100 * value:.2f}{between}"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
