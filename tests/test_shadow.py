"""The acting router decides; what the other one does is recorded and never felt."""

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from router import Abstain, Candidate, Decision, DecisionLog, Router, Shadow, ToolCall, UnknownToolError, read_log
from router.decision_log import Answer, Entry

CALL = ToolCall("set_alarm", utterance="wake me", in_scope=1.0, candidates=(Candidate("set_alarm", 1.0),))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DecisionLog]:
    with DecisionLog(tmp_path / "shadow.jsonl", "keep") as log:
        yield log


def _read(log: DecisionLog) -> list[Entry]:
    return [*read_log(log.path)]


def _shadow(entry: Entry) -> Answer:
    assert entry.shadow is not None
    return entry.shadow


def _raise(error: BaseException) -> Callable[[str], Any]:
    def fails(utterance: str) -> None:
        raise error

    return fails


def test_what_the_acting_router_answers_is_what_the_app_gets(log: DecisionLog, everyday_router: Router) -> None:
    shadow = Shadow(everyday_router, lambda utterance: "play_music", log)
    decision: Decision = shadow.route("wake me at seven")
    assert decision == everyday_router.route("wake me at seven")
    (entry,) = _read(log)
    assert entry.utterance == "wake me at seven"
    assert entry.answer.tools == ("set_alarm",)
    assert entry.answer.declarations == everyday_router.tools.fingerprint
    assert (_shadow(entry).tools, _shadow(entry).declarations) == (("play_music",), None)


@pytest.mark.parametrize("answer", [CALL, "set_alarm", None])
def test_an_answer_of_a_function_is_returned_itself(log: DecisionLog, answer: Any) -> None:
    assert Shadow(lambda utterance: answer, lambda utterance: None, log).route("wake me") is answer


def test_an_answer_that_nobody_expects_is_returned_and_recorded_as_an_error(log: DecisionLog) -> None:
    odd: Any = ["set_alarm"]
    assert Shadow(lambda utterance: odd, lambda utterance: odd, log).route("wake me") is odd
    (entry,) = _read(log)
    assert entry.answer.error == _shadow(entry).error == "returned list"


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("error", [ValueError("wake me"), SystemExit(3), GeneratorExit()])
def test_an_error_of_the_shadow_never_reaches_the_app(log: DecisionLog, background: bool, error: BaseException) -> None:
    with Shadow(lambda utterance: "set_alarm", _raise(error), log, background=background) as shadow:
        assert shadow.route("wake me") == "set_alarm"
        assert shadow.route("wake him") == "set_alarm"
    assert [(entry.answer.tool, _shadow(entry).error) for entry in _read(log)] == [
        ("set_alarm", f"raised {type(error).__name__}")
    ] * 2
    assert shadow.dropped == 0


def test_who_interrupts_the_app_while_the_shadow_is_at_work_interrupts_the_app(log: DecisionLog) -> None:
    with pytest.raises(KeyboardInterrupt, match="stop"):
        Shadow(lambda utterance: "set_alarm", _raise(KeyboardInterrupt("stop")), log).route("wake me")
    with Shadow(lambda utterance: "set_alarm", _raise(KeyboardInterrupt("stop")), log, background=True) as shadow:
        assert shadow.route("wake me") == "set_alarm"
    assert [_shadow(entry).error for entry in _read(log)] == ["raised KeyboardInterrupt"]


def test_an_error_of_the_acting_one_passes_through_and_is_recorded(log: DecisionLog) -> None:
    error = RuntimeError("it broke")
    with pytest.raises(RuntimeError, match="it broke") as raised:
        Shadow(_raise(error), lambda utterance: "set_alarm", log).route("wake me")
    assert raised.value is error
    (entry,) = _read(log)
    assert (entry.answer.error, _shadow(entry).tool) == ("raised RuntimeError", "set_alarm")


def test_an_interruption_is_no_error_and_nothing_is_recorded(log: DecisionLog) -> None:
    with pytest.raises(KeyboardInterrupt, match="stop"):
        Shadow(_raise(KeyboardInterrupt("stop")), lambda utterance: "set_alarm", log).route("wake me")
    assert _read(log) == []


@pytest.mark.parametrize(
    "quote",
    [
        str,
        str.upper,
        lambda said: f" {said}",
        lambda said: f"you said {said}",
        lambda said: f"{said}!"[:128],
        lambda said: ToolCall(said, utterance=said, in_scope=1.0),
        lambda said: ToolCall("a", utterance=said, in_scope=1.0, candidates=(Candidate(said, 1.0),)),
        lambda said: Abstain(said, utterance=said, in_scope=0.0),
    ],
)
@pytest.mark.parametrize("said", ["wake me", "torch", "Torch.", "weck mich ＡＵＦ", "call_mum-now"])
def test_a_function_that_repeats_what_was_said_gets_nothing_of_it_into_the_log(
    tmp_path: Path, quote: Callable[[str], Any], said: str
) -> None:
    with DecisionLog(tmp_path / "log") as log:
        Shadow(quote, quote, log).route(said)
        (entry,) = _read(log)
    assert entry.answer.error == _shadow(entry).error == "returned a text that is no tool's name"
    assert entry.answer.tools == _shadow(entry).tools == ()
    text = log.path.read_text("utf-8").casefold()
    assert not [word for word in re.findall(r"\w{3,}", said.casefold()) if word in text]


def test_a_tool_that_a_router_declares_may_be_called_by_its_name(log: DecisionLog, everyday_router: Router) -> None:
    shadow = Shadow(lambda utterance: "flip_coin", everyday_router, log)
    shadow.route("flip coin")
    Shadow(everyday_router, lambda utterance: "flip_coin", log).route("Flip_Coin")
    first, second = _read(log)
    assert first.answer.tools == _shadow(second).tools == ("flip_coin",)


