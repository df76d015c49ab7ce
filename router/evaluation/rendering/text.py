"""A report, and what changed between two, as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from router.evaluation.changes import Change, Changes, SuiteChanges
from router.evaluation.judging import GateResult
from router.evaluation.measures import Measurement
from router.evaluation.provenance import Provenance
from router.evaluation.rendering import highlights
from router.evaluation.rendering.layout import table, wrapped
from router.evaluation.report import Report, SuiteResult
from router.evaluation.wording import (
    INTERVAL,
    counted,
    did,
    escaped,
    harmless,
    interval,
    number,
    offenders,
    p_value,
    quoted,
    sentence,
    slice_name,
    subject,
)

MOST = 5
"""So many slices, tools and mistakes are shown, and of broken and fixed cases twice as many."""


def as_text(report: Report, gates: Sequence[GateResult], changes: Changes | None, width: int) -> str:
    """Lay out a report in lines of `width` cells, 72 at least: the gates, each suite, and what changed."""
    lines = [*_gates(gates, width)]
    for suite in report.suites:
        lines += [*_suite(suite, width), ""]
    if changes:
        lines += ["Compared with the baseline", *_changes(changes, width), ""]
    lines += wrapped(provenance_line(report.provenance), width)
    return "\n".join(lines) + "\n"


def changes_as_text(changes: Changes, width: int) -> str:
    """Lay out what changed between two reports, in lines of `width` cells, 72 at least."""
    lines = [*wrapped(f"before: {provenance_line(changes.before)}", width)]
    lines += wrapped(f"after:  {provenance_line(changes.after)}", width)
    return "\n".join([*lines, *_changes(changes, width)]) + "\n"


def provenance_line(made: Provenance) -> str:
    """Write what a report was measured with, in a line."""
    of = f" of commit {made.commit}" if made.commit else ""
    router = f"router {made.router} on " if made.router else ""
    return escaped(f"{router}encoder {made.encoder}, package {made.package}{of}, {made.made}")


def _gates(gates: Sequence[GateResult], width: int) -> Iterator[str]:
    """Yield the gates that failed, each with its offenders and why it is there, then those that passed."""
    failed = highlights.failed(gates)
    for result in failed:
        yield from wrapped(f"gate failed: {harmless(result.message)}.", width)
        if result.offenders:
            heading, cases = offenders(result.gate.metric, result.offenders)
            yield from wrapped(f"{heading}: {'; '.join(cases)}.", width)
        yield from wrapped(f"Reason: {escaped(result.gate.reason)}", width)
        yield ""
    for result in gates:
        if result.passed:
            about = subject(result.gate.metric, result.suite, result.gate.slice)
            limit = highlights.limit_of(result.gate)
            yield from wrapped(f"gate passed: {about}: {highlights.value_of(result)}, {limit}", width)
    if gates:
        yield highlights.verdict(gates)
        yield ""


def _suite(suite: SuiteResult, width: int) -> Iterator[str]:
    yield from wrapped(f"{escaped(suite.name)}: {highlights.tally(suite)}", width)
    yield from table(([each.metric, *_values(each)] for each in highlights.headlines(suite)), width)
    yield from _part(
        f"worst slices, by {highlights.SLICED}",
        ["", "", "", ""],
        [[slice_name(each.slice), *_values(each)] for each in highlights.worst_slices(suite)],
        width,
    )
    yield from _part(
        "worst tools, by F1",
        ["", "F1", INTERVAL, "", "precision", "recall"],
        [
            [escaped(f1.slice.tool), *_values(f1), _bare(precision), _bare(recall)]
            for f1, precision, recall in highlights.worst_tools(suite)
        ],
        width,
    )
    wrong = highlights.mistakes(suite.outcomes)
    yield from _cases("worst mistakes", [*map(sentence, wrong)], width, MOST)
    for why, metrics in highlights.unmeasured(suite).items():
        yield from wrapped(f"not measured: {harmless(', '.join(metrics))} ({harmless(why)})", width, "  ", "    ")


def _values(measurement: Measurement) -> tuple[str, str, str]:
    """Return the value, the interval and the n of something measured, each for a column."""
    metric, value = measurement.metric, measurement.value
    assert value is not None
    n = "" if metric == "memory" else f"n={measurement.n}"
    return number(metric, value), interval(metric, measurement.low, measurement.high), n


def _bare(measurement: Measurement) -> str:
    return "-" if measurement.value is None else number(measurement.metric, measurement.value)


def _part(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    if rows:
        left_out = f", the first {MOST} of {len(rows):,}" if len(rows) > MOST else ""
        yield f"  {title}{left_out}"
        yield from table([*([head] if any(head) else []), *rows[:MOST]], width, "    ")


def _cases(title: str, sentences: Sequence[str], width: int, most: int) -> Iterator[str]:
    if sentences:
        left_out = f", the first {most} of {len(sentences):,}" if len(sentences) > most else ""
        yield f"  {title}{left_out}"
        for said in sentences[:most]:
            yield from wrapped(said, width, "    ", "      ")


def _changes(changes: Changes, width: int) -> Iterator[str]:
    for suite in changes.suites:
        yield from _suite_changes(suite, width)
    for name in changes.missing:
        yield from wrapped(f"suite {quoted(name)} is in one of the two only, and is not compared", width)
    if not changes.suites:
        yield "no suite is in both"


def _suite_changes(suite: SuiteChanges, width: int) -> Iterator[str]:
    beside = [counted(n, f"only {when}", f"only {when}") for n, when in _alone(suite) if n]
    both = f"{counted(suite.cases, 'case')} in both{''.join(f', {each}' for each in beside)}"
    yield from wrapped(f"{escaped(suite.name)}: {both}: {highlights.moves(suite)}", width)
    rows = [
        [
            each.metric,
            number(each.metric, each.before),
            number(each.metric, each.after),
            number(each.metric, each.difference, sign="+"),
            interval(each.metric, each.low, each.high, sign="+"),
            p_value(each.p),
        ]
        for each in suite.differences
    ]
    if rows:
        yield from table([["", "before", "after", "change", INTERVAL, ""], *rows], width)
    yield from _cases("broken", [*map(_moved, suite.broken)], width, 2 * MOST)
    yield from _cases("fixed", [*map(_moved, suite.fixed)], width, 2 * MOST)


def _alone(suite: SuiteChanges) -> Iterable[tuple[int, str]]:
    return (suite.only_before, "before"), (suite.only_after, "after")


def _moved(change: Change) -> str:
    return f"{sentence(change.after)}; before, it {did(change.before)}"
