from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from router.evaluation.differences import Difference
from router.evaluation.rendering import movements
from tests.evaluation import made_up


def moved(metric: str, **ends: Any) -> Difference:
    low, high = ends.get("low"), ends.get("high")
    after = 0.4 if high is not None and high < 0 else 0.6
    return Difference(metric, before=0.5, after=after, low=low, high=high, p=ends.get("p", 0.01), n=9)


@pytest.mark.parametrize(
    ("metric", "low", "high", "said"),
    [
        ("accuracy", 0.05, 0.15, "better"),
        ("accuracy", -0.15, -0.05, "worse"),
        ("false_accept_rate", 0.05, 0.15, "worse"),
        ("false_accept_rate", -0.15, -0.05, "better"),
        ("accuracy", 0.0, 0.2, "not clear"),
        ("accuracy", -0.1, 0.2, "not clear"),
        ("accuracy", None, None, "better"),
    ],
)
def test_a_change_is_clear_where_its_interval_leaves_out_zero(
    metric: str, low: float | None, high: float | None, said: str
) -> None:
    assert movements.direction(moved(metric, low=low, high=high)) == said


@pytest.mark.parametrize("p", [None, 0.051])
def test_a_change_that_may_be_chance_is_not_clear(p: float | None) -> None:
    assert movements.direction(moved("accuracy", low=0.05, high=0.15, p=p)) == "not clear"
    assert movements.direction(moved("calibration_error", p=p)) == "not clear"


def test_differences_are_drawn_as_wide_as_the_widest_of_their_ends() -> None:
    assert movements.widest([moved("accuracy", low=-0.3, high=0.2), moved("accuracy")]) == 0.3
    assert movements.widest([]) == 0.0


def test_two_results_differ_in_what_they_do_not_share_apart_from_the_time() -> None:
    before = made_up.report().provenance
    after = replace(
        before,
        made="later",
        commit="",
        policy={**before.policy, "call_threshold": 0.9},
        machine={"system": "Linux x86_64"},
    )
    assert movements.differing(before, after) == [
        ("commit", "0123456789ab", "unknown"),
        ("policy: call threshold", "0.81", "0.9"),
        ("machine: processor", "abacus, 2 cores", "none"),
        ("machine: versions", "Python 3.11.7, numpy 2.4.6", "none"),
    ]
    assert movements.differing(before, replace(before, made="later")) == []
