"""Words keep their places in the text as it was said."""

from hypothesis import given
from hypothesis import strategies as st

from router.phrasing.tokens import tokenize
from router.text import normalize


def test_marks_inside_a_word_belong_to_it() -> None:
    assert tokenize("Don’t ring at 7:30, e-mail bob@x.io.").words == (
        "don't",
        "ring",
        "at",
        "7:30",
        "e-mail",
        "bob@x.io",
    )


def test_romance_elisions_are_words() -> None:
    assert tokenize("n'éteins pas l'alarme").words == ("n'", "éteins", "pas", "l'", "alarme")


def test_pauses_are_seen_where_marks_stand() -> None:
    tokens = tokenize("no, wait. stop")
    assert [tokens.is_clause(n) for n in range(3)] == [False, True, True]
    assert [tokens.is_sentence(n) for n in range(3)] == [False, False, True]


@given(st.text())
def test_a_run_of_words_is_part_of_the_text(text: str) -> None:
    tokens = tokenize(normalize(text))
    for end in range(len(tokens.words) + 1):
        assert tokens.between(0, end) in tokens.text


def test_a_letter_that_grows_in_lower_case_moves_nothing() -> None:
    tokens = tokenize("İstanbul now")
    assert tokens.between(1, 2) == "now"
