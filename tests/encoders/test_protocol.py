from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from router.encoders import Encoder, HashingEncoder, Prefixes, encode_declarations, encode_utterances


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
