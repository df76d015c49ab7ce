"""Risk against coverage is what letting rows in one by one gives."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.selection import aurc, risk_coverage

confidences = st.sampled_from([0.1, 0.5, 0.9]) | st.floats(0, 1)
answers = st.lists(st.tuples(confidences, st.booleans()), max_size=30)
"""How sure each answer was, and whether it was wrong."""


def _columns(rows: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([sure for sure, _ in rows], np.float64), np.array([wrong for _, wrong in rows], bool)


@given(answers)
def test_each_threshold_covers_the_rows_that_reach_it(rows: list[tuple[float, bool]]) -> None:
    curve = risk_coverage(*_columns(rows))
    assert curve.thresholds.tolist() == sorted({sure for sure, _ in rows}, reverse=True)
    for threshold, coverage, risk in zip(curve.thresholds, curve.coverage, curve.risk, strict=True):
        answered = [wrong for sure, wrong in rows if sure >= threshold]
        assert coverage == len(answered) / len(rows)
        assert risk == sum(answered) / len(answered)


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.8]) | confidences, st.booleans()), min_size=1, max_size=6))
def test_aurc_is_the_mean_over_every_order_that_the_confidences_allow(rows: list[tuple[float, bool]]) -> None:
    areas = []
    for order in permutations(rows):
        if [sure for sure, _ in order] == sorted((sure for sure, _ in rows), reverse=True):
            risks = [sum(wrong for _, wrong in order[:k]) / k for k in range(1, len(rows) + 1)]
            areas.append(sum(risks) / len(risks))
    assert aurc(*_columns(rows)) == pytest.approx(sum(areas) / len(areas), abs=1e-12)


@given(answers, st.integers(2, 4))
def test_without_ties_aurc_is_the_mean_of_the_curve(rows: list[tuple[float, bool]], times: int) -> None:
    sure, wrong = _columns(list({confidence: (confidence, wrong) for confidence, wrong in rows}.values()))
    curve = risk_coverage(sure, wrong)
    assert aurc(sure, wrong) == (pytest.approx(curve.risk.mean(), abs=1e-12) if len(sure) else None)
    assert aurc(sure * times, wrong) == aurc(sure, wrong)


def test_where_all_are_equally_sure_every_coverage_has_the_same_risk() -> None:
    assert aurc(np.full(8, 0.3), np.arange(8) < 2) == pytest.approx(0.25)


def test_nothing_answered_is_no_area_and_no_point() -> None:
    nothing = np.empty(0), np.empty(0, bool)
    assert aurc(*nothing) is None
    assert len(risk_coverage(*nothing).coverage) == len(risk_coverage(*nothing).risk) == 0
