"""A log says what was decided, and nothing of what was said unless it was told to."""

import io
import itertools
import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router import Abstain, AskArgument, Candidate, Clarify, Decision, DecisionLog, LogError, Router, ToolCall, read_log
from router.decision_log import Answer
from router.decisions import Kind, Reason
from tests.strategies import TOOL_NAMES, decisions, utterances

CALL = ToolCall("set_alarm", {"time": "six"}, utterance="wake me", in_scope=0.987654, candidates=(Candidate("a", 0.7),))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
NOT_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="file modes, and files that are deleted while open")
NOT_ROOT = pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")

reuse = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def noon() -> float:
    return 1_700_000_000.1234


def written(path: Path, decision: Decision, **options: Any) -> str:
    """What a new log holds of one decision."""
    path.unlink(missing_ok=True)
    with DecisionLog(path, clock=noon, **options) as log:
        log.write(decision, milliseconds=1.5)
        assert log.dropped == 0, log.failure
    return path.read_text("utf-8")


@st.composite
def decisions_that_quote(draw: st.DrawFn) -> Decision:
    """Decisions that say the utterance again wherever a decision can."""
    said = draw(utterances)
    evidence: dict[str, Any] = {
        "utterance": said,
        "in_scope": draw(st.floats(0.0, 1.0)),
        "candidates": tuple(Candidate(tool, draw(st.floats(0.0, 1.0))) for tool in TOOL_NAMES[:3]),
    }
    each: list[Decision] = [
        ToolCall("a", {"text": said, said: [said]}, confirm=True, excluded=(said,), **evidence),
        AskArgument("a", said, f"{said}?", **evidence),
        Clarify(question=f"{said} or {said}?", **evidence),
        Abstain(draw(st.sampled_from(get_args(Reason))), **evidence),
    ]
    return draw(st.sampled_from(each))


OWN_WORDS = {
    *re.findall(r"\w{4,}", " ".join([*get_args(Kind), *get_args(Reason)])),
    *("time", "decision", "tool", "reason", "in_scope", "candidates", "probability", "milliseconds", "declarations"),
    *("error", "null", "utterance_hash"),
}


@reuse
@given(decisions_that_quote(), st.sampled_from(["omit", "hash"]))
def test_no_word_of_an_utterance_is_in_a_log_that_does_not_keep_it(
    tmp_path: Path, decision: Decision, utterances: str
) -> None:
    text = written(tmp_path / "log", decision, utterances=utterances)
    found = {word for word in re.findall(r"\w{4,}", decision.utterance) if not word.isdecimal()}
    assert not {word for word in found - OWN_WORDS if word in re.findall(r"\w{4,}", text)}
    assert "utterance" not in json.loads(text)


@reuse
@given(decisions("wake me at six"), decisions_that_quote(), st.data())
def test_a_log_that_omits_utterances_is_the_same_whatever_was_said(
    tmp_path: Path, decision: Decision, other: Decision, data: st.DataObject
) -> None:
    fields = {**vars(decision), "utterance": other.utterance}
    for name, value in (("arguments", {"x": other.utterance}), ("question", other.utterance), ("excluded", ("y",))):
        fields |= {name: value} if name in fields else {}
    assert written(tmp_path / "log", type(decision)(**fields)) == written(tmp_path / "log", decision)


def test_a_row_reads_as_it_was_reviewed(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path / "log", CALL)) == {
        "time": 1700000000.123,
        "decision": "call",
        "tool": "set_alarm",
        "reason": None,
        "in_scope": 0.99,
        "candidates": [{"tool": "a", "probability": 0.7}],
        "milliseconds": 1.5,
        "declarations": None,
        "error": None,
    }


