"""A correction holds for its text, reaches its neighbours, and leaves everything else as it was."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import (
    OUT_OF_SCOPE,
    Abstain,
    AskArgument,
    Correction,
    OutOfScope,
    Router,
    Tool,
    ToolCall,
    ToolSet,
    UnknownToolError,
)
from router.bundle.folder import read_folder, write_folder
from router.declarations import load
from router.errors import BundleError
from router.text import MAX_UTTERANCE_CHARACTERS, normalize
from router.training import train
from tests.strategies import policy_with, utterances
from tests.test_router import MIXED, any_text

TOOLS = ("flip_coin", "get_weather", "play_music", "send_message", "set_alarm")
LESSONS: list[tuple[str, str | OutOfScope]] = [
    ("heads or tails", "flip_coin"),
    ("rouse me when the rooster crows", "set_alarm"),
    ("🔦🔦🔦", "get_weather"),
    ("play some jazz", OUT_OF_SCOPE),
    ("don't wake me at ten", "set_alarm"),
    ("text my wife", "play_music"),
    ("never mind", "flip_coin"),
    ("x" * 2000, "play_music"),
    ("call ana … " * 180, "set_alarm"),
]

lessons = st.tuples(st.one_of(utterances, any_text, st.sampled_from(MIXED)), st.sampled_from([*TOOLS, OUT_OF_SCOPE]))


def _is_heard(text: str) -> bool:
    return bool(normalize(text)) and len(text) <= MAX_UTTERANCE_CHARACTERS


def _holds(router: Router, utterance: str, tool: str | OutOfScope) -> bool:
    decision = router.route(utterance)
    if tool is OUT_OF_SCOPE:
        return isinstance(decision, Abstain) and decision.reason == "out_of_scope"
    return isinstance(decision, ToolCall | AskArgument) and decision.tool == tool == decision.candidates[0].tool


@pytest.mark.parametrize(("utterance", "tool"), LESSONS)
def test_what_was_learnt_is_done_whatever_was_decided_before(
    everyday_router: Router, utterance: str, tool: str | OutOfScope
) -> None:
    assert not _holds(everyday_router, utterance, tool)
    before = everyday_router.route(utterance)
    learnt = everyday_router.learn(utterance, tool)
    assert _holds(learnt, utterance, tool)
    assert _holds(learnt, f" {utterance.upper()} "[:MAX_UTTERANCE_CHARACTERS], tool) or len(utterance) == 2000
    assert learnt.route_all(utterance) == (learnt.route(utterance),)
    assert [*learnt.corrections] == [Correction(normalize(utterance), tool)]
    assert everyday_router.route(utterance) == before


def test_what_was_learnt_as_one_request_is_not_cut_in_two(everyday_router: Router) -> None:
    both = "wake me at seven and play some jazz"
    assert len(everyday_router.route_all(both)) == 2
    learnt = everyday_router.learn(both, "set_alarm")
    assert [type(decision) for decision in learnt.route_all(both)] == [ToolCall]


@settings(max_examples=200)
@given(st.lists(lessons.filter(lambda lesson: _is_heard(lesson[0])), max_size=4))
def test_whatever_people_say_can_be_learnt_and_the_last_word_counts(
    everyday_router: Router, said: list[tuple[str, str | OutOfScope]]
) -> None:
    learnt = everyday_router
    for utterance, tool in said:
        learnt = learnt.learn(utterance, tool)
    last = {normalize(utterance).casefold(): (utterance, tool) for utterance, tool in said}
    assert all(_holds(learnt, utterance, tool) for utterance, tool in last.values())
    assert len(learnt.corrections) == len(last)
    together = everyday_router.learn_many(said)
    assert list(together.corrections) == list(learnt.corrections)
    assert all(np.array_equal(row, learnt.corrections[each]) for each, row in together.corrections.items())


@settings(max_examples=40)
@given(st.permutations(LESSONS))
def test_the_order_of_corrections_changes_nothing(
    everyday_router: Router, shuffled: list[tuple[str, str | OutOfScope]]
) -> None:
    one, other = everyday_router.learn_many(LESSONS), everyday_router.learn_many(shuffled)
    said = [*MIXED, *(utterance for utterance, _ in LESSONS), "heads or tails please", "text my husband"]
    assert one.route_many(said, threads=1) == other.route_many(said, threads=1)
    assert all(_holds(other, *lesson) for lesson in LESSONS)


@settings(max_examples=60)
@given(st.lists(lessons.filter(lambda lesson: _is_heard(lesson[0])), min_size=1, max_size=3))
def test_no_correction_moves_a_text_that_is_declared_for_another_tool(
    everyday_router: Router, everyday: ToolSet, said: list[tuple[str, str | OutOfScope]]
) -> None:
    """Every example of these tools is a prototype: none has more than eight."""
    learnt = everyday_router.learn_many(said)
    taught = {correction.key for correction in learnt.corrections}
    targets = {correction.tool for correction in learnt.corrections}
    for tool in everyday:
        for example in tool.examples:
            if tool.name not in targets and example.utterance.casefold() not in taught:
                assert learnt.route(example.utterance) == everyday_router.route(example.utterance)


def test_on_the_encoder_that_ships_a_neighbour_profits_and_what_is_far_stays_the_same(shipped_router: Router) -> None:
    learnt = shipped_router.learn("give my brother a ring", "make_call")
    assert _holds(learnt, "give my brother a ring", "make_call")
    near = "give my sister a ring"
    assert learnt.route(near).probability > shipped_router.route(near).probability + 0.1
    far = ["will it rain tomorrow", "set an alarm for six", "who wrote hamlet", "make my phone ring"]
    assert [learnt.route(text) for text in far] == [shipped_router.route(text) for text in far]
    assert isinstance(learnt.route("buy her a ring"), Abstain)
    assert learnt.policy == shipped_router.policy
    assert learnt.held_out == shipped_router.held_out


def test_a_neighbour_of_what_is_for_no_tool_is_less_in_scope(shipped_router: Router) -> None:
    near = "put the tablet in dark mode"
    learnt = shipped_router.learn("put the phone in dark mode", OUT_OF_SCOPE)
    assert isinstance(learnt.route("put the phone in dark mode"), Abstain)
    assert learnt.route(near).in_scope < shipped_router.route(near).in_scope - 0.1


def test_two_corrections_of_neighbours_for_different_tools_both_hold(shipped_router: Router) -> None:
    learnt = shipped_router.learn_many([("do the usual", "play_media"), ("do the usuals", OUT_OF_SCOPE)])
    assert _holds(learnt, "do the usual", "play_media")
    assert isinstance(learnt.route("do the usuals"), Abstain)


def test_a_declared_text_is_learnt_word_for_word_only_and_the_conflict_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "tools.yaml"
    file.write_text(
        "- name: lamp\n  description: Switch the lamp.\n  examples:\n    - lamp on\n    - lights up please\n"
        "  counterexamples:\n    - lamp for sale\n"
        "- name: radio\n  description: Play the radio.\n  examples: [radio on, play the news]\n"
        "---\nout_of_scope: [sing with me]\n"
    )
    router = train(load(file), "hashing")
    stolen = router.learn("Lights up please", "radio")
    assert _holds(
        Router(router.tools, router.encoder, router.scorer, policy_with(0.0, 0.5)), "lights up please", "lamp"
    )
    assert stolen.route("lights up please").candidates[0].tool == "radio"
    assert [str(conflict) for conflict in stolen.conflicts] == [
        f"'Lights up please' was learnt for 'radio' but is declared as an example of 'lamp' ({file} line 5)"
    ]
    near = "lights up now please"
    assert stolen.route(near) == router.route(near)
    free = router.learn("lights up quick please", "radio")
    assert not free.conflicts
    for utterance, tool, declared in (
        ("lamp for sale", "lamp", f"a counterexample of 'lamp' ({file} line 7)"),
        ("sing with me", "radio", f"out of scope ({file} line 12)"),
        ("radio on", OUT_OF_SCOPE, f"an example of 'radio' ({file} line 10)"),
    ):
        learnt = router.learn(utterance, tool)
        assert str(learnt.conflicts[0]).endswith(f"is declared as {declared}")
        assert isinstance(learnt.route(utterance), Abstain) is (tool is OUT_OF_SCOPE)
    for agreeing in (("lamp on", "lamp"), ("lamp for sale", "radio"), ("sing with me", OUT_OF_SCOPE)):
        assert router.learn(*agreeing).conflicts == ()


@pytest.mark.parametrize("limits", [(0.0, 0.0), (0.0, 1.001), (1.001, 1.001)])
def test_what_is_for_no_tool_calls_none_whatever_the_policy(
    everyday_router: Router, limits: tuple[float, float]
) -> None:
    parts = everyday_router.tools, everyday_router.encoder, everyday_router.scorer, policy_with(*limits)
    learnt = Router(*parts).learn("play some jazz", OUT_OF_SCOPE)
    for available in (None, {"play_music"}, set(TOOLS)):
        assert isinstance(learnt.route("play some jazz", available=available), Abstain)
    alone = learnt.learn("play some jazz", "set_alarm")
    assert alone.route("play some jazz").candidates[0].tool == "set_alarm"
    assert isinstance(alone.route("play some jazz", available={"play_music"}), Abstain)


def test_an_irreversible_tool_is_still_confirmed() -> None:
    wipe = {"name": "wipe", "description": "Erase it all.", "risk": "irreversible", "confirm": "always"}
    tools = ToolSet((Tool.from_dict(wipe), Tool("play", "Play music.")))
    decision = train(tools, "hashing").learn("clean up", "wipe").route("clean up")
    assert isinstance(decision, ToolCall)
    assert (decision.tool, decision.confirm) == ("wipe", True)


def test_an_explanation_shows_what_was_learnt_and_still_adds_up(everyday_router: Router) -> None:
    learnt = everyday_router.learn("heads or tails", "flip_coin")
    for text in ("heads or tails", "heads or tails then"):
        explanation = learnt.explain(text)
        decision = learnt.route(text)
        assert explanation.decision == decision
        assert explanation.learnt
        assert explanation.learnt.correction == Correction("heads or tails", "flip_coin")
        assert math.exp(-sum(explanation.gate.values())) == pytest.approx(1 / decision.in_scope - 1)
        first, *others = explanation.candidates
        for other in others:
            lead = sum(first.contributions.values()) - sum(other.contributions.values())
            assert other.probability == pytest.approx(first.probability * math.exp(-lead), rel=1e-4)
        for n in range(len(first.contributions)):
            parts = [[*candidate.contributions.values()][n] for candidate in explanation.candidates]
            assert math.fsum(parts) == pytest.approx(0.0, abs=1e-4)
    assert learnt.explain("will it rain").learnt is None
    assert learnt.learn("heads or tails", OUT_OF_SCOPE).explain("heads or tails").ruled_out == ()


def test_what_was_learnt_goes_with_its_tool_and_stays_when_others_come_and_go(everyday_router: Router) -> None:
    learnt = everyday_router.learn_many(LESSONS)
    smaller = learnt.without("flip_coin")
    assert len(smaller.corrections) == len(LESSONS) - 2
    assert _holds(smaller, "rouse me when the rooster crows", "set_alarm")
    grown = learnt.with_tool(Tool("aaa", "Be the first."))
    assert all(_holds(grown, *lesson) for lesson in LESSONS)
    again = learnt.with_tool(learnt.tools["flip_coin"])
    assert [*again.corrections] == [*learnt.corrections]


@pytest.mark.parametrize("name", ["flip_coins", "out_of_scope"])
def test_a_tool_that_is_not_declared_is_refused(everyday_router: Router, name: str) -> None:
    with pytest.raises(UnknownToolError, match=f"no tool is named {name!r}"):
        everyday_router.learn("heads or tails", name)


def test_what_is_no_tool_at_all_is_refused_with_what_would_be_right(everyday_router: Router) -> None:
    with pytest.raises(TypeError, match="the tool is None; expected a tool's name or OUT_OF_SCOPE"):
        everyday_router.learn("heads or tails", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "why"), [("", "says nothing"), (" \u200b", "says nothing"), ("x" * 2001, "more than 2000 characters")]
)
def test_a_text_that_is_never_scored_cannot_be_learnt(everyday_router: Router, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        everyday_router.learn(text, "flip_coin")


def test_a_router_is_saved_with_what_it_has_learnt(everyday_router: Router, tmp_path: Path) -> None:
    learnt = everyday_router.learn_many(LESSONS)
    learnt.save(tmp_path / "bundle")
    loaded = Router.load(tmp_path / "bundle")
    said = [*MIXED, *(utterance for utterance, _ in LESSONS), "heads or tails please"]
    assert [loaded.explain(text) for text in said] == [learnt.explain(text) for text in said]
    everyday_router.save(tmp_path / "plain")
    assert "learnt" not in read_folder(tmp_path / "plain").documents
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again" / "manifest.json").read_bytes() == (tmp_path / "bundle" / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    ("learnt", "rows"),
    [
        ([{"utterance": "hi", "tool": "nosuch"}], 1),
        ([{"utterance": " hi", "tool": None}], 1),
        ([{"utterance": "", "tool": None}], 1),
        ([{"utterance": "hi", "tool": None}, {"utterance": "HI", "tool": None}], 2),
        ([{"utterance": "hi", "tool": None}], 2),
        ([{"utterance": "hi"}], 1),
        ([{"utterance": 7, "tool": None}], 1),
    ],
)
def test_a_bundle_with_impossible_corrections_is_refused(
    everyday_router: Router, tmp_path: Path, learnt: list[dict[str, object]], rows: int
) -> None:
    everyday_router.save(tmp_path / "bundle")
    folder = read_folder(tmp_path / "bundle")
    width = everyday_router.scorer.channels.head_weights.shape[1]
    write_folder(
        tmp_path / "bundle",
        {**folder.documents, "learnt": learnt},
        {**folder.arrays, "learnt_rows": np.zeros((rows, width), np.float32)},
        {"encoder": folder.manifest["encoder"], "declarations": ""},
    )
    with pytest.raises(BundleError, match="not a router that this version can read"):
        Router.load(tmp_path / "bundle")


def test_the_sentinel_is_no_string() -> None:
    assert not isinstance(OUT_OF_SCOPE, str)
    assert re.fullmatch("<OutOfScope.OUT_OF_SCOPE: .*>", repr(OUT_OF_SCOPE))
