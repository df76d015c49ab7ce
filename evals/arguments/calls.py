"""Asks for whole calls of tools that are known, and counts how many are right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any, Literal, TypeAlias

from evals.arguments.sets import plain
from router import Clarify, Tool, ToolCall, ToolSet
from router.arguments import Arguments, Moment, hear
from router.arguments.teaching import teach
from router.encoders import Encoder
from router.metrics.intervals import wilson
from router.training import LEXICAL_WEIGHT

Accepted: TypeAlias = Mapping[str, Sequence[Any]]
"""Which values of a parameter are right. Among them "" says that it may be left out; what is not here must be."""

Verdict: TypeAlias = Literal["right", "asked", "wrong", "missing", "too much"]
"""What a call is; of several faults, the first.

| verdict | the call |
|---|---|
| right | has an accepted value for each parameter, and nothing else |
| asked | was not made: an argument was asked for |
| wrong | has a value that is not accepted |
| missing | lacks an argument |
| too much | has an argument that nobody spoke of |
"""


@dataclass(frozen=True)
class Request:
    """An utterance for a tool that is known, and what is right."""

    utterance: str
    tool: str
    accepted: Accepted
    moment: Moment = field(default_factory=Moment)


@dataclass(frozen=True)
class Round:
    """Tools, and what they are asked once their examples are taught."""

    tools: tuple[Tool, ...]
    requests: tuple[Request, ...]


def measured(
    rounds: Iterable[Round], encoder: Encoder, *, questions: bool, tick: Callable[[], object] = lambda: None
) -> dict[str, Any]:
    """Return the share of calls that are right, with what the others are, and milliseconds.

    With `questions`, one for an argument is a call of what was found before it:
    right where the rest was not said.
    """
    verdicts: list[tuple[Verdict, bool]] = []
    times: list[float] = []
    examples = 0
    for each in rounds:
        arguments = Arguments(
            ToolSet(each.tools), {tool.name: teach(tool, encoder, LEXICAL_WEIGHT) for tool in each.tools}
        )
        tick()
        examples += sum(len(tool.examples) for tool in each.tools)
        for request in each.requests:
            heard = hear(encoder, plain(request.utterance), LEXICAL_WEIGHT)
            call = ToolCall(request.tool, utterance=request.utterance, in_scope=1.0)
            start = perf_counter()
            filled = arguments.fill(call, heard, request.moment)
            times.append((perf_counter() - start) * 1000)
            given = {} if isinstance(filled, Clarify) else filled.arguments
            says_any = any("" not in values for values in request.accepted.values())
            is_call = questions or isinstance(filled, ToolCall)
            verdicts.append((judged(request.accepted, given) if is_call else "asked", says_any))
    found = Counter(verdict for verdict, _ in verdicts)
    return {
        "calls": _share([verdict for verdict, _ in verdicts]),
        "with_values": _share([verdict for verdict, says_any in verdicts if says_any]),
        "n": len(verdicts),
        "verdicts": {name: found[name] for name in FAULTS if not questions or name != "asked"},
        "examples": examples,
        "milliseconds": round(median(times), 3),
    }


FAULTS: tuple[Verdict, ...] = ("asked", "wrong", "missing", "too much")


def judged(accepted: Accepted, given: Mapping[str, Any]) -> Verdict:
    """Say what a call with these arguments is."""
    if any(name in given and not _accepts(values, given[name]) for name, values in accepted.items()):
        return "wrong"
    if any(name not in given and "" not in values for name, values in accepted.items()):
        return "missing"
    return "too much" if given.keys() - accepted.keys() else "right"


def _accepts(accepted: Sequence[Any], value: Any) -> bool:
    return any(_same(each, value) for each in accepted)


def _same(accepted: Any, value: Any) -> bool:
    """Compare as the checker of the Berkeley Function-Calling Leaderboard does.

    Of text, case, spaces and some punctuation do not matter; whole numbers may
    stand for others; of an object, each key has its own accepted values.
    """
    if isinstance(accepted, str) and isinstance(value, str):
        return _folded(accepted) == _folded(value)
    if isinstance(accepted, bool) or isinstance(value, bool):
        return accepted is value
    if isinstance(accepted, Mapping) and isinstance(value, Mapping):
        own = {key: each if isinstance(each, list) else [each] for key, each in accepted.items()}
        return judged(own, value) == "right"
    if isinstance(accepted, list) and isinstance(value, list):
        return len(accepted) == len(value) and all(map(_same, accepted, value))
    return bool(accepted == value)


def _folded(text: str) -> str:
    return re.sub(r"[ ,./\-_*^]", "", text).lower().replace("'", '"')


def _share(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    right = verdicts.count("right")
    interval = wilson(right, len(verdicts))
    assert interval is not None, "nothing was asked"
    shares = {"value": right / len(verdicts), "low": interval.low, "high": interval.high}
    return {name: round(share, 4) for name, share in shares.items()} | {"n": len(verdicts)}
