"""How two routers agree is counted from the log, and disagreements become rows that somebody must label."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import Abstain, Candidate, Clarify, SuiteError, ToolCall
from router.decision_log import Answer, Entry
from router.evaluation import load_suite
from router.evaluation.agreement import Pair, agreement, unlabelled_rows
from router.evaluation.rows import case_from_row
from router.metrics.intervals import wilson
from tests.evaluation.suites_written import as_json_lines
from tests.strategies import fold, utterances


def pair(acting: object, shadow: object, said: str | None = None, hashed: str | None = None) -> Entry:
    return Entry(
        time=0.0,
        answer=Answer.of(acting, 1.0),
        shadow=Answer.of(shadow, 3.0),
        utterance=said,
        utterance_hash=hashed,
    )


def call(tool: str, probability: float) -> ToolCall:
    return ToolCall(tool, utterance="", in_scope=probability, candidates=(Candidate(tool, 1.0),))


def ask(*tools: str) -> Clarify:
    return Clarify(utterance="", in_scope=1.0, candidates=tuple(Candidate(tool, 0.5) for tool in tools))


choices = st.sampled_from(["a", "b", None, 7])


@given(st.lists(st.builds(pair, choices, choices, utterances), max_size=20))
def test_every_entry_agrees_or_differs_or_has_an_error(entries: list[Entry]) -> None:
    found = agreement(entries)
    failed = [entry for entry in entries if entry.answer.error or (entry.shadow and entry.shadow.error)]
    assert found.paired == found.decisions == len(entries) == found.compared + len(failed)
    assert found.agreed + sum(found.pairs.values()) == found.compared
    assert sum(each.times for each in found.disagreements) == sum(found.pairs.values())
    assert found.interval == wilson(found.agreed, found.compared)
    assert (found.share is None) == (found.compared == 0)


@pytest.mark.parametrize(
    ("acting", "shadow", "agree"),
    [
        (call("a", 0.9), "a", True),
        (call("a", 0.9), "b", False),
        (call("a", 0.9), None, False),
        (Abstain("out_of_scope", utterance="", in_scope=0.0), None, True),
        (Abstain("negated", utterance="", in_scope=0.9), Abstain("ambiguous", utterance="", in_scope=0.9), True),
        (ask("a", "b"), ask("b", "a"), True),
        (ask("a", "b"), ask("b", "c"), False),
        (ask("a", "b"), "a", False),
        (ask("a", "b"), None, False),
    ],
)
def test_they_agree_if_both_choose_the_same(acting: object, shadow: object, agree: bool) -> None:
    assert agreement([pair(acting, shadow)]).agreed == int(agree)


def test_errors_and_lone_decisions_are_not_compared_but_counted() -> None:
    broken = Entry(time=0.0, answer=Answer.of("a", 1.0), shadow=Answer.failed(ValueError(), 2.0))
    alone = Entry(time=0.0, answer=Answer.of("a", 50.0))
    found = agreement([pair("a", "a"), broken, alone])
    assert (found.decisions, found.paired, found.compared, found.agreed) == (3, 2, 1, 1)
    assert found.errors == {"acting": {}, "shadow": {"raised ValueError": 1}}
    assert found.milliseconds["acting"] == {50: 1.0, 95: 1.0, 99: 1.0}
    assert found.milliseconds["shadow"][50] == 2.5


def test_without_anything_to_compare_nothing_is_claimed() -> None:
    found = agreement([])
    assert (found.share, found.interval, found.pairs, found.milliseconds) == (
        None,
        None,
        {},
        {"acting": {}, "shadow": {}},
    )


def test_disagreements_are_the_same_for_the_same_words_and_the_surest_come_first() -> None:
    found = agreement(
        [
            pair(call("a", 0.4), None, "unsure"),
            pair(call("a", 0.8), None, "sure"),
            pair(None, None, "agreed"),
            pair(call("a", 0.2), None, "Often said"),
            pair(call("a", 0.3), None, " often  said"),
        ]
    )
    assert [(each.utterance, each.times, each.confidence) for each in found.disagreements] == [
        ("Often said", 2, 0.3),
        ("sure", 1, 0.8),
        ("unsure", 1, 0.4),
    ]
    assert found.pairs == {Pair(("a",), ()): 4}
    assert found.utterances == 4


def test_hashes_count_utterances_without_saying_them() -> None:
    found = agreement([pair("a", None, hashed="x"), pair("a", None, hashed="x"), pair("a", "a", hashed="y")])
    assert found.utterances == 2
    assert [(each.utterance, each.times) for each in found.disagreements] == [(None, 2)]
    assert agreement([pair("a", None)]).utterances is None
    assert [*unlabelled_rows(found.disagreements)] == []


def test_rows_to_label_say_what_each_chose_once_for_each_utterance() -> None:
    entries = [pair("a", None, "Play it"), pair("a", None, "play it"), pair(None, ask("b", "c"), "play  it")]
    assert [*unlabelled_rows(agreement(entries).disagreements)] == [
        {
            "utterance": "Play it",
            "intent": None,
            "tags": ["shadow"],
            "note": "acting: a; shadow: no tool, 2 times. acting: no tool; shadow: asks: b or c",
        }
    ]


@given(st.lists(st.builds(pair, choices, choices, utterances | st.just("half \ud83d a pair")), max_size=20))
def test_rows_load_when_they_are_labelled_and_not_before(entries: list[Entry]) -> None:
    rows = [*unlabelled_rows(agreement(entries).disagreements)]
    assert len({fold(row["utterance"]) for row in rows}) == len(rows)
    for row in rows:
        _, faults = case_from_row(row)
        assert [path for path, _ in faults] == ["intent"]
        assert "this row is not labelled yet" in faults[0][1]
        case, faults = case_from_row(row | {"intent": "a"})
        assert (case is not None, faults) == (True, [])


def test_a_suite_names_the_lines_that_are_not_labelled_yet(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        *unlabelled_rows(agreement([pair("a", None, "x"), pair("a", None, "y")]).disagreements)
    ]
    file = tmp_path / "to_label.jsonl"
    file.write_bytes(as_json_lines([rows[0] | {"intent": "a"}, rows[1]]))
    with pytest.raises(SuiteError, match=r"1 problem\n  line 2   intent: null: this row is not labelled yet"):
        load_suite(file)
