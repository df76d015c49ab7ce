from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from router import MissingExtraError
from router.evaluation import Card, Report
from router.evaluation.changes import Change, Changes, SuiteChanges, compare
from router.evaluation.gates import Gate
from router.evaluation.judging import judge
from router.evaluation.rendering import movements
from router.evaluation.rendering import page as html
from router.evaluation.rendering.page import html_page, sections
from tests.evaluation import made_up
from tests.evaluation.made_up import outcome, result
from tests.evaluation.rendering import hostile
from tests.evaluation.rendering.page.parsing import assert_loads_nothing, assert_sound, page, parsed

ROOT = Path(__file__).parents[4]


@settings(max_examples=30)
@given(hostile.reports())
def test_nothing_that_people_write_can_break_the_page(made: tuple[Report, Gate]) -> None:
    report, gate = made
    (suite,) = report.suites
    changed = tuple(Change(each, each) for each in suite.outcomes)
    moved = SuiteChanges(suite.name, len(changed), 0, 0, fixed=changed, broken=changed, still_wrong=(), differences=())
    changes = Changes(report.provenance, replace(report.provenance, commit=suite.name), (moved,), (suite.name,))
    text = html_page(report, judge([gate], report), changes)
    root = parsed(text)
    assert_sound(root)
    assert_loads_nothing(text, root)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    for each in suite.outcomes:
        said = each.case.utterance
        if said.isprintable() and said.strip() and len(said) <= html.LONGEST:
            assert " ".join(said.split()) in root.one("s1").text


def test_an_utterance_stands_apart_from_the_direction_of_what_is_around_it() -> None:
    said = "שלום <b>& 👩‍👩‍👧"
    report = Report(made_up.report().provenance, (result("small", [outcome(said, ["set_alarm"], "")]),), {})
    marked = [each.raw for each in page(report).all("bdi") if each.attributes.get("class") == "said"]
    assert set(marked) == {said}


def test_a_long_utterance_is_cut_and_its_length_told() -> None:
    report = Report(made_up.report().provenance, (result("small", [outcome("x" * 2100, [], "flip_coin")]),), {})
    assert f" {'x' * html.LONGEST}… (2,100 characters) " in page(report).text


def test_lists_are_cut_and_say_how_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (html, "MOST_LISTED"),
        (movements, "MOST_CHANGES"),
        (sections, "MOST_TOOLS"),
        (sections, "MOST_SLICES"),
        (sections, "MOST_MISTAKES"),
        (sections, "MOST_NAMES"),
    ):
        monkeypatch.setattr(module, name, 2)
    report = replace(made_up.report(), suites=made_up.report().suites[:1], tools={f"tool_{n}": None for n in range(9)})
    root = page(report, (), compare(report, report))
    text = root.text
    assert "3 tools are left out here" in text
    assert "1 slice is left out here" in text
    assert "the first 2 of 8" in text
    assert "and 7 more" in text
    assert "6 cases are left out here" in root.one("changes").text
    listed = [each for each in root.all("div") if each.attributes.get("class") == "cell"]
    assert sum(len(each.all("li")) for each in listed) == 2


def test_the_same_report_gives_the_same_bytes_whatever_the_order_of_sets() -> None:
    script = """
from tests.evaluation import made_up
from router.evaluation.rendering.page import html_page

print(html_page(made_up.report(), made_up.gates()))
"""
    pages = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1] != b""


def test_without_jinja_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    html._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r"writing the HTML report needs 'jinja2'.*intent-router\[eval\]"):
        html_page(made_up.report())


def test_a_card_is_text() -> None:
    card = Card(source="<a href=javascript:alert(1)>here</a>")
    report = Report(
        made_up.report().provenance, (result("small", [outcome("wake me", ["set_alarm"], "set_alarm")], card),), {}
    )
    assert card.source in page(report).one("s1").text
