"""A handler that takes too long is given up: cancelled, or left to its thread and told of later."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import math
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from router import Dispatcher, HandlerTimeoutError, ToolCall
from router.dispatch import AuditRecord
from tests.dispatch.calls import TOOLS, call, wake

SOON = 0.01
LONG = 30.0


class Held:
    """A handler that goes on until it is released, and a sink that tells when it was heard of again."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.heard = threading.Event()
        self.records: list[AuditRecord] = []
        self.error: BaseException | None = None

    def __call__(self, **arguments: object) -> str:
        assert self.released.wait(LONG)
        if self.error is not None:
            raise self.error
        return "at last"

    def sink(self, record: AuditRecord) -> None:
        self.records.append(record)
        if record.late:
            self.heard.set()

    def outcomes(self) -> list[tuple[str, str | None, bool]]:
        self.released.set()
        assert self.heard.wait(LONG)
        return [(record.outcome, record.error, record.late) for record in self.records]


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    held.released.set()


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize(
    ("error", "late"),
    [
        (None, ("done", None, True)),
        (ValueError("too late"), ("failed", "ValueError", True)),
        (SystemExit(1), ("failed", "SystemExit", True)),
    ],
    ids=["done", "failed", "exits"],
)
def test_a_handler_on_a_thread_is_left_behind_and_recorded_when_it_is_done(
    held: Held, awaited: bool, error: BaseException | None, late: tuple[str, str | None, bool]
) -> None:
    held.error = error
    dispatcher = Dispatcher(TOOLS, {"set_alarm": held}, audit=held.sink)
    if awaited:
        done = asyncio.run(dispatcher.adispatch(call(), timeout=SOON))
    else:
        done = dispatcher.dispatch(call(), timeout=SOON)
    assert (done.outcome, done.value, done.reason) == ("timed_out", None, "'set_alarm' was not done in time")
    with pytest.raises(HandlerTimeoutError, match=r"the handler of 'set_alarm' was not done after 0\.01 seconds"):
        done.result()
    assert held.outcomes() == [("timed_out", "HandlerTimeoutError", False), late]


