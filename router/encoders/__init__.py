"""Encoders: texts in, unit vectors out.

Importing this package imports no backend; `load_encoder` imports the one it opens.
"""

from router.encoders.adapted import AdaptedEncoder, adapted
from router.encoders.hashing import HashingEncoder
from router.encoders.protocol import (
    Encoder,
    Prefixes,
    TokenEncoder,
    TokenVectors,
    encode_declarations,
    encode_utterance_tokens,
    encode_utterances,
)
from router.encoders.registry import DEFAULT, EncoderInfo, available_encoders, load_encoder

__all__ = [
    "DEFAULT",
    "AdaptedEncoder",
    "Encoder",
    "EncoderInfo",
    "HashingEncoder",
    "Prefixes",
    "TokenEncoder",
    "TokenVectors",
    "adapted",
    "available_encoders",
    "encode_declarations",
    "encode_utterance_tokens",
    "encode_utterances",
    "load_encoder",
]
