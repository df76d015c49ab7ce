"""Each metric is what counting the outcomes one by one gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.decisions import Abstain, Clarify
from router.evaluation import Outcome
from router.evaluation.catalogue import METRICS, TOOL_METRICS, Metric, tool_metric
from router.evaluation.columns import Columns, columns
from router.evaluation.measures import statistic
from tests.evaluation.made_up import outcome
from tests.strategies import outcomes

Found = Sequence[Outcome]


def one_tool(found: Found) -> list[Outcome]:
    return [o for o in found if len(o.case.tools) == 1]


def for_none(found: Found) -> list[Outcome]:
    return [o for o in found if o.case.tools == ()]


def clear(found: Found) -> list[Outcome]:
    return [o for o in found if len(o.case.tools) < 2]


def acts(o: Outcome) -> bool:
    return not isinstance(o.decision, Abstain) and o.decision.tool is not None


def hits(o: Outcome) -> bool:
    return not isinstance(o.decision, Abstain) and (o.decision.tool,) == o.case.tools


def is_right(o: Outcome) -> bool:
    if isinstance(o.decision, Clarify) and o.decision.tool is None:
        return sum(candidate.tool in o.case.tools for candidate in o.decision.candidates) > 1
    return hits(o) or (isinstance(o.decision, Abstain) and not o.case.tools)


def first_right(o: Outcome) -> bool:
    return bool(o.decision.candidates) and (o.decision.candidates[0].tool,) == o.case.tools


def first_likely(o: Outcome) -> float:
    return o.decision.candidates[0].probability if o.decision.candidates else 0.0


def share(of: Found, counts: Callable[[Outcome], bool]) -> float | None:
    return sum(map(counts, of)) / len(of) if of else None


def f1(found: Found, label: str) -> float | None:
    """`label` is a tool, or `none`."""
    wanted = sum((o.case.tools[0] if o.case.tools else "none") == label for o in found)
    got = sum(done(o) == label for o in found)
    both = sum((o.case.tools[0] if o.case.tools else "none") == label == done(o) for o in found)
    return 2 * both / (wanted + got) if wanted + got else None


def done(o: Outcome) -> str:
    if not isinstance(o.decision, Abstain) and o.decision.tool is not None:
        return o.decision.tool
    return "none" if isinstance(o.decision, Abstain) else "asked"


def macro_f1(found: Found) -> float | None:
    found = clear(found)
    labels = {o.case.tools[0] if o.case.tools else "none" for o in found}
    values = [f1(found, label) or 0.0 for label in labels]
    return sum(values) / len(values) if values else None


def auroc(found: Found) -> float | None:
    pairs = [(a.decision.in_scope, b.decision.in_scope) for a in one_tool(found) for b in for_none(found)]
    return sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs) if pairs else None


def fpr(found: Found) -> float | None:
    inside, outside = ([o.decision.in_scope for o in some] for some in (one_tool(found), for_none(found)))
    if not inside or not outside:
        return None
    threshold = max(t for t in inside if sum(value >= t for value in inside) * 100 >= 95 * len(inside))
    return sum(value >= threshold for value in outside) / len(outside)


def aurc(found: Found) -> float | None:
    """Those that are equally sure stand in any order: each is wrong as often as they are on average."""
    by_confidence: dict[float, list[bool]] = {}
    for o in clear(found):
        by_confidence.setdefault(o.decision.in_scope * first_likely(o), []).append(
            not (o.case.tools and first_right(o))
        )
    errors, risks = 0.0, list[float]()
    for confidence in sorted(by_confidence, reverse=True):
        tied = by_confidence[confidence]
        for _ in tied:
            errors += sum(tied) / len(tied)
            risks.append(errors / (len(risks) + 1))
    return sum(risks) / len(risks) if risks else None


def calibration_error(found: Found) -> float | None:
    found, gap = one_tool(found), 0.0
    for b in range(15):
        low, high = b / 15, (b + 1) / 15
        held = [o for o in found if low <= first_likely(o) < high or (b == 14 and first_likely(o) == 1)]
        gap += abs(sum(first_likely(o) - first_right(o) for o in held))
    return gap / len(found) if found else None


def brier(found: Found) -> float | None:
    found = one_tool(found)
    return sum((first_likely(o) - first_right(o)) ** 2 for o in found) / len(found) if found else None


def same(one: Any, other: Any) -> bool:
    """Equality of JSON scalars."""
    return bool(one == other and isinstance(one, bool) == isinstance(other, bool))


def stated(found: Found) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Wanted and given arguments of right calls that state them; none where this router fills none anywhere."""
    if not any(getattr(o.decision, "arguments", {}) for o in found):
        return []
    return [
        (o.case.arguments, getattr(o.decision, "arguments", {}))
        for o in found
        if hits(o) and o.case.arguments is not None
    ]


