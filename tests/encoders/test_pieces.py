"""The tokenizer that is mapped into memory gives what `tokenizers` gives."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer

from router.encoder_making.pieces import write_pieces
from router.encoders.card import PIECES
from router.encoders.pieces import PieceTokenizer
from router.encoders.safetensors import open_arrays, write_arrays
from router.encoders.tokenizer import open_tokenizer
from router.errors import EncoderError
from tests.encoders.gemma import tiny_gemma_tokenizer

MOST = 24
SAID = st.lists(
    st.sampled_from(
        ["wake", "me", "▁", " ", "  ", "at half past", "jazz", "<eos>", "<0x41>", "\n\n", "\n", "🔦", "ÿ", "x"]
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=20,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("pieces"), _tokenizer())


def _tokenizer() -> Tokenizer:
    tokenizer = tiny_gemma_tokenizer()
    tokenizer.add_tokens([AddedToken(word, normalized=False) for word in ("\n", "\n\n", "<table>")])
    return tokenizer


def _written(folder: Path, tokenizer: Tokenizer) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("router.encoder_making.pieces.WORTH_IT", 0)
        assert write_pieces(tokenizer.to_str(), folder)
    return folder


@given(SAID)
@example("")
@example("task: classification | query: wake me at half past six")
@example("<bos> text that looks like marks <eos><start_of_turn>")
@example("a<table>\n\n\n b")
@example("wake me at half past six " * 9)
def test_any_text_has_the_tokens_that_tokenizers_gives(folder: Path, text: str) -> None:
    reference = _tokenizer()
    reference.enable_truncation(MOST)
    reference.encode_special_tokens = True
    expected, found = reference.encode(text), PieceTokenizer(folder / PIECES, MOST).encode(text)
    assert found.ids == expected.ids
    assert found.offsets == expected.offsets
    assert found.special_tokens_mask == expected.special_tokens_mask


def test_the_arrays_are_opened_where_they_are_there(folder: Path) -> None:
    assert isinstance(open_tokenizer(folder / "tokenizer.json", MOST, mapped=True), PieceTokenizer)


def test_arrays_that_are_broken_are_named(tmp_path: Path) -> None:
    (tmp_path / PIECES).write_bytes(b"?" * 99)
    with pytest.raises(EncoderError, match=rf"{PIECES}: not a safetensors file"):
        PieceTokenizer(tmp_path / PIECES, MOST)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"pairs": None}, "'pairs'"),
        ({"pairs": np.zeros(3, np.float32)}, "'pairs' is no list of whole numbers"),
        ({"ranks": np.zeros(1, np.int32)}, "'pairs', 'ranks', 'joined' differ in length"),
        ({"bytes": np.zeros(9, np.int32)}, "a piece is missing"),
        ({"characters": np.zeros(0, np.int32), "character_ids": np.zeros(0, np.int32)}, "a piece is missing"),
        ({"added": np.array([0xD800], np.int32)}, "can't decode"),
        ({"added": np.zeros(0, np.int32)}, "index out of range"),
    ],
)
def test_arrays_that_are_no_tokenizer_are_an_error(
    folder: Path, tmp_path: Path, change: dict[str, NDArray[Any] | None], told: str
) -> None:
    arrays = {**open_arrays(folder / PIECES), **change}
    write_arrays(tmp_path / PIECES, {name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(EncoderError, match=rf"{PIECES}: not the arrays of a tokenizer: .*{told}"):
        PieceTokenizer(tmp_path / PIECES, MOST)


def test_a_tokenizer_that_is_not_large_is_not_written_twice(tmp_path: Path) -> None:
    assert not write_pieces(_tokenizer().to_str(), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        {"normalizer": {"type": "Lowercase"}},
        {"normalizer": None},
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"post_processor": None},
    ],
)
def test_what_the_arrays_cannot_say_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setattr("router.encoder_making.pieces.WORTH_IT", 0)
    assert not write_pieces(json.dumps(json.loads(_tokenizer().to_str()) | change), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", [{"type": "WordPiece"}, {"byte_fallback": False}, {"ignore_merges": True}])
def test_pieces_that_are_found_otherwise_are_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setattr("router.encoder_making.pieces.WORTH_IT", 0)
    data = json.loads(_tokenizer().to_str())
    data["model"] |= change
    assert not write_pieces(json.dumps(data), tmp_path)
