from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from router.encoder_making.trim import share_changed, trim
from router.encoder_making.vocabulary import Vocabulary
from router.encoders import Encoder
from router.encoders.card import CARD, TOKENIZER
from router.encoders.onnx import OnnxEncoder
from router.encoders.static import StaticEncoder
from tests.encoder_making.small_encoders import SAID, TOKENIZERS, write_graph, write_static

GERMAN = SAID[3:6]
_WRITE: dict[str, tuple[Callable[[Path, str], Path], Callable[[Path], Encoder]]] = {
    "static": (write_static, StaticEncoder),
    "fp32": (write_graph, lambda folder: OnnxEncoder(folder, threads=1)),
    "int8": (
        lambda folder, kind: write_graph(folder, kind, quantized=True),
        lambda folder: OnnxEncoder(folder, threads=1),
    ),
}


@dataclass
class Pair:
    """An encoder before and after it was trimmed to what German sentences need."""

    folder: Path
    smaller_folder: Path
    kept: frozenset[int]
    encoder: Encoder
    smaller: Encoder


@pytest.fixture(scope="module", params=[(form, kind) for form in _WRITE for kind in TOKENIZERS], ids="-".join)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    form, kind = request.param
    write, open_ = _WRITE[form]
    path = tmp_path_factory.mktemp("trim")
    folder = write(path / "whole", kind)
    done = trim(folder, path / "smaller", texts=GERMAN)
    assert len(done.kept) < done.pieces
    assert done.bytes_after < done.bytes_before
    return Pair(folder, path / "smaller", done.kept, open_(folder), open_(path / "smaller"))


_words = st.sampled_from([*" ".join(GERMAN).split(), *" ".join(GERMAN).split(), "wake", "кухне", "電気", "7", "?", "ß"])
_texts = st.lists(_words, max_size=6).map(" ".join) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=150, deadline=None)
@given(_texts)
def test_a_text_whose_pieces_were_all_kept_has_the_same_pieces_and_the_same_row(pair: Pair, text: str) -> None:
    [before], [after] = (Vocabulary.read(each).cut([text]) for each in (pair.folder, pair.smaller_folder))
    row = pair.smaller.encode([text])
    assert abs(np.linalg.norm(row) - 1) < 1e-5
    if pair.kept.issuperset(before):
        order = sorted(pair.kept)
        assert [order[number] for number in after] == before
        assert row.tobytes() == pair.encoder.encode([text]).tobytes()


def test_the_sentences_it_was_trimmed_for_keep_their_rows(pair: Pair) -> None:
    assert pair.encoder.encode(GERMAN).tobytes() == pair.smaller.encode(GERMAN).tobytes()
    assert share_changed(pair.folder, pair.kept, GERMAN) == 0
    assert share_changed(pair.folder, pair.kept, SAID[6:]) > 0.1


def test_the_marks_around_a_text_are_still_the_same(pair: Pair) -> None:
    before, after = (Tokenizer.from_file(str(each / TOKENIZER)) for each in (pair.folder, pair.smaller_folder))
    for text in (GERMAN[0], ""):
        assert after.encode(text).tokens == before.encode(text).tokens
        assert after.encode(text).special_tokens_mask == before.encode(text).special_tokens_mask


def test_the_card_says_what_it_was_made_of(pair: Pair) -> None:
    card = json.loads((pair.smaller_folder / CARD).read_text("utf-8"))
    assert card["name"] == "small-trimmed"
    assert card["trimmed_from"]["fingerprint"] == pair.encoder.fingerprint
    assert pair.smaller.fingerprint != pair.encoder.fingerprint


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_a_language_with_a_script_of_its_own_needs_no_word_list(tmp_path: Path, kind: str) -> None:
    folder = write_static(tmp_path / "whole", kind)
    done = trim(folder, tmp_path / "smaller", languages=["ja"])
    english, japanese = (share_changed(folder, done.kept, texts) for texts in (SAID[:3], SAID[8:]))
    assert english > 0.1
    assert japanese == 0