def exact_match(found: Found) -> float | None:
    pairs = stated(found)
    matches = sum(w.keys() == g.keys() and all(same(w[key], g[key]) for key in w) for w, g in pairs)
    return matches / len(pairs) if pairs else None


def slot_f1(found: Found) -> float | None:
    pairs = stated(found)
    slots = sum(len(w) + len(g) for w, g in pairs)
    return 2 * sum(key in g and same(w[key], g[key]) for w, g in pairs for key in w) / slots if slots else None


def percentile(found: Found, percent: int) -> float | None:
    """Between the two values nearest to the place, in proportion."""
    times = sorted(o.milliseconds for o in found)
    if not times:
        return None
    place = percent * (len(times) - 1) / 100
    below = int(place)
    above = min(below + 1, len(times) - 1)
    return times[below] + (place - below) * (times[above] - times[below])


ORACLES: dict[str, Callable[[Found], float | None]] = {
    "accuracy": lambda found: share(one_tool(found), first_right),
    "decision_accuracy": lambda found: share(found, is_right),
    "top_3": lambda found: share(
        one_tool(found), lambda o: o.case.tools[0] in [candidate.tool for candidate in o.decision.candidates[:3]]
    ),
    "macro_f1": macro_f1,
    "coverage": lambda found: share(one_tool(found), acts),
    "selective_accuracy": lambda found: share([o for o in one_tool(found) if acts(o)], hits),
    "wrong_call_rate": lambda found: share([o for o in one_tool(found) if acts(o)], lambda o: not hits(o)),
    "false_reject_rate": lambda found: share(one_tool(found), lambda o: isinstance(o.decision, Abstain)),
    "false_accept_rate": lambda found: share(for_none(found), acts),
    "out_of_scope_recall": lambda found: share(for_none(found), lambda o: isinstance(o.decision, Abstain)),
    "clarify_recall": lambda found: share([o for o in found if len(o.case.tools) > 1], is_right),
    "auroc": auroc,
    "fpr_at_95_tpr": fpr,
    "aurc": aurc,
    "calibration_error": calibration_error,
    "brier": brier,
    "argument_exact_match": exact_match,
    "slot_f1": slot_f1,
    "latency_p50": lambda found: percentile(found, 50),
    "latency_p95": lambda found: percentile(found, 95),
    "latency_p99": lambda found: percentile(found, 99),
}

TOOL_ORACLES: dict[str, Callable[[Found, str], float | None]] = {
    "precision": lambda found, tool: share([o for o in found if done(o) == tool], lambda o: o.case.tools == (tool,)),
    "recall": lambda found, tool: share([o for o in found if o.case.tools == (tool,)], lambda o: done(o) == tool),
    "f1": lambda found, tool: _tool_f1(found, tool),
}


def _tool_f1(found: Found, tool: str) -> float | None:
    wanted, called = sum(o.case.tools == (tool,) for o in found), sum(done(o) == tool for o in found)
    return 2 * sum(hits(o) and done(o) == tool for o in found) / (wanted + called) if wanted + called else None


def value_of(metric: Metric, found: Found) -> float | None:
    c = columns(found)
    return statistic(metric, c.take(metric.of(c)))


def close(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, abs=1e-9)


some_outcomes = st.lists(outcomes(), max_size=10)
of_one_kind = st.sampled_from([0, 1, 2]).flatmap(
    lambda tools: st.lists(outcomes().filter(lambda o: min(len(o.case.tools), 2) == tools), max_size=5)
)


def test_every_metric_has_its_own_oracle() -> None:
    assert list(ORACLES) == list(METRICS)
    assert tuple(TOOL_ORACLES) == TOOL_METRICS


@given(some_outcomes | of_one_kind)
def test_each_metric_is_what_counting_gives(found: list[Outcome]) -> None:
    for name, metric in METRICS.items():
        assert value_of(metric, found) == close(ORACLES[name](found)), name


