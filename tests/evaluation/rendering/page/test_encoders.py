from __future__ import annotations

import xml.etree.ElementTree as ET

from router.evaluation.encoders import Row
from router.evaluation.rendering.page import charts
from router.evaluation.rendering.page.encoders import encoders_page
from tests.evaluation.made_up import outcome, result
from tests.evaluation.rendering.page.parsing import (
    assert_headings_in_order,
    assert_loads_nothing,
    assert_sound,
    parsed,
)

PROVENANCE = {"made": "2026-03-04T12:00:00Z", "package": "1"}


def row(name: str, milliseconds: float, *, memory: float | None = 70.0) -> Row:
    suites = (result("few", [outcome("wake me", ["set_alarm"], "set_alarm"), outcome("who won", [], "set_alarm")]),)
    return Row(name, 384, "", suites, None, 0.5, memory, milliseconds, 1.0)


def test_the_page_has_tables_charts_and_what_failed_and_loads_nothing() -> None:
    rows = [row("minilm", 1.0), row("st:<script>", 8.0), Row("st:lost", problem="it is lost")]
    text = encoders_page(rows, "minilm", PROVENANCE)
    root = parsed(text)
    assert_sound(root)
    assert_headings_in_order(root)
    assert_loads_nothing(text, root)
    assert [each.text for each in root.all("h2")] == ["What they buy", "What they cost", "Not measured", "Provenance"]
    assert "<script>alert" not in text
    assert "st:&lt;script&gt; @384" in text
    assert "it is lost" in text
    assert text.count('class="chart"') == 2


def test_a_cost_that_is_not_known_has_no_chart() -> None:
    text = encoders_page([row("minilm", 1.0, memory=None)], "minilm", PROVENANCE)
    assert text.count('class="chart"') == 1


def test_a_page_of_nothing_but_failures_is_sound() -> None:
    root = parsed(encoders_page([Row("st:lost", problem="it is lost")], "minilm", PROVENANCE))
    assert_sound(root)


def test_a_point_is_at_its_worth_and_at_the_logarithm_of_its_cost() -> None:
    points = [("1", 1.0, 0.5), ("2", 2.0, 0.6), ("3", 4.0, 0.7)]
    svg = ET.fromstring(charts.cost_chart(points, "ms", "accuracy", "x", "title", "described"))
    dots = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in svg.iter() if each.get("class") == "dot"]
    across, up = zip(*dots, strict=True)
    assert across[1] - across[0] == across[2] - across[1] > 0
    assert abs((up[0] - up[1]) - (up[1] - up[2])) < 0.02
    assert up[0] > up[1]


def test_one_point_alone_can_be_drawn() -> None:
    assert "circle" in charts.cost_chart([("1", 1.0, 1.0)], "ms", "accuracy", "x", "title", "described")
