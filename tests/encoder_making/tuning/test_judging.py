from __future__ import annotations

from collections.abc import Iterable

import pytest

from router.encoder_making.tuning.judging import Verdict, judge
from router.evaluation.outcomes import Outcome
from tests.evaluation.made_up import outcome

INSIDE, OUTSIDE = 60, 40
RIGHT, WRONG = "set_alarm", "play_music"


def outcomes(right: int, *, outside_at: float = 0.1, called: Iterable[int] = ()) -> list[Outcome]:
    """Make outcomes, of which so many have the right tool first."""
    inside = [outcome(f"inside {n}", [RIGHT], RIGHT if n < right else WRONG, in_scope=0.6) for n in range(INSIDE)]
    outside = [
        outcome(f"outside {n}", [], RIGHT if n in called else "", in_scope=outside_at + n / 100) for n in range(OUTSIDE)
    ]
    return inside + outside


def test_what_is_better_by_more_than_chance_is_kept() -> None:
    verdict = judge(outcomes(40), outcomes(55))
    assert verdict.kept
    assert verdict.better == ("accuracy",)
    assert verdict.cases == INSIDE + OUTSIDE


def test_better_at_telling_what_is_out_of_scope_is_enough() -> None:
    verdict = judge(outcomes(40, outside_at=0.55), outcomes(40, outside_at=0.1))
    assert verdict.kept
    assert verdict.better == ("auroc",)


@pytest.mark.parametrize("right", [40, 43, 20])
def test_what_is_as_good_or_better_by_chance_or_worse_is_not_kept(right: int) -> None:
    assert not judge(outcomes(40), outcomes(right)).kept


def test_what_is_better_at_one_thing_and_worse_at_another_is_not_kept() -> None:
    for worse in (outcomes(55, outside_at=0.55), outcomes(55, called=range(40))):
        verdict: Verdict = judge(outcomes(40), worse)
        assert verdict.better == ("accuracy",)
        assert verdict.worse
        assert not verdict.kept


def test_what_cannot_be_measured_decides_nothing() -> None:
    verdict = judge(outcomes(40)[:INSIDE], outcomes(55)[:INSIDE])
    assert verdict.kept
    assert [each.metric for each in verdict.compared] == ["accuracy", "decision_accuracy", "wrong_call_rate"]
