import pytest
from hypothesis import given

from router.arguments.tagger.features import FEATURES_OF_A_WORD, lexical_features, shape
from router.arguments.words import split_words
from router.text import normalize
from tests.strategies import utterances


@given(utterances.map(normalize))
def test_every_word_has_the_same_number_of_features(text: str) -> None:
    words = split_words(text)
    features = lexical_features(words)
    assert len(features) == len(words)
    assert all(len(own) == FEATURES_OF_A_WORD == len(set(own)) for own in features)


@pytest.mark.parametrize("mark", ["$", "^"])
def test_no_word_looks_like_the_end_of_the_utterance(mark: str) -> None:
    before, after = lexical_features(split_words(f"pay {mark}"))[0], lexical_features(split_words("pay"))[0]
    assert f"+1={mark}" in before
    assert "+1=" in after
    assert f"+1={mark}" not in after


def test_letters_of_either_case_look_alike_but_for_their_shape() -> None:
    lower, upper = lexical_features(split_words("call anna"))[1], lexical_features(split_words("CALL ANNA"))[1]
    assert {feature[:2] for feature in set(lower) ^ set(upper)} == {"x=", "-x"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [("", ""), ("Anna", "Xx"), ("USA", "X"), ("7", "9"), ("30pm", "9x"), ("7:30", "9.9"), ("東京", "a"), ("🔦", ".")],
)
def test_a_shape_tells_the_kinds_of_characters(word: str, expected: str) -> None:
    assert shape(word) == expected
