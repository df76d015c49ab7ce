"""What was expected against what was decided, with the cases behind each number.

What was decided right is one column, not a diagonal, so that the table of fifty
tools is as wide as its mistakes are many, and no wider.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from router.evaluation.outcomes import Outcome

MOST_ROWS = 60
MOST_COLUMNS = 40
"""So many tools have a row, or a column, of their own; the rest share one."""
MOST_LISTED = 50
"""So many cases of a cell are listed at most."""


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A row or a column."""

    kind: Literal["tool", "right", "abstained", "asked", "others", "spotless", "several", "out_of_scope"]
    """A tool; for a row, else: tools that share it, with or without mistakes; between several; out of scope.
    For a column, else: decided right; abstained or asked where it is wrong to; tools that share it."""
    tool: str = ""
    tools: int = 1
    """So many share it."""

    @property
    def name(self) -> str:
        """What stands beside the row, or above the column."""
        match self.kind:
            case "tool":
                return self.tool
            case "others":
                return f"{self.tools} more tools"
            case "spotless":
                return f"{self.tools} tools without a mistake" if self.tools > 1 else "1 tool without a mistake"
            case "several":
                return "between several"
            case other:
                return other.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Cell:
    """The cases of a row that were decided as a column says."""

    row: Label
    column: Label
    count: int
    heat: int
    """Share of the row, from 1 to 5."""
    listed: tuple[Outcome, ...]
    """The most confident first."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of the cases for one thing."""

    label: Label
    cells: tuple[Cell | None, ...]
    """One for each column, None where there is no case."""
    count: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """A table of what was expected, by rows, and what was decided, by columns."""

    columns: tuple[Label, ...]
    rows: tuple[Row, ...]
    """Tools with the most mistakes first, then those that share a row, then what is for no single tool."""

    @property
    def cells(self) -> list[Cell]:
        """Every cell that has cases, row by row."""
        return [cell for row in self.rows for cell in row.cells if cell]


def confusion(outcomes: Sequence[Outcome], most_listed: int) -> Confusion:
    """Count outcomes by what was expected and what was decided.

    At most `most_listed` cases are listed in all the cells together, mistakes
    before what is right.
    """
    rows = _row_labels(outcomes)
    called = Counter(outcome.called for outcome in outcomes if outcome.called and outcome.verdict != "right")
    columns = _shared([tool for tool, _ in sorted(called.items(), key=_most)], MOST_COLUMNS)
    found: defaultdict[tuple[Label, Label], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[rows[_expected(outcome)], _decided(outcome, columns)].append(outcome)
    listed = _listed(found, most_listed)
    across = (Label("right"), Label("abstained"), Label("asked"), *dict.fromkeys(columns.values()))
    across = tuple(column for column in across if any(key[1] == column for key in found))
    table = []
    for label in dict.fromkeys(rows.values()):
        counts = {column: len(found[label, column]) for column in across if (label, column) in found}
        of_row = sum(counts.values())
        cells = (
            Cell(label, column, counts[column], _heat(counts[column] / of_row), listed[label, column])
            if column in counts
            else None
            for column in across
        )
        table.append(Row(label, tuple(cells), of_row))
    return Confusion(across, tuple(table))


def _row_labels(outcomes: Sequence[Outcome]) -> Mapping[Label, Label]:
    """Return the row in which each expectation is counted, in the order of the rows."""
    wrong: Counter[str] = Counter()
    for outcome in outcomes:
        if len(outcome.case.tools) == 1:
            wrong[outcome.case.tools[0]] += outcome.verdict != "right"
    ordered = [tool for tool, mistakes in sorted(wrong.items(), key=_most) if mistakes]
    rows = {Label("tool", tool): row for tool, row in _shared(ordered, MOST_ROWS).items()}
    spotless = sorted(tool for tool, mistakes in wrong.items() if not mistakes)
    rows |= {Label("tool", tool): Label("spotless", tools=len(spotless)) for tool in spotless}
    return rows | {label: label for label in (Label("several"), Label("out_of_scope")) if _any(outcomes, label)}


def _any(outcomes: Iterable[Outcome], label: Label) -> bool:
    return any(_expected(outcome) == label for outcome in outcomes)


def _expected(outcome: Outcome) -> Label:
    tools = outcome.case.tools
    return Label("tool", tools[0]) if len(tools) == 1 else Label("several" if tools else "out_of_scope")


def _decided(outcome: Outcome, columns: Mapping[str, Label]) -> Label:
    if outcome.verdict == "right":
        return Label("right")
    if outcome.called:
        return columns[outcome.called]
    return Label("asked" if outcome.decision.kind == "clarify" else "abstained")


def _shared(tools: Sequence[str], most: int) -> dict[str, Label]:
    """Give the first tools a label of their own, and the rest one together."""
    alone = len(tools) if len(tools) <= most else most - 1
    rest = Label("others", tools=len(tools) - alone)
    return {tool: Label("tool", tool) if n < alone else rest for n, tool in enumerate(tools)}


def _listed(
    found: Mapping[tuple[Label, Label], Sequence[Outcome]], most: int
) -> Mapping[tuple[Label, Label], tuple[Outcome, ...]]:
    """Choose the cases that are listed: mistakes first, as long as there is room."""
    listed = {}
    for key in sorted(found, key=lambda key: (key[1].kind == "right", key)):
        surest = sorted(found[key], key=lambda outcome: -outcome.confidence)
        listed[key] = tuple(surest[: min(MOST_LISTED, most)])
        most -= len(listed[key])
    return listed


def _heat(share: float) -> int:
    return min(int(share * 5) + 1, 5)


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
