"""Each gate passes or fails, says by how much, and names those who made it fail."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.errors import GateError
from router.evaluation import Card, Outcome, Report, SuiteResult
from router.evaluation.catalogue import METRICS, TOOL_METRICS
from router.evaluation.gates import Gate
from router.evaluation.judging import MOST_OFFENDERS, GateResult, check_baseline, judge, offenders
from router.evaluation.measures import Measurement, Slice
from router.evaluation.rendering import highlights
from tests.evaluation import made_up
from tests.evaluation.made_up import outcome
from tests.strategies import outcomes

pytestmark = pytest.mark.usefixtures("few_draws")


def suite(found: Sequence[Outcome], name: str = "everyday", memory: float | None = None) -> SuiteResult:
    """A suite whose metrics are measured when they are asked for."""
    known = (Measurement("memory", value=memory, n=1),) if memory else ()
    return SuiteResult(name, "", Card(), "", tuple(found), known)


def report(*suites: SuiteResult) -> Report:
    return Report(made_up.report().provenance, suites, {})


def gate(metric: str, **limits: Any) -> Gate:
    return Gate(metric, "It matters.", **limits)


def judged(one: Gate, after: SuiteResult, before: SuiteResult | None = None) -> GateResult:
    [result] = judge([one], report(after), report(before) if before else None)
    return result


def small_talk(accepted: int, n: int) -> SuiteResult:
    """A suite of out-of-scope cases, the first of which called a tool."""
    return suite([outcome(f"talk {i}", [], "a" if i < accepted else "") for i in range(n)])


def calls(right: int, n: int) -> SuiteResult:
    """A suite of cases for one tool, the first of which called it."""
    return suite([outcome(f"say {i}", ["a"], "a" if i < right else "b") for i in range(n)])


def test_a_failure_is_said_as_a_measured_value_and_its_limit() -> None:
    found = judged(gate("false_accept_rate", suite="everyday", ceiling=0.04), small_talk(37, 612))
    assert not found.passed
    assert found.message == (
        "false_accept_rate on suite 'everyday' is 0.060 (95 % CI 0.044 to 0.082, n=612); the ceiling is 0.040"
    )
    assert found.measurement.value == pytest.approx(37 / 612, abs=1e-6)
    assert (found.suite, found.difference) == ("everyday", None)


def test_a_success_is_said_in_the_same_way() -> None:
    found = judged(gate("recall", slice=Slice(tool="a"), floor=0.7), calls(8, 10))
    assert found.passed
    assert (
        found.message
        == "recall on suite 'everyday' (tool 'a') is 0.800 (95 % CI 0.490 to 0.943, n=10); the floor is 0.700"
    )
    assert found.offenders == ()


POINTS = [
    ({"floor": 0.8}, True),
    ({"floor": 0.800001}, False),
    ({"floor": 0.799999}, True),
    ({"ceiling": 0.8}, True),
    ({"ceiling": 0.799999}, False),
    ({"ceiling": 0.800001}, True),
]


@pytest.mark.parametrize(("limit", "passed"), POINTS)
def test_a_value_at_its_limit_keeps_it(limit: dict[str, float], passed: bool) -> None:
    assert judged(gate("accuracy", **limit), calls(8, 10)).passed == passed


INTERVALS = [
    ({"floor": 0.490162}, True),
    ({"floor": 0.490163}, False),
    ({"floor": 0.8}, False),
    ({"ceiling": 0.943318}, True),
    ({"ceiling": 0.943317}, False),
    ({"ceiling": 0.8}, False),
]


@pytest.mark.parametrize(("limit", "passed"), INTERVALS)
def test_under_the_interval_rule_the_worse_end_keeps_the_limit(limit: dict[str, float], passed: bool) -> None:
    found = judged(gate("accuracy", rule="interval", **limit), calls(8, 10))
    assert found.measurement.low == 0.490162
    assert found.measurement.high == 0.943318
    assert found.passed == passed
    assert found.message.endswith("for the whole interval")


def test_without_an_interval_nothing_keeps_the_interval_rule() -> None:
    found = judged(gate("latency_p95", rule="interval", ceiling=9.0), calls(8, 10))
    assert not found.passed
    assert found.measurement.value == 1.0
    assert found.message.endswith(
        "the ceiling is 9.000 ms for the whole interval, and there are too few cases to say how sure this is"
    )


@pytest.mark.parametrize("metric", ["macro_f1", "auroc"])
def test_nine_right_cases_do_not_keep_the_interval_rule(metric: str) -> None:
    """No resample of them differs, which is no proof that nothing ever will."""
    nine = [outcome(f"say {n}", ["a"] if n % 2 else [], "a" if n % 2 else "", 0.9, n % 2 * 0.9) for n in range(9)]
    found = judged(gate(metric, rule="interval", floor=0.9), suite(nine))
    assert not found.passed
    assert "is 1.000 (n=9); the floor is 0.900 for the whole interval" in found.message
    assert found.message.endswith("and there are too few cases to say how sure this is")


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (gate("false_accept_rate", ceiling=1.0), "no case is out of scope"),
        (gate("slot_f1", floor=0.0), "no right call has its arguments stated, or the router fills none"),
        (
            gate("precision", suite="everyday", slice=Slice(tool="c"), floor=0.0),
            "no case is for it, and none called it",
        ),
        (gate("accuracy", suite="everyday", slice=Slice(tag="asr"), floor=0.0), "no case is for one tool"),
        (gate("false_accept_rate", no_worse_than_baseline_by=1.0), "no case is out of scope"),
        (gate("memory", ceiling=1e9), "this system does not say"),
    ],
    ids=lambda one: one.metric if isinstance(one, Gate) else "",
)
def test_what_was_not_measured_keeps_no_limit(one: Gate, why: str) -> None:
    unknown = Measurement("memory", why_not="this system does not say")
    after = replace(calls(8, 10), measurements=(unknown,))
    found = judged(one, after, after)
    assert not found.passed
    assert found.message.endswith(f" was not measured: {why}")
    assert found.offenders == ()


def test_memory_is_judged_as_one_number() -> None:
    after, before = suite([], memory=61.5), suite([], memory=60.0)
    assert judged(gate("memory", ceiling=61.5), after).passed
    failed = judged(gate("memory", ceiling=61.4), after)
    assert (failed.passed, failed.offenders) == (False, ())
    assert failed.message == "memory on suite 'everyday' is 61.5 MB; the ceiling is 61.4 MB"
    assert judged(gate("memory", no_worse_than_baseline_by=1.5), after, before).passed
    unknown = replace(before, measurements=(Measurement("memory", why_not="this system does not say"),))
    assert not judged(gate("memory", no_worse_than_baseline_by=1e9), after, unknown).passed
    grown = judged(gate("memory", no_worse_than_baseline_by=1.4), after, before)
    assert not grown.passed
    assert grown.difference is not None
    assert (grown.difference.before, grown.difference.after, grown.difference.p) == (60.0, 61.5, None)


BASELINES = [
    (8, 7, 0.1, True),
    (8, 7, 0.099999, False),
    (10, 9, 0.1, True),
    (7, 8, 0.0, True),
    (8, 8, 0.0, True),
    (8, 7, 0.0, False),
    (4, 1, 0.3, True),
]


@pytest.mark.parametrize(("before", "after", "by", "passed"), BASELINES)
def test_a_metric_may_be_worse_than_the_baseline_by_just_so_much(
    before: int, after: int, by: float, passed: bool
) -> None:
    found = judged(gate("accuracy", no_worse_than_baseline_by=by), calls(after, 10), calls(before, 10))
    assert found.passed == passed, found.message
    assert found.difference is not None
    assert (found.difference.before, found.difference.after) == (before / 10, after / 10)
    mirrored = judged(gate("wrong_call_rate", no_worse_than_baseline_by=by), calls(after, 10), calls(before, 10))
    assert mirrored.passed == passed, mirrored.message


def test_a_comparison_is_said_with_both_values_and_how_sure_it_is() -> None:
    found = judged(gate("accuracy", no_worse_than_baseline_by=0.1), calls(10, 20), calls(18, 20))
    assert not found.passed
    assert re.fullmatch(
        r"accuracy on suite 'everyday' is 0\.500, 0\.900 in the baseline \(n=20; difference -0\.400, "
        r"95 % CI -0\.\d{3} to -0\.\d{3}, p=0\.008\); it may be worse by 0\.100",
        found.message,
    )


@pytest.mark.parametrize(
    ("after", "at", "passed"),
    [
        (5, 0.05, True),  # five broken: p = 0.0625
        (5, 0.0625, False),
        (7, 0.25, False),  # three broken: p = 0.25
        (4, 0.05, False),  # six broken: p = 0.03125
        (4, 0.03, True),
        (10, 1.0, True),  # none
    ],
)
def test_being_worse_counts_only_where_it_is_significant(after: int, at: float, passed: bool) -> None:
    one = gate("accuracy", no_worse_than_baseline_by=0.0, significant_at=at)
    found = judged(one, calls(after, 10), calls(10, 10))
    assert found.passed == passed, found.message
    assert found.message.endswith(f"it may be worse by 0.000, or more if p is above {at}")


def test_where_nothing_can_be_tested_being_worse_counts() -> None:
    one = gate("macro_f1", no_worse_than_baseline_by=0.0, significant_at=0.05)
    before, after = (suite([outcome("say", ["a"], did, cluster="c")]) for did in ("a", "b"))
    found = judged(one, after, before)
    assert not found.passed
    assert "there are too few cases to say whether it is more than chance" in found.message


def test_a_significant_but_allowed_change_passes() -> None:
    one = gate("accuracy", no_worse_than_baseline_by=0.6, significant_at=0.05)
    assert judged(one, calls(4, 10), calls(10, 10)).passed


def test_cases_that_the_baseline_has_not_are_left_out_of_a_comparison() -> None:
    after = suite([*calls(8, 10).outcomes, *(outcome(f"new {n}", ["a"], "b") for n in range(9))])
    found = judged(gate("accuracy", no_worse_than_baseline_by=0.0), after, calls(8, 10))
    assert found.passed
    assert found.measurement.n == 19
    assert found.common == "on the 10 of 19 cases in both"
    nothing = judged(gate("accuracy", no_worse_than_baseline_by=1.0), suite(after.outcomes[10:]), calls(8, 10))
    assert not nothing.passed
    assert nothing.message.endswith("was not measured on the 0 of 9 cases in both: too few to compare")
    calm = suite([outcome(f"say {n}", ["a"], "") for n in range(9)])
    unclear = judged(gate("selective_accuracy", no_worse_than_baseline_by=1.0), calls(9, 9), calm)
    assert unclear.message.endswith("was not measured in the baseline")


@pytest.mark.parametrize(("shared", "passed"), [(9, True), (5, True), (4, False)])
def test_a_comparison_says_on_how_many_cases_it_is_and_fails_on_fewer_than_half(shared: int, passed: bool) -> None:
    found = judged(gate("accuracy", no_worse_than_baseline_by=0.0), calls(9, 9), calls(shared, shared))
    assert found.passed == passed
    said = f"on the {shared} of 9 cases in both"
    assert found.common == (said if shared < 9 else "")
    assert (said in found.message) == (shared < 9)
    assert found.message.endswith("too few to compare") == (not passed)


def test_a_comparison_that_passes_says_on_how_many_cases_in_its_one_line() -> None:
    found = judged(gate("accuracy", no_worse_than_baseline_by=0.0), calls(9, 9), calls(6, 6))
    assert highlights.value_of(found) == "1.000, was 1.000 on the 6 of 9 cases in both"


def test_a_comparison_without_a_baseline_is_an_error() -> None:
    gates = [
        Gate("accuracy", "Why.", no_worse_than_baseline_by=0.0, file="gates.yaml", line=3),
        Gate("coverage", "Why.", "spoken", no_worse_than_baseline_by=0.0, file="gates.yaml", line=7),
        Gate("coverage", "Why.", floor=0.0, file="gates.yaml", line=9),
    ]
    both = report(calls(8, 10), suite([], "spoken"))
    says = "this gate compares suite '{}' with a baseline, and none was given that has it"
    with pytest.raises(GateError, match=r"gates\.yaml has 3 problems") as raised:
        judge(gates, both)
    assert [(p.line, p.path, p.message) for p in raised.value.problems] == [
        (3, "accuracy", says.format("everyday")),
        (3, "accuracy", says.format("spoken")),
        (7, "coverage", says.format("spoken")),
    ]
    with pytest.raises(GateError, match=r"gates\.yaml has 2 problems"):
        judge(gates, both, report(calls(8, 10)))
    check_baseline(gates, {"everyday": ()}, report(calls(8, 10)))
    check_baseline(gates[2:], {"everyday": ()}, None)


def test_a_gate_without_a_suite_is_judged_on_each() -> None:
    both = report(calls(8, 10), replace(calls(5, 10), name="spoken"))
    found = judge([gate("accuracy", floor=0.7), gate("coverage", suite="spoken", floor=0.7)], both)
    assert [(each.gate.metric, each.suite, each.passed) for each in found] == [
        ("accuracy", "everyday", True),
        ("accuracy", "spoken", False),
        ("coverage", "spoken", True),
    ]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Slice(), ["everyday", "spoken"]),
        (Slice(tool="a"), ["everyday", "spoken"]),
        (Slice(tool="c"), ["spoken"]),
        (Slice(tag="asr"), ["spoken"]),
        (Slice(tag="asr", tool="a"), []),
    ],
)
def test_a_gate_without_a_suite_is_judged_on_each_that_has_its_slice(part: Slice, expected: list[str]) -> None:
    spoken = [outcome("say 1", ["a"], "a"), outcome("say 2", ["c"], "c", tags=("asr",))]
    both = report(calls(8, 10), suite(spoken, "spoken"))
    assert [each.suite for each in judge([gate("accuracy", slice=part, floor=0.5)], both)] == expected


def names(found: Sequence[Outcome]) -> list[str]:
    return [each.case.utterance for each in found]


MIXED = suite(
    [
        outcome("right", ["a"], "a", 0.9, tags=("asr",)),
        outcome("right but not called", ["a"], "", 0.6, 0.1),
        outcome("wrong", ["a"], "b", 0.7, tags=("asr",), milliseconds=9.0),
        outcome("surely wrong", ["a"], "b", 0.99),
        outcome("rejected", ["b"], "", 0.4, 0.4, milliseconds=7.0),
        outcome("accepted", [], "a", 0.8),
        outcome("surely accepted", [], "b", 0.95, tags=("asr",)),
        outcome("refused", [], ""),
        outcome("asked", ["a", "b"], "a or b"),
        outcome("guessed", ["a", "b"], "b", 0.85),
    ]
)

OFFENDERS = [
    ("accuracy", Slice(), ["surely wrong", "right but not called", "wrong", "rejected"]),
    ("accuracy", Slice(tag="asr"), ["wrong"]),
    ("decision_accuracy", Slice(tag="asr"), ["surely accepted", "wrong"]),
    ("coverage", Slice(), ["right but not called", "rejected"]),
    ("coverage", Slice(tool="a"), ["right but not called"]),
    ("selective_accuracy", Slice(), ["surely wrong", "wrong"]),
    ("wrong_call_rate", Slice(), ["surely wrong", "wrong"]),
    ("false_reject_rate", Slice(), ["right but not called", "rejected"]),
    ("false_accept_rate", Slice(), ["surely accepted", "accepted"]),
    ("out_of_scope_recall", Slice(), ["surely accepted", "accepted"]),
    ("clarify_recall", Slice(), ["guessed"]),
    ("precision", Slice(tool="b"), ["surely wrong", "surely accepted", "guessed", "wrong"]),
    ("recall", Slice(tool="a"), ["surely wrong", "right but not called", "wrong"]),
    ("f1", Slice(tool="b"), ["surely wrong", "surely accepted", "guessed", "wrong", "rejected"]),
    ("memory", Slice(), []),
    ("recall", Slice(tool="nobody"), []),
]


@pytest.mark.parametrize(("metric", "part", "expected"), OFFENDERS, ids=[f"{each[0]} {each[1]}" for each in OFFENDERS])
def test_offenders_are_what_the_metric_counts_against_the_router_the_worst_first(
    metric: str, part: Slice, expected: list[str]
) -> None:
    found = offenders(gate(metric, slice=part), MIXED)
    assert sorted(names(found)) == sorted(expected)
    assert [each.harm for each in found] == sorted((each.harm for each in found), reverse=True)


def test_the_slowest_offend_against_a_latency() -> None:
    assert names(offenders(gate("latency_p95"), MIXED))[:2] == ["wrong", "rejected"]
    assert names(offenders(gate("latency_p50", slice=Slice(tag="asr")), MIXED))[0] == "wrong"


def test_a_failed_gate_names_a_few_offenders() -> None:
    found = judged(gate("accuracy", floor=1.0), calls(0, 3 * MOST_OFFENDERS))
    assert len(found.offenders) == MOST_OFFENDERS
    assert found.offenders == calls(0, 3 * MOST_OFFENDERS).outcomes[:MOST_OFFENDERS], (
        "in their order where equally sure"
    )


@settings(max_examples=40)
@given(st.lists(outcomes(), max_size=6), st.sampled_from([*METRICS, *TOOL_METRICS]), st.floats(0, 1))
def test_a_gate_and_its_opposite_never_both_fail_nor_hide_what_was_measured(
    found: list[Outcome], metric: str, limit: float
) -> None:
    part = Slice(tool="a") if metric in TOOL_METRICS else Slice()
    made = suite(found)
    floor, ceiling = (
        judged(gate(metric, suite="everyday", slice=part, **{kind: limit}), made) for kind in ("floor", "ceiling")
    )
    value = made.of(metric, part).value
    if value is None:
        assert not floor.passed
        assert not ceiling.passed
    else:
        assert (floor.passed, ceiling.passed) == (value >= limit, value <= limit)
    for each in (floor, ceiling):
        assert set(map(id, each.offenders)) <= set(map(id, found))
        assert not (each.passed and each.offenders)
