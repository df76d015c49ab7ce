"""A decision becomes a call of the app's handler, or the outcome says why it did not."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, assert_type

import pytest

from router import (
    Abstain,
    AskArgument,
    Clarify,
    Conversation,
    Decision,
    Dispatched,
    Dispatcher,
    HandlerError,
    NotRunError,
    Router,
    ToolCall,
)
from router.dispatch.attempt import finished
from tests.conversation.asking import asking
from tests.dispatch.calls import BOTH, TOOLS, call, wake

Run = Callable[..., Dispatched[Any]]


def _now(dispatcher: Dispatcher[Any], decision: Decision, **options: Any) -> Dispatched[Any]:
    return dispatcher.dispatch(decision, **options)


def _awaited(dispatcher: Dispatcher[Any], decision: Decision, **options: Any) -> Dispatched[Any]:
    return asyncio.run(dispatcher.adispatch(decision, **options))


@pytest.fixture(params=[_now, _awaited])
def run(request: pytest.FixtureRequest) -> Run:
    """Dispatch in either way: both do the same."""
    chosen: Run = request.param
    return chosen


class Handled(list[str]):
    """A handler of ALARM that counts."""

    def __call__(self, time: str, days: list[str] | None = None, vibrate: bool = False) -> int:
        self.append(time)
        return len(self)


def _raising(error: BaseException) -> Callable[..., None]:
    def broken(**arguments: object) -> None:
        raise error

    return broken


def test_a_call_runs_the_handler_of_its_tool(run: Run) -> None:
    dispatcher = Dispatcher(BOTH, {"set_alarm": wake, "flip_coin": lambda: "heads"})
    done = run(dispatcher, call("set_alarm", {"time": "06:30", "vibrate": True}))
    assert (done.outcome, done.value, done.result(), done.reason) == ("done", "06:30 None True", done.value, "")
    assert (done.error, done.audit_error, done.decision.utterance) == (None, None, "wake me")
    assert run(dispatcher, call("flip_coin")).result() == "heads"


def test_a_decision_that_is_dispatched_twice_runs_twice(run: Run) -> None:
    dispatcher = Dispatcher(TOOLS, {"set_alarm": Handled()})
    assert [run(dispatcher, call()).result() for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (Abstain("out_of_scope", utterance="hello", in_scope=0.0), "the router abstained: out_of_scope"),
        (Clarify("Which one?", utterance="set it", in_scope=1.0), "it is not clear which tool was meant"),
        (
            Clarify(
                "Which?",
                choices=(ToolCall("set_alarm", utterance="set it", in_scope=1.0),),
                parameter="label",
                utterance="set it",
                in_scope=1.0,
            ),
            "it is not clear which 'label' of 'set_alarm' was meant",
        ),
        (
            AskArgument("set_alarm", "time", "When?", utterance="wake me", in_scope=1.0),
            "'set_alarm' needs 'time' first",
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_calls_nothing_runs_nothing_and_is_no_error(run: Run, decision: Decision, reason: str) -> None:
    handled = Handled()
    done = run(Dispatcher(TOOLS, {"set_alarm": handled}), decision)
    assert (done.outcome, done.reason, done.error, done.value, handled) == ("no_call", reason, None, None, [])
    with pytest.raises(NotRunError, match=f"no handler ran: {reason}"):
        done.result()


def test_a_tool_that_is_left_alone_is_no_error(run: Run) -> None:
    done = run(Dispatcher(BOTH, {"set_alarm": wake}, unhandled=["flip_coin"]), call("flip_coin"))
    assert (done.outcome, done.reason) == ("not_handled", "nothing here handles 'flip_coin'")


def test_what_is_no_decision_is_an_error_of_the_caller(run: Run) -> None:
    decisions: Any = [call()]
    with pytest.raises(TypeError, match="decision is 'list'; expected one that a router made"):
        run(Dispatcher(TOOLS, {"set_alarm": wake}), decisions)


def test_a_dry_run_does_everything_but_run_the_handler(run: Run) -> None:
    handled, asked = Handled(), Handled()
    dispatcher = Dispatcher(TOOLS, {"set_alarm": handled}, confirm=lambda call: asked(call.tool) == 1)
    done = run(dispatcher, call(), dry_run=True)
    assert (done.outcome, done.reason, handled) == ("dry_run", "this is a dry run of 'set_alarm'", [])
    assert run(dispatcher, call(confirm=True), dry_run=True).outcome == "dry_run"
    assert asked == ["set_alarm"]
    assert run(dispatcher, call("set_alarm", {"time": 7}), dry_run=True).outcome == "invalid"
    with pytest.raises(NotRunError, match="no handler ran: this is a dry run of 'set_alarm'"):
        done.result()


def test_without_a_hook_a_call_that_must_be_confirmed_comes_back(run: Run) -> None:
    handled = Handled()
    done = run(Dispatcher(TOOLS, {"set_alarm": handled}), call(confirm=True))
    assert (done.outcome, done.reason) == ("needs_confirmation", "'set_alarm' must be confirmed first")
    assert (done.error, handled) == (None, [])


@pytest.mark.parametrize(("answer", "outcome"), [(True, "done"), (False, "declined"), (None, "declined")])
def test_with_a_hook_only_a_plain_yes_lets_it_run(run: Run, answer: Any, outcome: str) -> None:
    handled, asked = Handled(), []

    def confirm(call: ToolCall) -> bool:
        asked.append(call)
        return answer  # type: ignore[no-any-return]

    dispatcher = Dispatcher(TOOLS, {"set_alarm": handled}, confirm=confirm)
    assert run(dispatcher, call(confirm=True)).outcome == outcome
    assert (asked, len(handled)) == ([call(confirm=True)], outcome == "done")
    assert run(dispatcher, call()).outcome == "done"
    assert len(asked) == 1


def test_words_are_no_yes(run: Run) -> None:
    answer: Any = "no"
    done = run(Dispatcher(TOOLS, {"set_alarm": wake}, confirm=lambda call: answer), call(confirm=True))
    assert (done.outcome, done.reason) == ("declined", "the person did not confirm 'set_alarm'")


def test_nobody_is_asked_about_arguments_that_are_not_valid(run: Run) -> None:
    asked = Handled()
    dispatcher = Dispatcher(TOOLS, {"set_alarm": wake}, confirm=lambda call: asked(call.tool) == 1)
    assert (run(dispatcher, call("set_alarm", {}, confirm=True)).outcome, asked) == ("invalid", [])


def test_a_hook_that_fails_lets_nothing_run(run: Run) -> None:
    def confirm(call: ToolCall) -> bool:
        raise OSError("no screen")

    handled = Handled()
    done = run(Dispatcher(TOOLS, {"set_alarm": handled}, confirm=confirm), call(confirm=True))
    assert (done.outcome, handled) == ("failed", [])
    with pytest.raises(OSError, match="no screen"):
        done.result()


def test_a_conversation_confirms_a_call(everyday_router: Router) -> None:
    sent: list[str] = []
    others = set(everyday_router.tools.names) - {"send_message"}
    dispatcher = Dispatcher(
        everyday_router.tools, {"send_message": lambda person, app="sms": sent.append(person)}, unhandled=others
    )
    router = asking(everyday_router, "send_message")
    assert isinstance(router.decision, ToolCall)
    router.decision = ToolCall("send_message", {"person": "mum"}, utterance="?", in_scope=0.9, confirm=True)
    conversation = Conversation(router)
    assert dispatcher.dispatch(conversation.hear("?")).outcome == "needs_confirmation"
    assert dispatcher.dispatch(conversation.hear("yes")).outcome == "done"
    assert sent == ["mum"]
    conversation.hear("?")
    assert dispatcher.dispatch(conversation.hear("no")).outcome == "no_call"
    assert sent == ["mum"]


@pytest.mark.parametrize(
    "error",
    [
        ValueError("it broke"),
        StopIteration("it broke"),
        TimeoutError("it broke"),
        ExceptionGroup("it broke", [KeyError("a"), ValueError("b")]),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("timeout", [None, 30.0])
def test_an_error_of_a_handler_is_kept_with_its_traceback(run: Run, error: Exception, timeout: float | None) -> None:
    done = run(Dispatcher(TOOLS, {"set_alarm": _raising(error)}, timeout=timeout), call())
    assert (done.outcome, done.error) == ("failed", error)
    assert done.reason == f"'set_alarm' raised {type(error).__name__}"
    with pytest.raises(type(error), match="it broke") as raised:
        done.result()
    assert raised.value is error
    assert "broken" in [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, BaseExceptionGroup])
@pytest.mark.parametrize("timeout", [None, 30.0])
def test_an_interruption_passes_through(kind: type[BaseException], timeout: float | None) -> None:
    error = kind("stop", [KeyboardInterrupt()]) if kind is BaseExceptionGroup else kind("stop")
    dispatcher = Dispatcher(TOOLS, {"set_alarm": _raising(error)}, timeout=timeout)
    with pytest.raises(kind, match="stop") as raised:
        dispatcher.dispatch(call())
    assert raised.value is error


async def _asynchronous(time: str, days: list[str] | None = None, vibrate: bool = False) -> str:
    await asyncio.sleep(0)
    return wake(time)


@pytest.mark.parametrize("timeout", [None, 30.0])
def test_a_handler_of_either_kind_can_be_awaited(timeout: float | None) -> None:
    for handler in (wake, _asynchronous, lambda **given: _asynchronous(**given)):
        dispatcher = Dispatcher[str](TOOLS, {"set_alarm": handler}, timeout=timeout)
        assert _awaited(dispatcher, call()).result() == "06:30 None False"


def test_a_hook_can_be_awaited() -> None:
    async def confirm(call: ToolCall) -> bool:
        await asyncio.sleep(0)
        return call.tool == "set_alarm"

    dispatcher = Dispatcher(TOOLS, {"set_alarm": wake}, confirm=confirm)
    assert _awaited(dispatcher, call(confirm=True)).outcome == "done"
    with pytest.raises(HandlerError, match=r"set_alarm: 'confirm' is asynchronous\. Use 'await "):
        dispatcher.dispatch(call(confirm=True))
    assert dispatcher.dispatch(call()).outcome == "done"


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_asynchronous_handler_cannot_be_run_at_once(dry_run: bool) -> None:
    with pytest.raises(HandlerError, match=r"set_alarm: its handler is asynchronous\. Use 'await "):
        Dispatcher(TOOLS, {"set_alarm": _asynchronous}).dispatch(call(), dry_run=dry_run)


@pytest.mark.parametrize("timeout", [None, 30.0])
def test_a_handler_that_turns_out_to_be_asynchronous_has_failed_without_running(timeout: float | None) -> None:
    ran: list[str] = []

    async def act(time: str) -> None:
        ran.append(time)

    dispatcher = Dispatcher(TOOLS, {"set_alarm": lambda **given: act(**given)}, timeout=timeout)
    done = dispatcher.dispatch(call())
    assert (done.outcome, ran) == ("failed", [])
    with pytest.raises(HandlerError, match=r"it returned 'coroutine'\. Use 'await "):
        done.result()


def test_many_threads_may_share_a_dispatcher() -> None:
    dispatcher = Dispatcher(TOOLS, {"set_alarm": lambda **given: given["time"]})
    calls = [call("set_alarm", {"time": str(n)}) for n in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert [done.value for done in threads.map(dispatcher.dispatch, calls)] == [str(n) for n in range(200)]


def test_the_time_it_took_includes_the_answer_of_the_person(run: Run) -> None:
    ticks = iter([10.0, 10.25])
    dispatcher = Dispatcher(TOOLS, {"set_alarm": wake}, confirm=lambda call: True, timer=lambda: next(ticks))
    assert run(dispatcher, call(confirm=True)).milliseconds == 250.0


def test_what_handlers_return_is_known_to_type_checkers() -> None:
    texts = Dispatcher[str](TOOLS, {"set_alarm": wake})
    assert_type(texts.dispatch(call()).result(), str)
    anything = Dispatcher(BOTH, {"set_alarm": wake, "flip_coin": lambda: 1})
    assert_type(anything, Dispatcher[object])


def test_only_what_waits_for_nothing_is_run_without_an_event_loop() -> None:
    class Waits:
        def __await__(self) -> Any:
            yield

    async def wait() -> None:
        waits: Awaitable[None] = Waits()
        await waits

    with pytest.raises(AssertionError, match="the coroutine waits for something"):
        finished(wait())


def test_a_dispatcher_says_what_it_is() -> None:
    assert repr(Dispatcher(TOOLS, {"set_alarm": wake})) == "<Dispatcher of 1 tools>"
