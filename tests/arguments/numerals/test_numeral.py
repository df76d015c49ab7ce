"""Numbers are read in figures and in the words of each language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from router.arguments.numerals.lexicon import LANGUAGES, language_of, lexicon
from router.arguments.numerals.numeral import Numeral, Numerals
from router.arguments.numerals.tokens import tokenize

EVERY = {language: Numerals(lexicon(language)) for language in LANGUAGES}
languages = st.sampled_from(LANGUAGES)


def read(text: str, language: str = "en", at: int = 0) -> Numeral | None:
    """Return the longest number at a token."""
    return next(iter(EVERY[language].at(tokenize(text), at)), None)


def whole(text: str, language: str) -> float | None:
    """Return the value of a text that is one number and nothing else."""
    found = read(text, language)
    return found.value if found is not None and found.end == len(tokenize(text)) else None


@given(languages, st.integers(0, 999_999))
def test_a_cardinal_in_words_is_read_back(language: str, value: int) -> None:
    said = num2words(value, lang=language)
    if "dicotto" not in said:  # num2words writes centodicotto for centodiciotto
        assert whole(said, language) == value, said


@given(languages, st.integers(1, 31))
def test_an_ordinal_in_words_is_read_back(language: str, value: int) -> None:
    said = num2words(value, lang=language, to="ordinal")
    found = read(said, language)
    assert found is not None
    assert (found.value, found.is_ordinal, found.end) == (value, True, len(tokenize(said))), said


@given(languages, st.integers(0, 10**15 - 1))
def test_figures_are_read_back(language: str, value: int) -> None:
    assert whole(str(value), language) == value


@given(st.integers(1000, 10**12))
def test_thousands_are_parted_as_the_language_does(value: int) -> None:
    written = f"{value:,}"
    assert whole(written, "en") == value
    assert whole(written.replace(",", "."), "de") == value
    assert whole(written.replace(",", " "), "fr") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two and a half", 2.5), ("a dozen", 12), ("half a dozen", 6), ("two dozen", 24), ("twelve hundred", 1200),
        ("minus five", -5), ("-5", -5), ("three quarters", 0.75), ("three point one four", 3.14), ("point five", 0.5),
        ("2.5 million", 2_500_000), ("a couple of", 2), ("20k", 20_000), ("1 1/2", 1.5),
        ("1/2", 0.5), ("a hundred", 100),
    ],
)  # fmt: skip
def test_other_ways_to_say_a_number_in_english(text: str, value: float) -> None:
    assert whole(text, "en") == value


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("de", "anderthalb", 1.5), ("de", "zweieinhalb", 2.5), ("de", "drei komma fünf", 3.5), ("de", "1,5", 1.5),
        ("fr", "deux et demi", 2.5), ("fr", "septante et un", 71), ("fr", "une douzaine", 12),
        ("es", "media docena", 6),
        ("it", "due e mezzo", 2.5), ("pt", "dois e meio", 2.5), ("pt", "dezasseis", 16),
        ("nl", "anderhalf", 1.5), ("nl", "drieënhalf", 3.5), ("nl", "tweede", 2),
    ],
)  # fmt: skip
def test_other_ways_to_say_a_number_elsewhere(language: str, text: str, value: float) -> None:
    assert whole(text, language) == value


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [("seven thirty", 0, 7), ("7 minus 5", 0, 7), ("twenty twenty", 0, 20), ("ten eleven", 0, 10)],
)
def test_numbers_side_by_side_are_not_one(text: str, at: int, value: float) -> None:
    found = read(text, at=at)
    assert found is not None
    assert (found.value, found.end) == (value, at + 1)


@pytest.mark.parametrize(
    "text", ["minus", "and", "hundredweight", "a", "point", "half-baked" * 20, "9" * 40, "1.2.3.4"]
)
def test_these_are_no_numbers(text: str) -> None:
    found = read(text)
    assert found is None or found.end < len(tokenize(text))


@given(languages, st.text())
def test_no_text_is_too_much(language: str, text: str) -> None:
    tokens = tokenize(text)
    for at in range(len(tokens)):
        for found in EVERY[language].at(tokens, at):
            assert at < found.end <= len(tokens)


@given(
    languages,
    st.lists(st.sampled_from(["ein", "und", "zwei", "en", "twee", "cento", "otto", "tre", "half", "te", "x"])),
)
def test_long_compounds_are_read_or_refused_at_once(language: str, parts: list[str]) -> None:
    read("".join(parts) * 8 or "x", language)


def test_a_language_that_does_not_ship_is_refused() -> None:
    assert language_of("pt-BR") == language_of("PT_br") == "pt"
    with pytest.raises(ValueError, match=r"'ja'\..*Languages: de, en"):
        language_of("ja")
