from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.encoders import (
    Encoder,
    HashingEncoder,
    Prefixes,
    TokenVectors,
    encode_declarations,
    encode_utterance_tokens,
    encode_utterances,
)


class _Asymmetric(HashingEncoder):
    prefixes = Prefixes(utterance="query: ", declaration="passage: ")

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        self.seen = list(utterances)
        return super().encode(utterances)


def test_prefixes_are_put_before_texts_by_their_kind() -> None:
    encoder = _Asymmetric()
    encode_utterances(encoder, ["wake me"])
    assert encoder.seen == ["query: wake me"]
    encode_declarations(encoder, ["Set an alarm."])
    assert encoder.seen == ["passage: Set an alarm."]


def test_without_prefixes_texts_are_encoded_as_they_are() -> None:
    encoder: Encoder = HashingEncoder()
    texts = ["wake me", "play jazz"]
    assert np.array_equal(encode_utterances(encoder, texts), encoder.encode(texts))
    assert np.array_equal(encode_declarations(encoder, texts), encoder.encode(texts))


class _Tokens(_Asymmetric):
    """Gives tokens at stated places, each with its number as its vector."""

    def __init__(self, spans: list[tuple[int, int]], *, gives_tokens: bool = True) -> None:
        super().__init__(8)
        self.spans = spans
        self.gives_tokens = gives_tokens

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        vectors = np.arange(len(self.spans), dtype=np.float32)[:, None]
        return [TokenVectors(row, vectors, np.array(self.spans, np.intp)) for row in self.encode(utterances)]


def test_places_of_tokens_are_those_in_what_was_said_without_the_prefix() -> None:
    encoder = _Tokens([(0, 5), (5, 6), (7, 11), (12, 14)])
    found = encode_utterance_tokens(encoder, ["wake me"])[0]
    assert encoder.seen == ["query: wake me"]
    assert found.spans.tolist() == [[0, 4], [5, 7]]
    assert found.vectors.tolist() == [[2], [3]]
    assert np.array_equal(found.row, encode_utterances(encoder, ["wake me"])[0])


def test_a_token_that_begins_with_the_last_space_of_the_prefix_is_the_word_after_it() -> None:
    found = encode_utterance_tokens(_Tokens([(0, 5), (5, 6), (6, 11), (11, 14)]), ["wake me"])[0]
    assert found.spans.tolist() == [[0, 4], [4, 7]]
    assert found.vectors.tolist() == [[2], [3]]


def test_an_encoder_that_gives_no_tokens_is_asked_for_none() -> None:
    for encoder in (_Asymmetric(), _Tokens([(0, 1)], gives_tokens=False)):
        found = encode_utterance_tokens(encoder, ["wake me"])[0]
        assert encoder.seen == ["query: wake me"]
        assert (found.vectors.shape, found.spans.shape) == ((0, 0), (0, 2))
        assert np.array_equal(found.row, encode_utterances(encoder, ["wake me"])[0])
