from __future__ import annotations

import dataclasses

import pytest

from router.evaluation.gates import Gate
from router.evaluation.measures import Measurement, Slice
from router.evaluation.rendering import highlights
from tests.evaluation import made_up

EVERYDAY, SPOKEN = made_up.report().suites


def test_headlines_are_measured_and_in_the_order_of_the_catalogue() -> None:
    names = [each.metric for each in highlights.headlines(EVERYDAY)]
    assert names[:3] == ["accuracy", "decision_accuracy", "macro_f1"]
    assert "slot_f1" not in names
    assert "false_accept_rate" not in [each.metric for each in highlights.headlines(SPOKEN)]


def test_every_headline_is_a_metric() -> None:
    assert {*highlights.HEADLINES} <= {each.metric for each in EVERYDAY.measurements}


def test_what_was_not_measured_is_listed_by_its_reason() -> None:
    why = highlights.unmeasured(SPOKEN)
    assert why["no case is out of scope"] == ["false_accept_rate", "out_of_scope_recall"]
    assert why["only 'router eval' of a bundle measures it, where the system says it"] == ["memory"]


def test_slices_no_worse_than_the_whole_are_not_among_the_worst() -> None:
    assert [str(each.slice) for each in highlights.worst_slices(EVERYDAY)] == ["tag 'asr'", "language 'de'"]


def test_two_cases_decided_wrong_do_not_outrank_fifty() -> None:
    few = Measurement("decision_accuracy", Slice("few"), 0.0, 0.0, 0.66, 2)
    many = Measurement("decision_accuracy", Slice("many"), 0.2, 0.15, 0.26, 100)
    unsure = Measurement("decision_accuracy", Slice("unsure"), 0.0, None, None, 1)
    whole = EVERYDAY.overall("decision_accuracy")
    same = dataclasses.replace(whole, slice=Slice("same"))
    suite = dataclasses.replace(EVERYDAY, measurements=(whole, same, unsure, few, many))
    assert [each.slice.tag for each in highlights.worst_slices(suite)] == ["many", "few", "unsure"]


def test_worst_tools_come_with_precision_and_recall_even_where_there_is_none() -> None:
    (found,) = highlights.worst_tools(SPOKEN)
    assert [each.metric for each in found] == ["f1", "precision", "recall"]
    assert [each.value for each in found] == [0.0, None, 0.0]


def test_mistakes_are_all_that_is_not_right_the_most_confident_first() -> None:
    found = highlights.mistakes(EVERYDAY.outcomes)
    assert len(found) == sum(each.verdict != "right" for each in EVERYDAY.outcomes) == 8
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)


def test_a_tally_counts_every_case() -> None:
    assert highlights.tally(EVERYDAY) == (
        "20 cases: 12 right, 2 false accepts, 2 false rejects, 2 needless questions, 1 wrong call, 1 guess"
    )


def test_the_verdict_counts_gates() -> None:
    gates = made_up.gates()
    assert highlights.verdict(gates) == "3 of 8 gates failed"
    assert highlights.verdict([each for each in gates if each.passed]) == "Passed: 5 gates"
    assert highlights.verdict([]) == "Measured; there is no gate"


@pytest.mark.parametrize(
    ("gate", "limit"),
    [
        (Gate("accuracy", "", floor=0.9), "floor 0.900"),
        (Gate("memory", "", ceiling=100), "ceiling 100.0 MB"),
        (Gate("accuracy", "", floor=0.9, rule="interval"), "floor 0.900 for the whole interval"),
        (Gate("accuracy", "", no_worse_than_baseline_by=0.01), "at most 0.010 worse than the baseline"),
        (
            Gate("accuracy", "", no_worse_than_baseline_by=0.0, significant_at=0.05),
            "at most 0.000 worse than the baseline, or more if p is above 0.05",
        ),
    ],
)
def test_limits_are_written_in_a_few_words(gate: Gate, limit: str) -> None:
    assert highlights.limit_of(gate) == limit


def test_a_gate_shows_what_it_looked_at() -> None:
    shown = [highlights.value_of(each) for each in made_up.gates()]
    assert shown[0] == "0.750"
    assert shown[-2:] == ["not measured", "0.579, was 0.526 on the 19 of 20 cases in both"]
