"""Asks for arguments and counts what is found."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from evals.arguments.sets import Slots, plain
from router import Clarify, ToolCall, ToolSet
from router.arguments import Arguments, Moment, hear
from router.arguments.teaching import teach
from router.encoders import Encoder
from router.metrics.intervals import wilson
from router.training import LEXICAL_WEIGHT


def measured(
    slots: Slots, encoder: Encoder, language: str, tick: Callable[[], object] = lambda: None
) -> dict[str, Any]:
    """Return slot F1 by exact spans, the share of utterances with all slots right, and milliseconds."""
    taught = {}
    for tool in slots.tools:
        taught[tool.name] = teach(tool, encoder, LEXICAL_WEIGHT)
        tick()
    arguments = Arguments(ToolSet(slots.tools), taught)
    right = given = wanted = whole = 0
    times = []
    for asked in slots.asked:
        heard = hear(encoder, plain(asked.utterance), LEXICAL_WEIGHT)
        call = ToolCall(asked.tool, utterance=asked.utterance, in_scope=1.0)
        start = perf_counter()
        filled = arguments.fill(call, heard, Moment(language=language))
        times.append((perf_counter() - start) * 1000)
        first = filled.choices[0] if isinstance(filled, Clarify) else filled
        found = frozenset((each.parameter, each.text.lower()) for each in first.found if each.text)
        right, given, wanted = right + len(found & asked.spans), given + len(found), wanted + len(asked.spans)
        whole += found == asked.spans
    interval = wilson(whole, len(slots.asked))
    assert interval is not None, "nothing was asked"
    low, high = interval
    return {
        "slot_f1": round(2 * right / max(given + wanted, 1), 4),
        "frames": {"value": round(whole / len(slots.asked), 4), "low": round(low, 4), "high": round(high, 4)},
        "n": len(slots.asked),
        "slots": wanted,
        "examples": sum(len(tool.examples) for tool in slots.tools),
        "unmarkable": slots.unmarkable,
        "milliseconds": round(median(times), 3),
    }
