from __future__ import annotations

import pytest

from router.evaluation import Report
from router.evaluation.changes import compare
from router.evaluation.measures import EVERYTHING
from router.evaluation.outcomes import Outcome
from router.evaluation.wording import number
from tests.evaluation import made_up
from tests.evaluation.made_up import outcome, result
from tests.evaluation.rendering.page.parsing import Element, page


@pytest.fixture(scope="module")
def whole() -> Element:
    return page(made_up.report(), made_up.gates(), made_up.changes())


def test_the_verdict_is_the_heading_and_stands_before_all_figures(whole: Element) -> None:
    assert whole.all("h1")[0].text == "✕ 3 of 8 gates failed"
    assert [each.text for each in whole.all("h2")] == [
        "Gates",
        "At a glance",
        "Changes from the baseline",
        "Suite everyday",
        "Suite spoken",
        "Provenance",
    ]


def test_every_gate_is_there_the_failed_ones_first_with_reason_place_and_offenders(whole: Element) -> None:
    text = whole.one("gates").text
    failed, passed = text.split(" Passed ")
    for each in made_up.gates():
        part = passed if each.passed else failed
        assert each.message in part
        assert each.gate.reason in part
    assert "gates.yaml, line 6" in failed
    assert "order me a taxi out of scope, called set_alarm (0.93)" in failed


def test_every_metric_is_in_the_table_of_its_suite_or_among_what_was_not_measured(whole: Element) -> None:
    for key, suite in zip(("s1", "s2"), made_up.report().suites, strict=True):
        text = whole.one(key).text
        for each in suite.measurements:
            if each.slice == EVERYTHING:
                shown = each.why_not if each.value is None else number(each.metric, each.value)
                assert f" {each.metric} {shown}" in text


def test_headlines_are_written_with_their_interval_and_the_baselines_value(whole: Element) -> None:
    text = whole.one("glance").text
    assert "false accept rate 0.333" in text
    assert "0.097 to 0.700, n = 6; 0.400 before" in text
    assert "not measured no case is out of scope" in text


def test_each_number_of_the_confusion_table_leads_to_its_cases(whole: Element) -> None:
    table = whole.one("s1").all("table")[1]
    assert table.all("tr")[0].text == "Expected n right abstained asked set_alarm get_weather play_music"
    counted = 0
    for anchor in table.all("a"):
        cases = whole.one(anchor.attributes["href"][1:])
        assert len(cases.all("li")) == int(anchor.text)
        assert anchor.attributes["aria-label"].startswith(f"{anchor.text} case")
        counted += int(anchor.text)
    assert counted == len(made_up.report().suites[0].outcomes)


def test_mistakes_stand_with_what_was_expected_and_done_the_worst_first(whole: Element) -> None:
    (table,) = (each for each in whole.one("s1").all("table") if "Wrong calls first" in each.all("caption")[0].text)
    rows = [row.text for row in table.all("tr")[1:]]
    assert rows[0] == "order me a taxi out_of_scope called set_alarm (0.93) 0.930"
    harm = [("called" in row, float(row.split()[-1])) for row in rows]
    assert harm == sorted(harm, reverse=True)
    assert len(rows) == sum(each.verdict != "right" for each in made_up.report().suites[0].outcomes)


def test_tools_are_sorted_by_f1_without_scripts(whole: Element) -> None:
    (table,) = (each for each in whole.one("s1").all("table") if "lowest F1" in each.all("caption")[0].text)
    assert [row.all("th")[0].text for row in table.all("tr")[1:]] == [
        "set_alarm",
        "get_weather",
        "play_music",
        "send_message",
        "flip_coin",
    ]


def test_tags_and_languages_have_a_row_with_a_dash_where_nothing_was_measured(whole: Element) -> None:
    (table,) = (each for each in whole.one("s1").all("table") if "Each tag" in each.all("caption")[0].text)
    rows = {row.all("th")[0].text: row.text for row in table.all("tr")[1:]}
    assert rows.keys() == {"asr", "de language", "en language"}
    assert "– not measured: no case" in rows["de language"]
    assert "0.333 0.097 to 0.700, n=6" in rows["asr"]


