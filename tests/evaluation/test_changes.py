"""What changed between two reports, case by case, and whether it is more than chance."""

from collections.abc import Sequence
from dataclasses import replace
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.evaluation import Card, Outcome, Report, SuiteResult
from router.evaluation.catalogue import METRICS, TOOL_METRICS
from router.evaluation.changes import (
    COMPARED,
    Change,
    compare,
    compare_suites,
    shared_cases,
    slice_difference,
)
from router.evaluation.columns import columns
from router.evaluation.differences import Difference
from router.evaluation.measures import Slice, statistic
from tests.evaluation import made_up
from tests.evaluation.made_up import outcome
from tests.strategies import outcomes

pytestmark = pytest.mark.usefixtures("few_draws")


def suite(found: Sequence[Outcome], name: str = "everyday") -> SuiteResult:
    """A suite whose metrics are measured when they are asked for."""
    return SuiteResult(name, "", Card(), "", tuple(found), ())


def report(*suites: SuiteResult) -> Report:
    return Report(made_up.report().provenance, suites, dict.fromkeys(["a", "b"]))


def utterances(changes: Sequence[Change]) -> list[str]:
    return [change.after.case.utterance for change in changes]


def distinct(found: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, each with an id and words of its own."""
    return [replace(o, case=replace(o.case, id=str(n), utterance=f"say {n}")) for n, o in enumerate(found)]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Outcome], list[Outcome]]:
    """What came of the same cases before and after."""
    before = distinct(draw(st.lists(outcomes(), max_size=8)))
    return before, [draw(outcomes(st.just(o.case))) for o in before]


BEFORE = [
    outcome("stays right", ["a"], "a"),
    outcome("gets fixed", ["a"], "b"),
    outcome("breaks", ["a"], "a"),
    outcome("breaks surely", [], ""),
    outcome("stays wrong", ["a"], "b"),
    outcome("is relabelled", ["a"], "a"),
    outcome("goes", ["a"], "a"),
]
AFTER = [
    outcome("comes", ["a"], "b"),
    outcome("is relabelled", ["b"], "a"),
    outcome("stays wrong", ["a"], "", 0.5, 0.2),
    outcome("breaks", ["a"], "b", 0.6, 0.7),
    outcome("breaks surely", [], "a", 0.98, 0.99),
    outcome("gets fixed", ["a"], "a"),
    outcome("stays right", ["a"], "a"),
]


def test_cases_are_fixed_broken_or_still_wrong() -> None:
    found = compare_suites(suite(BEFORE), suite(AFTER))
    assert utterances(found.fixed) == ["gets fixed"]
    assert utterances(found.broken) == ["breaks surely", "breaks"], "the most confident first"
    assert utterances(found.still_wrong) == ["stays wrong"]
    assert (found.cases, found.only_before, found.only_after) == (5, 2, 2)
    assert found.broken[0] == Change(BEFORE[3], AFTER[4])


@pytest.mark.parametrize("changed", [{"id": "other"}, {"utterance": "other"}, {"tools": ("b",)}, {"tools": ()}])
def test_cases_are_the_same_if_their_id_words_and_intent_are(changed: dict[str, object]) -> None:
    before = BEFORE[0]
    after = replace(before, case=replace(before.case, **changed))  # type: ignore[arg-type]
    assert not list(shared_cases(suite([before]), suite([after])))


def test_cases_with_other_tags_languages_clusters_and_lines_are_the_same() -> None:
    before = BEFORE[0]
    case = replace(before.case, tags=("asr",), language="de", cluster="x", line=9)
    after = replace(before, case=case)
    assert list(shared_cases(suite([before]), suite([after]))) == [Change(before, after)]


@settings(max_examples=30)
@given(pairs(), st.randoms())
def test_every_shared_case_is_in_one_list_at_most(found: tuple[list[Outcome], list[Outcome]], chance: object) -> None:
    before, after = found
    changes = compare_suites(suite(before[::-1]), suite(after[1:]))
    rights = {o.case.id: o.verdict == "right" for o in before}
    for kind, was, now in (("fixed", False, True), ("broken", True, False), ("still_wrong", False, False)):
        expected = [o for o in after[1:] if (rights[o.case.id], o.verdict == "right") == (was, now)]
        listed = [change.after for change in getattr(changes, kind)]
        assert sorted(o.case.id for o in listed) == sorted(o.case.id for o in expected)
        assert [o.harm for o in listed] == sorted((o.harm for o in expected), reverse=True)
    assert (changes.cases, changes.only_after) == (len(after[1:]), 0)
    assert changes.only_before == min(1, len(before))


def test_only_suites_that_both_reports_have_are_compared() -> None:
    one, other = suite(BEFORE), suite(AFTER, "spoken")
    found = compare(report(one, suite([], "old")), report(suite(AFTER, "new"), other, suite(AFTER)))
    assert [each.name for each in found.suites] == ["everyday"]
    assert found.missing == ("new", "old", "spoken")


def test_a_comparison_says_what_both_were_measured_with() -> None:
    found = compare(made_up.baseline(), made_up.report())
    assert (found.before.router, found.after.router) == ("f00d5eed0001", "f00d5eed0002")
    assert found.missing == ("spoken",)


def test_identical_reports_differ_by_nothing() -> None:
    found = compare(made_up.report(), made_up.report())
    assert not found.missing
    for each in found.suites:
        assert not each.fixed
        assert not each.broken
        assert (each.only_before, each.only_after) == (0, 0)
        assert each.differences
        for moved in each.differences:
            assert (moved.difference, moved.low, moved.high, moved.p) == (0.0, None, None, 1.0), moved.metric


@settings(max_examples=20)
@given(pairs())
def test_a_difference_is_that_of_both_measurements(found: tuple[list[Outcome], list[Outcome]]) -> None:
    before, after = map(columns, found)
    changes = compare_suites(suite(found[0]), suite(found[1]))
    moved = {each.metric: each for each in changes.differences}
    for name in COMPARED:
        metric = METRICS[name]
        values = [statistic(metric, side.take(metric.of(side))) for side in (before, after)]
        if None in values:
            assert name not in moved
        else:
            assert [moved[name].before, moved[name].after] == values
            assert moved[name].difference == values[1] - values[0]  # type: ignore[operator]
            assert moved[name].n == (metric.of(before) | metric.of(after)).sum()


def answers(rights: Sequence[bool], cluster: str = "") -> SuiteResult:
    return suite([outcome(f"say {n}", ["a"], "a" if right else "b", cluster=cluster) for n, right in enumerate(rights)])


def moved_by(
    before: SuiteResult, after: SuiteResult, metric: str = "accuracy", part: Slice | None = None
) -> Difference:
    found = slice_difference(before, after, metric, part or Slice())
    assert found is not None
    return found


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=25))
def test_the_p_value_of_a_share_is_that_of_flipping_a_coin_for_each_changed_case(
    rights: list[tuple[bool, bool]],
) -> None:
    before, after = zip(*rights, strict=True)
    fixed, broken = (sum(pair == wanted for pair in rights) for wanted in ((False, True), (True, False)))
    n = fixed + broken
    tail = sum(comb(n, k) for k in range(min(fixed, broken) + 1)) / 2**n
    assert moved_by(answers(before), answers(after)).p == pytest.approx(min(1.0, 2 * tail))


def test_a_share_that_gets_better_for_many_cases_does_so_for_sure() -> None:
    found = moved_by(answers([False] * 30 + [True] * 30), answers([True] * 60))
    assert found.difference == 0.5
    assert found.p == pytest.approx(2 / 2**30)
    assert found.low is not None
    assert found.low > 0.25


def test_variants_of_one_another_are_no_independent_evidence() -> None:
    """Thirty cases in three clusters: the coin is not flipped for each case but for each cluster, and that is few."""
    before, after = (
        suite([outcome(f"say {n}", ["a"], "a" if n >= 10 else did, cluster=f"c{n // 10}") for n in range(30)])
        for did in ("b", "a")
    )
    assert moved_by(answers([False] * 10 + [True] * 20), answers([True] * 30)).p == pytest.approx(2 / 2**10)
    clustered = moved_by(before, after)
    assert clustered.difference == pytest.approx(1 / 3)
    assert clustered.p == 1.0, "one cluster differs"


def test_one_cluster_alone_does_not_show_chance() -> None:
    found = moved_by(answers([True] * 9, "x"), answers([False] * 9, "x"))
    assert (found.difference, found.low, found.high, found.p, found.least_p) == (-1.0, None, None, 1.0, 1.0)


@pytest.mark.parametrize("metric", ["accuracy", "decision_accuracy", "macro_f1", "aurc", "calibration_error"])
@pytest.mark.parametrize("clusters", range(1, 5))
def test_p_is_never_smaller_than_so_few_clusters_allow(metric: str, clusters: int) -> None:
    """Every case broke, and every resample says so: that is two clusters' worth of evidence and not a thousand's."""
    before, after = (
        suite([outcome(f"say {n}", ["a"], did, cluster=f"c{n % clusters}") for n in range(12)]) for did in ("a", "b")
    )
    found = moved_by(before, after, metric)
    assert found.p == found.least_p == 2 / 2**clusters
    assert (found.low, found.high) == (None, None), "no resample differs"


@settings(max_examples=30)
@given(pairs())
def test_an_interval_and_its_p_value_do_not_contradict_each_other(found: tuple[list[Outcome], list[Outcome]]) -> None:
    for moved in compare_suites(suite(found[0]), suite(found[1])).differences:
        assert moved.p is not None
        assert moved.p >= moved.least_p
        assert (moved.low is None) == (moved.high is None)
        if moved.low is not None and moved.high is not None:
            assert moved.low <= moved.difference <= moved.high
            assert moved.p <= 0.05 or moved.low <= 0 <= moved.high


def test_a_calibration_error_has_a_p_value_and_no_interval() -> None:
    """Few cases make it too large, on either side by another amount."""
    before, after = (
        suite([outcome(f"say {n}", ["a"], "a" if n % 4 else "b", likely) for n in range(60)]) for likely in (0.75, 0.99)
    )
    found = moved_by(before, after, "calibration_error")
    assert found.difference == pytest.approx(0.24)
    assert found.p is not None
    assert found.p < 0.05
    assert (found.low, found.high) == (None, None)


def test_only_what_a_metric_reads_is_evidence_for_it() -> None:
    """All probabilities moved, but nine cases are called otherwise: 2 / 2**9, not what a thousand draws may show."""
    before, after = (
        suite(
            [outcome(f"say {n}", ["a", "c"][n % 2 :][:1], "b" if n < wrong else "ac"[n % 2], likely) for n in range(40)]
        )
        for wrong, likely in ((0, 0.9), (9, 0.8))
    )
    assert moved_by(before, after, "macro_f1").p == 2 / 2**9


def test_a_share_of_other_cases_before_and_after_is_compared_by_resampling() -> None:
    """Of the calls before and those after: no case by case comparison is left."""
    before = [outcome(f"say {n}", ["a"], "a" if n < 20 else "") for n in range(40)]
    after = [outcome(f"say {n}", ["a"], "" if n < 20 else "a") for n in range(40)]
    found = moved_by(suite(before), suite(after), "selective_accuracy")
    assert (found.before, found.after, found.n, found.p) == (1.0, 1.0, 40, 1.0)


@pytest.mark.parametrize("name", [*TOOL_METRICS, "accuracy"])
def test_a_tool_that_only_one_report_knows_is_compared_where_it_can_be(name: str) -> None:
    """Its number among the tools is another before and after."""
    before = suite([outcome("say 1", ["b"], "b"), outcome("say 2", ["b"], "c"), outcome("say 3", [], "b")])
    after = suite([outcome("say 1", ["b"], "b"), outcome("say 2", ["b"], "b"), outcome("say 3", [], "a")])
    found = moved_by(before, after, name, Slice(tool="b"))
    expected = {"precision": (0.5, 1.0), "recall": (0.5, 1.0), "f1": (0.5, 1.0), "accuracy": (0.5, 1.0)}[name]
    assert (found.before, found.after) == expected
    for gone in ("a", "c", "nobody"):
        assert slice_difference(before, after, name, Slice(tool=gone)) is None


@settings(max_examples=25)
@given(pairs(), st.sampled_from("abc"), st.sampled_from(TOOL_METRICS))
def test_a_tool_s_difference_is_that_of_its_measurements(
    found: tuple[list[Outcome], list[Outcome]], tool: str, name: str
) -> None:
    sides = [suite(side) for side in found]
    values = [side.of(name, Slice(tool=tool)).value for side in sides]
    moved = slice_difference(sides[0], sides[1], name, Slice(tool=tool))
    if moved is None:
        assert None in values
    else:
        assert values == [pytest.approx(moved.before, abs=1e-6), pytest.approx(moved.after, abs=1e-6)]


def test_a_slice_is_what_the_later_report_says_it_is() -> None:
    """Tags may be added and taken away between two reports; the cases of both sides stay the same ones."""
    before, after = (
        suite([outcome(f"say {n}", ["a"], did, tags=(tag,)) for n, (did, tag) in enumerate(rows)])
        for rows in (
            [("a", "asr"), ("a", "typed"), ("b", "typed"), ("b", "asr")],
            [("a", "asr"), ("b", "asr"), ("b", "asr"), ("a", "typed")],
        )
    )
    found = moved_by(before, after, "accuracy", Slice(tag="asr"))
    assert [found.before, found.after, found.n] == pytest.approx([2 / 3, 1 / 3, 3])
    assert found.p == 1.0


def test_nothing_is_compared_on_a_slice_that_holds_nothing() -> None:
    assert slice_difference(answers([True]), answers([False]), "accuracy", Slice(tag="asr")) is None
    assert slice_difference(answers([True]), answers([False]), "false_accept_rate") is None
    assert slice_difference(suite([]), suite([]), "accuracy") is None
