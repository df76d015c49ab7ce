"""Two routers on the same utterances: one acts, the other is only recorded."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from router.decision_log import Answer, DecisionLog
from router.decisions import Decision
from router.router import Router

Answered = TypeVar("Answered", bound=Decision | str | None)

PATIENCE = 10.0
"""Seconds: so long is waited at the end for what was not compared yet."""


class Shadow(Generic[Answered]):
    """Route with one router, and write down what another would have done.

    Each of the two is a `Router`, or a function that takes an utterance and
    returns a tool's name, None for no tool, or a decision. What the acting one
    returns or raises is what `route` does. Nothing that the other one does
    reaches the app, not even SystemExit, except the time it takes; with
    `background=True` not that either, as it runs on a thread of its own. At most
    `waiting` utterances wait for it, and what would be more is not compared but
    counted in `dropped`. Close it, or use it in a `with` block, so that those
    that wait are still compared; at most `PATIENCE` is waited for that.

    What a function calls a tool is written down only where a router of the two
    declares such a tool, or where it looks like a tool's name (letters, digits
    and `_.-`, at most 64) and is not what was said. So no sentence gets into a
    log that has no text; a function could still name a tool by a word of one.

    The log is not closed: it may be in use elsewhere. `router shadow report`
    makes a report of it.
    """

    @overload
    def __init__(
        self: Shadow[Decision],
        acting: Router,
        beside: Router | Callable[[str], Decision | str | None],
        log: DecisionLog,
        *,
        background: bool = False,
        waiting: int = 1000,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None: ...
    @overload
    def __init__(
        self,
        acting: Callable[[str], Answered],
        beside: Router | Callable[[str], Decision | str | None],
        log: DecisionLog,
        *,
        background: bool = False,
        waiting: int = 1000,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None: ...
    def __init__(
        self,
        acting: Router | Callable[[str], Any],
        beside: Router | Callable[[str], Any],
        log: DecisionLog,
        *,
        background: bool = False,
        waiting: int = 1000,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        if waiting < 1:
            raise ValueError(f"waiting is {waiting}; expected at least 1")
        self.log = log
        self.dropped = 0
        """So many utterances were not compared: too many were waiting, it was closed, or its end was not waited for."""
        declared = frozenset(name for each in (acting, beside) if isinstance(each, Router) for name in each.tools.names)
        self._acting = _Side.of(acting, "acting", timer, declared)
        self._beside = _Side.of(beside, "beside", timer, declared)
        self._lock = threading.Lock()
        self._is_closed = False
        self._queue: queue.Queue[_Asked | None] = queue.Queue()
        self._waiting = waiting
        self._unfinished = 0
        self._is_over = False
        self._thread: threading.Thread | None = None
        if background:
            self._thread = threading.Thread(target=self._work, name="router-shadow", daemon=True)
            self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(PATIENCE)

    def route(self, utterance: str, *, available: Collection[str] | None = None) -> Answered:
        """Return what the acting router answers, or raise what it raises.

        `available` is what it is for `Router.route`, and goes to routers only.
        """
        among = None if available is None else frozenset(available)
        start = self._acting.timer()
        try:
            answer: Answered = self._acting.function(utterance, among)
        except Exception as error:
            self._compare(_Asked(utterance, among, self._acting.failed(error, start)))
            raise
        self._compare(_Asked(utterance, among, self._acting.answered(answer, utterance, start)))
        return answer

    def close(self, timeout: float | None = None) -> None:
        """Wait until all that wait have been compared, at most so many seconds. From then on nothing is compared.

        What has not been compared by then is counted in `dropped`. Without a
        timeout it waits for as long as the shadow takes.
        """
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
            is_over = self._is_over
        if self._thread is None or is_over:
            return
        if is_first:
            self._queue.put(None)
        self._thread.join(timeout)
        with self._lock:
            self._is_over = True
            self.dropped += self._unfinished
            self._unfinished = 0

    def _compare(self, asked: _Asked) -> None:
        with self._lock:
            if self._is_closed or self._queue.qsize() >= self._waiting:
                self.dropped += 1
                return
            if self._thread is not None:
                self._unfinished += 1
                self._queue.put(asked)
                return
        self.log.write_pair(asked.utterance, asked.answer, self._compared(asked))

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None and not self._is_over:
            shadow = self._compared(asked)
            with self._lock:
                if self._is_over:
                    return
                self._unfinished -= 1
            self.log.write_pair(asked.utterance, asked.answer, shadow)

    def _compared(self, asked: _Asked) -> Answer:
        start = self._beside.timer()
        try:
            answer = self._beside.function(asked.utterance, asked.available)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and self._thread is None:
                raise  # somebody interrupts the app
            return self._beside.failed(error, start)
        return self._beside.answered(answer, asked.utterance, start)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is compared, perhaps later."""

    utterance: str
    available: frozenset[str] | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two."""

    function: Callable[[str, frozenset[str] | None], Any]
    fingerprint: str | None
    """Of a router's declarations; None for a function."""
    declared: frozenset[str]
    """The names of the tools of those that are routers."""
    timer: Callable[[], float]

    @classmethod
    def of(cls, router: object, name: str, timer: Callable[[], float], declared: frozenset[str]) -> _Side:
        if isinstance(router, Router):
            return cls(
                lambda utterance, available: router.route(utterance, available=available),
                router.tools.fingerprint,
                declared,
                timer,
            )
        if callable(router):
            return cls(lambda utterance, _: router(utterance), None, declared, timer)
        raise TypeError(f"{name} is {type(router).__name__!r}; expected a Router, or a function of an utterance")

    def answered(self, answer: object, utterance: str, start: float) -> Answer:
        if self.fingerprint is None:
            return Answer.of_function(answer, utterance, self.declared, self._milliseconds(start))
        return Answer.of(answer, self._milliseconds(start), self.fingerprint)

    def failed(self, error: BaseException, start: float) -> Answer:
        return Answer.failed(error, self._milliseconds(start), self.fingerprint)

    def _milliseconds(self, start: float) -> float:
        return (self.timer() - start) * 1000
