"""What was learnt is on the disk, can be taken back and merged, and is applied as it was learnt."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import (
    OUT_OF_SCOPE,
    Abstain,
    OutOfScope,
    Overlay,
    OverlayError,
    Router,
    ToolCall,
    UnknownCorrectionError,
    UnknownToolError,
)
from tests.strategies import utterances
from tests.test_router import MIXED

SAID = [*MIXED, "heads or tails", "Heads or Tails", "rouse me early", "sing to me", "heads or tails please"]
ENTRY: dict[str, Any] = {
    "id": "5d1c0a97e2b4f836",
    "time": "2026-03-01T07:30:00.000000+00:00",
    "utterance": "heads or tails",
    "tool": "flip_coin",
    "note": "",
    "instead_of": None,
    "declarations": "0123456789ab",
}
HEADER = {"format": "intent-router-overlay", "version": 1}

lessons: st.SearchStrategy[list[tuple[str, str | OutOfScope]]] = st.lists(
    st.tuples(
        st.sampled_from(["heads or tails", "HEADS or tails", "rouse me early", "play music"]) | utterances,
        st.sampled_from(["flip_coin", "set_alarm", OUT_OF_SCOPE]),
    ),
    max_size=5,
)


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


def _written(file: Path, *lines: dict[str, Any]) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in (HEADER, *lines)))
    return file


def _alike(one: Router, other: Router) -> bool:
    return one.route_many(SAID, threads=1) == other.route_many(SAID, threads=1)


def _fresh(folder: Path, name: str) -> Overlay:
    (folder / name).unlink(missing_ok=True)
    return Overlay(folder / name)


def test_what_is_learnt_is_applied_the_next_time(everyday_router: Router, file: Path) -> None:
    overlay = Overlay(file)
    learnt = overlay.learn(everyday_router, " heads or  tails", "flip_coin", note="a game")
    learnt = overlay.learn(learnt, "play some jazz", OUT_OF_SCOPE)
    again = Overlay(file)
    assert again.entries == overlay.entries
    assert _alike(again.apply(everyday_router), learnt)
    assert isinstance(learnt.route("heads or tails"), ToolCall)
    assert isinstance(learnt.route("play some jazz"), Abstain)
    first, second = again.entries
    assert (first.utterance, first.tool, first.note, first.instead_of) == (
        "heads or tails",
        "flip_coin",
        "a game",
        None,
    )
    assert (second.tool, second.instead_of) == (OUT_OF_SCOPE, "play_music")
    assert first.declarations == everyday_router.tools.fingerprint
    assert first.time < second.time
    assert re.fullmatch("[0-9a-f]{16}", first.id)


@settings(max_examples=40)
@given(lessons, st.data())
def test_undoing_restores_exactly(
    everyday_router: Router, tmp_path_factory: pytest.TempPathFactory, said: list[Any], data: st.DataObject
) -> None:
    overlay = _fresh(tmp_path_factory.getbasetemp(), "undo.jsonl")
    for utterance, tool in said:
        overlay.learn(everyday_router, utterance, tool)
    before = overlay.apply(everyday_router)
    more = data.draw(lessons)
    for utterance, tool in more:
        overlay.learn(everyday_router, utterance, tool)
    added = overlay.entries[len(said) :]
    for entry in data.draw(st.permutations(added)):
        overlay.undo(entry.id)
    again = Overlay(overlay.path)
    assert again.entries == overlay.entries
    assert [entry.undone for entry in again.entries] == [False] * len(said) + [True] * len(more)
    assert [*again.apply(everyday_router).corrections] == [*before.corrections]
    assert _alike(again.apply(everyday_router), before)


def test_with_all_undone_the_router_is_as_it_was(everyday_router: Router, file: Path) -> None:
    overlay = Overlay(file)
    overlay.learn(everyday_router, "heads or tails", "flip_coin")
    lines = file.read_bytes()
    overlay.undo(overlay.entries[0].id)
    overlay.undo(overlay.entries[0].id)
    assert file.read_bytes().startswith(lines)
    assert len(file.read_bytes().splitlines()) == 3
    assert _alike(Overlay(file).apply(everyday_router), everyday_router)
    with pytest.raises(UnknownCorrectionError, match="no correction has the id 'ffff'"):
        overlay.undo("ffff")


@settings(max_examples=40)
@given(lessons, lessons, st.data())
def test_merging_is_a_union_in_order_of_time_whoever_merges(
    everyday_router: Router,
    tmp_path_factory: pytest.TempPathFactory,
    mine: list[Any],
    yours: list[Any],
    data: st.DataObject,
) -> None:
    base = tmp_path_factory.getbasetemp()
    one, other = _fresh(base, "one.jsonl"), _fresh(base, "other.jsonl")
    for overlay, said in ((one, mine), (other, yours)):
        for utterance, tool in said:
            overlay.learn(everyday_router, utterance, tool)
    before = Overlay(other.path)
    one.merge(other)
    undone = data.draw(st.sets(st.sampled_from([e.id for e in before.entries]))) if yours else set()
    for each in undone:
        one.undo(each)
    other.merge(one)
    one.merge(other)
    assert one.entries == other.entries == Overlay(one.path).entries
    assert len(one.entries) == len(mine) + len(yours)
    assert {entry.id for entry in other.entries if entry.undone} == undone
    assert [entry.time for entry in one.entries] == sorted(entry.time for entry in one.entries)


def test_the_latest_correction_counts_even_if_the_clock_was_set_back(everyday_router: Router, file: Path) -> None:
    overlay = Overlay(_written(file, {**ENTRY, "time": "2999-01-01T00:00:00.000000+00:00"}))
    overlay.learn(everyday_router, "Heads or tails", "set_alarm")
    assert [entry.tool for entry in Overlay(file).active(everyday_router)] == ["set_alarm"]
    assert overlay.apply(everyday_router).route("heads or tails").candidates[0].tool == "set_alarm"


def test_corrections_for_tools_that_are_gone_are_skipped_and_told(everyday_router: Router, file: Path) -> None:
    overlay = Overlay(_written(file, {**ENTRY, "tool": "gone"}, {**ENTRY, "id": "2", "utterance": "so long"}))
    assert [entry.tool for entry in overlay.skipped(everyday_router)] == ["gone"]
    assert [each.utterance for each in overlay.apply(everyday_router).corrections] == ["so long"]


@pytest.mark.parametrize(
    ("utterance", "tool"), [("", "flip_coin"), ("heads", "flip_coins"), ("y" * 3000, OUT_OF_SCOPE)]
)
def test_what_cannot_be_learnt_is_not_written(
    everyday_router: Router, file: Path, utterance: str, tool: str | OutOfScope
) -> None:
    with pytest.raises((ValueError, UnknownToolError), match=r"cannot be learnt|no tool is named"):
        Overlay(file).learn(everyday_router, utterance, tool)
    assert not file.exists()


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_only_its_owner_can_read_what_was_said(everyday_router: Router, file: Path) -> None:
    Overlay(file).learn(everyday_router, "heads or tails", "flip_coin")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_crash_at_any_byte_loses_the_last_correction_at_most(everyday_router: Router, file: Path) -> None:
    overlay = Overlay(file)
    overlay.learn(everyday_router, "heads or tails", "flip_coin")
    kept = file.stat().st_size
    overlay.learn(everyday_router, "rouse me éarly 🐓", "set_alarm")
    whole = file.read_bytes()
    for size in range(kept + 1, len(whole)):
        file.write_bytes(whole[:size])
        with pytest.warns(UserWarning, match="line 3 was not written to its end"):
            torn = Overlay(file)
        assert torn.entries == overlay.entries[:1]
    torn.undo(torn.entries[0].id)
    repaired = Overlay(file)
    assert [entry.undone for entry in repaired.entries] == [True]
    file.write_bytes(whole[:10])
    with pytest.warns(UserWarning, match="line 1 was not written to its end"):
        Overlay(file).learn(everyday_router, "heads or tails", "flip_coin")
    assert len(Overlay(file).entries) == 1


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("[]\n", 1, "is no JSON object"),
        ("{}\n", 1, "is not the first line of an intent-router-overlay"),
        ("\x00\n", 1, "is not JSON"),
        ('{"format": "intent-router-overlay", "version": 2}\n', 1, "It needs a newer intent-router"),
        (f"{json.dumps(HEADER)}\n{{\n", 2, "is not JSON"),
        (f"{json.dumps(HEADER)}\n{{}}\n", 2, "is no correction: KeyError"),
        *(
            (f"{json.dumps(HEADER)}\n{json.dumps(ENTRY | change)}\n", 2, "is no correction")
            for change in (
                {"utterance": " x"},
                {"tool": 3},
                {"time": "noon"},
                {"id": None},
                {"time": "2026-03-01T07:30"},
            )
        ),
    ],
)
def test_what_is_no_overlay_says_where_and_why(file: Path, text: str, line: int, why: str) -> None:
    file.write_text(text)
    with pytest.raises(OverlayError, match=rf"mine.jsonl line {line}: .*{why}"):
        Overlay(file)
    assert file.read_text() == text


def test_an_overlay_says_what_it_is(file: Path) -> None:
    assert repr(Overlay(_written(file, ENTRY))) == f"<Overlay of 1 corrections in {str(file)!r}>"
