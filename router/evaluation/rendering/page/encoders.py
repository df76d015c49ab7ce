"""What encoders cost and buy as one HTML page, with a chart for each suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from router.evaluation.encoders import Row
from router.evaluation.rendering.encoders import WORTH, cost_cells, costs_head, named, worth_cells
from router.evaluation.rendering.page import charts, render


def encoders_page(rows: Sequence[Row], reference: str, provenance: Mapping[str, str]) -> str:
    """Write the rows as a page; `provenance` says `made`, when, and what else there is to say.

    Raises MissingExtraError without Jinja.
    """
    measured = [row for row in rows if not row.problem]
    return render(
        "encoders.html.j2",
        made=provenance["made"],
        worth_head=WORTH,
        worth=[*worth_cells(measured)],
        cost_head=costs_head(reference),
        costs=[*cost_cells(measured)],
        failed=[(named(row), row.problem) for row in rows if row.problem],
        suites=[*_suites(measured)],
        provenance=[*provenance.items()],
    )


def _suites(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    for n, suite in enumerate(rows[0].suites if rows else ()):
        accuracies = [row.suites[n].overall("accuracy").value for row in rows]
        known = [(row, value) for row, value in zip(rows, accuracies, strict=True) if value is not None]
        found = [
            _chart(known, "milliseconds", "median milliseconds of a decision", f"suite{n}-time"),
            _chart(known, "memory", "peak memory in MB", f"suite{n}-memory"),
        ]
        names = [named(row) for row, _ in known]
        yield {"name": suite.name, "charts": [chart for chart in found if chart], "names": names}


def _chart(known: Sequence[tuple[Row, float]], cost: str, described: str, name: str) -> str:
    """Draw accuracy over a cost; rows are numbered as they are listed below the charts."""
    points = [(str(n), spent, value) for n, (row, value) in enumerate(known, 1) if (spent := getattr(row, cost))]
    if not points:
        return ""
    said = "; ".join(f"{named(known[int(label) - 1][0])}: {value:.3f} at {spent:.4g}" for label, spent, value in points)
    return charts.cost_chart(points, described, "accuracy", name, f"Accuracy over {described}", said)
