"""A report, and what changed between two, as Markdown for a pull request or a job summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from router.evaluation.catalogue import MEMORY
from router.evaluation.changes import Change, Changes, SuiteChanges
from router.evaluation.differences import Difference
from router.evaluation.judging import GateResult
from router.evaluation.measures import Measurement
from router.evaluation.outcomes import Outcome
from router.evaluation.provenance import Provenance
from router.evaluation.rendering import highlights
from router.evaluation.rendering.markup import bullets, code, details, prose, table
from router.evaluation.rendering.movements import differing, facts
from router.evaluation.report import Report, SuiteResult
from router.evaluation.wording import (
    INTERVAL,
    counted,
    did,
    interval,
    number,
    offenders,
    p_value,
    sentence,
    slice_name,
    subject,
)

LONGEST = 60_000
"""So many characters at most: a comment on GitHub may have 65,536."""

MOST_FACTS = 20
"""So many lines say what a report was measured with; there are fewer in one that nobody has altered."""

_LENGTHS = ((20, 100), (10, 50), (5, 20), (2, 5), (1, 1), (0, 1))
"""So many items each list may have, and so many suites and gates the whole; the first that is short enough is taken."""


def as_markdown(report: Report, gates: Sequence[GateResult], changes: Changes | None) -> str:
    """Write a report in at most 60,000 characters, with shorter lists where that takes it."""
    return _short_enough(partial(_report, report, gates, changes))


def changes_as_markdown(changes: Changes) -> str:
    """Write what changed between two reports in at most 60,000 characters."""
    return _short_enough(partial(_comparison, changes))


def _short_enough(write: Callable[[int, int], Iterable[str]]) -> str:
    texts = ("\n".join(write(*lengths)).rstrip() + "\n" for lengths in _LENGTHS)
    return next(text for text in texts if len(text) <= LONGEST)


def _report(
    report: Report, gates: Sequence[GateResult], changes: Changes | None, most: int, parts: int
) -> Iterator[str]:
    failed = highlights.failed(gates)
    yield f"### {highlights.verdict(gates)}"
    yield ""
    for result in failed[:parts]:
        yield from _failed(result, most)
    yield from _left_out(len(failed) - parts, "failed gate")
    yield from _passed([result for result in gates if result.passed], parts)
    changed = {suite.name: suite for suite in changes.suites} if changes else {}
    for suite in report.suites[:parts]:
        yield from _suite(suite, changed.get(suite.name), most)
    yield from _left_out(len(report.suites) - parts, "suite")
    if changes:
        yield from _not_compared(changes.missing, most)
        yield from _provenance("Baseline measured with", changes.before)
    yield from _provenance("Measured with", report.provenance)


def _comparison(changes: Changes, most: int, parts: int) -> Iterator[str]:
    yield "### What changed"
    yield ""
    for suite in changes.suites[:parts]:
        yield f"#### Suite {code(suite.name)}"
        yield ""
        yield from _common(suite)
        head = ("metric", "before", "after", "change", INTERVAL, "p")
        rows = ([each.metric, number(each.metric, each.before), *_moves(each)] for each in suite.differences)
        yield from table(head, rows, range(1, 4))
        yield from _changed_cases(suite, most)
    yield from _left_out(len(changes.suites) - parts, "suite")
    if not changes.suites:
        yield "No suite is in both."
        yield ""
    yield from _not_compared(changes.missing, most)
    yield from _differing(changes)
    yield from _provenance("Measured with", changes.after)


def _failed(result: GateResult, most: int) -> Iterator[str]:
    """Yield a failed gate, where it failed, and why it is there."""
    gate = result.gate
    said = result.message.removeprefix(f"{subject(gate.metric, result.suite, gate.slice)} ")
    yield f"**Gate failed:** {subject(code(gate.metric), result.suite, gate.slice, code)} {prose(said)}."
    yield f"Reason: {prose(gate.reason)}"
    yield ""
    if result.offenders:
        heading, items = offenders(gate.metric, result.offenders[:most], code, code)
        yield f"{heading}:"
        yield ""
        yield from bullets(items, len(result.offenders))
        yield ""


def _passed(results: Sequence[GateResult], parts: int) -> Iterator[str]:
    rows = [
        [
            subject(code(each.gate.metric), each.suite, each.gate.slice, code),
            highlights.value_of(each),
            highlights.limit_of(each.gate),
        ]
        for each in results[:parts]
    ]
    lines = [*table(["gate", "value", "limit"], rows), *_left_out(len(results) - parts, "passed gate")]
    yield from details(f"{counted(len(results), 'gate')} passed", lines)


def _suite(suite: SuiteResult, changed: SuiteChanges | None, most: int) -> Iterator[str]:
    yield f"#### Suite {code(suite.name)}"
    yield ""
    yield f"{highlights.tally(suite)}."
    yield ""
    if changed:
        yield from _common(changed)
    yield from _headlines(suite, changed)
    if changed:
        yield from _changed_cases(changed, most)
    yield from _worst(suite, most)
    wrong = highlights.mistakes(suite.outcomes)
    yield from details("Worst mistakes", bullets(map(_sentence, wrong[:most]), len(wrong)))
    for why, metrics in highlights.unmeasured(suite).items():
        yield f"Not measured: {', '.join(map(code, metrics))} ({prose(why)})."
        yield ""


def _headlines(suite: SuiteResult, changed: SuiteChanges | None) -> Iterator[str]:
    """Yield the metrics, beside the baseline if there is one; also the value on the cases in both, if some are not."""
    moved = {each.metric: each for each in changed.differences} if changed else {}
    first = 0 if changed and changed.only_before + changed.only_after else 1
    head, rows = ["metric", "value", INTERVAL, "n"], []
    if moved:
        head += ["baseline", *["now, of both", "change", INTERVAL, "p"][first:]]
    for each in highlights.headlines(suite):
        row = [each.metric, *_values(each)]
        if found := moved.get(each.metric):
            row += [number(found.metric, found.before), *_moves(found)[first:]]
        rows.append([*row, *[""] * (len(head) - len(row))])
    yield from table(head, rows, [1, 3, 4, 5, 6 - first])


def _worst(suite: SuiteResult, most: int) -> Iterator[str]:
    tools, parts = highlights.worst_tools(suite), highlights.worst_slices(suite)
    rows = ([code(f1.slice.tool), *_values(f1), *(_values(each)[0] for each in both)] for f1, *both in tools[:most])
    lines = [*table(["tool", "F1", INTERVAL, "n", "precision", "recall"], rows, [1, 3, 4, 5])]
    yield from details("Worst tools", [*lines, *_left_out(len(tools) - most, "tool")])
    rows = ([slice_name(each.slice, code), *_values(each)] for each in parts[:most])
    lines = [*table(["slice", highlights.SLICED, INTERVAL, "n"], rows, [1, 3])]
    yield from details("Worst slices", [*lines, *_left_out(len(parts) - most, "slice")])


def _changed_cases(suite: SuiteChanges, most: int) -> Iterator[str]:
    for what, changes in (("broken", suite.broken), ("fixed", suite.fixed)):
        items = bullets(map(_moved, changes[:most]), len(changes))
        yield from details(f"{counted(len(changes), 'case')} {what}", items, is_open=what == "broken")


def _common(suite: SuiteChanges) -> Iterator[str]:
    alone = ((suite.only_before, "before"), (suite.only_after, "after"))
    beside = "".join(f", {n:,} only {when}" for n, when in alone if n)
    yield f"Compared on {counted(suite.cases, 'case')} in both{beside}: {highlights.moves(suite)}."
    yield ""


def _not_compared(names: Sequence[str], most: int) -> Iterator[str]:
    if names:
        yield "Not compared, because only one of the two has them:"
        yield ""
        yield from bullets((f"suite {code(name)}" for name in names[:most]), len(names))
        yield ""


def _values(measurement: Measurement) -> tuple[str, str, str]:
    """Return the value, the interval and the n of a measurement, each for a cell."""
    metric, value = measurement.metric, measurement.value
    if value is None:
        return "", "", ""
    n = "" if metric == MEMORY else f"{measurement.n:,}"
    return number(metric, value), interval(metric, measurement.low, measurement.high), n


def _moves(found: Difference) -> list[str]:
    metric = found.metric
    change = number(metric, found.difference, sign="+")
    p = p_value(found.p).removeprefix("p").removeprefix("=")
    return [number(metric, found.after), change, interval(metric, found.low, found.high, sign="+"), p]


def _sentence(outcome: Outcome) -> str:
    return sentence(outcome, code, code)


def _moved(change: Change) -> str:
    return f"{_sentence(change.after)}; before, it {did(change.before, code)}"


def _left_out(n: int, what: str) -> Iterator[str]:
    if n > 0:
        yield f"{counted(n, what)} left out."
        yield ""


def _provenance(title: str, made: Provenance) -> Iterator[str]:
    known = facts(made)
    items = (f"{prose(name)}: {code(value)}" for name, value in islice(known.items(), MOST_FACTS))
    yield from details(title, bullets(items, len(known)))


def _differing(changes: Changes) -> Iterator[str]:
    found = differing(changes.before, changes.after)[:MOST_FACTS]
    yield from table(["", "before", "after"], ([prose(name), code(one), code(other)] for name, one, other in found))
