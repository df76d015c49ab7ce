"""Each dispatch is recorded, and what a person said only if that is asked for."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from router import Abstain, ArgumentError, AskArgument, AuditLog, Clarify, Decision, Dispatcher, LogError
from router.dispatch import AuditRecord
from router.text import MAX_UTTERANCE_CHARACTERS
from tests.dispatch.calls import TOOLS, call, wake


def _recorded(decision: Decision, **options: Any) -> AuditRecord:
    records: list[AuditRecord] = []
    ticks = iter([1.0, 1.0125])
    audited: dict[str, Any] = {
        "audit": records.append,
        "clock": lambda: 1700000000.12345,
        "timer": lambda: next(ticks),
        "handlers": {"set_alarm": wake},
    }
    Dispatcher(TOOLS, **audited | options).dispatch(decision)
    (record,) = records
    return record


def _secret(**arguments: object) -> None:
    raise ValueError("06:30 is secret")


def test_a_record_says_what_was_done_and_nothing_that_was_said() -> None:
    assert _recorded(call()).to_dict() == {
        "time": 1700000000.123,
        "decision": "call",
        "tool": "set_alarm",
        "outcome": "done",
        "error": None,
        "late": False,
        "milliseconds": 12.5,
        "declarations": TOOLS.fingerprint,
    }


@pytest.mark.parametrize(
    ("decision", "tool", "outcome"),
    [
        (Abstain("empty", utterance="", in_scope=0.0), None, "no_call"),
        (Clarify("Which?", utterance="set it", in_scope=1.0), None, "no_call"),
        (AskArgument("set_alarm", "time", "When?", utterance="wake me", in_scope=1.0), "set_alarm", "no_call"),
        (call(confirm=True), "set_alarm", "needs_confirmation"),
        (call("set_alarm", {"time": 7}), "set_alarm", "invalid"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_did_not_run_is_recorded_too(decision: Decision, tool: str | None, outcome: str) -> None:
    record = _recorded(decision)
    assert (record.decision, record.tool, record.outcome) == (decision.kind, tool, outcome)
    assert record.error == (ArgumentError.__name__ if outcome == "invalid" else None)


def test_of_an_error_only_its_type_is_recorded() -> None:
    record = _recorded(call(), handlers={"set_alarm": _secret})
    assert (record.outcome, record.error) == ("failed", "ValueError")
    assert "06:30" not in json.dumps(record.to_dict())


def test_what_was_said_is_kept_if_that_is_asked_for() -> None:
    record = _recorded(call(), audit_keeps={"arguments", "utterance"})
    assert (record.arguments, record.utterance) == ({"time": "06:30"}, "wake me")
    assert [*record.to_dict()][-2:] == ["arguments", "utterance"]
    assert _recorded(call(), audit_keeps=["arguments"]).utterance is None
    long = dataclasses.replace(call(), utterance="wake me " * 1000)
    kept = _recorded(long, audit_keeps=["utterance"]).utterance
    assert kept == long.utterance[:MAX_UTTERANCE_CHARACTERS]


def test_kept_arguments_do_not_change_with_the_decision() -> None:
    days = ["mon"]
    record = _recorded(call("set_alarm", {"time": "06:30", "days": days}), audit_keeps=["arguments"])
    days.append("tue")
    assert record.arguments == {"time": "06:30", "days": ["mon"]}
    odd = call("set_alarm", {"time": datetime.time(6)})
    assert _recorded(odd, audit_keeps=["arguments"]).arguments is None


def test_only_what_can_be_kept_can_be_asked_for() -> None:
    keeps: Any = ["arguments", "voice"]
    with pytest.raises(ValueError, match="audit_keeps has 'voice'; expected some of 'arguments', 'utterance'"):
        Dispatcher(TOOLS, {"set_alarm": wake}, audit_keeps=keeps)


def test_an_error_of_the_sink_hides_nothing_that_was_done() -> None:
    def sink(record: AuditRecord) -> None:
        raise OSError("disk full")

    done = Dispatcher(TOOLS, {"set_alarm": wake}, audit=sink).dispatch(call())
    assert (done.outcome, done.result()) == ("done", "06:30 None False")
    assert repr(done.audit_error) == "OSError('disk full')"


def test_an_interruption_is_recorded_and_says_if_that_failed() -> None:
    def interrupt(**arguments: object) -> None:
        raise KeyboardInterrupt("stop")

    records: list[AuditRecord] = []
    with pytest.raises(KeyboardInterrupt, match="stop"):
        Dispatcher(TOOLS, {"set_alarm": interrupt}, audit=records.append).dispatch(call())
    assert [(record.outcome, record.error) for record in records] == [("interrupted", "KeyboardInterrupt")]

    def sink(record: AuditRecord) -> None:
        raise OSError("disk full")

    with pytest.raises(KeyboardInterrupt, match="stop") as raised:
        Dispatcher(TOOLS, {"set_alarm": interrupt}, audit=sink).dispatch(call())
    assert raised.value.__notes__ == ["The audit sink raised OSError('disk full')."]


def test_records_are_lines_of_json_in_files_of_bounded_size(tmp_path: Path) -> None:
    with AuditLog(tmp_path / "audit.jsonl", max_bytes=400, backups=1) as log:
        dispatcher = Dispatcher(TOOLS, {"set_alarm": wake}, audit=log, clock=lambda: 1700000000.0)
        for _ in range(9):
            assert dispatcher.dispatch(call()).audit_error is None
    assert repr(log) == f"<AuditLog in {str(log.path)!r}, 0 dropped>"
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["audit.jsonl", "audit.jsonl.1"]
    for file in files:
        assert 0 < file.stat().st_size <= 400
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            assert (row["tool"], row["outcome"], row["declarations"]) == ("set_alarm", "done", TOOLS.fingerprint)


def test_what_cannot_be_written_is_counted(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.close()
    assert Dispatcher(TOOLS, {"set_alarm": wake}, audit=log).dispatch(call()).outcome == "done"
    assert (log.dropped, str(log.failure)) == (1, "the log is closed")
    with pytest.raises(LogError, match="cannot be written"):
        AuditLog(tmp_path)


def test_a_log_that_was_closed_in_a_crash_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text('{"time":1.0,"tool":"set_alarm"}\n{"time":2.0,"to')
    with AuditLog(file) as log:
        Dispatcher(TOOLS, {"set_alarm": wake}, audit=log).dispatch(call())
    first, second = map(json.loads, file.read_text("utf-8").splitlines())
    assert (first["time"], second["outcome"]) == (1.0, "done")
