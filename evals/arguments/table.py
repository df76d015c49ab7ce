"""What was found of arguments, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.markdown import markdown


def arguments_table(tasks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row for each set with slots: SNIPS first, then MASSIVE by locale."""
    head = ("set", "slot F1", "goal", "whole frames", "95 % interval", "utterances", "slots", "examples", "ms")
    names = [name for name, task in tasks.items() if "slot_f1" in task]
    return markdown(head, [_row(name, tasks[name]) for name in sorted(names, key=_order)])


def calls_table(tasks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row for each set with whole calls: how many are right, and what the others are."""
    head = ("set", "right", "95 % interval", "n", "of those that say any", "95 % interval", "n", *_FAULTS)
    rows = [_calls_row(name, task) for name, task in sorted(tasks.items()) if "calls" in task]
    return markdown((*head, "examples", "ms"), rows)


def _calls_row(name: str, task: Mapping[str, Any]) -> tuple[str, ...]:
    shares = (
        cell
        for each in (task["calls"], task["with_values"])
        for cell in (f"{each['value']:.3f}", f"{each['low']:.3f} to {each['high']:.3f}", str(each["n"]))
    )
    faults = (str(task["verdicts"].get(fault, "")) for fault in _FAULTS)
    return (name, *shares, *faults, str(task["examples"]), f"{task['milliseconds']:.2f}")


def _row(name: str, task: Mapping[str, Any]) -> tuple[str, ...]:
    frames, goal = task["frames"], next((goal for prefix, goal in _GOALS.items() if name.startswith(prefix)), "")
    interval = f"{frames['low']:.3f} to {frames['high']:.3f}"
    counts = (str(task[key]) for key in ("n", "slots", "examples"))
    value = f"{frames['value']:.3f}"
    return (name, f"{task['slot_f1']:.3f}", goal, value, interval, *counts, f"{task['milliseconds']:.2f}")


def _order(name: str) -> tuple[bool, str]:
    return not name.startswith("snips/"), name


_FAULTS = ("asked", "wrong", "missing", "too much")
_GOALS = {"snips/full": "0.88", "snips/20-shot": "0.70", "massive/en-US": "0.70"}
