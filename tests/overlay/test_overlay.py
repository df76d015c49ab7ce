"""What was learnt is on the disk, can be taken back and merged, and is applied as it was learnt."""

import errno
import io
import json
import os
import re
import stat
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from dataclasses import replace
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


def test_what_grows_when_it_is_composed_can_be_learnt_and_read_back(everyday_router: Router, file: Path) -> None:
    said = "call ana … " * 180
    learnt = Overlay(file).learn(everyday_router, said, "flip_coin", note="…" * 2000)
    again = Overlay(file).apply(everyday_router)
    assert again.route(said) == learnt.route(said)
    assert again.route(said).candidates[0].tool == "flip_coin"


def test_what_could_not_be_read_back_is_not_written(everyday_router: Router, file: Path) -> None:
    overlay = Overlay(file)
    overlay.learn(everyday_router, "heads or tails", "flip_coin")
    other = Overlay(file)
    other._learnt["x"] = replace(other.entries[0], id="x", utterance=" not normal ")
    lines = file.read_bytes()
    with pytest.raises(ValueError, match="' not normal ' is not normalised"):
        overlay.merge(other)
    assert file.read_bytes() == lines


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_only_its_owner_can_read_a_file_that_it_makes_and_another_keeps_its_mode(
    everyday_router: Router, file: Path
) -> None:
    Overlay(file).learn(everyday_router, "heads or tails", "flip_coin")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    Overlay(file).learn(everyday_router, "heads or tails", "flip_coin")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


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
    for size in range(1, whole.index(b"\n") + 1):
        file.write_bytes(whole[:size])
        with pytest.warns(UserWarning, match="line 1 was not written to its end"):
            Overlay(file).learn(everyday_router, "heads or tails", "flip_coin")
        assert len(Overlay(file).entries) == 1


FOREIGN = [
    ("[]\n", "is no JSON object"),
    ("{}\n", "is not the first line of an intent-router-overlay. Name another file"),
    ("\x00\n", "is not JSON"),
    ('{"format": "intent-router-overlay", "version": 2}\n', "It needs a newer intent-router"),
    ('{"theme":"dark"}', "is not the first line of an intent-router-overlay"),
    ('{"format": "intent-router-overlay", "version": 2}', "is not the first line"),
    ("dear diary", "is not the first line"),
]


@pytest.mark.parametrize(("text", "why"), FOREIGN)
def test_what_is_no_overlay_is_refused_and_left_as_it_is(
    everyday_router: Router, file: Path, text: str, why: str
) -> None:
    early = Overlay(file)
    file.write_text(text)
    with pytest.raises(OverlayError, match=rf"mine.jsonl line 1: .*{why}"):
        Overlay(file)
    with pytest.raises(OverlayError, match=rf"mine.jsonl line 1: .*{why}"):
        early.learn(everyday_router, "heads or tails", "flip_coin")
    assert early.entries == ()
    assert file.read_text() == text


BAD_LINES = [
    ("{", "is not JSON"),
    ("[" * 100_000, "is not JSON"),
    ("[]", "is no JSON object"),
    ("{}", "'tool' is missing"),
    (json.dumps(HEADER), "'tool' is missing"),
    ('{"undo": ["a"]}', "'undo' is this list, and no text"),
    ('{"undo": 5}', "'undo' is 5, and no text"),
    ('{"undo": ""}', "'undo' is '', and no text"),
    *(
        (json.dumps({**ENTRY, "id": "3"} | change), why)
        for change, why in (
            ({"utterance": " x"}, "' x' is not normalised"),
            ({"utterance": "…" * 1000}, "is not normalised"),
            ({"utterance": ""}, "'utterance' is '', and no text"),
            ({"note": "half \ud83d a pair"}, "is not normalised"),
            ({"note": "\x1b[2J"}, "is not normalised"),
            ({"tool": 3}, "'tool' is 3, and no text"),
            ({"instead_of": []}, "'instead_of' is this list, and no text"),
            ({"time": "noon"}, "Invalid isoformat string"),
            ({"time": "2026-03-01T07:30"}, "is no time in UTC with microseconds"),
            ({"time": "9999-12-31T23:59:59.999999+00:00"}, "is no time in UTC with microseconds"),
            ({"id": None}, "'id' is null, and no text"),
        )
    ),
]


