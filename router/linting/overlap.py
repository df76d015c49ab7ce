"""Pairs of tools that are asked for, or declared, in nearly the same words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from router.declarations.wording import counted
from router.linting.finding import Finding, Mention
from router.linting.held_out import held_out_examples
from router.linting.inspection import Inspection
from router.training.evidence import FEWEST_EXAMPLES

OVERLAP = 0.2
"""From this share on, tools overlap. Two tools with the same examples have 0.5, two that share no words 0."""
FEWEST_CROSSING = 3
"""So many examples must lie nearer to the other tool: one or two may do so by chance."""
LOST = 0.1
"""An overlap costs something where the other tool wins this share of the examples: one in ten."""
ALIKE_DECLARATIONS = 0.85
"""Cosine of two declarations that are hard to tell apart. With the shipped encoder "Play a song" and "Play some music"
have 0.88; in `tool_specs/` the highest is that of pausing and resuming, 0.81."""

_ROWS = 512
"""So many examples at a time are compared with everything."""


def overlapping_tools(inspection: Inspection) -> Iterator[Finding]:
    """Yield pairs of tools that overlap.

    The overlap of two tools is the share of their examples whose nearest
    neighbour, among all declarations and all other examples, is the other
    tool's: the mean of both tools' shares, so that a large tool does not hide a
    small one.
    """
    nearest, cosines = _nearest(inspection)
    material = inspection.material
    neighbours = np.concatenate([material.owners, np.arange(len(inspection.tools), dtype=np.int32)])[nearest]
    held_out = held_out_examples(inspection)
    sizes = np.bincount(material.owners, minlength=len(inspection.tools))
    crossings = _counts(material.owners, neighbours, len(inspection.tools))
    lost = _counts(held_out.owners, held_out.winners, len(inspection.tools))
    alike = material.declarations.embeddings @ material.declarations.embeddings.T
    for one, other in combinations(range(len(inspection.tools)), 2):
        crossing = int(crossings[one, other] + crossings[other, one])
        overlap = _mean_share(crossings, sizes, one, other)
        if crossing >= FEWEST_CROSSING and overlap >= OVERLAP:
            of_pair = (material.owners == one) & (neighbours == other) | (material.owners == other) & (
                neighbours == one
            )
            telling = int(np.where(of_pair, cosines, -1.0).argmax())
            both = _mentions(inspection, telling, int(nearest[telling]))
            yield _of_examples(inspection, one, other, crossings, overlap, lost, both, float(cosines[telling]))
        elif alike[one, other] >= ALIKE_DECLARATIONS and min(sizes[one], sizes[other]) < FEWEST_EXAMPLES:
            yield _of_declarations(inspection, one, other, float(alike[one, other]))


def _of_examples(
    inspection: Inspection,
    one: int,
    other: int,
    crossings: NDArray[np.intp],
    overlap: float,
    lost: NDArray[np.intp],
    telling: tuple[Mention, Mention],
    cosine: float,
) -> Finding:
    tools, sizes = inspection.tools.tools, [len(tool.examples) for tool in inspection.tools]
    losses = int(lost[one, other] + lost[other, one])
    measured = min(sizes[one], sizes[other]) >= FEWEST_EXAMPLES
    share = _mean_share(lost, np.array(sizes), one, other)
    fate = f"left out, {counted(losses, 'example')} of the two would go to the other tool" if measured else ""
    return Finding(
        "overlapping-tools",
        "warning" if share >= LOST or not measured else "info",
        inspection.tool(one, "name"),
        f"{tools[one].name!r} and {tools[other].name!r} overlap by {overlap:.2f}: "
        f"{crossings[one, other]} of {counted(sizes[one], 'example')} and {crossings[other, one]} of {sizes[other]} "
        f"are nearest to the other tool, {telling[0]} and {telling[1]} most of all (cosine {cosine:.2f})"
        + (f"; {fate}" if fate else ""),
        "Say in both descriptions what tells them apart, and give each the other's near misses as counterexamples; "
        "or make one tool of them, with a parameter.",
        (inspection.tool(other, "name"), *telling),
        {"overlap": overlap, "cosine": cosine} | ({"lost": share} if measured else {}),
    )


def _of_declarations(inspection: Inspection, one: int, other: int, cosine: float) -> Finding:
    tools = inspection.tools.tools
    return Finding(
        "overlapping-tools",
        "warning",
        inspection.tool(one, "name"),
        f"{tools[one].name!r} and {tools[other].name!r} are declared in nearly the same words (cosine {cosine:.2f}), "
        "and at least one of them has no examples to be told by",
        f"Give both {FEWEST_EXAMPLES} examples or more, and say in both descriptions what tells them apart.",
        (inspection.tool(other, "name"),),
        {"cosine": cosine},
    )


def _nearest(inspection: Inspection) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the nearest neighbour of each example and its cosine, [N]: another example, or N plus a tool's index."""
    material = inspection.material
    count = len(material.examples)
    everything = np.concatenate([material.examples.embeddings, material.declarations.embeddings])
    nearest, cosines = np.zeros(count, np.intp), np.zeros(count, np.float32)
    for start in range(0, count, _ROWS):
        rows = np.arange(start, min(start + _ROWS, count))
        similarities = everything[rows] @ everything.T
        similarities[rows - start, rows] = -np.inf
        nearest[rows] = similarities.argmax(axis=1)
        cosines[rows] = similarities[rows - start, nearest[rows]]
    return nearest, cosines


def _mentions(inspection: Inspection, example: int, neighbour: int) -> tuple[Mention, Mention]:
    count = len(inspection.examples)
    near = inspection.examples[neighbour] if neighbour < count else inspection.tool(neighbour - count, "description")
    return inspection.examples[example], near


def _counts(owners: NDArray[np.int32], others: NDArray[np.integer], tools: int) -> NDArray[np.intp]:
    """Count how often each owner (rows) meets each other tool (columns)."""
    counts = np.zeros((tools, tools), np.intp)
    np.add.at(counts, (owners, others), 1)
    return counts


def _mean_share(counts: NDArray[np.intp], sizes: NDArray[np.intp], one: int, other: int) -> float:
    """Return the mean over both tools, those with examples, of the share of theirs that the other has."""
    shares = [counts[a, b] / sizes[a] for a, b in ((one, other), (other, one)) if sizes[a]]
    return float(sum(shares) / len(shares)) if shares else 0.0
