from __future__ import annotations

import numpy as np
import pytest

from router.evaluation.measures import Measurement
from router.evaluation.rendering.page.sections import Selection, scale, selection_words, suite_section
from router.metrics.selection import risk_coverage
from tests.evaluation import made_up
from tests.evaluation.made_up import outcome, result


@pytest.mark.parametrize(
    ("metric", "value", "others", "most"),
    [
        ("accuracy", 0.01, (), 1.0),
        ("recall", 0.01, (), 1.0),
        ("false_accept_rate", 0.01, (), 0.1),
        ("false_accept_rate", 0.06, (0.15,), 0.2),
        ("false_accept_rate", 0.3, (None,), 0.5),
        ("false_accept_rate", 0.7, (), 1.0),
        ("latency_p95", 4.5, (), 5.0),
        ("latency_p95", 0.03, (12.0,), 20.0),
        ("latency_p95", 0.0, (), 1.0),
        ("memory", 61.5, (), 100.0),
    ],
)
def test_a_scale_ends_at_1_for_what_should_be_high_and_else_at_a_round_number(
    metric: str, value: float, others: tuple[float | None, ...], most: float
) -> None:
    assert scale(Measurement(metric, value=value), *others) == pytest.approx(most)


def test_the_policy_is_where_its_calls_are() -> None:
    found = suite_section("s1", made_up.report().suites[0], [], made_up.gates(), None, 100).selection
    assert found
    assert (found.cases, found.calls, found.wrong) == (18, 11, 3)
    assert found.operating == pytest.approx((11 / 18, 3 / 11))


def test_a_router_that_calls_nothing_has_no_risk_and_is_told_so() -> None:
    suite = result("silent", [outcome("wake me", ["set_alarm"], "")])
    found = suite_section("s1", suite, [], (), None, 100).selection
    assert found
    assert found.operating is None
    assert "calls nothing in 1 case," in selection_words(found)


def test_the_table_beside_the_curve_has_a_row_for_each_tenth_of_the_cases_at_most() -> None:
    confidence = np.arange(100, 0, -1) / 100
    curve = risk_coverage(confidence, np.arange(100) >= 50)
    table = Selection(curve, None, 100, 0, 0).table
    assert [round(coverage, 2) for _, coverage, _ in table] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert table[-1] == (0.01, 1.0, 0.5)
    few = Selection(risk_coverage(np.array([0.9, 0.8]), np.array([False, True])), None, 2, 0, 0).table
    assert few == [(0.9, 0.5, 0.0), (0.8, 1.0, 0.5)]


def test_limits_of_gates_on_the_whole_suite_and_the_baseline_are_drawn_with_a_figure() -> None:
    (suite, _), changes = made_up.report().suites, made_up.changes().suites[0]
    figures = {
        each.measurement.metric: each
        for each in suite_section("s1", suite, [], made_up.gates(), changes, 100).headlines
    }
    assert figures["accuracy"].limits == (0.5,)
    assert figures["decision_accuracy"].limits == ()
    assert figures["accuracy"].before == pytest.approx(8 / 12)
    assert figures["latency_p95"].before is None


def test_tools_that_no_case_has_to_do_with_are_untried() -> None:
    suite = result("small", [outcome("wake me", ["set_alarm"], "flip_coin")])
    assert suite_section("s1", suite, ["set_alarm", "take_photo", "flip_coin"], (), None, 0).untried == ("take_photo",)