@pytest.mark.parametrize(("line", "why"), BAD_LINES)
def test_a_line_that_is_no_correction_is_told_and_left_out_and_all_others_count(
    everyday_router: Router, file: Path, line: str, why: str
) -> None:
    _written(file, ENTRY)
    text = file.read_text() + line + "\n" + json.dumps({**ENTRY, "id": "9", "utterance": "so long"}) + "\n"
    file.write_text(text)
    with pytest.warns(UserWarning, match=rf"mine.jsonl line 3 is no correction and is ignored: .*{re.escape(why)}"):
        overlay = Overlay(file)
    assert [entry.utterance for entry in overlay.entries] == ["heads or tails", "so long"]
    overlay.learn(everyday_router, "rouse me early", "set_alarm")
    Overlay(file.with_name("other.jsonl")).merge(overlay)
    assert file.read_text().startswith(text)
    with pytest.warns(UserWarning, match="line 3 is no correction") as told:
        assert Overlay(file).entries == overlay.entries == Overlay(file.with_name("other.jsonl")).entries
    assert [warning.filename for warning in told] == [__file__]


@given(st.lists(st.binary() | st.text().map(str.encode) | st.just(json.dumps(ENTRY).encode() + b"\n"), max_size=4))
def test_whatever_is_in_a_file_it_is_an_overlay_or_none(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    for start in (b"", json.dumps(HEADER).encode() + b"\n"):
        file.write_bytes(start + b"".join(parts))
        with warnings.catch_warnings(action="ignore"), suppress(OverlayError):
            assert {entry.id for entry in Overlay(file).entries} <= {ENTRY["id"]}


def _teach(overlays: list[Overlay], router: Router, times: int) -> None:
    """Each on a thread of its own, all at once."""

    def teach(n: int, overlay: Overlay) -> None:
        start.wait()
        for time in range(times):
            overlay.learn(router, f"heads or tails {n} {time}", "flip_coin")

    start = threading.Barrier(len(overlays))
    threads = [threading.Thread(target=teach, args=each) for each in enumerate(overlays)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("has_flock", [True, False])
def test_no_correction_of_many_threads_is_lost(
    everyday_router: Router, file: Path, monkeypatch: pytest.MonkeyPatch, has_flock: bool
) -> None:
    if not has_flock:
        monkeypatch.setattr("router.overlay.locking.fcntl", None)
    shared = Overlay(file)
    _teach([shared] * 4, everyday_router, 15)
    assert len(shared.entries) == 60
    assert Overlay(file).entries == shared.entries
    assert len({entry.time for entry in shared.entries}) == 60
    file.unlink()
    several = [Overlay(file) for _ in range(4)]
    _teach(several, everyday_router, 15)
    written = {entry.id for entry in Overlay(file).entries}
    assert written == {entry.id for overlay in several for entry in overlay.entries}
    assert len(written) == 60
    assert len(file.read_bytes().splitlines()) == 61


@pytest.mark.skipif(os.name != "posix", reason="flock")
def test_no_correction_of_many_processes_is_lost(file: Path) -> None:
    program = (
        "import json, sys; from pathlib import Path; from router.overlay.lines import append\n"
        "for n in range(100): append(Path(sys.argv[1]), [{'undo': f'{sys.argv[2]} {n}'}])"
    )
    command = [sys.executable, "-c", program, str(file)]
    running = [subprocess.Popen([*command, name], cwd=Path(__file__).parents[2]) for name in "abcd"]
    assert [process.wait() for process in running] == [0] * 4
    header, *lines = map(json.loads, file.read_text().splitlines())
    assert header == HEADER
    assert {line["undo"] for line in lines} == {f"{name} {n}" for name in "abcd" for n in range(100)}


def test_where_a_file_system_has_no_locks_corrections_are_written_all_the_same(
    everyday_router: Router, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    Overlay(file).learn(everyday_router, "heads or tails", "flip_coin")
    assert len(Overlay(file).entries) == 1


def test_a_disk_that_is_full_leaves_what_was_there(
    everyday_router: Router, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Filling(io.FileIO):
        def write(self, data: Any, /) -> int:
            return super().write(data[:20])

    overlay = Overlay(file)
    overlay.learn(everyday_router, "heads or tails", "flip_coin")
    whole = file.read_bytes()
    monkeypatch.setattr(os, "fdopen", lambda descriptor, mode, buffering: Filling(descriptor, "r+b"))
    with pytest.raises(OSError, match=r"No space left on device: .*mine\.jsonl"):
        overlay.learn(everyday_router, "rouse me early", "set_alarm")
    assert file.read_bytes() == whole
    assert len(overlay.entries) == 1


def test_an_overlay_says_what_it_is(file: Path) -> None:
    assert repr(Overlay(_written(file, ENTRY))) == f"<Overlay of 1 corrections in {str(file)!r}>"
