from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from router.evaluation.rendering.page import charts
from router.metrics.calibration import Reliability, reliability
from router.metrics.selection import RiskCoverage, risk_coverage

SHARES = np.array([0.1, 0.1, 0.9, 0.9])


def marks(svg: str, kind: str) -> list[dict[str, str]]:
    """The attributes of all marks of a class."""
    return [each.attrib for each in ET.fromstring(svg).iter() if each.get("class") == kind]


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("text")]


def test_a_bar_draws_its_value_interval_and_reference_from_0_to_1() -> None:
    svg = charts.interval_bar(0.5, 0.25, 1.0, reference=0.0)
    assert marks(svg, "dot") == [{"class": "dot", "cx": "42", "cy": "7", "r": "3"}]
    assert marks(svg, "whisker")[0]["d"] == "M23 7H80"
    assert marks(svg, "reference")[0]["d"] == "M4 1V13"
    assert 'aria-hidden="true"' in svg


@pytest.mark.parametrize("ends", [(None, None), (0.2, None), (None, 0.4)])
def test_a_bar_without_an_interval_draws_none(ends: tuple[float | None, float | None]) -> None:
    assert marks(charts.interval_bar(0.3, *ends), "whisker") == []
    assert marks(charts.difference_bar(0.3, *ends, 1.0), "whisker") == []


def test_a_large_bar_draws_limits_and_the_baseline_on_its_own_scale() -> None:
    svg = charts.headline_bar(5.0, 0.0, 10.0, most=10.0, limits=(10.0, 2.5), before=0.0)
    assert [mark["d"] for mark in marks(svg, "limit")] == ["M253 1V25", "M68.5 1V25"]
    assert marks(svg, "dot")[0]["cx"] == "130"
    assert marks(svg, "ring")[0]["cx"] == "7"
    assert marks(svg, "whisker")[0]["d"] == "M7 13H253"


def test_what_is_beyond_a_scale_is_drawn_at_its_end() -> None:
    assert marks(charts.headline_bar(3.0, None, None, most=2.0), "dot")[0]["cx"] == "253"
    assert marks(charts.interval_bar(-0.1, None, None), "dot")[0]["cx"] == "4"


def test_a_difference_is_drawn_around_zero() -> None:
    svg = charts.difference_bar(-0.1, -0.2, 0.1, widest=0.2)
    assert marks(svg, "dot")[0]["cx"] == "32"
    assert marks(svg, "whisker")[0]["d"] == "M4 7H88"
    assert marks(charts.difference_bar(0.0, 0.0, 0.0, widest=0.0), "dot")[0]["cx"] == "60"


def test_a_reliability_diagram_has_a_point_a_bar_and_a_count_for_each_bin_with_cases() -> None:
    found = reliability(SHARES, np.array([False, False, True, False]), bins=2)
    svg = charts.reliability_diagram(found, "s1", "Reliability", "Two bins.")
    # The plot is from x = 40 to 388 and y = 270 (0) to 26 (1).
    assert [(mark["cx"], mark["cy"]) for mark in marks(svg, "dot")] == [("74.8", "270"), ("353.2", "148")]
    bars = [(mark["x"], mark["width"], mark["height"]) for mark in marks(svg, "count")]
    assert bars == [("41", "172", "34"), ("215", "172", "34")]
    assert texts(svg).count("2") == 2
    # Wilson's interval of 1 in 2 is 0.0945 to 0.9055.
    assert marks(svg, "whisker")[1]["d"] == "M353.2 246.93V49.07"


def test_a_reliability_diagram_draws_nothing_for_an_empty_bin() -> None:
    found = reliability(np.array([1.0]), np.array([True]), bins=15)
    svg = charts.reliability_diagram(found, "s1", "Reliability", "")
    assert len(marks(svg, "dot")) == len(marks(svg, "count")) == 1
    assert "nan" not in svg


def test_counts_too_long_for_their_bin_are_cut_to_thousands() -> None:
    one = np.array([0.5])
    found = Reliability(np.array([0.0]), np.array([1.0]), np.array([12_345]), one, one)
    assert "12k" in texts(charts.reliability_diagram(found, "s1", "", ""))


def test_a_curve_goes_through_its_points_and_a_dot_is_where_the_policy_is() -> None:
    found = risk_coverage(np.array([0.9, 0.8]), np.array([False, True]))
    svg = charts.risk_coverage_chart(found, (0.5, 0.25), "s1", "Curve", "")
    # Risk goes to 0.5, so the axis ends at 0.6; the curve is inside an svg of its own, 348 by 244.
    assert marks(svg, "curve")[0]["d"] == "M174 244L348 40.67"
    assert [(mark["cx"], mark["cy"]) for mark in marks(svg, "dot")] == [("214", "168.33")]
    assert marks(svg, "guide")[0]["d"] == "M214 270V168.33H40"


def test_a_curve_without_cases_or_calls_has_axes_only() -> None:
    svg = charts.risk_coverage_chart(risk_coverage(np.array([]), np.array([], bool)), None, "s1", "Curve", "")
    assert marks(svg, "curve") == marks(svg, "dot") == []
    assert len(marks(svg, "axis")) == 1


def test_a_few_cases_do_not_stretch_the_axis_of_risk() -> None:
    coverage = np.array([0.01, 0.5, 1.0])
    found = RiskCoverage(coverage, np.array([1.0, 0.01, 0.04]), 1 - coverage)
    svg = charts.risk_coverage_chart(found, None, "s1", "Curve", "")
    assert "0.05" in texts(svg)
    assert marks(svg, "curve")[0]["d"].startswith("M3.48 -4636L")


def test_a_long_curve_keeps_its_ends_and_few_points() -> None:
    coverage = np.arange(1, 50_001) / 50_000
    found = RiskCoverage(coverage, coverage / 2, 1 - coverage)
    path = marks(charts.risk_coverage_chart(found, None, "s1", "Curve", ""), "curve")[0]["d"]
    assert len(re.findall("[ML]", path)) == charts.MOST_POINTS
    assert path.startswith("M0.01 ")
    assert path.endswith("L348 40.67")


def test_a_chart_has_a_title_and_a_description_that_cannot_break_it() -> None:
    svg = charts.risk_coverage_chart(
        risk_coverage(SHARES, SHARES > 0.5), None, "s1", "<script>alert(1)</script>", 'it\'s "so" & so'
    )
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    named = {each.get("id"): each.text for each in root}
    assert named[root.get("aria-labelledby")] == "<script>alert(1)</script>"
    assert named[root.get("aria-describedby")] == 'it\'s "so" & so'
