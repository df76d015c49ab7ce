"""How numbers, cases and decisions are written in every report: plainly, and harmless wherever they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from router.decisions import Abstain, AskArgument, Clarify, ToolCall
from router.evaluation.catalogue import MEMORY, METRICS
from router.evaluation.differences import Difference
from router.evaluation.measures import CONFIDENCE, EVERYTHING, Measurement, Slice
from router.evaluation.outcomes import Outcome, Verdict

INTERVAL = f"{CONFIDENCE * 100:.0f} % CI"
"""What stands before the ends of an interval."""

LONGEST = 120
"""So many characters are shown of an utterance."""
MOST_TOOLS = 5
"""So many tools are named of those between which one should ask, or did."""

MISTAKES: Mapping[Verdict, tuple[str, str]] = {
    "wrong_call": ("wrong call", "wrong calls"),
    "false_accept": ("false accept", "false accepts"),
    "false_reject": ("false reject", "false rejects"),
    "guessed": ("guess", "guesses"),
    "asked": ("needless question", "needless questions"),
}
"""What a case of a verdict is called, and what several are."""

Write: TypeAlias = Callable[[str], str]
"""How something that people made is written: an utterance, or a name."""


def escaped(text: str) -> str:
    r"""Write a text that people made in a line, as `repr` does without the quotes, so that it commands no terminal.

    >>> print(escaped("wake\tme \\ \x1b[31m"))
    wake me \\ \x1b[31m
    """
    return harmless(text.replace("\\", "\\\\"))


def harmless(text: str) -> str:
    """Write what cannot be seen as escapes.

    Joiners stay, as scripts and emoji need them, and all white space is a space.
    """
    return text if text.isprintable() else "".join(map(_harmless, text))


def quoted(utterance: str, limit: int = LONGEST) -> str:
    """Write an utterance in quotes, cut where it gets long.

    >>> print(quoted("call mum"), quoted("what's up"), quoted("la " * 9, limit=8))
    'call mum' "what's up" 'la la la'…
    """
    text = escaped(utterance[:limit])
    quote = '"' if "'" in text and '"' not in text else "'"
    inside = text.replace("'", "\\'") if quote == "'" else text
    return f"{quote}{inside}{quote}{'…' if len(utterance) > limit else ''}"


def number(metric: str, value: float, digits: int = 3, sign: str = "") -> str:
    """Write a value of a metric with its unit; `sign` is `+` for a difference.

    >>> number("accuracy", 0.9312), number("latency_p50", 1.5), number("memory", 61.54), number("aurc", -0.02, sign="+")
    ('0.931', '1.500 ms', '61.5 MB', '-0.020')
    """
    unit = unit_of(metric)
    if unit == "MB":
        digits -= 2
    value = round(value, digits) + 0.0  # no -0.000
    return f"{value:{sign}.{digits}f}{unit and ' ' + unit}"


def unit_of(metric: str) -> str:
    """Return `ms`, `MB`, or nothing for what lies between 0 and 1."""
    return "MB" if metric == MEMORY else METRICS[metric].unit if metric in METRICS else ""


def measured(measurement: Measurement, beside: float | None = None) -> str:
    """Write a measured value with its interval, with as many digits as tell it from the limit `beside` it.

    >>> measured(Measurement("accuracy", value=0.931, low=0.912, high=0.946, n=738))
    '0.931 (95 % CI 0.912 to 0.946, n=738)'
    >>> measured(Measurement("accuracy", why_not="no case is for one tool"))
    'not measured: no case is for one tool'
    """
    metric, value, low, high = measurement.metric, measurement.value, measurement.low, measurement.high
    if value is None:
        return f"not measured: {measurement.why_not}"
    digits = 3 if beside is None else max(digits_apart(each, beside) for each in (value, low, high) if each is not None)
    if metric == MEMORY:
        return number(metric, value, digits)
    ends = interval(metric, low, high, digits)
    return f"{number(metric, value, digits)} ({INTERVAL + ' ' + ends + ', ' if ends else ''}n={measurement.n})"


def interval(metric: str, low: float | None, high: float | None, digits: int = 3, sign: str = "") -> str:
    """Write the ends of an interval, or nothing where there is none."""
    if low is None or high is None:
        return ""
    return f"{number(metric, low, digits, sign).partition(' ')[0]} to {number(metric, high, digits, sign)}"


def written_limit(metric: str, value: float) -> str:
    """Write a limit with the digits that its author gave it, and three at least.

    >>> written_limit("accuracy", 0.9), written_limit("accuracy", 0.9975), written_limit("memory", 100)
    ('0.900', '0.9975', '100.0 MB')
    """
    return number(metric, value, next((digits for digits in range(3, 9) if round(value, digits) == value), 9))


def digits_apart(value: float, other: float) -> int:
    """Return how many decimals, three at least, show that two values differ; three where nine would not.

    >>> digits_apart(0.89958, 0.9), digits_apart(0.5, 0.9), digits_apart(0.9, 0.9)
    (4, 3, 3)
    """
    return next((digits for digits in range(3, 10) if f"{value:.{digits}f}" != f"{other:.{digits}f}"), 3)


def compared(difference: Difference, worse: float, by: float) -> str:
    """Write a value beside the baseline's, with digits that show by how much it is worse, and how that is limited."""
    metric, before, after = difference.metric, difference.before, difference.after
    digits = max(digits_apart(before, after), digits_apart(worse, by))
    moved = f"difference {number(metric, difference.difference, digits, '+')}"
    ends = interval(metric, difference.low, difference.high, digits, "+")
    known = [f"n={difference.n}; {moved}" if metric != MEMORY else moved, ends and f"{INTERVAL} {ends}"]
    listed = ", ".join(filter(None, [*known, p_value(difference.p)]))
    return f"{number(metric, after, digits)}, {number(metric, before, digits)} in the baseline ({listed})"


def p_value(p: float | None) -> str:
    """Write a p-value.

    >>> p_value(0.0312), p_value(0.00002), p_value(None)
    ('p=0.031', 'p<0.001', '')
    """
    return "" if p is None else "p<0.001" if p < 0.001 else f"p={p:.3f}"


def slice_name(part: Slice, name: Write = quoted) -> str:
    """Write a slice: `tag 'asr', language 'de'`; nothing for the whole suite."""
    values = {field.name: getattr(part, field.name) for field in fields(part)}
    return ", ".join(f"{kind} {name(value)}" for kind, value in values.items() if value)


def subject(metric: str, suite: str, part: Slice = EVERYTHING, name: Write = quoted) -> str:
    """Write what a gate is about: `recall on suite 'everyday' (tool 'set_alarm')`."""
    return f"{metric} on suite {name(suite)}{'' if part == EVERYTHING else f' ({slice_name(part, name)})'}"


def counted(n: int, what: str, several: str = "") -> str:
    """Write how many there are of something.

    >>> counted(1, "case"), counted(0, "case"), counted(2, "is", "are")
    ('1 case', '0 cases', '2 are')
    """
    return f"{n:,} {what if n == 1 else several or what + 's'}"


def sentence(outcome: Outcome, utterance: Write = quoted, tool: Write = escaped) -> str:
    """Say in one sentence what a case should be and what became of it.

    `'order me a taxi' is out of scope, but called create_reminder (0.93)`, and for a right decision: `'call mum'
    should call make_call, and did (0.97)`.
    """
    link = "and" if outcome.verdict == "right" else "but"
    return f"{utterance(outcome.case.utterance)} {_due(outcome, tool)}, {link} {did(outcome, tool)}"


def did(outcome: Outcome, tool: Write = escaped) -> str:
    """Say what was decided, in the past tense, and how surely."""
    decision = outcome.decision
    match decision:
        case ToolCall(name):
            unasked = " without asking" if outcome.verdict == "guessed" else ""
            return f"called {tool(name)}{unasked} ({decision.probability:.2f})"
        case AskArgument(name, parameter):
            unasked = " without asking which" if outcome.verdict == "guessed" else ""
            return f"asked for {tool(parameter)} of {tool(name)}{unasked} ({decision.probability:.2f})"
        case Clarify(tool=str(name), parameter=parameter):
            return f"asked which {tool(parameter)} of {tool(name)} ({decision.probability:.2f})"
        case Clarify(candidates):
            return f"asked: {_either(f'{tool(each.tool)} ({each.probability:.2f})' for each in candidates)}"
        case Abstain("empty" | "too_long" as reason):
            return f"was abstained on ({reason})"
        case Abstain(reason):
            return f"was abstained on ({tool(reason)}, in scope {decision.in_scope:.2f})"


def short(outcome: Outcome, utterance: Write = quoted, tool: Write = escaped) -> str:
    """Write a case and its decision where it is clear what is wrong: `'order me a taxi' -> create_reminder (0.93)`.

    A case for a tool says for which: `'wake me' -> play_music (0.91), for set_alarm`.
    """
    decision = outcome.decision
    stated = outcome.case.arguments
    if isinstance(decision, ToolCall | AskArgument) and outcome.verdict == "right" and stated is not None:
        given, due = (quoted_json(each, tool) for each in (decision.arguments, stated))
        asked = f", asked for {tool(decision.parameter)}" if isinstance(decision, AskArgument) else ""
        return f"{utterance(outcome.case.utterance)} -> {tool(decision.tool)} {given}{asked}, for {due}"
    if outcome.called:
        what = f"{tool(outcome.called)} ({decision.probability:.2f})"
    elif isinstance(decision, Clarify):
        what = _either(tool(each.tool) for each in decision.candidates)
    else:
        what = f"abstained (in scope {decision.in_scope:.2f})"
    due = f", for {_either(map(tool, outcome.case.tools))}" if outcome.case.tools else ""
    return f"{utterance(outcome.case.utterance)} -> {what}{due}"


def offenders(
    metric: str, outcomes: Iterable[Outcome], utterance: Write = quoted, tool: Write = escaped
) -> tuple[str, list[str]]:
    """Return what the cases are that a gate holds against the router, such as `Most confident false accepts`, and each.

    They are the slowest where the metric is a time.
    """
    listed = list(outcomes)
    if unit_of(metric) == "ms":
        return "Slowest", [f"{utterance(each.case.utterance)} ({number(metric, each.milliseconds)})" for each in listed]
    verdicts = {each.verdict for each in listed}
    what = MISTAKES.get(verdicts.pop(), ("", "cases"))[1] if len(verdicts) == 1 else "mistakes"
    return f"Most confident {what}", [short(each, utterance, tool) for each in listed]


def quoted_json(value: Mapping[str, Any], name: Write = escaped) -> str:
    """Write JSON values, cut where they get long."""
    text = json.dumps(dict(value), ensure_ascii=False)
    return name(text[:LONGEST]) + ("…" if len(text) > LONGEST else "")


def _due(outcome: Outcome, tool: Write) -> str:
    """Say what should become of a case."""
    tools = outcome.case.tools
    if not tools:
        return "is out of scope"
    return f"should call {tool(tools[0])}" if len(tools) == 1 else f"should ask: {_either(map(tool, tools))}"


def _either(tools: Iterable[str]) -> str:
    listed = [*tools]
    more = [f"{len(listed) - MOST_TOOLS} more"] * (len(listed) > MOST_TOOLS)
    return " or ".join([*listed[:MOST_TOOLS], *more])


def _harmless(character: str) -> str:
    if character.isspace():
        return " "
    if character.isprintable() or character in "\u200c\u200d":
        return character
    return character.encode("unicode_escape").decode("ascii")
