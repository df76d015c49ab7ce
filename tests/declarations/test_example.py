import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.declarations import Example, Slot
from router.errors import DeclarationError
from tests.strategies import examples


@given(examples())
def test_marks_survive_a_round_trip(example: Example) -> None:
    assert Example.parse(example.marked()) == example
    assert Example.from_json(example.to_json()) == example


@given(st.text(alphabet="ab {}:", max_size=20))
def test_any_text_is_an_example_or_a_declaration_error(text: str) -> None:
    try:
        example = Example.parse(text)
    except DeclarationError:
        return
    assert Example.parse(example.marked()) == example


def test_white_space_inside_a_mark_is_not_said() -> None:
    example = Example.parse("wake me at { time :  half past six }!")
    assert example.utterance == "wake me at half past six!"
    assert example.slots == (Slot("time", 11, 24),)


def test_only_the_first_colon_of_a_mark_ends_the_name() -> None:
    example = Example.parse("at {time: 7: 30}")
    assert example.words(example.slots[0]) == "7: 30"


def test_stating_no_arguments_differs_from_stating_nothing() -> None:
    assert Example("lights off").to_json() == "lights off"
    assert Example("lights off", arguments={}).to_json() == {"utterance": "lights off", "arguments": {}}


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("at {time: six", "'{' belongs to no slot mark"),
        ("at time: six}", "'}' belongs to no slot mark"),
        ("at {time six}", "'{' belongs to no slot mark"),
        ("at {a: {b: six}}", "'{' belongs to no slot mark"),
        ("at {time: }", "the slot mark of 'time' holds no words"),
        ("at {time: \u200b}", "the slot mark of 'time' holds no words"),
        ("at { : six}", "'' cannot name a parameter"),
        (" \t\u200b", "the utterance is empty"),
        ("a" * 501, "501 characters, more than 500"),
    ],
)
def test_a_broken_mark_is_explained(marked: str, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Example.parse(marked)


@pytest.mark.parametrize(
    ("slots", "message"),
    [
        ((Slot("a", 0, 3), Slot("b", 2, 5)), "the slot of 'b' overlaps another"),
        ((Slot("a", 5, 8), Slot("b", 0, 4)), "the slot of 'b' overlaps another"),
        ((Slot("a", 5, 99),), "lies outside the utterance"),
        ((Slot("a", 4, 8),), "begins or ends with white space"),
        ((Slot("a:b", 5, 8),), "cannot name a parameter"),
    ],
)
def test_slots_must_lie_on_words_in_order(slots: tuple[Slot, ...], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Example("call mum", slots)
