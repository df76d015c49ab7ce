"""Outcomes as arrays, so that metrics are arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from router.decisions import AskArgument, ToolCall
from router.evaluation.outcomes import Outcome

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

NO_TOOL = -1
"""In `expected`, an utterance that is for no tool; in `called`, an abstention; in `ranked`, no further candidate."""
ASK = -2
"""In `expected`, an utterance about which the router should ask; in `called`, that it asked."""
MOST_RANKED = 5
"""So many candidates are kept of each decision."""


@dataclass(frozen=True, slots=True)
class Columns:
    """n outcomes; tools are numbers, their places in `tools`."""

    tools: tuple[str, ...]
    expected: Ints
    """[n]: a tool, NO_TOOL or ASK."""
    called: Ints
    """[n]: a tool, NO_TOOL or ASK."""
    ranked: Ints
    """[n, 5]: the candidates' tools, best first."""
    right: Bools
    """[n]: the verdict is right."""
    guessed: Bools
    """[n]: one of several tools was called where a question was due."""
    likeliest: Floats
    """[n]: the first candidate's probability, 0 without one."""
    in_scope: Floats
    """[n]."""
    clusters: Ints
    """[n]: the cluster of each case, one of its own where it names none."""
    milliseconds: Floats
    """[n]."""
    wanted: Objects
    """[n]: the arguments that the call should have; None where nothing is said of them or the call is not right."""
    given: Objects
    """[n]: the arguments of the call, or what was found of them where one is asked for; empty where there are none."""

    def __len__(self) -> int:
        return len(self.expected)

    @property
    def is_clustered(self) -> bool:
        """Whether any two cases share a cluster."""
        return len(np.unique(self.clusters)) < len(self)

    def take(self, rows: Ints | Bools) -> Columns:
        """Return the outcomes at these places, in that order, or where a mask is true."""
        arrays = [field.name for field in fields(self) if field.name != "tools"]
        return replace(self, **{name: getattr(self, name)[rows] for name in arrays})


def columns(outcomes: Sequence[Outcome]) -> Columns:
    """Lay out outcomes as arrays."""
    tools = sorted(
        {tool for outcome in outcomes for tool in outcome.case.tools}
        | {candidate.tool for outcome in outcomes for candidate in outcome.decision.candidates}
        | {outcome.called for outcome in outcomes if outcome.called}
    )
    number = {tool: n for n, tool in enumerate(tools)}
    ranked = np.full((len(outcomes), MOST_RANKED), NO_TOOL, np.int64)
    for row, outcome in zip(ranked, outcomes, strict=True):
        found = [number[candidate.tool] for candidate in outcome.decision.candidates[:MOST_RANKED]]
        row[: len(found)] = found
    clusters: dict[str | int, int] = {}  # those with a name, and the places of those without
    return Columns(
        tools=tuple(tools),
        expected=_ints(_expected(outcome, number) for outcome in outcomes),
        called=_ints(_called(outcome, number) for outcome in outcomes),
        ranked=ranked,
        right=np.array([outcome.verdict == "right" for outcome in outcomes], bool),
        guessed=np.array([outcome.verdict == "guessed" for outcome in outcomes], bool),
        likeliest=np.array(
            [o.decision.candidates[0].probability if o.decision.candidates else 0.0 for o in outcomes], np.float64
        ),
        in_scope=np.array([outcome.decision.in_scope for outcome in outcomes], np.float64),
        clusters=_ints(clusters.setdefault(o.case.cluster or n, len(clusters)) for n, o in enumerate(outcomes)),
        milliseconds=np.array([outcome.milliseconds for outcome in outcomes], np.float64),
        wanted=_objects([o.case.arguments if o.verdict == "right" and o.called else None for o in outcomes]),
        given=_objects(
            [o.decision.arguments if isinstance(o.decision, ToolCall | AskArgument) else {} for o in outcomes]
        ),
    )


def _expected(outcome: Outcome, number: dict[str, int]) -> int:
    tools = outcome.case.tools
    return number[tools[0]] if len(tools) == 1 else ASK if tools else NO_TOOL


def _called(outcome: Outcome, number: dict[str, int]) -> int:
    if outcome.called:
        return number[outcome.called]
    return ASK if outcome.decision.kind == "clarify" else NO_TOOL


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _objects(values: Sequence[object]) -> Objects:
    array = np.empty(len(values), object)
    array[:] = values
    return array
