from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.decisions import Abstain, AskArgument, Candidate, ToolCall
from router.evaluation import Case, Outcome
from router.evaluation.differences import Difference
from router.evaluation.measures import Measurement, Slice
from router.evaluation.wording import (
    compared,
    counted,
    did,
    digits_apart,
    escaped,
    harmless,
    interval,
    measured,
    number,
    offenders,
    quoted,
    sentence,
    short,
    slice_name,
    subject,
    written_limit,
)
from tests.evaluation.made_up import outcome
from tests.evaluation.rendering.hostile import texts

SENTENCES = {
    outcome("call mum", ["make_call"], "", 0.5, 0.27): (
        "'call mum' should call make_call, but was abstained on (out_of_scope, in scope 0.27)"
    ),
    outcome("order me a taxi", [], "create_reminder", 0.93, 1.0): (
        "'order me a taxi' is out of scope, but called create_reminder (0.93)"
    ),
    outcome("wake me", ["set_alarm"], "play_music", 0.5, 1.0): (
        "'wake me' should call set_alarm, but called play_music (0.50)"
    ),
    outcome("seven o'clock", ["b", "a"], "b", 0.9, 1.0): (
        '"seven o\'clock" should ask: a or b, but called b without asking (0.90)'
    ),
    outcome("at seven", ["b", "a"], "b?", 0.9, 1.0): (
        "'at seven' should ask: a or b, but asked for time of b without asking which (0.90)"
    ),
    outcome("six", [], "a or b", 0.4, 1.0): "'six' is out of scope, but asked: a (0.40) or b (0.15)",
    outcome("noon", ["set_alarm"], "set_alarm", 0.9, 1.0): "'noon' should call set_alarm, and called set_alarm (0.90)",
    outcome("hello", [], "", 0.9, 0.1): "'hello' is out of scope, and was abstained on (out_of_scope, in scope 0.10)",
}


@pytest.mark.parametrize("case", SENTENCES, ids=[each.verdict for each in SENTENCES])
def test_every_verdict_is_a_sentence(case: Outcome) -> None:
    assert sentence(case) == SENTENCES[case]


@pytest.mark.parametrize("reason", ["empty", "too_long"])
def test_what_was_never_scored_has_no_probability(reason: str) -> None:
    nothing = Outcome(Case("1", " ", ("a",)), Abstain(reason, utterance=" ", in_scope=0.0), 1.0)  # type: ignore[arg-type]
    assert did(nothing) == f"was abstained on ({reason})"


def test_many_tools_between_which_to_ask_are_counted() -> None:
    many = outcome("that", [f"t{n}" for n in range(8)], "")
    assert sentence(many).startswith("'that' should ask: t0 or t1 or t2 or t3 or t4 or 3 more, but ")


def test_a_share_is_written_with_its_interval_and_n() -> None:
    share = Measurement("accuracy", value=0.931, low=0.912, high=0.946, n=738)
    assert measured(share) == "0.931 (95 % CI 0.912 to 0.946, n=738)"
    assert measured(replace(share, low=None, high=None)) == "0.931 (n=738)"


def test_times_and_memory_have_units() -> None:
    time = Measurement("latency_p95", value=1.5, low=1.25, high=2.0, n=9)
    assert measured(time) == "1.500 ms (95 % CI 1.250 to 2.000 ms, n=9)"
    assert measured(Measurement("memory", value=61.44, n=1)) == "61.4 MB"


def test_what_was_not_measured_says_why_and_is_no_number() -> None:
    assert measured(Measurement("auroc", why_not="no case is out of scope")) == "not measured: no case is out of scope"


def test_a_value_that_misses_its_limit_never_looks_like_it() -> None:
    assert measured(Measurement("accuracy", value=0.89958, n=738), beside=0.9) == "0.8996 (n=738)"


@given(st.floats(0, 1), st.floats(0, 1))
def test_digits_tell_values_apart_where_nine_can(value: float, other: float) -> None:
    digits = digits_apart(value, other)
    assert 3 <= digits <= 9
    assert abs(value - other) < 2e-9 or f"{value:.{digits}f}" != f"{other:.{digits}f}"


def test_a_difference_that_rounds_to_nothing_has_no_minus() -> None:
    assert number("accuracy", -0.0001, sign="+") == "+0.000"
    assert number("accuracy", -0.0001) == "0.000"
    assert interval("accuracy", -0.0001, 0.2, sign="+") == "+0.000 to +0.200"
    assert interval("accuracy", None, 0.2) == ""


