"""`Dispatcher`: from a decision to the app's handler."""

from __future__ import annotations

import functools
import math
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from router.decisions import Decision, ToolCall
from router.declarations import ToolSet
from router.dispatch.attempt import USE_ADISPATCH, Attempt, Caller, call_and_await, call_now, finished
from router.dispatch.audit import Audit, AuditRecord, Personal
from router.dispatch.dispatched import Dispatched
from router.dispatch.handler import Handler, handlers_of
from router.dispatch.signature import is_asynchronous
from router.errors import ArgumentError, HandlerError, HandlerTimeoutError

if TYPE_CHECKING:
    from concurrent.futures import Future

Result = TypeVar("Result")


class Dispatcher(Generic[Result]):
    """Runs the handler of the tool that a decision calls.

    Every tool has a handler or is in `unhandled`, and every handler takes the
    arguments of its tool by name; HandlerError reports all that is not so. A
    parameter that Python cannot name is taken with `_` in place of what is in the
    way (`start_time` for "start-time", `from_` for "from"), or by `**kwargs` as it
    is declared. What plainly cannot be, an `int` for a boolean, is an error too.

    `confirm` is asked about a call that needs a confirmation, and must return
    True for it to run; without it such a call comes back as `needs_confirmation`,
    for a `Conversation` to ask. `timeout` is in seconds, for handlers only. Within
    one, a handler that is not asynchronous runs on a thread of its own, which
    nothing can stop: after `timed_out` it goes on, and the audit gets a second
    record when it is done. `audit` gets a record of each dispatch, with arguments
    and utterances only if `audit_keeps` names them. `clock` tells the time in
    seconds since 1970, `timer` measures in seconds.

    A dispatcher never changes and may be used from many threads. It keeps no
    books: a decision that is dispatched twice runs twice.

    >>> from router import Tool, ToolCall, ToolSet
    >>> dispatcher = Dispatcher(ToolSet((Tool("flip_coin", "Flip a coin."),)), {"flip_coin": lambda: "heads"})
    >>> dispatcher.dispatch(ToolCall("flip_coin", utterance="flip a coin", in_scope=1.0)).result()
    'heads'
    """

    @overload
    def __init__(
        self,
        tools: ToolSet,
        handlers: Mapping[str, Callable[..., Result | Awaitable[Result]]],
        *,
        unhandled: Collection[str] = ...,
        confirm: Callable[[ToolCall], bool | Awaitable[bool]] | None = ...,
        timeout: float | None = ...,
        audit: Callable[[AuditRecord], object] | None = ...,
        audit_keeps: Collection[Personal] = ...,
        clock: Callable[[], float] = ...,
        timer: Callable[[], float] = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Dispatcher[object],
        tools: ToolSet,
        handlers: Mapping[str, Callable[..., object]],
        *,
        unhandled: Collection[str] = ...,
        confirm: Callable[[ToolCall], bool | Awaitable[bool]] | None = ...,
        timeout: float | None = ...,
        audit: Callable[[AuditRecord], object] | None = ...,
        audit_keeps: Collection[Personal] = ...,
        clock: Callable[[], float] = ...,
        timer: Callable[[], float] = ...,
    ) -> None: ...
    def __init__(
        self,
        tools: ToolSet,
        handlers: Mapping[str, Callable[..., Any]],
        *,
        unhandled: Collection[str] = (),
        confirm: Callable[[ToolCall], bool | Awaitable[bool]] | None = None,
        timeout: float | None = None,
        audit: Callable[[AuditRecord], object] | None = None,
        audit_keeps: Collection[Personal] = (),
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.tools = tools
        self.unhandled = frozenset(unhandled)
        """Tools that nothing is done about here."""
        self._handlers = handlers_of(tools, handlers, self.unhandled)
        self._confirm = confirm
        self._timeout = _limit(timeout)
        self._audit = Audit(audit, frozenset(audit_keeps), tools.fingerprint if audit else "", clock)
        self._timer = timer

    def __repr__(self) -> str:
        return f"<Dispatcher of {len(self._handlers)} tools>"

    def dispatch(
        self, decision: Decision, *, dry_run: bool = False, timeout: float | None = None
    ) -> Dispatched[Result]:
        """Run the handler that a decision calls, if it calls one, and say what became of it.

        `dry_run` does everything but run it, and `timeout` takes the place of the
        dispatcher's; `math.inf` is none. Only KeyboardInterrupt and the like pass
        through from a handler. Raises UnknownToolError for a tool that is not among
        `tools`, and HandlerError if what would be called is asynchronous.
        """
        self._refuse_asynchronous(decision)
        return finished(self._dispatched(decision, call_now, dry_run, timeout))

    async def adispatch(
        self, decision: Decision, *, dry_run: bool = False, timeout: float | None = None
    ) -> Dispatched[Result]:
        """Do the same under asyncio, with handlers and a `confirm` of either kind.

        What is asynchronous is awaited, and cancelled when its time is over. What is
        not keeps the event loop waiting, unless a handler has a timeout and so a
        thread of its own.
        """
        return await self._dispatched(decision, call_and_await, dry_run, timeout)

    async def _dispatched(
        self, decision: Decision, caller: Caller, dry_run: bool, timeout: float | None
    ) -> Dispatched[Result]:
        handler = self._handler(decision)
        seconds = self._timeout if timeout is None else _limit(timeout)
        begun = self._timer()
        try:
            attempt = await self._attempted(decision, handler, caller, dry_run, seconds)
        except BaseException as interruption:
            if failure := self._audit.record(decision, "interrupted", self._since(begun), interruption):
                interruption.add_note(f"The audit sink raised {failure!r}.")
            raise
        milliseconds = self._since(begun)
        audit_error = self._audit.record(decision, attempt.outcome, milliseconds, attempt.error)
        if attempt.unfinished is not None:
            attempt.unfinished.add_done_callback(functools.partial(self._record_late, decision, begun))
        return Dispatched(
            decision=decision,
            outcome=attempt.outcome,
            value=attempt.value,
            error=attempt.error,
            milliseconds=milliseconds,
            audit_error=audit_error,
        )

    async def _attempted(
        self, decision: Decision, handler: Handler | None, caller: Caller, dry_run: bool, seconds: float | None
    ) -> Attempt:
        if not isinstance(decision, ToolCall):
            return Attempt("no_call")
        if handler is None:
            return Attempt("not_handled")
        try:
            arguments = handler.keyword_arguments(decision.arguments)
        except ArgumentError as error:
            return Attempt("invalid", error=error)
        if decision.confirm:
            if self._confirm is None:
                return Attempt("needs_confirmation")
            answer = await caller(functools.partial(self._confirm, decision), None)
            if answer.error is not None:
                return answer
            if answer.value is not True:
                return Attempt("declined")
        if dry_run:
            return Attempt("dry_run")
        attempt = await caller(functools.partial(handler.function, **arguments), seconds)
        if attempt.outcome == "timed_out" and seconds is not None:
            return replace(attempt, error=HandlerTimeoutError(decision.tool, seconds))
        return attempt

    def _handler(self, decision: Decision) -> Handler | None:
        """Return the handler of a call, or None where there is none to be. Raises UnknownToolError and TypeError."""
        if not isinstance(decision, Decision):
            raise TypeError(f"decision is {type(decision).__name__!r}; expected one that a router made")
        return self._handlers.get(self.tools[decision.tool].name) if isinstance(decision, ToolCall) else None

    def _refuse_asynchronous(self, decision: Decision) -> None:
        handler = self._handler(decision)
        if handler is not None and handler.is_asynchronous:
            raise HandlerError([f"{handler.tool.name}: its handler is asynchronous. {USE_ADISPATCH}"])
        if isinstance(decision, ToolCall) and decision.confirm and is_asynchronous(self._confirm):
            raise HandlerError([f"{decision.tool}: 'confirm' is asynchronous. {USE_ADISPATCH}"])

    def _since(self, begun: float) -> float:
        return round((self._timer() - begun) * 1000, 3)

    def _record_late(self, decision: Decision, begun: float, future: Future[Attempt]) -> None:
        """Record a handler that is done although its time was over. What the sink raises gets logged by the future."""
        error = future.exception() or future.result().error
        failure = self._audit.record(decision, "failed" if error else "done", self._since(begun), error, late=True)
        if failure is not None:
            raise failure


def _limit(timeout: float | None) -> float | None:
    """Return how many seconds a call may take, as the system can wait for them."""
    if timeout is None or timeout == math.inf:
        return None
    if not timeout > 0:
        raise ValueError(f"timeout is {timeout!r}; expected seconds, more than 0")
    return min(timeout, threading.TIMEOUT_MAX)
