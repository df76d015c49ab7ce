"""What was found of arguments, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.markdown import markdown


def arguments_table(tasks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row for each set: SNIPS first, then MASSIVE by locale."""
    head = ("set", "slot F1", "goal", "whole frames", "95 % interval", "utterances", "slots", "examples", "ms")
    return markdown(head, [_row(name, tasks[name]) for name in sorted(tasks, key=_order)])


def _row(name: str, task: Mapping[str, Any]) -> tuple[str, ...]:
    frames, goal = task["frames"], next((goal for prefix, goal in _GOALS.items() if name.startswith(prefix)), "")
    interval = f"{frames['low']:.3f} to {frames['high']:.3f}"
    counts = (str(task[key]) for key in ("n", "slots", "examples"))
    value = f"{frames['value']:.3f}"
    return (name, f"{task['slot_f1']:.3f}", goal, value, interval, *counts, f"{task['milliseconds']:.2f}")


def _order(name: str) -> tuple[bool, str]:
    return not name.startswith("snips/"), name


_GOALS = {"snips/full": "0.88", "snips/20-shot": "0.70", "massive/en-US": "0.70"}