def test_a_change_from_the_baseline_says_which_way_and_lists_its_cases(whole: Element) -> None:
    changes = whole.one("changes")
    text = changes.text
    assert "router f00d5eed0001 f00d5eed0002" in text
    assert "Only one of the two reports has this suite: spoken ." in text
    assert "19 cases are in both; 1 only in the baseline, 1 only now" in text
    lists = {each.all("summary")[0].text: each for each in changes.all("details")}
    assert list(lists) == ["Broken 1 case", "Fixed 2 cases", "Still wrong 7 cases"]
    assert "open" in lists["Broken 1 case"].attributes
    broken = lists["Broken 1 case"].all("li")[0].text
    assert broken == "wake me at six for set_alarm : called set_alarm (0.96) , now called play_music (0.87)"


def test_cards_and_provenance_are_complete(whole: Element) -> None:
    assert made_up.CARD.how_made in whole.one("s1").text
    assert "Description not said" in whole.one("s2").text
    provenance = whole.one("provenance").text
    report = made_up.report().provenance
    for value in (report.made, report.commit, report.router, report.declarations, report.encoder, report.package):
        assert value in provenance
    for values in (report.policy, report.machine):
        assert all(str(value) in provenance for value in values.values())


def test_calibration_and_risk_say_in_words_and_in_a_table_what_they_draw(whole: Element) -> None:
    text = whole.one("s1").text
    assert (
        "The policy calls a tool in 11 of 18 cases (coverage 0.611), and 3 of these calls are wrong (risk 0.273)."
        in text
    )
    captions = [each.text for each in whole.one("s1").all("caption")]
    assert "Bins of the probability of the likeliest candidate." in captions


def test_landmarks_and_a_skip_link_come_in_the_order_of_reading(whole: Element) -> None:
    (body,) = whole.all("body")
    first = [each for each in body.children if isinstance(each, Element)]
    assert [each.tag for each in first] == ["a", "header", "main", "script"]
    assert first[0].attributes["href"] == "#main"
    assert all(each.attributes.get("aria-label") for each in whole.all("nav"))
    assert all(
        each.attributes.get("tabindex") == "0" for each in whole.all() if each.attributes.get("class") == "scroll"
    )


def test_what_needs_a_script_is_hidden_without_one(whole: Element) -> None:
    assert [each for each in whole.all("button") if "hidden" not in each.attributes] == []


def test_a_report_without_gates_or_baseline_says_so() -> None:
    root = page(made_up.report())
    assert root.all("h1")[0].text == "Measured; there is no gate"
    assert "no gate was given" in root.one("gates").text
    assert "changes" not in {each.attributes.get("id") for each in root.all()}


def test_gates_that_all_passed_are_the_verdict() -> None:
    gates = [each for each in made_up.gates() if each.passed]
    root = page(made_up.report(), gates)
    assert root.all("h1")[0].text == "✓ Passed: 5 gates"
    assert root.all("body")[0].attributes["class"] == "passed"
    assert "Failed" not in [each.text for each in root.all("h3")]


SMALL: dict[str, list[Outcome]] = {
    "one right case": [outcome("wake me", ["set_alarm"], "set_alarm")],
    "only out of scope": [outcome("hello", [], ""), outcome("a taxi", [], "set_alarm")],
    "only between several": [outcome("seven", ["play_music", "set_alarm"], "")],
    "nothing called": [outcome("wake me", ["set_alarm"], ""), outcome("hello", [], "")],
    "no case": [],
}


@pytest.mark.parametrize("outcomes", SMALL.values(), ids=SMALL)
def test_a_suite_that_lacks_a_kind_of_case_has_a_page(outcomes: list[Outcome]) -> None:
    report = Report(made_up.report().provenance, (result("small", outcomes),), {"set_alarm": None})
    page(report, (), compare(report, report))


def test_a_suite_without_mistakes_says_so() -> None:
    report = Report(made_up.report().provenance, (result("small", SMALL["one right case"]),), {"set_alarm": None})
    text = page(report).one("s1").text
    assert "Every case was decided right." in text
    assert "1 tool without a mistake" in text


def test_a_report_without_suites_has_a_page() -> None:
    assert "No suite was run." in page(Report(made_up.report().provenance, (), {})).text


def test_a_tool_that_was_never_tried_is_named_as_not_measured() -> None:
    report = Report(made_up.report().provenance, (result("small", SMALL["one right case"]),), made_up.TOOLS)
    assert "4 tools neither meant by a case nor called: flip_coin" in page(report).one("s1").text
