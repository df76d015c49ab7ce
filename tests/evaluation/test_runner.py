"""A run asks every case once, and one that was interrupted goes on where it stopped."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import Router
from router.decisions import Decision
from router.errors import SuiteError
from router.evaluation import Case, Outcome, Suite, run
from router.evaluation.cases import default_id
from router.evaluation.outcomes import outcome_from_dict
from router.evaluation.runner import _FLUSH_EVERY
from tests.strategies import policy_with

SAID = [
    ("wake me at eight", "set_alarm"),
    ("put the beatles on", "play_music"),
    ("send a text to anna", "send_message"),
    ("is it raining", "get_weather"),
    ("toss a coin", "flip_coin"),
    ("who are you", ""),
    ("turn my alarm off", ""),
    ("", ""),
    ("wäke me\n", "set_alarm"),
]
SUITE = Suite(
    "everyday", tuple(Case(default_id(text), text, (tool,) if tool else (), tags=("asr",)) for text, tool in SAID)
)


class Counting(Router):
    """A router that remembers what it was asked, and is interrupted before it is asked too much."""

    def __init__(self, router: Router, stop_after: int = 10**9) -> None:
        parts = (router.tools, router.encoder, router.scorer, router.policy, router.held_out)
        super().__init__(*parts, arguments=router.arguments)
        self.stop_after = stop_after
        self.asked: list[str] = []

    def route(self, utterance: str, **more: Any) -> Decision:
        if utterance != "hello":  # that is how a run warms up
            if len(self.asked) == self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(utterance)
        return super().route(utterance, **more)


def decided(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes without the time that they took."""
    return [replace(outcome, milliseconds=0.0) for outcome in outcomes]


@pytest.fixture(scope="module")
def whole(everyday_router: Router) -> list[Outcome]:
    """What an uninterrupted run gives."""
    return decided(run(everyday_router, SUITE))


def interrupted(router: Router, partial: Path, after: int, suite: Suite = SUITE) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Counting(router, after), suite, partial)


def test_each_case_is_routed_once_alone_and_in_order(everyday_router: Router, whole: list[Outcome]) -> None:
    router = Counting(everyday_router)
    start = perf_counter()
    outcomes = run(router, SUITE)
    whole_time = (perf_counter() - start) * 1000
    assert router.asked == [text for text, _ in SAID]
    assert [outcome.case for outcome in outcomes] == list(SUITE.cases)
    assert decided(outcomes) == whole
    assert all(outcome.milliseconds > 0 for outcome in outcomes)
    assert sum(outcome.milliseconds for outcome in outcomes) < whole_time
    for outcome in outcomes:
        assert outcome.decision.kind == everyday_router.route(outcome.case.utterance).kind


BOOK = {
    "name": "book_visit",
    "description": "Book a visit to the dentist.",
    "parameters": {
        "type": "object",
        "properties": {
            "date": {"type": "string", "format": "date", "description": "The day."},
            "duration": {"type": "string", "format": "duration", "description": "How long it takes."},
        },
    },
    "examples": ["book the dentist {date: tomorrow}", "the dentist {date: on friday} for {duration: an hour}"],
}


def test_a_case_is_asked_when_and_in_the_language_that_it_is_said_in(everyday_router: Router) -> None:
    router = everyday_router.with_tool(BOOK).learn("book the dentist for zwanzig minuten", "book_visit")
    tomorrow = Case("1", "book the dentist tomorrow", ("book_visit",), {"date": "2026-11-24"})
    minutes = Case("2", "book the dentist for zwanzig minuten", ("book_visit",), {"duration": "PT20M"})
    said = replace(tomorrow, now=datetime(2026, 11, 23, 15)), replace(minutes, language="de")
    given = [
        getattr(each.decision, "arguments", None) for each in run(router, Suite("said", (tomorrow, minutes, *said)))
    ]
    assert given[0] != {"date": "2026-11-24"}, "nothing says what tomorrow is"
    assert given[1] != {"duration": "PT20M"}
    assert given[2:] == [{"date": "2026-11-24"}, {"duration": "PT20M"}]


