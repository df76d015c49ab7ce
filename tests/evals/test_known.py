"""Known values keep being found, and what is not named keeps out; rapidfuzz is compared if it is there."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evals.known.__main__ import asked, keep, main, measured
from evals.known.finders import ours, rapidfuzz
from evals.known.judging import Found, judged, shares, strays
from evals.known.strangers import let_in
from evals.known.suite import FOLDER, SPLITS, Case, load, made_up

CASE = Case("contact", "call jo now", 5, 7, ("Jo",), "exact")
NOBODY = Case("contact", "call now", 0, 0, (), "none")


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ([], "missed"),
        ([Found(5, 7, ("Jo",), 0.4)], "missed"),
        ([Found(0, 4, ("Cole",), 0.9)], "missed"),
        ([Found(5, 7, ("Jo",), 0.5)], "right"),
        ([Found(5, 7, ("Jo", "Joan"), 0.9)], "asked"),
        ([Found(5, 7, ("Joan",), 0.9), Found(5, 11, ("Jo",), 0.8)], "wrong"),
    ],
)
def test_what_a_finder_makes_of_a_case_is_judged(found: list[Found], outcome: str) -> None:
    assert judged(CASE, found) == outcome
    assert strays(CASE, found) == any(each.end == 4 for each in found)


def test_what_is_found_where_nothing_is_named_is_let_in() -> None:
    assert judged(NOBODY, []) == "kept out"
    assert judged(NOBODY, [Found(0, 4, ("Cole",), 0.9)]) == "let in"


def test_shares_are_of_what_they_say() -> None:
    figures = shares(["right", "asked", "wrong", "missed", "kept out", "let in"], 1)
    assert {name: (share, n) for name, (share, _, n) in figures.items()} == {
        "recall": (0.5, 4),
        "right at once": (0.25, 4),
        "precision": (0.4, 5),
        "kept out": (0.5, 2),
    }


@pytest.mark.parametrize("split", SPLITS)
def test_marks_name_known_values(split: str) -> None:
    suite = load(split)
    for case in suite.cases:
        known = {value if isinstance(value, str) else value["value"] for value in suite.values[case.kind]}
        assert set(case.values) <= known
        assert "[" not in case.text
        assert (case.tag in {"none"}) <= (not case.values)


def test_the_halves_share_no_utterance_and_no_contact() -> None:
    one, other = map(load, SPLITS)
    assert {case.text for case in one.cases}.isdisjoint(case.text for case in other.cases)
    names = [{json.dumps(value) for value in suite.values["contact"]} for suite in (one, other)]
    assert names[0].isdisjoint(names[1])


@pytest.mark.parametrize("split", SPLITS)
def test_made_up_names_are_enough_and_say_nothing_that_is_said(split: str) -> None:
    suite = load(split)
    names = made_up(5000, suite)
    assert len(set(names)) == 5000
    said = {word for case in suite.cases for word in case.text[case.start : case.end].lower().split()}
    assert said.isdisjoint(word.lower() for name in names for word in name.split())
    assert made_up(5000, suite) == names


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("contacts", [50, 5000])
def test_known_values_are_found(split: str, contacts: int) -> None:
    outcomes, _, stray, _ = asked(load(split), contacts, ours)
    figures = {name: share for name, (share, _, _) in shares(outcomes, stray).items()}
    assert figures["recall"] >= 0.92
    assert figures["precision"] >= 0.96
    assert figures["kept out"] >= 0.96


@pytest.mark.parametrize("split", SPLITS)
def test_everyday_utterances_are_rarely_heard_as_names(split: str) -> None:
    suite = load(split)
    misheard, strangers = let_in(ours(suite.known("contact", 500)), split)
    assert len(misheard) / strangers <= 0.08


def test_a_measurement_is_written_in_lines() -> None:
    figures, written = measured(load("development"), 50, ours, show=True)
    lines = written.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["recall", "right", "precision", "kept"]
    assert any("find p50" in line for line in lines)
    assert f"  recall         {figures['recall']['value']:.3f} " in lines[0]
    assert figures["p50_us"] <= figures["p99_us"]


def test_the_figures_of_one_half_leave_those_of_the_other(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    keep(file, {"development/50": {"build_ms": 7}})
    keep(file, {"test/50": {"build_ms": 8}})
    kept = json.loads(file.read_text())["tasks"]
    assert {name: each["build_ms"] for name, each in kept.items()} == {"development/50": 7, "test/50": 8}
    assert all(each["machine"] for each in kept.values())


def test_the_cases_of_the_half_for_reporting_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--test", "--cases"])
    assert "look at the half for development" in capsys.readouterr().err


def test_rapidfuzz_alone_finds_less() -> None:
    pytest.importorskip("rapidfuzz")
    suite = load("development")
    ours_right, theirs = (
        Counter(asked(suite, 50, make)[0])["right"] for make in (ours, lambda v: rapidfuzz(v, "ratio"))
    )
    assert ours_right > theirs


def test_the_folder_holds_both_halves_and_the_names() -> None:
    assert {file.name for file in FOLDER.glob("*.json")} == {"development.json", "test.json", "names.json"}
