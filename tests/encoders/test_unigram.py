"""The unigram tokenizer that is mapped into memory gives what `tokenizers` gives."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from router.encoder_making.pieces import write_pieces
from router.encoders.card import PIECES
from router.encoders.safetensors import open_arrays, write_arrays
from router.encoders.tokenizer import open_tokenizer
from router.encoders.unigram import UnigramTokenizer
from router.errors import EncoderError

MOST = 24
MARKS = ("<s>", "<pad>", "</s>", "<unk>")
PIECES_OF_WORDS = {
    piece: -float(score)
    for score, pieces in {
        4: "▁ ▁the .",
        5: "e a t",
        6: "k h m ▁me th he",
        7: "ke ▁t",
        8: "wa ▁.",
        9: "▁wake 日本 ... é x",
        9.5: "▁wak 日 本",
        12: "각 xxxxxxxxxxxx",
    }.items()
    for piece in pieces.split()
}
SAID = st.lists(
    st.sampled_from([*PIECES_OF_WORDS, *MARKS, "wake", "the", "e\u0301", "𐎀𐎁", *"…ﬁ²¨\u1100\u1161\u11a8ﷺ🔦"])
    | st.sampled_from([" ", "  ", "\t", "\x1c", "\u200b", "\u3000"])
    | st.characters(exclude_categories=["Cs"]),
    max_size=20,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("pieces"), _tokenizer())


def _tokenizer() -> Tokenizer:
    vocabulary = [*((mark, 0.0) for mark in MARKS), *PIECES_OF_WORDS.items()]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in MARKS])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def _written(folder: Path, tokenizer: Tokenizer) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("router.encoder_making.pieces.WORTH_IT", 0)
        assert write_pieces(tokenizer.to_str(), folder)
    return folder


def _both(folder: Path, text: str) -> tuple[Any, Any]:
    reference = _tokenizer()
    reference.enable_truncation(MOST)
    reference.encode_special_tokens = True
    return UnigramTokenizer(folder / PIECES, MOST).encode(text), reference.encode(text)


@given(SAID)
@example("")
@example(" ")
@example("wake me the 日本 wake")
@example("▁a▁▁b")
@example("<s> text that looks like marks </s>")
@example("𐎀𐎁 𐎀x𐎁")
@example("wake the " * 30)
@example("x" * 300)
@example("\x00wake")
def test_any_text_has_the_tokens_that_tokenizers_gives(folder: Path, text: str) -> None:
    found, expected = _both(folder, text)
    assert found.ids == expected.ids
    assert found.special_tokens_mask == expected.special_tokens_mask
    assert all(0 <= start <= end <= len(text) for start, end in found.offsets)


@given(SAID)
@example("wake me")
@example("\x00.")
@example("𐎀𐎁 the 𐎀x𐎁")
def test_text_in_normal_form_has_their_offsets(folder: Path, text: str) -> None:
    text = " ".join(text.split())
    assume(unicodedata.is_normalized("NFKC", text))
    found, expected = _both(folder, text)
    assert found.offsets == expected.offsets


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("  wake  me ", [(0, 6), (6, 10), (10, 11)]),
        ("ﬁe\u0301", [(0, 1), (0, 1), (1, 3)]),
        ("\u1100\u1161\u11a8", [(0, 3), (0, 3)]),
    ],
)
def test_offsets_of_other_text_are_where_it_is_from(folder: Path, text: str, offsets: list[tuple[int, int]]) -> None:
    assert UnigramTokenizer(folder / PIECES, MOST).encode(text).offsets[1:-1] == offsets


def test_the_arrays_are_opened_where_they_are_there(folder: Path) -> None:
    assert isinstance(open_tokenizer(folder / "tokenizer.json", MOST, mapped=True), UnigramTokenizer)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ids": None}, "'ids'"),
        ({"hashes": np.zeros(3, np.float32)}, "'hashes' are no whole numbers"),
        ({"scores": np.zeros(1)}, "'hashes', 'ids' and 'scores' differ in length"),
        ({"longest": np.zeros(0, np.int32)}, "index 0 is out of bounds"),
        ({"lowest": np.zeros(1, np.int32)}, "'lowest' is no score"),
    ],
)
def test_arrays_that_are_no_tokenizer_are_an_error(
    folder: Path, tmp_path: Path, change: dict[str, NDArray[Any] | None], told: str
) -> None:
    arrays = {**open_arrays(folder / PIECES), **change}
    write_arrays(tmp_path / PIECES, {name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(EncoderError, match=rf"{PIECES}: not the arrays of a tokenizer: .*{told}"):
        UnigramTokenizer(tmp_path / PIECES, MOST)


@pytest.mark.parametrize(
    "change",
    [
        {"normalizer": {"type": "NFKC"}},
        {"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": True}},
        {"post_processor": None},
    ],
)
def test_what_the_arrays_cannot_say_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setattr("router.encoder_making.pieces.WORTH_IT", 0)
    assert not write_pieces(json.dumps(json.loads(_tokenizer().to_str()) | change), tmp_path)
    assert not list(tmp_path.iterdir())