def test_what_is_measured_now_is_what_a_report_will_keep(everyday_router: Router) -> None:
    for outcome in run(everyday_router, SUITE):
        assert outcome_from_dict(json.loads(json.dumps(outcome.to_dict())), outcome.case) == outcome


@pytest.mark.parametrize("after", range(len(SAID)))
def test_a_run_that_was_interrupted_goes_on_where_it_stopped(
    tmp_path: Path, everyday_router: Router, whole: list[Outcome], after: int
) -> None:
    partial = tmp_path / "deep" / "er" / "partial.jsonl"
    interrupted(everyday_router, partial, after)
    assert len(partial.read_text().splitlines()) == after + 1, "none is lost"
    router = Counting(everyday_router)
    assert decided(run(router, SUITE, partial)) == whole
    assert router.asked == [text for text, _ in SAID[after:]]


def test_what_was_decided_is_kept_until_somebody_deletes_it(
    tmp_path: Path, everyday_router: Router, whole: list[Outcome]
) -> None:
    partial = tmp_path / "partial.jsonl"
    assert decided(run(everyday_router, SUITE, partial)) == whole
    router = Counting(everyday_router)
    assert decided(run(router, SUITE, partial)) == whole
    assert router.asked == []


def test_a_run_may_be_interrupted_again_and_again(
    tmp_path: Path, everyday_router: Router, whole: list[Outcome]
) -> None:
    partial = tmp_path / "partial.jsonl"
    for n in range(len(SAID) - 1):
        interrupted(everyday_router, partial, 1)
        assert len(partial.read_text().splitlines()) == n + 2
    interrupted(everyday_router, partial, 0)
    assert decided(run(everyday_router, SUITE, partial)) == whole


def test_the_times_of_an_interrupted_run_are_kept(tmp_path: Path, everyday_router: Router) -> None:
    partial = tmp_path / "partial.jsonl"
    interrupted(everyday_router, partial, 3)
    lines = [json.loads(line) for line in partial.read_text().splitlines()[1:]]
    again = run(everyday_router, SUITE, partial)
    assert [outcome.milliseconds for outcome in again[:3]] == [line["milliseconds"] for line in lines]