@settings(max_examples=60)
@given(some_outcomes)
def test_each_tool_s_metric_is_what_counting_gives(found: list[Outcome]) -> None:
    for number, tool in enumerate(columns(found).tools):
        for name in TOOL_METRICS:
            metric = tool_metric(name, number)
            assert value_of(metric, found) == close(TOOL_ORACLES[name](found, tool)), (name, tool)


@settings(max_examples=30)
@given(some_outcomes, st.randoms())
def test_the_order_of_cases_changes_no_metric(found: list[Outcome], chance: Any) -> None:
    shuffled = chance.sample(found, len(found))
    for metric in METRICS.values():
        assert value_of(metric, shuffled) == close(value_of(metric, found)), metric.name


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_nothing_is_never_measured_as_zero(metric: Metric) -> None:
    assert value_of(metric, []) is None
    assert metric.nothing


def test_a_catalogue_says_how_each_metric_is_read() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.about
        assert metric.better in {"higher", "lower"}
        assert sum(way is not None for way in (metric.counted, metric.value, metric.quantile)) == 1
        assert (metric.unit == "ms") == name.startswith("latency")


BEST = [
    outcome("wake me", ["set_alarm"], "set_alarm", 1.0, 1.0, milliseconds=0.0, arguments={"time": "six"}),
    outcome("sing", ["play_music"], "play_music", 1.0, 1.0, milliseconds=0.0),
    outcome("hello", [], "", 1.0, 0.0, milliseconds=0.0),
    outcome("seven", ["play_music", "set_alarm"], "set_alarm or play_music", 0.5, 1.0, milliseconds=0.0),
]


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_better_is_the_way_that_a_faultless_router_goes(metric: Metric) -> None:
    """Nothing beats the best router, and one that always does the wrong thing is beaten."""
    worst = [
        outcome("wake me", ["set_alarm"], "play_music", 1.0, 0.0, milliseconds=9.0),
        outcome("sing", ["play_music"], "", 1.0, 0.0, milliseconds=9.0),
        outcome("hello", [], "set_alarm", 1.0, 1.0, milliseconds=9.0),
        outcome("seven", ["play_music", "set_alarm"], "get_weather", 0.9, 0.0, milliseconds=9.0),
    ]
    best, other = value_of(metric, BEST), value_of(metric, worst)
    if metric.name in {"argument_exact_match", "slot_f1"}:
        assert best is None, "this router fills no arguments"
        return
    assert best is not None
    assert other is not None
    assert (best > other) == (metric.better == "higher")
    assert best != other


def test_arguments_are_not_measured_of_a_router_that_fills_none() -> None:
    found = outcome("wake me", ["set_alarm"], "set_alarm", arguments={"time": "six"})
    for name in ("argument_exact_match", "slot_f1"):
        assert value_of(METRICS[name], [found]) is None


def test_a_tool_s_number_is_its_place_in_the_columns() -> None:
    found = [outcome("wake me", ["b"], "b"), outcome("sing", ["a"], "b")]
    number = columns(found).tools.index("b")
    assert value_of(tool_metric("precision", number), found) == 0.5
    assert value_of(tool_metric("recall", number), found) == 1.0
    assert value_of(tool_metric("f1", number), found) == pytest.approx(2 / 3)


@given(st.lists(st.tuples(outcomes(), outcomes()), min_size=1, max_size=8))
def test_a_metric_depends_on_what_it_reads_of_an_answer_and_on_nothing_else(
    rows: list[tuple[Outcome, Outcome]],
) -> None:
    """So a paired test knows which cases differ."""
    before = [one for one, _ in rows]
    after = [replace(other, case=one.case) for one, other in rows]
    earlier, later = (half for half in np.split(np.arange(2 * len(rows)), 2))
    both = columns([*before, *after])
    for metric in (*METRICS.values(), tool_metric("f1", 0)):
        if metric.reads and len(both.tools):
            mixed = replace(both.take(earlier), **{name: getattr(both.take(later), name) for name in metric.reads})
            assert _measured(metric, mixed) == _measured(metric, both.take(later))
    assert all(bool(metric.counted) != bool(metric.reads) for metric in METRICS.values())


def _measured(metric: Metric, found: Columns) -> float | None:
    return statistic(metric, found.take(metric.of(found)))
