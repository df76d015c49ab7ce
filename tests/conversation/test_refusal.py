"""Whoever says "don't" has not chosen, and a refused question is not open any more."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router import Abstain, Clarify, Conversation, Router, ToolCall
from router.conversation.refusal import after_no, begins_with_no
from router.conversation.vocabulary import LANGUAGES, UNSPACED, Meaning, phrases_of, vocabularies
from tests.conversation.asking import asked, asking

ALL = vocabularies(LANGUAGES)


def phrases(language: str, *meanings: Meaning) -> list[str]:
    return [phrase for meaning in meanings for phrase in phrases_of(language)[meaning]]


@st.composite
def refused_choices(draw: st.DrawFn) -> tuple[str, str]:
    """A language, and in it something that denies, perhaps something that chooses, and a choice."""
    language = draw(st.sampled_from(LANGUAGES))
    chosen = st.sampled_from([*phrases(language, "first", "second", "last", "other"), "music", "weather", "1"])
    said = [
        *draw(st.lists(st.sampled_from(phrases(language, "no", "filler")), max_size=1)),
        draw(st.sampled_from(phrases(language, "dont", "not"))),
        *draw(st.lists(st.sampled_from(phrases(language, "choosing")), max_size=2)),
        draw(chosen),
    ]
    return language, ("" if language in UNSPACED else " ").join(said)


@given(refused_choices(), st.booleans())
@example(("de", "keinen von beiden weather"), False)
@settings(max_examples=500)
def test_a_choice_that_is_forbidden_is_never_called(
    everyday_router: Router, refused: tuple[str, str], alone: bool
) -> None:
    language, reply = refused
    conversation = Conversation(
        asking(everyday_router, "play_music", "get_weather"), languages=[language] if alone else LANGUAGES
    )
    conversation.hear("?")
    decision = conversation.hear(reply)
    assert not isinstance(decision, ToolCall), reply


@given(st.sampled_from(LANGUAGES), st.data())
def test_a_choice_that_is_taken_back_at_once_is_never_called(
    everyday_router: Router, language: str, data: st.DataObject
) -> None:
    choice = data.draw(st.sampled_from(phrases(language, "first", "second", "last")))
    no = data.draw(st.sampled_from(phrases(language, "no", "dont")))
    conversation = Conversation(asking(everyday_router, "play_music", "get_weather"), languages=[language])
    conversation.hear("?")
    assert not isinstance(conversation.hear(f"{choice}, {no}"), ToolCall)


@pytest.mark.parametrize(
    "refusal",
    [
        "please don't text anyone",
        "don't text mum",
        "don't text her",
        "i said don't text her",
        "i don't think so",
        "not yet",
        "no, dad",
        "no dad",
        "um, no, my boss",
        "not mum",
        "nein, papa",
        "не звони маме",
        "不要打电话",
        "don't text mum, fold the laundry",
    ],
)
def test_what_was_refused_cannot_be_confirmed_any_more(shipped_router: Router, refusal: str) -> None:
    conversation = asked(shipped_router, "send")
    assert isinstance(conversation.hear(refusal), Abstain)
    assert conversation.pending is None
    assert not isinstance(conversation.hear("ok"), ToolCall)


@pytest.mark.parametrize("refusal", ["don't text mum", "i said don't call her", "please don't text anyone", "not yet"])
def test_a_refusal_cancels_what_was_asked_about(shipped_router: Router, refusal: str) -> None:
    match asked(shipped_router, "send").hear(refusal):
        case Abstain("cancelled", utterance="?"):
            pass
        case other:
            pytest.fail(f"{other}")


def test_what_follows_a_no_is_routed(everyday_router: Router) -> None:
    for said in ("no, wake me at seven", "no no, no: wake me at seven", "nein. wake me at seven"):
        conversation = asked(everyday_router, "send")
        assert conversation.hear(said) == everyday_router.route("wake me at seven")
        assert conversation.pending is None


def test_a_no_without_a_pause_may_belong_to_the_request(everyday_router: Router) -> None:
    conversation = asked(everyday_router, "send")
    assert conversation.hear("no wake me at seven") == everyday_router.route("no wake me at seven")
    assert conversation.pending is None


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("no, dad", "dad"),
        ("No. No! Call dad, please", "Call dad, please"),
        ("um no, dad", "dad"),
        ("no", "no"),
        ("no,", "no,"),
        ("don't, call dad", "don't, call dad"),
        ("yes, dad", "yes, dad"),
        ("call dad, no, mum", "call dad, no, mum"),
        ("いいえ、電話して", "電話して"),
        ("no, llama a papá", "llama a papá"),
        ("", ""),
    ],
)
def test_what_follows_a_no_and_a_pause(said: str, rest: str) -> None:
    assert after_no(said, ALL) == rest


@pytest.mark.parametrize("said", ["no", "um, not that", "Don't call", "nie teraz", "别打电话", "не надо звонить"])
def test_a_no_is_heard_at_the_beginning(said: str) -> None:
    assert begins_with_no(said, ALL)


@pytest.mark.parametrize("said", ["", "call dad, no", "nobody", "norah jones", "노래 틀어줘", "no " * 2000])
def test_what_is_no_such_beginning(said: str) -> None:
    assert not begins_with_no(said, ALL)


def test_a_question_that_was_not_refused_stays_open(shipped_router: Router) -> None:
    conversation = asked(shipped_router, "alarm_or_timer")
    conversation.hear("who wrote hamlet")
    assert isinstance(conversation.pending, Clarify)
