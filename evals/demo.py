"""The demo, `make demo`: what the router makes of things people say.

The utterances are none of the examples in `tool_specs/`; a test holds that. Some
are for no tool, and some do not say enough. They were written down before the
router was asked.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from statistics import median
from time import perf_counter

from router import AskArgument, Clarify, Decision, Router, ToolCall

NOW = datetime(2026, 3, 4, 15)
"""When they are said, so that "this afternoon" is the same each time."""

UTTERANCES = (
    "I have to be out of the house by ten to seven, wake me a bit before six",
    "let Priya know I'm stuck in traffic",
    "will I need a coat this afternoon",
    "put some Nina Simone on",
    "split a bill of 64 dollars between three people",
    "we're out of oat milk, note that on the groceries",
    "how would I say thank you in Portuguese",
    "it's way too loud",
    "somewhere to eat that's still open around here",
    "cancel it",
    "make it brighter",
    "do you think I should quit my job",
    "preheat the oven to two hundred",
    "who painted the ceiling of the Sistine Chapel",
)

_INDENT = "           "
_ROW = "  {:<8} {:<23} {:<23} {:>8} {:>8}"
"""A decision, the two likeliest tools with their probabilities, the gate's, and how long it took."""


def main(bundle: str) -> None:
    """Route the utterances with a bundle and print what comes of each."""
    start = perf_counter()
    router = Router.load(bundle)
    router.route("set an alarm for six", now=NOW)  # the first one also warms up, so it is not shown
    print(f"{len(router.tools)} tools, ready in {_milliseconds(start):.0f} ms.\n")
    print(_ROW.format("", "likeliest tool", "runner-up", "in scope", "time") + "\n")
    times = []
    for utterance in UTTERANCES:
        start = perf_counter()
        decision = router.route(utterance, now=NOW)
        times.append(_milliseconds(start))
        first, second = (*(f"{other.tool} {other.probability:.2f}" for other in decision.candidates), "", "")[:2]
        print(utterance)
        print(_ROW.format(decision.kind.upper(), first, second, f"{decision.in_scope:.2f}", f"{times[-1]:.1f} ms"))
        print(f"{_INDENT}{said}\n" if (said := _said(decision)) else "")
    print(
        f"{len(UTTERANCES)} utterances, {median(times):.1f} ms each in the middle, and nothing left this machine.\n"
        "A call is made where both probabilities are high enough: that of the tool, and that any tool was meant\n"
        "(in scope). Thresholds are fitted to held-out examples. Go on with your own words:\n\n"
        f"  .venv/bin/router repl --bundle {bundle}\n"
        f"  .venv/bin/router route --bundle {bundle} --explain make it brighter\n"
        "  .venv/bin/router init my_tools"
    )


def _said(decision: Decision) -> str:
    """Return what the app would get, or say: the arguments of a call, or a question."""
    match decision:
        case ToolCall(_, arguments):
            return json.dumps(dict(arguments), ensure_ascii=False)
        case AskArgument(question=question) | Clarify(question=question):
            return question
    return ""


def _milliseconds(start: float) -> float:
    return (perf_counter() - start) * 1000


if __name__ == "__main__":
    main(sys.argv[1])