def test_a_late_error_of_the_sink_is_logged(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    def sink(record: AuditRecord) -> None:
        held.sink(record)
        if record.late:
            raise OSError("disk full")

    others = {*threading.enumerate()}
    Dispatcher(TOOLS, {"set_alarm": held}, audit=sink).dispatch(call(), timeout=SOON)
    (thread,) = {*threading.enumerate()} - others
    with caplog.at_level(logging.ERROR):
        held.released.set()
        thread.join(LONG)
    assert "disk full" in caplog.text


def test_an_asynchronous_handler_is_cancelled() -> None:
    cancelled: list[str] = []

    async def act(time: str, **more: object) -> None:
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            cancelled.append(time)
            raise

    records: list[AuditRecord] = []
    dispatcher = Dispatcher(TOOLS, {"set_alarm": act}, timeout=SOON, audit=records.append)
    done = asyncio.run(dispatcher.adispatch(call()))
    assert (done.outcome, cancelled) == ("timed_out", ["06:30"])
    assert [(record.outcome, record.late) for record in records] == [("timed_out", False)]


def test_what_a_handler_on_a_thread_returned_is_cancelled_too() -> None:
    async def act() -> None:
        await asyncio.sleep(LONG)

    records: list[AuditRecord] = []
    dispatcher = Dispatcher[object](TOOLS, {"set_alarm": lambda **given: act()}, timeout=0.2, audit=records.append)
    assert asyncio.run(dispatcher.adispatch(call())).outcome == "timed_out"
    assert [record.outcome for record in records] == ["timed_out"]


def test_an_error_while_it_is_cancelled_is_the_handlers_own() -> None:
    async def act(**arguments: object) -> None:
        try:
            await asyncio.sleep(LONG)
        finally:
            raise ValueError("no way back")

    done = asyncio.run(Dispatcher(TOOLS, {"set_alarm": act}, timeout=SOON).adispatch(call()))
    assert (done.outcome, str(done.error)) == ("failed", "no way back")


@pytest.mark.parametrize("timeout", [None, LONG])
def test_a_task_that_is_cancelled_is_recorded_as_interrupted(held: Held, timeout: float | None) -> None:
    async def act(**arguments: object) -> None:
        await asyncio.sleep(LONG)

    async def cancel(handler: Any) -> None:
        task = asyncio.create_task(
            Dispatcher[object](TOOLS, {"set_alarm": handler}, audit=held.sink).adispatch(call(), timeout=timeout)
        )
        await asyncio.sleep(SOON)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for handler in (act, held) if timeout else (act,):
        held.records.clear()
        asyncio.run(cancel(handler))
        assert [(record.outcome, record.error) for record in held.records] == [("interrupted", "CancelledError")]


def test_a_thread_that_ends_after_the_event_loop_disturbs_nobody(held: Held, caplog: pytest.LogCaptureFixture) -> None:
    dispatcher = Dispatcher(TOOLS, {"set_alarm": held}, audit=held.sink)
    with caplog.at_level(logging.ERROR):
        asyncio.run(dispatcher.adispatch(call(), timeout=SOON))
        assert len(held.outcomes()) == 2
    assert caplog.text == ""


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize(("timeout", "own"), [(None, False), (math.inf, False), (LONG, True), (1e300, True)])
def test_only_a_handler_with_a_timeout_has_a_thread_of_its_own(awaited: bool, timeout: float | None, own: bool) -> None:
    def where(**arguments: object) -> threading.Thread:
        threading.Event().wait(SOON)
        return threading.current_thread()

    dispatcher = Dispatcher(TOOLS, {"set_alarm": where}, timeout=timeout)
    done = asyncio.run(dispatcher.adispatch(call())) if awaited else dispatcher.dispatch(call())
    assert (done.result() is not threading.current_thread()) == own
    assert done.result().daemon == own, "a handler that hangs must not keep the program from ending"


def test_the_timeout_of_a_call_takes_the_place_of_the_dispatchers(held: Held) -> None:
    dispatcher = Dispatcher(TOOLS, {"set_alarm": held}, timeout=LONG)
    assert dispatcher.dispatch(call(), timeout=SOON).outcome == "timed_out"
    held.released.set()
    assert Dispatcher(TOOLS, {"set_alarm": held}, timeout=1e-9).dispatch(call(), timeout=math.inf).outcome == "done"


@pytest.mark.parametrize("awaited", [False, True])
def test_a_handler_on_a_thread_sees_the_context_of_its_caller(awaited: bool) -> None:
    who = contextvars.ContextVar("who", default="nobody")
    dispatcher = Dispatcher(TOOLS, {"set_alarm": lambda **given: who.get()}, timeout=LONG)
    who.set("mum")
    done = asyncio.run(dispatcher.adispatch(call())) if awaited else dispatcher.dispatch(call())
    assert done.result() == "mum"


def test_a_hook_has_all_the_time_it_needs() -> None:
    asked_on: list[threading.Thread] = []

    def confirm(call: ToolCall) -> bool:
        asked_on.append(threading.current_thread())
        return True

    dispatcher = Dispatcher(TOOLS, {"set_alarm": wake}, confirm=confirm, timeout=LONG)
    assert dispatcher.dispatch(call(confirm=True)).outcome == "done"
    assert asked_on == [threading.current_thread()]


@pytest.mark.parametrize("timeout", [0, -1.0, math.nan, -math.inf])
def test_a_timeout_is_a_time(timeout: float) -> None:
    with pytest.raises(ValueError, match=r"timeout is .*; expected seconds, more than 0"):
        Dispatcher(TOOLS, {"set_alarm": wake}, timeout=timeout)
    with pytest.raises(ValueError, match=r"timeout is .*; expected seconds, more than 0"):
        Dispatcher(TOOLS, {"set_alarm": wake}).dispatch(call(), timeout=timeout)
