"""Charts as inline SVG: numbers in, text out.

Colours come from the page's style sheet, by class, so that a chart follows its
theme. A chart with axes has a title and a description. A bar in the cell of a
table only draws the numbers that are written beside it, and is hidden from
screen readers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from router.metrics.calibration import Reliability
from router.metrics.intervals import wilson
from router.metrics.selection import RiskCoverage

MOST_POINTS = 240
"""A curve goes through so many points at most: nobody sees more."""
FIRST_COVERAGE = 0.05
"""The risk at less coverage is a matter of a few cases, and does not stretch the axis."""

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 400.0, 40.0, 388.0, 26.0, 270.0


@dataclass(frozen=True, slots=True)
class _Line:
    """Places on a horizontal line, from `start` to `end`, that stands for `least` to `most`."""

    start: float
    end: float
    least: float
    most: float

    def at(self, value: float) -> str:
        """Return where a value is, the nearer end if it is not on the line."""
        share = (value - self.least) / (self.most - self.least)
        return _short(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start))


def interval_bar(value: float, low: float | None, high: float | None, reference: float | None = None) -> str:
    """Draw a share and its interval between 0 and 1, small; `reference` is a tick to compare it with."""
    x = _Line(4, 80, 0, 1)
    marks = ['<path class="track" d="M4 7H80"/>']
    if reference is not None:
        marks.append(f'<path class="reference" d="M{x.at(reference)} 1V13"/>')
    return _bar("bar", 84, 14, [*marks, *_whisker(x, low, high, 7), _dot(x.at(value), "7", 3)])


def headline_bar(
    value: float,
    low: float | None,
    high: float | None,
    *,
    most: float = 1.0,
    limits: Sequence[float] = (),
    before: float | None = None,
) -> str:
    """Draw a value and its interval, large; the limits of gates are ticks, the baseline's value a ring."""
    x = _Line(7, 253, 0, most)
    marks = ['<path class="track" d="M7 13H253"/>']
    marks += [f'<path class="tick" d="M{place} 9V17"/>' for place in (7, 130, 253)]
    marks += _whisker(x, low, high, 13)
    marks += [f'<path class="limit" d="M{x.at(limit)} 1V25"/>' for limit in limits]
    if before is not None:
        marks.append(f'<circle class="ring" cx="{x.at(before)}" cy="13" r="4.5"/>')
    return _bar("headline-bar", 260, 26, [*marks, _dot(x.at(value), "13", 5.5)])


def difference_bar(difference: float, low: float | None, high: float | None, widest: float) -> str:
    """Draw a difference and its interval between `-widest` and `widest`, small, with a tick at zero."""
    x = _Line(4, 116, -(widest or 1.0), widest or 1.0)
    marks = ['<path class="track" d="M4 7H116"/>', '<path class="reference" d="M60 1V13"/>']
    return _bar("bar", 120, 14, [*marks, *_whisker(x, low, high, 7), _dot(x.at(difference), "7", 3)])


def reliability_diagram(found: Reliability, name: str, title: str, description: str) -> str:
    """Draw how often each bin of probabilities was right, and below it how many cases are in it.

    A point is at the bin's mean probability, with Wilson's 95 % interval; on the
    diagonal probabilities are as good as they say. `name` begins the chart's ids.
    """
    x, y = _axes(1.0)
    base = _BOTTOM + 62
    marks = [*_grid(1.0), f'<path class="diagonal" d="M{x.at(0)} {y.at(0)}L{x.at(1)} {y.at(1)}"/>']
    most = max(int(found.count.max()), 1)
    for place in np.flatnonzero(found.count):
        count, right = int(found.count[place]), float(found.right[place])
        left, end = (float(x.at(float(edge[place]))) for edge in (found.low, found.high))
        tall = 34 * count / most
        marks.append(
            f'<rect class="count" x="{_short(left + 1)}" y="{_short(base - tall)}"'
            f' width="{_short(end - left - 2)}" height="{_short(tall)}"/>'
        )
        marks.append(_text((left + end) / 2, base + 11, _compact(count), "middle", "small"))
        ends = wilson(round(right * count), count)
        assert ends
        across = x.at(float(found.probability[place]))
        marks.append(f'<path class="whisker" d="M{across} {y.at(ends.low)}V{y.at(ends.high)}"/>')
        marks.append(_dot(across, y.at(right), 4))
    marks.append(_text(_LEFT, 12, "share that was right", "start"))
    marks.append(_text(_RIGHT, base + 28, "probability, and the cases in each bin", "end"))
    return _chart(_WIDTH, base + 34, marks, name, title, description)


