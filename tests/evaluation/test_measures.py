"""A measurement is a metric's value on a slice, with an interval that says how far to trust it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.evaluation import Case, Outcome
from router.evaluation.catalogue import METRICS, TOOL_METRICS
from router.evaluation.columns import columns
from router.evaluation.measures import EVERYTHING, Measurement, Slice, measure, measurement_from_dict
from router.metrics.intervals import clustered_share, wilson
from tests.evaluation.made_up import outcome, result
from tests.strategies import cases, labels, outcomes, shares

pytestmark = pytest.mark.usefixtures("few_draws")

SHARES = [name for name, metric in METRICS.items() if metric.counted]
OTHERS = ["macro_f1", "auroc", "fpr_at_95_tpr", "aurc", "brier"]


def decided(*, right: int, wrong: int, cluster: int = 0) -> list[Outcome]:
    """Cases for one tool, those that were called first; `cluster` of them in turn share one."""
    made = [outcome(f"wake me at {n}", ["set_alarm"], "set_alarm" if n < right else "") for n in range(right + wrong)]
    if not cluster:
        return made
    return [replace(o, case=replace(o.case, cluster=f"c{n // cluster}")) for n, o in enumerate(made)]


def test_a_share_of_separate_cases_has_wilson_s_interval() -> None:
    found = measure(columns(decided(right=30, wrong=10)), METRICS["coverage"])
    expected = wilson(30, 40)
    assert expected is not None
    assert (found.value, found.n) == (0.75, 40)
    assert (found.low, found.high) == (round(expected.low, 6), round(expected.high, 6)) == (0.59806, 0.858129)


def test_a_share_of_variants_has_a_wider_interval_over_clusters() -> None:
    made = decided(right=30, wrong=10, cluster=5)
    found, alone = (measure(columns(each), METRICS["coverage"]) for each in (made, decided(right=30, wrong=10)))
    c = columns(made)
    expected = clustered_share(c.called >= 0, c.clusters, 0.95)
    assert expected is not None
    assert found.value == alone.value == 0.75
    assert (found.low, found.high) == (round(expected.low, 6), round(expected.high, 6))
    assert found.low is not None
    assert alone.low is not None
    assert found.low < alone.low


def test_a_cluster_outside_of_what_a_metric_is_about_widens_nothing() -> None:
    made = decided(right=30, wrong=10)
    outside = [outcome(f"hello {n}", [], "", cluster="hello") for n in range(2)]
    assert measure(columns([*made, *outside]), METRICS["coverage"]) == measure(columns(made), METRICS["coverage"])


@pytest.mark.parametrize("metric", OTHERS)
def test_what_is_no_share_has_an_interval_by_resampling(metric: str) -> None:
    made = [
        outcome(
            f"{n}", ["a"] if n % 3 else [], "a" if n % 4 else "b", 0.3 + n % 7 / 10, (n % 3 > 0) * 0.2 + n % 10 / 20
        )
        for n in range(60)
    ]
    found = measure(columns(made), METRICS[metric])
    assert found == measure(columns(made), METRICS[metric])
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


@pytest.mark.parametrize("metric", OTHERS)
def test_where_all_is_right_there_is_no_interval_but_for_a_share(metric: str) -> None:
    """1.000 to 1.000 would say that nine cases prove a router perfect."""
    made = [outcome(f"{n}", ["a"] if n % 3 else [], "a" if n % 3 else "", 0.9, 0.9 if n % 3 else 0.1) for n in range(9)]
    found = measure(columns(made), METRICS[metric])
    assert found.value in {0.0, 1.0} or metric in {"aurc", "brier"}
    assert metric == "aurc" or (found.low, found.high) == (None, None)
    share = measure(columns(made), METRICS["decision_accuracy"])
    assert share.low is not None
    assert share.low < 1.0
    assert (share.value, share.high) == (1.0, 1.0)


def test_a_calibration_error_is_a_point() -> None:
    """It is too large on few cases: an interval around it leaves out the truth more often than not."""
    found = measure(columns(decided(right=30, wrong=10)), METRICS["calibration_error"])
    assert found.value is not None
    assert (found.low, found.high) == (None, None)


def test_a_percentile_has_an_interval_only_where_there_are_values_on_either_side() -> None:
    made = [outcome(f"{n}", [], "", milliseconds=float(n)) for n in range(72)]
    few, enough = (measure(columns(some), METRICS["latency_p95"]) for some in (made[:71], made))
    assert (few.value, few.low, few.high, few.n) == (66.5, None, None, 71)
    assert (enough.value, enough.n) == (67.45, 72)
    assert enough.low is not None
    assert enough.high == 71.0
    assert enough.low < 67.45


@settings(max_examples=25)
@given(st.lists(outcomes(), max_size=6))
def test_a_measurement_says_its_value_or_why_there_is_none(found: list[Outcome]) -> None:
    for name, metric in METRICS.items():
        one = measure(columns(found), metric)
        assert one.metric == name
        if one.value is None:
            assert (one.low, one.high, one.n, one.why_not) == (None, None, 0, metric.nothing)
        else:
            assert one.n > 0
            assert not one.why_not
            assert (one.low is None) == (one.high is None)
            assert one.low is None or one.high is None or one.low <= one.high
            if name in SHARES:
                assert one.low is not None
                assert one.high is not None
                assert 0.0 <= one.low <= one.value <= one.high <= 1.0 or columns(found).is_clustered


NUMBERS = st.none() | shares | st.floats(-9, 9)


@given(st.builds(Measurement, st.text(), st.builds(Slice, st.text(), st.text(), st.text()), NUMBERS, NUMBERS, NUMBERS))
def test_a_measurement_reads_as_it_was_written(measurement: Measurement) -> None:
    assert measurement_from_dict(json.loads(json.dumps(measurement.to_dict()))) == measurement


def test_a_measurement_is_written_without_what_a_slice_does_not_name() -> None:
    found = Measurement("accuracy", Slice(tag="asr"), 2 / 3, 0.1, None, 3)
    assert found.to_dict() == {
        "metric": "accuracy",
        "slice": {"tag": "asr"},
        "value": 0.666667,
        "low": 0.1,
        "high": None,
        "n": 3,
        "why_not": "",
    }


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (EVERYTHING, ""),
        (Slice(tag="asr"), "tag 'asr'"),
        (Slice("asr", "a", "de"), "tag 'asr', tool 'a', language 'de'"),
    ],
)
def test_a_slice_is_said_in_words(part: Slice, text: str) -> None:
    assert str(part) == text


@given(cases() | labels(), st.sampled_from(["", "asr", "nothing"]), st.sampled_from(["", "en", "fr"]))
def test_a_slice_holds_the_cases_that_have_all_it_names(case: Case, tag: str, language: str) -> None:
    assert Slice(tag, "whatever", language).holds(case) == (
        (tag == "" or tag in case.tags) and (language == "" or case.language == language)
    )


MIXED = [
    outcome("wake me at six", ["a"], "a", tags=("asr",), language="en"),
    outcome("wake me at ten", ["a"], "b", tags=("asr", "loud"), language="en"),
    outcome("weck mich", ["a"], "", tags=("loud",), language="de"),
    outcome("sing", ["b"], "b", language="en"),
    outcome("hello", [], "c", tags=("asr",), language="en"),
    outcome("sing at six", ["a", "d"], "a or d", language="en"),
]


def measured_on(found: list[Outcome], part: Slice) -> dict[str, Measurement]:
    whole = result("other", found)
    return {name: replace(whole.overall(name), slice=part) for name in METRICS}


@pytest.mark.parametrize("part", [Slice(tag="asr"), Slice(tag="loud"), Slice(language="en"), Slice("asr", "", "en")])
def test_a_slice_measures_as_a_suite_of_its_cases_would(part: Slice) -> None:
    whole = result("everyday", MIXED)
    expected = measured_on([each for each in MIXED if part.holds(each.case)], part)
    assert {name: whole.of(name, part) for name in METRICS} == expected


@pytest.mark.parametrize("tool", ["a", "b"])
def test_a_tool_s_slice_is_the_cases_for_it_alone(tool: str) -> None:
    whole, part = result("everyday", MIXED), Slice(tool=tool)
    expected = measured_on([each for each in MIXED if each.case.tools == (tool,)], part)
    assert {name: whole.of(name, part) for name in METRICS} == expected


def test_a_tool_s_metrics_look_at_all_cases_of_the_slice() -> None:
    whole = result("everyday", MIXED)
    assert whole.of("precision", Slice(tool="a")).value == 1.0
    assert whole.of("recall", Slice(tool="a")).value == pytest.approx(1 / 3, abs=1e-6)
    assert whole.of("recall", Slice("asr", "a")).value == 0.5
    assert whole.of("precision", Slice(tool="b")).value == 0.5
    assert whole.of("precision", Slice(tool="b", language="de")).why_not == "it was never called"
    assert whole.of("recall", Slice(tool="c")).why_not == "no case is for it"
    assert whole.of("precision", Slice(tool="c")).value == 0.0
    for name in (*TOOL_METRICS, "accuracy"):
        assert whole.of(name, Slice(tool="nobody")) == Measurement(
            name, Slice(tool="nobody"), why_not="no case is for it, and none called it"
        )


def test_a_suite_is_measured_whole_then_by_tag_language_and_tool_where_there_is_anything() -> None:
    whole = result("everyday", MIXED, memory=61.25)
    assert [m.metric for m in whole.measurements if m.slice == EVERYTHING] == [*METRICS, "memory"]
    assert whole.overall("memory") == Measurement("memory", value=61.25, n=1)
    assert whole.slices("tag") == [Slice(tag="asr"), Slice(tag="loud")]
    assert whole.slices("language") == [Slice(language="de"), Slice(language="en")]
    assert whole.slices("tool") == [Slice(tool=tool) for tool in "abc"]
    of_loud = {m.metric for m in whole.measurements if m.slice == Slice(tag="loud")}
    assert of_loud == {"accuracy", "decision_accuracy", "coverage", "selective_accuracy"}
    assert {m.metric for m in whole.measurements if m.slice == Slice(tool="c")} == {"precision", "f1"}
    assert all(m.n for m in whole.measurements if m.slice != EVERYTHING)


def test_memory_that_the_system_does_not_say_is_not_measured() -> None:
    assert result("everyday", MIXED).overall("memory") == Measurement(
        "memory", why_not="only 'router eval' of a bundle measures it, where the system says it"
    )


def test_what_a_report_holds_is_not_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = result("everyday", MIXED)
    known = {(m.metric, m.slice): m for m in whole.measurements}

    def refuse(*_: Any) -> None:
        raise AssertionError("this was measured before")

    monkeypatch.setattr("router.evaluation.report.measured", refuse)
    assert {key: whole.of(*key) for key in known} == known
    with pytest.raises(AssertionError, match="measured before"):
        whole.of("auroc", Slice(tag="asr"))
    with pytest.raises(KeyError, match="acuracy"):
        whole.overall("acuracy")


@settings(max_examples=10)
@given(st.lists(outcomes(labels()), min_size=1, max_size=5))
def test_a_suite_result_says_the_same_each_time(found: list[Outcome]) -> None:
    first = result("everyday", found)
    assert result("everyday", found) == first