@pytest.fixture(scope="module")
def left_behind(folder: Path, everyday_router: Router) -> bytes:
    """What a run leaves that was interrupted at its last case."""
    interrupted(everyday_router, folder / "left.jsonl", len(SAID) - 1)
    return (folder / "left.jsonl").read_bytes()


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_a_partial_file_that_was_cut_anywhere_is_good_up_to_its_last_whole_line(
    folder: Path, everyday_router: Router, whole: list[Outcome], left_behind: bytes, millionths: int
) -> None:
    partial, router = folder / "partial.jsonl", Counting(everyday_router)
    kept = left_behind[: len(left_behind) * millionths // 10**6]
    partial.write_bytes(kept)
    assert decided(run(router, SUITE, partial)) == whole
    good = sum(line in left_behind.splitlines() for line in kept.splitlines()[1:])
    assert router.asked == [text for text, _ in SAID[good:]]


_nonsense = st.sampled_from([b"", b"\n", b"{}\n", b"null\n", b"[]\n", b"\xff\n", b'{"decision": 1}\n'])


@settings(max_examples=60)
@given(st.integers(0, len(SAID) - 1), _nonsense)
def test_a_line_that_is_not_the_next_outcome_is_not_used_nor_what_follows(
    folder: Path, everyday_router: Router, whole: list[Outcome], left_behind: bytes, place: int, nonsense: bytes
) -> None:
    partial, router = folder / "partial.jsonl", Counting(everyday_router)
    lines = left_behind.splitlines(keepends=True)
    partial.write_bytes(b"".join([*lines[:place], nonsense, *lines[place + 1 :]]))
    assert decided(run(router, SUITE, partial)) == whole
    assert nonsense == b"\xff\n" or router.asked == [text for text, _ in SAID[max(place - 1, 0) :]]


def test_what_another_router_decided_is_not_used(tmp_path: Path, everyday_router: Router, whole: list[Outcome]) -> None:
    partial = tmp_path / "partial.jsonl"
    policy = policy_with(1.0, 0.5)
    other = Router(everyday_router.tools, everyday_router.encoder, everyday_router.scorer, policy)
    interrupted(other, partial, 5)
    router = Counting(everyday_router)
    assert decided(run(router, SUITE, partial)) == whole
    assert len(router.asked) == len(SAID)


def test_what_was_decided_of_another_suite_is_not_used(
    tmp_path: Path, everyday_router: Router, whole: list[Outcome]
) -> None:
    partial = tmp_path / "partial.jsonl"
    relabelled = replace(SUITE.cases[0], tools=())
    for cases in ((relabelled, *SUITE.cases[1:]), SUITE.cases[::-1], SUITE.cases[1:]):
        interrupted(everyday_router, partial, 5, replace(SUITE, cases=cases))
        router = Counting(everyday_router)
        assert decided(run(router, SUITE, partial)) == whole
        assert len(router.asked) == len(SAID)


def test_lines_of_other_cases_are_not_used_whatever_the_file_says_of_itself(
    tmp_path: Path, everyday_router: Router, whole: list[Outcome]
) -> None:
    partial = tmp_path / "partial.jsonl"
    interrupted(everyday_router, partial, 5)
    first, *lines = partial.read_text().splitlines()
    partial.write_text("\n".join([first, *lines[::-1]]) + "\n")
    assert decided(run(everyday_router, SUITE, partial)) == whole


def test_a_crash_loses_a_few_decisions_at_most(tmp_path: Path, everyday_router: Router) -> None:
    many = 3 * _FLUSH_EVERY
    suite = Suite("many", tuple(Case(str(n), f"wake me at {n}", ("set_alarm",)) for n in range(many)))
    partial = tmp_path / "partial.jsonl"
    least = []
    run(everyday_router, suite, partial, lambda n, _: least.append(n - partial.read_bytes().count(b"\n")))
    assert max(least) < _FLUSH_EVERY


def test_progress_is_told_after_each_case(tmp_path: Path, everyday_router: Router) -> None:
    partial = tmp_path / "partial.jsonl"
    told: list[tuple[int, int]] = []
    run(everyday_router, SUITE, None, lambda *seen: told.append(seen))
    assert told == [(n, len(SAID)) for n in range(1, len(SAID) + 1)]
    interrupted(everyday_router, partial, 4)
    told.clear()
    run(everyday_router, SUITE, partial, lambda *seen: told.append(seen))
    assert told == [(n, len(SAID)) for n in range(5, len(SAID) + 1)]


def test_what_progress_raises_loses_nothing(tmp_path: Path, everyday_router: Router, whole: list[Outcome]) -> None:
    partial = tmp_path / "partial.jsonl"

    def stop(done: int, _: int) -> None:
        if done == 4:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError, match=r"^$"):
        run(everyday_router, SUITE, partial, stop)
    router = Counting(everyday_router)
    assert decided(run(router, SUITE, partial)) == whole
    assert len(router.asked) == len(SAID) - 4


@pytest.mark.parametrize("file", ["", "suites/empty.jsonl"])
def test_a_suite_without_a_case_is_not_run(tmp_path: Path, everyday_router: Router, file: str) -> None:
    with pytest.raises(SuiteError, match=r"empty(\.jsonl)? has 1 problem\n  file     this suite holds no case"):
        run(everyday_router, Suite("empty", (), file=file), tmp_path / "partial.jsonl")
    assert not list(tmp_path.iterdir())


def test_a_router_without_a_tool_abstains_on_every_case(everyday_router: Router) -> None:
    router = everyday_router
    for name in everyday_router.tools.names:
        router = router.without(name)
    verdicts = [outcome.verdict for outcome in run(router, SUITE)]
    assert verdicts == ["false_reject" if tool else "right" for _, tool in SAID]