def risk_coverage_chart(
    found: RiskCoverage, operating: tuple[float, float] | None, name: str, title: str, description: str
) -> str:
    """Draw the risk at every coverage, and where the policy operates, as (coverage, risk)."""
    most = _most_risk(found, operating)
    x, y = _axes(most)
    marks = _grid(most)
    if len(found.coverage):
        # What is above the axis is clipped, by an svg of its own.
        kept = np.unique(np.linspace(0, len(found.coverage) - 1, MOST_POINTS).astype(np.int64))
        across, tall = _RIGHT - _LEFT, _BOTTOM - _TOP
        points = [
            f"{_short(float(found.coverage[n]) * across)} {_short((1 - float(found.risk[n]) / most) * tall)}"
            for n in kept
        ]
        marks.append(
            f'<svg x="{_short(_LEFT)}" y="{_short(_TOP)}" width="{_short(across)}" height="{_short(tall)}">'
            f'<path class="curve" d="M{"L".join(points)}"/></svg>'
        )
    if operating:
        coverage, risk = x.at(operating[0]), y.at(operating[1])
        marks.append(f'<path class="guide" d="M{coverage} {y.at(0)}V{risk}H{x.at(0)}"/>')
        marks.append(_dot(coverage, risk, 6))
    marks.append(_text(_LEFT, 12, "risk: share of the calls that are wrong", "start"))
    marks.append(_text(_RIGHT, _BOTTOM + 34, "coverage: share of the cases that are called", "end"))
    return _chart(_WIDTH, _BOTTOM + 40, marks, name, title, description)


def cost_chart(
    points: Sequence[tuple[str, float, float]], cost: str, worth: str, name: str, title: str, description: str
) -> str:
    """Draw points, each with its label, its cost and its worth; costs are positive and their axis is logarithmic."""
    costs, worths = [spent for _, spent, _ in points], [gained for _, _, gained in points]
    first, last = math.floor(math.log2(min(costs))), math.floor(math.log2(max(costs))) + 1
    least, most = math.floor(min(worths) * 20) / 20, (math.floor(max(worths) * 20) + 1) / 20
    x, y = _Line(_LEFT, _RIGHT, first, last), _Line(_BOTTOM, _TOP, least, most)
    marks = []
    for power in range(first, last + 1, max((last - first) // 6, 1)):
        marks.append(_text(float(x.at(power)), _BOTTOM + 16, f"{2.0**power:.4g}", "middle"))
    for quarter in range(5):
        height = least + (most - least) * quarter / 4
        kind = "grid" if quarter else "axis"
        marks.append(f'<path class="{kind}" d="M{_short(_LEFT)} {y.at(height)}H{_short(_RIGHT)}"/>')
        marks.append(_text(_LEFT - 6, float(y.at(height)) + 4, f"{height:.3f}", "end"))
    for label, spent, gained in points:
        across, up = x.at(math.log2(spent)), y.at(gained)
        marks.append(_dot(across, up, 5))
        marks.append(_text(float(across), float(up) - 9, label, "middle"))
    marks.append(_text(_LEFT, 12, worth, "start"))
    marks.append(_text(_RIGHT, _BOTTOM + 34, cost, "end"))
    return _chart(_WIDTH, _BOTTOM + 40, marks, name, title, description)


def _most_risk(found: RiskCoverage, operating: tuple[float, float] | None) -> float:
    """Return the upper end of the axis of risk: a round number that all but the first few cases are below."""
    highest = float(found.risk[found.coverage >= FIRST_COVERAGE].max(initial=operating[1] if operating else 0.0))
    return next((step for step in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8) if highest <= step), 1.0)


def _axes(most: float) -> tuple[_Line, _Line]:
    """Return where the shares 0 to 1 are from left to right, and 0 to `most` from below."""
    return _Line(_LEFT, _RIGHT, 0, 1), _Line(_BOTTOM, _TOP, 0, most)


def _grid(most: float) -> list[str]:
    x, y = _axes(most)
    marks = []
    for quarter in (0, 0.25, 0.5, 0.75, 1):
        kind = "grid" if quarter else "axis"
        marks.append(f'<path class="{kind}" d="M{_short(_LEFT)} {y.at(quarter * most)}H{_short(_RIGHT)}"/>')
        marks.append(_text(_LEFT - 6, float(y.at(quarter * most)) + 4, f"{quarter * most:.4g}", "end"))
        marks.append(_text(float(x.at(quarter)), _BOTTOM + 16, f"{quarter:g}", "middle"))
    return marks


def _whisker(x: _Line, low: float | None, high: float | None, y: float) -> list[str]:
    if low is None or high is None:
        return []
    return [f'<path class="whisker" d="M{x.at(low)} {_short(y)}H{x.at(high)}"/>']


def _dot(x: str, y: str, radius: float) -> str:
    return f'<circle class="dot" cx="{x}" cy="{y}" r="{_short(radius)}"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _bar(kind: str, width: int, height: int, marks: Iterable[str]) -> str:
    box = f'class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg {box} aria-hidden="true" focusable="false">{"".join(marks)}</svg>'


def _chart(width: float, height: float, marks: Iterable[str], name: str, title: str, description: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_short(width)} {_short(height)}" role="img" focusable="false"'
        f' aria-labelledby="{name}-title" aria-describedby="{name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>{"".join(marks)}</svg>'
    )


def _compact(count: int) -> str:
    return str(count) if count < 10_000 else f"{count // 1000}k"


def _short(number: float) -> str:
    """Write a coordinate with two decimals at most."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