def test_unless_utterances_are_kept_figures_are_too_coarse_to_tell_them_apart(tmp_path: Path) -> None:
    likely = (Candidate("a", 0.91234567), Candidate("b", 0.004))
    decision = ToolCall("a", utterance="wake me", in_scope=0.98765432, candidates=likely)
    for mode, in_scope, candidates in (
        ("omit", 0.99, [("a", 0.91)]),
        ("hash", 0.99, [("a", 0.91)]),
        ("keep", 0.987654, [("a", 0.912346), ("b", 0.004)]),
    ):
        row = json.loads(written(tmp_path / mode, decision, utterances=mode))
        assert row["in_scope"] == in_scope
        assert [(each["tool"], each["probability"]) for each in row["candidates"]] == candidates


@reuse
@given(st.text())
def test_a_log_that_keeps_utterances_has_them_as_they_were_said(tmp_path: Path, said: str) -> None:
    (entry,) = _entries(tmp_path, Abstain("out_of_scope", utterance=said, in_scope=0.0), "keep")
    assert entry == (said, None)


@pytest.mark.parametrize("said", ["half \ud83d a pair", "\\\udc00", "line\nbreak\x00\x85\u2028", "x" * 3000])
def test_an_utterance_that_nobody_can_say_is_kept_too_as_far_as_a_router_reads_it(tmp_path: Path, said: str) -> None:
    (entry,) = _entries(tmp_path, Abstain("out_of_scope", utterance=said, in_scope=0.0), "keep")
    assert entry == (said[:2000], None)


def _entries(folder: Path, decision: Decision, mode: Any) -> list[tuple[str | None, str | None]]:
    written(folder / "log", decision, utterances=mode)
    return [(entry.utterance, entry.utterance_hash) for entry in read_log(folder / "log")]


def _hashes(path: Path, *said: str) -> list[str | None]:
    with DecisionLog(path, "hash") as log:
        for utterance in said:
            log.write(Abstain("out_of_scope", utterance=utterance, in_scope=0.0))
    return [entry.utterance_hash for entry in read_log(path)]


def test_the_same_words_have_the_same_hash_in_one_log_and_another_in_another(tmp_path: Path) -> None:
    one, same, other = _hashes(tmp_path / "one", "Call  mum", "call mum ", "call dad")
    assert one == same
    assert one not in {None, other}
    assert _hashes(tmp_path / "one", "CALL MUM")[3] == one, "the key is kept beside the log"
    assert one not in _hashes(tmp_path / "two", "call mum")


@NOT_WINDOWS
def test_only_their_owner_can_read_the_log_and_its_key(tmp_path: Path) -> None:
    _hashes(tmp_path / "log", "call mum")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {"log": 0o600, "log.key": 0o600}


def test_a_key_that_was_damaged_is_not_replaced_silently(tmp_path: Path) -> None:
    (tmp_path / "log.key").write_text("secret")
    with pytest.raises(LogError, match=r"log.key beside it holds no key. Put it back, or delete it"):
        DecisionLog(tmp_path / "log", "hash")


def test_declarations_are_named_by_their_fingerprint(tmp_path: Path, everyday_router: Router) -> None:
    smaller = everyday_router.without("flip_coin")
    with DecisionLog(tmp_path / "log") as log:
        for router in (everyday_router, everyday_router, smaller):
            log.write(router.route("wake me at six"), router=router)
    prints = [entry.answer.declarations for entry in read_log(tmp_path / "log")]
    assert prints == [everyday_router.tools.fingerprint] * 2 + [smaller.tools.fingerprint]


@reuse
@given(st.lists(decisions(), min_size=1, max_size=12), st.integers(400, 2000))
def test_what_was_written_is_read_back_whatever_the_rotation(
    tmp_path: Path, made: list[Decision], max_bytes: int
) -> None:
    for file in tmp_path.iterdir():
        file.unlink()
    ticks = itertools.count()
    with DecisionLog(
        tmp_path / "log", "keep", max_bytes=max_bytes, backups=12, clock=lambda: float(next(ticks))
    ) as log:
        for decision in made:
            log.write(decision)
    read = [*read_log(tmp_path / "log")]
    assert len(read) == len(made) - log.dropped
    for entry in read:
        assert entry.answer == Answer.of(made[int(entry.time)])
        assert entry.utterance == "say it"
    assert [entry.time for entry in read] == sorted(entry.time for entry in read)
    assert all(file.stat().st_size <= max_bytes for file in tmp_path.iterdir())


