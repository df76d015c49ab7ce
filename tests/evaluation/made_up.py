"""A small report, its baseline and its gates, made by hand: every verdict, two suites, gates that pass and fail."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import pytest

from router.decisions import Abstain, AskArgument, Candidate, Clarify, Decision, ToolCall
from router.declarations import Location
from router.evaluation import Card, Case, Outcome, Report, Suite, SuiteResult, suite_result
from router.evaluation.cases import default_id
from router.evaluation.changes import Changes, compare
from router.evaluation.gates import Gate
from router.evaluation.judging import GateResult, judge
from router.evaluation.measures import Slice
from router.evaluation.provenance import Provenance
from router.metrics import intervals

Made = TypeVar("Made")

TOOLS: Mapping[str, Location | None] = {
    "flip_coin": None,
    "get_weather": Location("tools/weather.yaml", 2),
    "play_music": Location("tools/music.yaml", 1),
    "send_message": None,
    "set_alarm": Location("tools/clock.yaml", 14),
}
CARD = Card(
    description="What people say to a phone on an ordinary day.",
    source="https://example.org/everyday",
    licence="CC-BY-4.0",
    how_made="Written by two people, labelled by two others.",
)
GATES = (
    Gate("accuracy", "The right tool is found first.", floor=0.5, file="gates.yaml", line=2),
    Gate("false_accept_rate", "Small talk calls nothing.", "everyday", ceiling=0.04, file="gates.yaml", line=6),
    Gate("decision_accuracy", "Speech is noisy.", "everyday", Slice(tag="asr"), floor=0.9, file="gates.yaml", line=10),
    Gate("recall", "Alarms wake people.", "everyday", Slice(tool="set_alarm"), floor=0.5, file="gates.yaml", line=14),
    Gate("latency_p95", "It feels immediate.", "everyday", ceiling=5.0, file="gates.yaml", line=18),
    Gate("slot_f1", "Arguments are half of a call.", "everyday", floor=0.8, file="gates.yaml", line=22),
    Gate(
        "decision_accuracy", "No change for the worse.", "everyday", no_worse_than_baseline_by=0.0, significant_at=0.05,
        file="gates.yaml", line=26,
    ),
)  # fmt: skip


def outcome(
    utterance: str,
    tools: Iterable[str],
    did: str,
    likely: float = 0.96,
    in_scope: float = 0.97,
    *,
    milliseconds: float = 1.0,
    line: int = 0,
    **more: Any,
) -> Outcome:
    """Make an outcome: `did` is a tool that was called, `tool?` whose argument was asked for, `a or b`, or nothing."""
    name = default_id(utterance.encode("utf-8", "backslashreplace").decode())
    case = Case(name, utterance, tuple(sorted(tools)), line=line, **more)
    return Outcome(case, decision(utterance, did, likely, in_scope), milliseconds)


def decision(utterance: str, did: str, likely: float, in_scope: float) -> Decision:
    """Make a decision. `likely` is the first candidate's probability, the others share the rest."""
    named = did.removesuffix("?").split(" or ") if did else []
    ranked = [*named, *(tool for tool in TOOLS if tool not in named)][:5]
    rest = (1 - likely) / (len(ranked) - 1)
    candidates = tuple(Candidate(tool, likely if n == 0 else rest) for n, tool in enumerate(ranked))
    evidence: dict[str, Any] = {"utterance": utterance, "in_scope": in_scope, "candidates": candidates}
    if not did:
        return Abstain("out_of_scope", **evidence)
    if did.endswith("?"):
        return AskArgument(named[0], "time", "For when?", **evidence)
    if len(named) > 1:
        return Clarify(**(evidence | {"candidates": candidates[: len(named)]}))
    return ToolCall(did, **evidence)


def result(name: str, outcomes: Iterable[Outcome], card: Card = Card(), memory: float | None = None) -> SuiteResult:  # noqa: B008
    """Measure outcomes as those of a suite."""
    made = tuple(outcomes)
    return suite_result(Suite(name, tuple(o.case for o in made), card, f"suites/{name}.jsonl"), made, memory)


def _once(make: Callable[[], Made]) -> Callable[[], Made]:
    """Make something once, with as many draws of each bootstrap whichever test asks first."""

    @functools.cache
    def made() -> Made:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(intervals, "DRAWS", 200)
            patch.setattr(intervals, "FEWEST_DRAWS", 200)
            return make()

    return made


@_once
def report() -> Report:
    """Return the later report."""
    return Report(
        _provenance("f00d5eed0002"), (result("everyday", _everyday(), CARD, 61.5), result("spoken", _spoken())), TOOLS
    )


