"""How long it takes to fill calls, beside encoding."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from statistics import median

from evals.arguments.sets import plain
from evals.known.suite import load, made_up
from evals.timing import ROUNDS, Measured, Milliseconds, bare_encoder, percentile, timed
from router import Router, Tool, ToolCall
from router.arguments import Heard, Moment, hear

CONTACTS = 5000
EXAMPLES = 5
"""So many of each tool are filled."""
NOON = Moment(datetime(2026, 11, 23, 12))


def measure_filling(router: Router) -> list[Measured]:
    """Fill the calls of the tools' own examples, already encoded, with many contacts known; by turns with the session.

    That is what arguments add to a decision: the vectors of its tokens come with
    its embedding. Each call counts with the median of its turns, so that
    percentiles are of calls and not of what else the machine does.
    """
    knowing = router.with_values(contact=made_up(CONTACTS, load("development")))
    calls = [call for tool in router.tools for call in _calls(knowing, tool)]
    bare = bare_encoder()

    def fill(call: ToolCall, heard: Heard) -> object:
        return knowing.arguments.fill(call, heard, NOON)

    def encode(_: ToolCall, heard: Heard) -> object:
        return bare(heard.text)

    turns: dict[Callable[[ToolCall, Heard], object], list[Milliseconds]] = {fill: [], encode: []}
    for turn in range(ROUNDS + 1):
        for run in turns if turn % 2 else reversed(turns):
            turns[run].append([timed(run, *call) for call in calls])
    ours, reference = ([median(each) for each in zip(*times[1:], strict=True)] for times in turns.values())
    middle, end = (median(ours), median(reference)), (percentile(ours, 95), percentile(reference, 95))
    named = [time for time, (call, _) in zip(ours, calls, strict=True) if _takes_contact(router.tools[call.tool])]
    count = len(ours) * ROUNDS
    found = [
        Measured("fill, p50", *middle, "ms", "median", middle[0], 0.6, count),
        Measured("fill, p95", *end, "ms", "95th percentile", end[0], 1.5, count),
        Measured("fill, p50, against encoding", *middle, "ms", "ratio of medians", middle[0] / middle[1], None, count),
    ]
    if named:
        found.append(
            Measured(
                "fill a contact, p50", median(named), None, "ms", "median", median(named), None, len(named) * ROUNDS
            )
        )
    return found


def _calls(router: Router, tool: Tool) -> list[tuple[ToolCall, Heard]]:
    """Return a tool's call, empty, for a few of its examples; none if it has no parameters."""
    if not tool.parameters.get("properties"):
        return []
    few = tool.examples[:: max(1, len(tool.examples) // EXAMPLES)][:EXAMPLES]
    return [
        (
            ToolCall(tool.name, utterance=example.utterance, in_scope=1.0),
            hear(router.encoder, plain(example.utterance), router.scorer.lexical_weight),
        )
        for example in few
    ]


def _takes_contact(tool: Tool) -> bool:
    return '"x-known": "contact"' in json.dumps(dict(tool.parameters))