def test_there_are_never_more_bytes_than_was_said_and_the_oldest_go(tmp_path: Path) -> None:
    ticks = itertools.count()
    with DecisionLog(tmp_path / "log", max_bytes=600, backups=2, clock=lambda: float(next(ticks))) as log:
        for _ in range(50):
            log.write(CALL)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log", "log.1", "log.2"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 600 * 3
    times = [entry.time for entry in read_log(tmp_path / "log")]
    assert times == [float(n) for n in range(50 - len(times), 50)]


def test_without_backups_a_full_log_begins_anew(tmp_path: Path) -> None:
    with DecisionLog(tmp_path / "log", max_bytes=600, backups=0) as log:
        for _ in range(50):
            log.write(CALL)
    assert [file.name for file in tmp_path.iterdir()] == ["log"]
    assert 1 <= len([*read_log(tmp_path / "log")]) <= 3


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    def write(log: DecisionLog) -> None:
        for _ in range(50):
            log.write(CALL)

    with DecisionLog(tmp_path / "log", max_bytes=5000, backups=100) as log:
        threads = [threading.Thread(target=write, args=[log]) for _ in range(8)]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)  # threads take turns within a line, too
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
        assert log.dropped == 0
    assert len([*read_log(tmp_path / "log")]) == 400


def test_a_line_that_a_crash_cut_short_does_not_spoil_the_next(tmp_path: Path) -> None:
    line = written(tmp_path / "log", CALL)
    for kept in range(1, len(line)):
        (tmp_path / "log").write_text(line + line[:kept], "utf-8")
        assert len([*read_log(tmp_path / "log")]) == 1
        with DecisionLog(tmp_path / "log") as log:
            log.write(CALL)
        assert len([*read_log(tmp_path / "log")]) == 2


def test_a_process_that_is_killed_leaves_whole_lines(tmp_path: Path) -> None:
    program = (
        "import sys; from router import Abstain, DecisionLog\n"
        "log = DecisionLog(sys.argv[1], max_bytes=20_000, backups=1000)\n"
        "while True: log.write(Abstain('out_of_scope', utterance='', in_scope=0.0))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
        while not (tmp_path / "log.3").exists():
            assert process.poll() is None
        process.kill()
    assert len([*read_log(tmp_path / "log")]) > 200
    DecisionLog(tmp_path / "log").close()
    assert all(file.read_bytes()[-1:] in {b"", b"\n"} for file in tmp_path.iterdir())


@pytest.mark.parametrize("content", ["# Notes\n", "{}\n", "no line end"])
def test_something_else_than_a_log_is_not_appended_to(tmp_path: Path, content: str) -> None:
    (tmp_path / "notes.md").write_text(content)
    with pytest.raises(LogError, match=r"notes\.md has 1 problem\n  file     this is no decision log"):
        DecisionLog(tmp_path / "notes.md")
    assert (tmp_path / "notes.md").read_text() == content


def test_a_log_that_cannot_be_opened_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="cannot be written: Is a directory"):
        DecisionLog(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(LogError, match=r"cannot be written: (Not a directory|File exists)"):
        DecisionLog(tmp_path / "file" / "log")


@NOT_ROOT
def test_a_folder_that_nobody_may_write_to_is_an_error_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LogError, match="cannot be written: Permission denied"):
        DecisionLog(tmp_path / "log")


def test_missing_folders_are_made(tmp_path: Path) -> None:
    DecisionLog(tmp_path / "a" / "b" / "log").close()
    assert (tmp_path / "a" / "b" / "log").is_file()


@LINUX
def test_a_full_disk_drops_decisions_and_says_why() -> None:
    with DecisionLog("/dev/full") as log:
        log.write(CALL)
        assert (log.dropped, str(log.failure)) == (1, "[Errno 28] No space left on device")
        assert repr(log) == "<DecisionLog in '/dev/full', utterances 'omit', 1 dropped>"