def test_limits_keep_the_digits_of_their_author() -> None:
    assert [written_limit("accuracy", each) for each in (0.9, 0.9975, 1)] == ["0.900", "0.9975", "1.000"]
    assert written_limit("latency_p50", 0.0125) == "0.0125 ms"


def test_a_value_beside_the_baseline_shows_by_how_much_it_misses_the_limit() -> None:
    difference = Difference("accuracy", 0.93, 0.9296, -0.002, 0.001, 0.0001, 99)
    assert compared(difference, 0.0004, 0.0) == (
        "0.9296, 0.9300 in the baseline (n=99; difference -0.0004, 95 % CI -0.0020 to +0.0010, p<0.001)"
    )
    memory = Difference("memory", 60.0, 61.5, None, None, None, 1)
    assert compared(memory, 1.5, 0.0) == "61.5 MB, 60.0 MB in the baseline (difference +1.5 MB)"


def test_slices_and_subjects_are_named() -> None:
    part = Slice(tag="asr", language="de")
    assert slice_name(part) == str(part) == "tag 'asr', language 'de'"
    assert subject("recall", "everyday", Slice(tool="a")) == "recall on suite 'everyday' (tool 'a')"
    assert subject("recall", "everyday") == "recall on suite 'everyday'"


def test_offenders_are_called_what_they_all_are() -> None:
    accepts = [outcome("a taxi", [], "set_alarm", 0.93, 1.0), outcome("who won", [], "get_weather", 0.88, 1.0)]
    assert offenders("false_accept_rate", accepts) == (
        "Most confident false accepts",
        ["'a taxi' -> set_alarm (0.93)", "'who won' -> get_weather (0.88)"],
    )
    mixed = [*accepts, outcome("wake me", ["set_alarm"], "", 0.5, 0.2), outcome("hum", ["a"], "b or a", 0.5, 1.0)]
    assert offenders("accuracy", mixed)[0] == "Most confident mistakes"
    assert offenders("accuracy", mixed)[1][2:] == [
        "'wake me' -> abstained (in scope 0.20), for set_alarm",
        "'hum' -> b or a, for a",
    ]
    assert offenders("latency_p95", [outcome("slow", [], "", milliseconds=12.5)]) == ("Slowest", ["'slow' (12.500 ms)"])


def test_arguments_are_shown_beside_those_that_were_due() -> None:
    case = Case("1", "at six", ("set_alarm",), arguments={"time": "six"})
    evidence = (Candidate("set_alarm", 1.0),)
    call = ToolCall("set_alarm", {"time": "x" * 200}, utterance="at six", in_scope=1.0, candidates=evidence)
    given_arguments = '{"time": "' + "x" * 110
    assert short(Outcome(case, call, 1.0)) == f'\'at six\' -> set_alarm {given_arguments}…, for {{"time": "six"}}'


def test_a_question_is_shown_with_what_was_found_and_what_was_said() -> None:
    case = Case("1", "a gym alarm at six", ("set_alarm",), {"label": "gym", "time": "six"})
    asked = AskArgument(
        "set_alarm", "time", "When?", utterance=case.utterance, in_scope=1.0, arguments={"label": "gym"}
    )
    due = '{"label": "gym", "time": "six"}'
    assert short(Outcome(case, asked, 1.0)) == (
        f'\'a gym alarm at six\' -> set_alarm {{"label": "gym"}}, asked for time, for {due}'
    )


@given(texts)
def test_nothing_that_is_written_commands_a_terminal(text: str) -> None:
    for written in (escaped(text), harmless(text), quoted(text)):
        assert re.sub("[\u200c\u200d]", "", written).isprintable()


@given(st.text(st.characters(exclude_characters="\u200c\u200d", exclude_categories=["Zs", "Zl", "Zp", "Cc"])))
def test_an_escaped_text_is_what_repr_would_write(text: str) -> None:
    assert escaped(text) == repr(text + "'\"")[1:-1].removesuffix("\\'\"").replace("\\'", "'")


@given(texts, st.integers(1, 20))
def test_a_long_utterance_is_cut_and_shows_it(text: str, limit: int) -> None:
    assert quoted(text, limit).endswith("…") == (len(text) > limit)
    assert quoted(text, limit).removesuffix("…") == quoted(text[:limit], limit)


def test_counts_are_words() -> None:
    assert [counted(1, "case"), counted(1200, "case"), counted(2, "is", "are")] == ["1 case", "1,200 cases", "2 are"]