@pytest.mark.parametrize(
    "odd",
    [
        ToolCall(["a"], utterance="", in_scope=1.0),  # type: ignore[arg-type]
        ToolCall("a", utterance="", in_scope="high", candidates=None),  # type: ignore[arg-type]
        Abstain([], utterance="", in_scope=1.0),  # type: ignore[arg-type]
    ],
)
def test_a_decision_that_is_none_is_returned_all_the_same(log: DecisionLog, odd: Any) -> None:
    assert Shadow(lambda utterance: odd, lambda utterance: odd, log).route("wake me") is odd
    (entry,) = _read(log)
    assert entry.answer.error == _shadow(entry).error
    assert str(entry.answer.error).startswith("returned ")


def test_times_of_both_are_recorded(log: DecisionLog) -> None:
    ticks = itertools.accumulate([0.0, 0.001, 1.0, 0.0025])
    Shadow(lambda utterance: None, lambda utterance: None, log, timer=ticks.__next__).route("wake me")
    (entry,) = _read(log)
    assert (entry.answer.milliseconds, _shadow(entry).milliseconds) == (1.0, 2.5)


def test_routers_know_what_is_available_and_functions_need_not(log: DecisionLog, everyday_router: Router) -> None:
    shadow = Shadow(everyday_router, lambda utterance: None, log)
    assert isinstance(shadow.route("wake me at seven", available=["play_music"]), Abstain)
    turned = Shadow(lambda utterance: "set_alarm", everyday_router, log)
    assert turned.route("wake me at seven", available=["play_music"]) == "set_alarm"
    assert [_shadow(entry).reason for entry in _read(log)][1] == "unavailable_tool"
    with pytest.raises(UnknownToolError, match="no tool is named 'dance'"):
        shadow.route("wake me", available=["dance"])
    assert turned.route("wake me", available=["dance"]) == "set_alarm"
    assert _shadow(_read(log)[-1]).error == "raised UnknownToolError"


def test_in_the_background_nobody_waits_for_the_shadow(log: DecisionLog) -> None:
    gate, threads = threading.Event(), []

    def slow(utterance: str) -> str:
        gate.wait(10)
        threads.append(threading.current_thread())
        return "set_alarm"

    with Shadow(lambda utterance: None, slow, log, background=True) as shadow:
        for _ in range(5):
            shadow.route("wake me")
        assert threads == []
        gate.set()
    assert len(threads) == len(_read(log)) == 5, "closing waits for those that wait"
    assert threading.current_thread() not in threads
    assert shadow.dropped == 0


def test_what_waits_is_bounded_and_the_rest_is_counted(log: DecisionLog) -> None:
    begun, gate = threading.Event(), threading.Event()

    def slow(utterance: str) -> None:
        begun.set()
        gate.wait(10)

    with Shadow(lambda utterance: "set_alarm", slow, log, background=True, waiting=2) as shadow:
        shadow.route("wake me")
        assert begun.wait(10)
        assert [shadow.route("wake me") for _ in range(5)] == ["set_alarm"] * 5
        assert shadow.dropped == 3
        gate.set()
    assert len(_read(log)) == 3


def test_closing_waits_no_longer_than_it_is_told_to_and_counts_what_is_left(log: DecisionLog) -> None:
    begun, gate = threading.Event(), threading.Event()

    def stuck(utterance: str) -> None:
        begun.set()
        gate.wait(10)

    shadow = Shadow(lambda utterance: None, stuck, log, background=True)
    for _ in range(3):
        shadow.route("wake me")
    assert begun.wait(10)
    shadow.close(timeout=0.01)
    assert (shadow.dropped, _read(log)) == (3, [])
    shadow.close(timeout=None)
    gate.set()
    _ended(shadow)
    assert (shadow.dropped, log.dropped, _read(log)) == (3, 0, []), "from then on nothing is compared"


def test_a_shadow_that_hangs_does_not_keep_the_app_from_ending(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.shadow.PATIENCE", 0.01)
    gate = threading.Event()

    def stuck(utterance: str) -> None:
        gate.wait(60)

    with Shadow(lambda utterance: "set_alarm", stuck, log, background=True) as shadow:
        assert shadow.route("wake me") == "set_alarm"
    assert shadow.dropped == 1
    gate.set()
    _ended(shadow)


def _ended(shadow: Shadow[Any]) -> None:
    assert shadow._thread is not None
    shadow._thread.join(10)
    assert not shadow._thread.is_alive()


@pytest.mark.parametrize("background", [False, True])
def test_after_the_end_the_acting_one_still_answers(log: DecisionLog, background: bool) -> None:
    with Shadow(lambda utterance: "set_alarm", lambda utterance: None, log, background=background) as shadow:
        pass
    assert shadow.route("wake me") == "set_alarm"
    assert (shadow.dropped, _read(log)) == (1, [])


def test_a_log_that_fails_is_not_felt_either(log: DecisionLog) -> None:
    log.close()
    assert Shadow(lambda utterance: "set_alarm", lambda utterance: None, log).route("wake me") == "set_alarm"
    assert log.dropped == 1


def test_what_is_no_router_is_refused_at_once(log: DecisionLog) -> None:
    with pytest.raises(TypeError, match="beside is 'str'; expected a Router, or a function of an utterance"):
        Shadow(lambda utterance: None, "their router", log)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="waiting is 0; expected at least 1"):
        Shadow(lambda utterance: None, lambda utterance: None, log, waiting=0)