def test_a_disk_that_fills_up_within_a_line_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Filling(io.FileIO):
        def write(self, data: Any, /) -> int:
            return super().write(data[:20])

    with DecisionLog(tmp_path / "log") as log:
        log.write(CALL)
        whole = (tmp_path / "log").read_bytes()
        log.close()
    monkeypatch.setattr("router.decision_log.rotation._opened", lambda path: Filling(path, "ab"))
    with DecisionLog(tmp_path / "log") as log:
        log.write(CALL)
        assert (log.dropped, str(log.failure)) == (1, "[Errno 28] No space left on device")
    assert (tmp_path / "log").read_bytes() == whole


def test_a_rotation_that_fails_drops_until_it_succeeds(tmp_path: Path) -> None:
    with DecisionLog(tmp_path / "log", max_bytes=300, backups=1) as log:
        log.write(CALL)
        (tmp_path / "log.1" / "in the way").mkdir(parents=True)
        log.write(CALL)
        assert log.dropped == 1
        (tmp_path / "log.1" / "in the way").rmdir()
        (tmp_path / "log.1").rmdir()
        log.write(CALL)
        assert log.dropped == 1
    assert len([*read_log(tmp_path / "log")]) == 2


@NOT_WINDOWS
@pytest.mark.parametrize("gone", ["the file", "its folder", "moved aside"])
def test_a_log_that_is_deleted_or_moved_meanwhile_is_begun_anew(tmp_path: Path, gone: str) -> None:
    path = tmp_path / "logs" / "log"
    with DecisionLog(path) as log:
        log.write(CALL)
        if gone == "moved aside":
            path.rename(tmp_path / "aside")
        else:
            path.unlink()
        if gone == "its folder":
            path.parent.rmdir()
        log.write(CALL)
        log.write(CALL)
        assert log.dropped == 0
    assert len([*read_log(path)]) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert gone != "moved aside" or len([*read_log(tmp_path / "aside")]) == 1


@NOT_WINDOWS
def test_something_else_that_took_the_place_of_a_log_is_not_appended_to(tmp_path: Path) -> None:
    with DecisionLog(tmp_path / "log") as log:
        log.write(CALL)
        (tmp_path / "log").unlink()
        (tmp_path / "log").write_text("# Notes")
        log.write(CALL)
        log.write(CALL)
        assert (log.dropped, (tmp_path / "log").read_text()) == (2, "# Notes")
        (tmp_path / "log").unlink()
        log.write(CALL)
        assert log.dropped == 2
    assert len([*read_log(tmp_path / "log")]) == 1


_ODD: list[Callable[[DecisionLog], object]] = [
    lambda log: log.write("call mum"),  # type: ignore[arg-type]
    lambda log: log.write(Abstain("empty", utterance="", in_scope=float("nan"))),
    lambda log: log.write(ToolCall("x" * 3000, utterance="", in_scope=1.0)),
    lambda log: log.write(CALL, router=7),  # type: ignore[arg-type]
    lambda log: log.write_pair(7, Answer.of(None), Answer.of(None)),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("write", _ODD)
def test_what_cannot_be_written_is_dropped_and_never_raised(
    tmp_path: Path, write: Callable[[DecisionLog], object]
) -> None:
    with DecisionLog(tmp_path / "log", "hash", max_bytes=1000) as log:
        write(log)
        assert log.dropped == 1
        log.write(CALL)
    assert len([*read_log(tmp_path / "log")]) == 1


def test_what_is_written_after_the_end_is_dropped(tmp_path: Path) -> None:
    with DecisionLog(tmp_path / "log") as log:
        pass
    log.write(CALL)
    assert (log.dropped, str(log.failure)) == (1, "the log is closed")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"utterances": "all"}, "utterances is 'all'; expected one of omit, hash, keep"),
        ({"max_bytes": 0}, "max_bytes is 0 and backups 3; expected at least 1 and 0"),
        ({"backups": -1}, "max_bytes is 1048576 and backups -1"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DecisionLog(tmp_path / "log", **options)
    assert not (tmp_path / "log").exists()
