"""What encoders cost and buy, as tables: for a terminal here, and the cells for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from router.evaluation.encoders import METRICS, Row
from router.evaluation.rendering.layout import table, wrapped
from router.evaluation.wording import INTERVAL, harmless, interval, number


def as_text(rows: Sequence[Row], reference: str, width: int) -> str:
    """Return what was measured, as two tables and a line for each encoder that could not be."""
    lines: list[str] = []
    if any(not row.problem for row in rows):
        lines += ["what they buy", *table([WORTH, *worth_cells(rows)], width, numbers=range(1, len(WORTH)))]
        head = costs_head(reference)
        lines += ["what they cost", *table([head, *cost_cells(rows)], width, numbers=range(1, len(head)))]
    failed = [row for row in rows if row.problem]
    if failed:
        lines.append("not measured")
        for row in failed:
            lines += wrapped(harmless(f"{named(row)}: {' '.join(row.problem.split())}"), width, "  ", "    ")
    return "\n".join(lines)


WORTH = ("", "suite", "accuracy", INTERVAL, "coverage", "AUROC")


def worth_cells(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Yield a line for each encoder and suite."""
    for row in rows:
        for suite in row.suites:
            accuracy, coverage, auroc = (suite.overall(metric) for metric in METRICS)
            values = ["-" if each.value is None else number(each.metric, each.value) for each in (coverage, auroc)]
            share = "-" if accuracy.value is None else number("accuracy", accuracy.value)
            ends = interval("accuracy", accuracy.low, accuracy.high)
            yield named(row), harmless(suite.name), share, ends, *values


def costs_head(reference: str) -> tuple[str, ...]:
    """Return what stands above `cost_cells`."""
    return "", "files MB", "bundle MB", "memory MB", "p50 ms", f"× {harmless(reference)}"


def cost_cells(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Yield a line for each encoder."""
    for row in rows:
        if not row.problem:
            megabytes = (row.size, row.bundle_size, row.memory)
            times = (row.milliseconds, row.ratio)
            yield (
                named(row),
                *("-" if value is None else f"{value:.1f}" for value in megabytes),
                *("-" if value is None else f"{value:.2f}" for value in times),
            )


def named(row: Row) -> str:
    """Return an encoder as it was asked for, and at which length."""
    return harmless(row.encoder if row.dimensions is None else f"{row.encoder} @{row.dimensions}")
