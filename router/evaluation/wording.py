"""How numbers, cases and decisions are written in every report: plainly, and harmless wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import TypeAlias

from router.decisions import Abstain, AskArgument, Clarify, ToolCall
from router.evaluation.catalogue import MEMORY, METRICS
from router.evaluation.measures import CONFIDENCE, EVERYTHING, Measurement, Slice
from router.evaluation.outcomes import Outcome, Verdict

INTERVAL = f"{CONFIDENCE * 100:.0f} % CI"
"""What stands before the ends of an interval."""

LONGEST = 120
"""So many characters are shown of an utterance."""

MISTAKES: Mapping[Verdict, str] = {
    "wrong_call": "wrong calls",
    "false_accept": "false accepts",
    "false_reject": "false rejects",
    "guessed": "guesses",
    "asked": "needless or wrong questions",
}
"""What several cases of a verdict are called."""

Write: TypeAlias = Callable[[str], str]
"""How something that people made is written: an utterance, or a name."""


def escaped(text: str) -> str:
    r"""Write a text in a line that shows what cannot be seen and commands no terminal: as `repr` does, unquoted.

    Joiners stay, as scripts and emoji need them, and all white space is a space.

    >>> escaped("wake\tme\x1b[31m")
    'wake me\\x1b[31m'
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(map(_escaped, text))


def quoted(utterance: str, limit: int = LONGEST) -> str:
    """Write an utterance in quotes, cut where it gets long.

    >>> quoted("call mum"), quoted("what's up"), quoted("la " * 9, limit=8)
    ("'call mum'", '"what\\'s up"', "'la la la'…")
    """
    quote = '"' if "'" in utterance and '"' not in utterance else "'"
    text = escaped(utterance[:limit])
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
    metric, value = measurement.metric, measurement.value
    if value is None:
        return f"not measured: {measurement.why_not}"
    digits = 3 if beside is None else digits_apart(value, beside)
    if metric == MEMORY:
        return number(metric, value, digits)
    ends = interval(metric, measurement.low, measurement.high)
    return f"{number(metric, value, digits)} ({INTERVAL + ' ' + ends + ', ' if ends else ''}n={measurement.n})"


def interval(metric: str, low: float | None, high: float | None, sign: str = "") -> str:
    """Write the ends of an interval, or nothing where there is none."""
    if low is None or high is None:
        return ""
    return f"{number(metric, low, sign=sign).partition(' ')[0]} to {number(metric, high, sign=sign)}"


def limit(metric: str, value: float) -> str:
    """Write a limit with the digits that its author gave it, and three at least.

    >>> limit("accuracy", 0.9), limit("accuracy", 0.9975), limit("memory", 100)
    ('0.900', '0.9975', '100.0 MB')
    """
    digits = next((digits for digits in range(3, 12) if round(value, digits) == value), 12)
    return number(metric, value, digits)


def digits_apart(value: float, other: float) -> int:
    """Return how many decimals, three at least, show that two values differ, or which digits they share.

    >>> digits_apart(0.89958, 0.9), digits_apart(0.5, 0.9)
    (4, 3)
    """
    if value == other:
        return 3
    return next((digits for digits in range(3, 12) if f"{value:.{digits}f}" != f"{other:.{digits}f}"), 12)


def p_value(p: float | None) -> str:
    """Write a p-value.

    >>> p_value(0.0312), p_value(0.00002), p_value(None)
    ('0.031', '<0.001', '')
    """
    return "" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


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
            return f"asked for {quoted(parameter)} of {tool(name)}{unasked} ({decision.probability:.2f})"
        case Clarify(candidates):
            return f"asked: {' or '.join(f'{tool(each.tool)} ({each.probability:.2f})' for each in candidates)}"
        case Abstain("empty" | "too_long" as reason):
            return f"was abstained on ({reason})"
        case Abstain(reason):
            return f"was abstained on ({reason}, in scope {decision.in_scope:.2f})"


def short(outcome: Outcome, utterance: Write = quoted, tool: Write = escaped) -> str:
    """Write a case and its decision where what is wrong with it is known: `'order me a taxi' -> create_reminder (0.93)`.

    A case for a tool says which: `'wake me' -> play_music (0.91), for set_alarm`.
    """
    decision = outcome.decision
    if outcome.called:
        what = f"{tool(outcome.called)} ({decision.probability:.2f})"
    elif isinstance(decision, Clarify):
        what = " or ".join(tool(each.tool) for each in decision.candidates)
    else:
        what = f"abstained (in scope {decision.in_scope:.2f})"
    due = f", for {' or '.join(map(tool, outcome.case.tools))}" if outcome.case.tools else ""
    return f"{utterance(outcome.case.utterance)} -> {what}{due}"


def offenders(metric: str, outcomes: Iterable[Outcome], utterance: Write = quoted, tool: Write = escaped) -> str:
    """Name the cases that a gate holds against the router: `Most confident false accepts: …; ….`, or nothing."""
    listed = list(outcomes)
    if not listed:
        return ""
    if unit_of(metric) == "ms":
        times = (f"{utterance(each.case.utterance)} ({number(metric, each.milliseconds)})" for each in listed)
        return f"Slowest: {'; '.join(times)}."
    verdicts = {each.verdict for each in listed}
    what = MISTAKES.get(verdicts.pop(), "cases") if len(verdicts) == 1 else "mistakes"
    return f"Most confident {what}: {'; '.join(short(each, utterance, tool) for each in listed)}."


def _due(outcome: Outcome, tool: Write) -> str:
    """Say what should become of a case."""
    tools = outcome.case.tools
    if not tools:
        return "is out of scope"
    return f"should call {tool(tools[0])}" if len(tools) == 1 else f"should ask: {' or '.join(map(tool, tools))}"


def _escaped(character: str) -> str:
    if character.isspace():
        return " "
    if character.isprintable() and character != "\\" or character in "\u200c\u200d":
        return character
    return character.encode("unicode_escape").decode("ascii")
