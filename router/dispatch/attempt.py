"""Calling what an app gave us, at once or with `await`, and within a time."""

from __future__ import annotations

import contextvars
import functools
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from router.dispatch.dispatched import Outcome
from router.dispatch.signature import is_asynchronous
from router.errors import HandlerError

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

Call: TypeAlias = "functools.partial[Any]"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a call, or why none was made."""

    outcome: Outcome = "done"
    value: Any = None
    error: Exception | None = None
    unfinished: Future[Attempt] | None = None
    """The call that goes on on its thread although its time is over."""


Caller: TypeAlias = Callable[[Call, float | None], Awaitable[Attempt]]
"""Makes a call that may take so many seconds, or any time."""


async def call_now(call: Call, seconds: float | None) -> Attempt:
    """Call a function that is not asynchronous. Waits for nothing, so that `finished` can run it."""
    if seconds is None:
        attempt = _attempted(call)
    else:
        future = _started(call)
        try:
            attempt = future.result(seconds)
        except TimeoutError:
            return Attempt("timed_out", unfinished=future)
    if not inspect.isawaitable(attempt.value):
        return attempt
    if inspect.iscoroutine(attempt.value):
        attempt.value.close()
    return Attempt("failed", error=HandlerError([f"it returned {type(attempt.value).__name__!r}. {USE_ADISPATCH}"]))


async def call_and_await(call: Call, seconds: float | None) -> Attempt:
    """Call any function, and await what it returns if that can be awaited. Needs asyncio."""
    import asyncio

    unfinished = None
    try:
        async with asyncio.timeout(seconds) as limit:
            if seconds is None or is_asynchronous(call):
                value = call()
            else:
                unfinished = _started(call)
                attempt = await asyncio.wrap_future(unfinished)
                unfinished = None
                if attempt.error is not None:
                    return attempt
                value = attempt.value
            return Attempt(value=await value if inspect.isawaitable(value) else value)
    except Exception as error:
        if isinstance(error, TimeoutError) and limit.expired():
            return Attempt("timed_out", unfinished=unfinished)
        return Attempt("failed", error=error)


def finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits for nothing, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise AssertionError("the coroutine waits for something")


def _attempted(call: Call) -> Attempt:
    try:
        return Attempt(value=call())
    except Exception as error:
        return Attempt("failed", error=error)


def _started(call: Call) -> Future[Attempt]:
    """Start a call on a thread of its own, which does not keep the program from ending."""
    from concurrent.futures import Future  # imports logging, which most apps here never need

    future: Future[Attempt] = Future()
    future.set_running_or_notify_cancel()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            attempt = context.run(_attempted, call)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(attempt)

    threading.Thread(target=work, name="router-dispatch", daemon=True).start()
    return future


USE_ADISPATCH = "Use 'await dispatcher.adispatch(...)', or a function that is not asynchronous."
