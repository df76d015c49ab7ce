"""What was found, as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evals.peers.registry import OURS_AS_IT_SHIPS

DECISIONS = {
    "accuracy": ("accuracy", "{:.4f}"),
    "oos_auroc": ("out-of-scope AUROC", "{:.3f}"),
    "fpr_at_95": ("let past at 95 %", "{:.1%}"),
    "wrong_of_surest": ("wrong of surest 80 %", "{:.1%}"),
    "called": ("called", "{:.1%}"),
    "wrong_calls": ("wrong calls", "{:.1%}"),
    "asks": ("asked", "{:.1%}"),
    "false_accepts": ("false accepts", "{:.1%}"),
}
COSTS = {
    "fit_s": ("fit", "{:.1f} s"),
    "fit_ratio": ("in encodings", "{:.0f}"),
    "route_ms": ("route, p50", "{:.2f} ms"),
    "route_ratio": ("in encodings", "{:.2f}"),
    "peak_mb": ("peak memory", "{:.0f} MB"),
    "imported_mb": ("once imported", "{:.0f} MB"),
    "import_ms": ("import", "{:.0f} ms"),
    "load": ("load", "{:.1f}"),
}
"""Figures, the heads of their columns, and how they are written."""

BEST = {
    "accuracy": max,
    "oos_auroc": max,
    "fpr_at_95": min,
    "wrong_of_surest": min,
    "fit_s": min,
    "route_ms": min,
    "peak_mb": min,
    "import_ms": min,
}
"""Figures of which one is best, and which. How much is called, and how much of it is wrong, can be traded."""


def table(results: Mapping[str, Any]) -> str:
    """Return two tables for each task, what a peer decides and what it costs, then what was not measured and why."""
    parts = []
    for name, task in results["tasks"].items():
        rows = [row for row in results["rows"] if row["task"] == name]
        if rows:
            parts += [f"### {task['title']}", _decisions(rows), _costs(rows), _ahead(rows)]
    left_out = [*results["skipped"].items(), *results["not_compared"].items()]
    if left_out:
        parts += ["### Not measured", "\n".join(f"- {name}: {why}" for name, why in left_out)]
    return "\n\n".join(part for part in parts if part)


def _decisions(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(DECISIONS.items())
    head = ["", "accuracy", "95 % interval", "against ours", *(title for _, (title, _) in columns[1:])]
    best = _best(rows)
    lines = []
    for row in rows:
        cells = [_cell(row, figure, text, best) for figure, (_, text) in columns]
        lines.append([row["title"], cells[0], f"{row['low']:.3f} to {row['high']:.3f}", _against(row), *cells[1:]])
    return _markdown(head, lines)


def _costs(rows: Sequence[Mapping[str, Any]]) -> str:
    best = _best(rows)
    lines = [[row["title"], *(_cell(row, figure, text, best) for figure, (_, text) in COSTS.items())] for row in rows]
    return _markdown(["", *(title for title, _ in COSTS.values())], lines)


def _ahead(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say in which figures others are better than ours, how many, and which most."""
    rows = [row for row in rows if row["peer"] != OURS_AS_IT_SHIPS]
    ours = next((row for row in rows if row["peer"] == "ours"), None)
    if ours is None:
        return ""
    said = []
    for figure, value in _best(rows).items():
        if ours[figure] is None or ours[figure] == value:
            continue
        title, text = (DECISIONS | COSTS)[figure]
        others = [row for row in rows if row is not ours and row[figure] is not None]
        ahead = [row for row in others if BEST[figure](row[figure], ours[figure]) != ours[figure]]
        first = next(row for row in ahead if row[figure] == value)
        shown = f"{first['title']} {text.format(value)}, ours {text.format(ours[figure])}"
        said.append(f"- {title}: {len(ahead)} of {len(others)}, the first {shown}")
    return "Ahead of ours:\n\n" + "\n".join(said) if said else "No other is ahead of ours."


def _best(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    measured = {figure: [row[figure] for row in rows if row[figure] is not None] for figure in BEST}
    return {figure: BEST[figure](values) for figure, values in measured.items() if values}


def _against(row: Mapping[str, Any]) -> str:
    if row.get("difference") is None:
        return ""
    likely = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
    return f"{row['difference'] * 100:+.1f} points, {likely}"


def _cell(row: Mapping[str, Any], figure: str, text: str, best: Mapping[str, float]) -> str:
    shown = _plain(row, figure, text)
    return f"**{shown}**" if shown and row[figure] == best.get(figure) else shown


def _plain(row: Mapping[str, Any], figure: str, text: str) -> str:
    return "" if row[figure] is None else text.format(row[figure])


def _markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