@_once
def baseline() -> Report:
    """Return the earlier report: three cases were decided otherwise, one was not there, and one is gone."""
    now = {each.case.utterance: each for each in _everyday()}
    del now["hello there"]
    otherwise = (
        outcome("wake me at six", ["set_alarm"], "set_alarm", 0.99, line=1, tags=("asr",), language="en"),
        outcome("louder please", ["play_music"], "", 0.5, 0.3, line=6, language="en"),
        outcome("tell anna i am late", ["send_message"], "get_weather", 0.9, line=8, tags=("asr",), language="en"),
        outcome("what is love", [], "", 0.5, 0.2, language="en"),
    )
    now |= {each.case.utterance: each for each in otherwise}
    return Report(_provenance("f00d5eed0001"), (result("everyday", now.values(), CARD, 60.0),), TOOLS)


@_once
def changes() -> Changes:
    """Return what changed from the baseline."""
    return compare(baseline(), report())


@_once
def gates() -> tuple[GateResult, ...]:
    """Return what the gates make of the report."""
    return judge(GATES, report(), baseline())


def _everyday() -> list[Outcome]:
    rows: list[tuple[str, list[str], str, float, float, tuple[str, ...], str]] = [
        ("wake me at six", ["set_alarm"], "play_music", 0.91, 0.96, ("asr",), "en"),
        ("set an alarm for noon", ["set_alarm"], "set_alarm", 0.99, 0.99, (), "en"),
        ("alarm please", ["set_alarm"], "set_alarm?", 0.95, 0.97, (), "en"),
        ("stell den wecker auf sieben", ["set_alarm"], "", 0.4, 0.27, (), "de"),
        ("play some jazz", ["play_music"], "play_music", 0.98, 0.99, (), "en"),
        ("louder please", ["play_music"], "play_music", 0.88, 0.9, (), "en"),
        ("put on the beatles", ["play_music"], "play_music or set_alarm", 0.5, 0.8, ("asr",), "en"),
        ("tell anna i am late", ["send_message"], "send_message", 0.93, 0.97, ("asr",), "en"),
        ("text mum", ["send_message"], "send_message", 0.97, 0.99, (), "en"),
        ("will it rain", ["get_weather"], "get_weather", 0.99, 0.99, (), "en"),
        ("do i need an umbrella", ["get_weather"], "", 0.6, 0.31, ("asr",), "en"),
        ("heads or tails", ["flip_coin"], "flip_coin", 0.9, 0.95, (), "en"),
        ("seven o'clock", ["play_music", "set_alarm"], "set_alarm", 0.9, 0.95, (), "en"),
        ("morning music", ["play_music", "set_alarm"], "set_alarm or play_music", 0.5, 0.95, (), "en"),
        ("order me a taxi", [], "set_alarm", 0.979, 0.95, ("asr",), "en"),
        ("who won last night", [], "get_weather", 0.926, 0.95, (), "en"),
        ("hello there", [], "", 0.5, 0.05, (), "en"),
        ("guten morgen", [], "", 0.5, 0.04, (), "de"),
        ("my knee hurts", [], "", 0.5, 0.1, ("asr",), "en"),
        ("fold the laundry", [], "play_music or flip_coin", 0.4, 0.7, (), "en"),
    ]
    return [
        outcome(
            utterance, tools, did, likely, in_scope, milliseconds=1 + n / 8, line=n + 1, tags=tags, language=language
        )
        for n, (utterance, tools, did, likely, in_scope, tags, language) in enumerate(rows)
    ]


def _spoken() -> list[Outcome]:
    """Variants of three utterances, none of them out of scope."""
    said = {"wake": ("set_alarm", "set_alarm"), "sing": ("play_music", "play_music"), "rain": ("get_weather", "")}
    return [
        outcome(f"{name} {number}", [tool], did, 0.9, 0.9 if did else 0.2, cluster=name, line=3 * n + number)
        for n, (name, (tool, did)) in enumerate(said.items())
        for number in (1, 2, 3)
    ]


def _provenance(router: str) -> Provenance:
    return Provenance(
        made="2025-05-04T03:02:01Z",
        package="0.1.0",
        commit="0123456789ab",
        router=router,
        declarations="dec1a4a71045",
        encoder="hashing (256 dims, 01b7e4)",
        policy={
            "max_false_accept": 0.05,
            "max_wrong_call": 0.02,
            "in_scope_threshold": 0.66,
            "call_threshold": 0.81,
        },
        confidence=0.95,
        seed=0,
        machine={"processor": "abacus, 2 cores", "system": "Linux x86_64", "versions": "Python 3.11.7, numpy 2.4.6"},
    )
