from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from router.encoder_making.export import export
from router.encoder_making.parity import Tolerance
from router.encoder_making.quantize import Precision
from router.encoder_making.trim import share_changed, trim
from router.encoder_making.vocabulary import Vocabulary
from router.encoders import Encoder
from router.encoders.card import CARD, MODEL, PIECES, TOKENIZER, Card
from router.encoders.onnx import OnnxEncoder
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.encoders.static import StaticEncoder
from router.encoders.tables import WEIGHTS
from router.errors import EncoderError, MissingExtraError
from tests.encoder_making.conftest import write_tiny_bert
from tests.encoder_making.small_encoders import SAID, TOKENIZERS, write_graph, write_static
from tests.encoders.gemma import write_tiny_gemma

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
def test_a_piece_that_stands_in_the_texts_too_seldom_is_not_needed(tmp_path: Path, kind: str) -> None:
    folder = write_static(tmp_path / "whole", kind)
    texts = [*GERMAN, GERMAN[0]]  # what is in the first alone stands twice
    once, twice, never = (trim(folder, tmp_path / f"{n}", texts=texts, least=n).kept for n in (1, 2, 99))
    assert never < twice < once
    assert share_changed(folder, twice, GERMAN[:1]) == 0
    counts = Counter(number for ids in Vocabulary.read(folder).cut(texts) for number in ids)
    assert any(count == 1 and number not in twice for number, count in counts.items())
    assert {number for number, count in counts.items() if count >= 2} <= twice
    row = StaticEncoder(tmp_path / "2").encode(GERMAN[:1])
    assert row.tobytes() == StaticEncoder(folder).encode(GERMAN[:1]).tobytes()
    assert np.linalg.norm(StaticEncoder(tmp_path / "2").encode(GERMAN), axis=1) == pytest.approx(1, abs=1e-5)


def test_a_piece_that_stands_twice_in_one_text_stands_twice(tmp_path: Path) -> None:
    whole = SentenceTransformerEncoder(str(write_tiny_bert(tmp_path / "whole")))
    kept = trim(whole, tmp_path / "smaller", texts=["wake me", "at six at"], least=2).kept
    numbers = {word: whole.model.tokenizer.convert_tokens_to_ids(word) for word in ("wake", "me", "at", "six")}
    assert {word for word, number in numbers.items() if number in kept} == {"at"}


def test_what_stands_before_every_text_is_needed_however_seldom_texts_are(tmp_path: Path) -> None:
    whole = SentenceTransformerEncoder(str(write_tiny_gemma(tmp_path / "whole")))
    kept = trim(whole, tmp_path / "smaller", texts=["wake me"], least=99).kept
    assert share_changed(whole, kept, [whole.prefixes.utterance]) == 0
    assert share_changed(whole, kept, ["wake me"]) > 0


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_a_language_with_a_script_of_its_own_needs_no_word_list(tmp_path: Path, kind: str) -> None:
    folder = write_static(tmp_path / "whole", kind)
    done = trim(folder, tmp_path / "smaller", languages=["ja"])
    english, japanese = (share_changed(folder, done.kept, texts) for texts in (SAID[:3], SAID[8:]))
    assert english > 0.1
    assert japanese == 0


class _WordFreq:
    """A word list as the package wordfreq gives it."""

    @staticmethod
    def available_languages() -> dict[str, str]:
        return {"de": "", "en": ""}

    @staticmethod
    def top_n_list(language: str, count: int) -> list[str]:
        return " ".join(SAID[3:6] if language == "de" else SAID[:3]).split()[:count]


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_other_languages_keep_what_their_frequent_words_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", _WordFreq)
    folder = write_static(tmp_path / "whole", kind)
    done = trim(folder, tmp_path / "smaller", languages=["de"])
    german, english = (share_changed(folder, done.kept, texts) for texts in ([*map(str.title, GERMAN)], SAID[:3]))
    assert english > 0.1
    assert german < english / 2 if kind == "BPE with bytes" else german == 0  # there a piece may span words
    both = trim(folder, tmp_path / "both", languages=["de", "en"])
    assert both.kept > done.kept


def test_a_language_that_nothing_is_known_about_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", _WordFreq)
    with pytest.raises(EncoderError, match=r"nothing is known about .*'gsw'\. Languages: am, de, el, en, .*zh"):
        trim(write_static(tmp_path / "whole"), tmp_path / "smaller", languages=["gsw"])


def test_without_the_word_lists_the_command_that_installs_them_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(MissingExtraError, match=r"which words 'de' has needs 'wordfreq'.*intent-router\[trim\]"):
        trim(write_static(tmp_path / "whole"), tmp_path / "smaller", languages=["de"])


def test_without_onnx_the_command_that_installs_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_graph(tmp_path / "whole")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"intent-router\[trim\]"):
        trim(folder, tmp_path / "smaller", texts=GERMAN)


def test_the_folder_that_is_read_is_not_written(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "whole")
    with pytest.raises(EncoderError, match="is the folder that is read"):
        trim(folder, tmp_path / "other" / ".." / "whole", texts=GERMAN)


def test_digits_and_signs_stay(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "whole", "byte-level BPE")
    done = trim(folder, tmp_path / "smaller", texts=["x"])
    assert share_changed(folder, done.kept, ["12:30!? 2026 🔦"]) == 0


def test_a_shared_table_stays_shared(tmp_path: Path) -> None:
    pieces = TOKENIZERS["WordPiece"]().get_vocab_size()
    more: dict[str, Any] = {"embeddings": np.eye(9, 16, dtype=np.float32), "mapping": np.arange(pieces) % 9}
    folder = write_static(tmp_path / "whole", **more)
    trim(folder, tmp_path / "smaller", texts=GERMAN)
    whole, smaller = StaticEncoder(folder), StaticEncoder(tmp_path / "smaller")
    assert np.array_equal(whole.encode(GERMAN), smaller.encode(GERMAN))
    assert len(smaller._table) <= 9


def test_the_prefix_of_an_encoder_is_needed_too(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "whole")
    card = json.loads((folder / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps(card | {"prefixes": {"utterance": "weather: ", "declaration": ""}}))
    done = trim(folder, tmp_path / "smaller", texts=GERMAN)
    assert share_changed(folder, done.kept, ["weather: morgen"]) == 0


def test_a_graph_whose_table_is_not_found_is_an_error(tmp_path: Path) -> None:
    folder = write_graph(tmp_path / "whole")
    model = onnx.load(folder / MODEL)
    model.graph.node.insert(0, onnx.helper.make_node("Neg", ["table"], ["negative"]))
    next(node for node in model.graph.node if node.op_type == "Gather").input[0] = "negative"
    onnx.save(model, folder / MODEL)
    (folder / CARD).unlink()
    Card(name="small", dim=16).write(folder)
    with pytest.raises(EncoderError, match=r"no table of at least \d+ rows is looked up with 'input_ids'"):
        trim(folder, tmp_path / "smaller", texts=GERMAN)


def test_a_tokenizer_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"tokenizer\.json: not a tokenizer"):
        Vocabulary("{}", "tokenizer.json")
    clip = {"type": "BPE", "vocab": {"a</w>": 0}, "merges": [], "end_of_word_suffix": "</w>"}
    with pytest.raises(EncoderError, match="clip: marks where a word begins or ends"):
        Vocabulary(json.dumps({"version": "1.0", "added_tokens": [], "model": clip}), "clip")


@pytest.mark.parametrize("precision", ["fp32", "int8", "int4"])
@pytest.mark.parametrize("mapped", [False, True], ids=["in one file", "mapped"])
def test_what_export_writes_can_be_trimmed(
    tiny_gemma: SentenceTransformerEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: Precision,
    mapped: bool,
) -> None:
    if mapped:
        monkeypatch.setattr("router.encoder_making.graph.BESIDE", 0)
        monkeypatch.setattr("router.encoder_making.pieces.WORTH_IT", 0)
    texts = ["wake me at half past six", "turn it up!"]
    export(tiny_gemma, tmp_path / "whole", precision, texts, tokens=True, tolerance=Tolerance(0.5, 0.5))
    done = trim(tmp_path / "whole", tmp_path / "smaller", texts=texts)
    assert done.bytes_after < done.bytes_before
    files = {file.name for file in (tmp_path / "smaller").iterdir()}
    assert files == {file.name for file in (tmp_path / "whole").iterdir()}
    assert (WEIGHTS in files) is (PIECES in files) is mapped
    whole, smaller = (OnnxEncoder(tmp_path / name) for name in ("whole", "smaller"))
    assert whole.encode(texts).tobytes() == smaller.encode(texts).tobytes()
    for one, other in zip(whole.encode_tokens(texts), smaller.encode_tokens(texts), strict=True):
        assert one.vectors.tobytes() == other.vectors.tobytes()
    assert smaller.encode(["play some jazz 🔦", ""]).shape == (2, whole.dim)


def test_a_folder_of_model2vec_needs_no_card(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "whole")
    (folder / CARD).unlink()
    trim(folder, tmp_path / "smaller", texts=GERMAN)
    whole, smaller = StaticEncoder(folder), StaticEncoder(tmp_path / "smaller")
    assert whole.encode(GERMAN).tobytes() == smaller.encode(GERMAN).tobytes()
    card = json.loads((tmp_path / "smaller" / CARD).read_text("utf-8"))
    assert card["trimmed_from"]["fingerprint"] == whole.fingerprint


def test_nor_does_a_folder_as_on_the_hub(tmp_path: Path) -> None:
    folder = write_graph(tmp_path / "whole")
    (folder / CARD).unlink()
    (folder / "onnx").mkdir()
    (folder / MODEL).rename(folder / "onnx" / MODEL)
    (folder / "config.json").write_text(json.dumps({"hidden_size": 16}), "utf-8")
    trim(folder, tmp_path / "smaller", texts=GERMAN)
    assert {file.name for file in (tmp_path / "smaller").iterdir()} == {MODEL, TOKENIZER, CARD}
    whole, smaller = OnnxEncoder(folder), OnnxEncoder(tmp_path / "smaller")
    assert whole.encode(GERMAN).tobytes() == smaller.encode(GERMAN).tobytes()
    trim(folder, tmp_path / "smaller", texts=SAID)  # again, into the same place
    assert OnnxEncoder(tmp_path / "smaller").encode(SAID).tobytes() == whole.encode(SAID).tobytes()


def test_weights_that_another_exporter_laid_out_beside_the_model_are_taken_in(tmp_path: Path) -> None:
    folder = write_graph(tmp_path / "whole")
    onnx.save(onnx.load(folder / MODEL), folder / MODEL, save_as_external_data=True, location=WEIGHTS)
    Card(name="small", dim=16).write(folder)
    trim(folder, tmp_path / "smaller", texts=GERMAN)
    assert not (tmp_path / "smaller" / WEIGHTS).exists()
    whole, smaller = OnnxEncoder(folder), OnnxEncoder(tmp_path / "smaller")
    assert whole.encode(GERMAN).tobytes() == smaller.encode(GERMAN).tobytes()


def test_a_table_that_does_not_fit_its_tokenizer_is_an_encoder_error(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "whole", embeddings=np.ones((3, 16), np.float32))
    with pytest.raises(EncoderError, match=r"too few for the \d+ tokens"):
        trim(folder, tmp_path / "smaller", texts=GERMAN)


def test_a_folder_that_is_not_there_is_not_looked_for_on_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EncoderError, match="owner/name: no such folder"):
        trim(Path("owner/name"), tmp_path / "smaller", texts=GERMAN)


def test_an_interrupt_leaves_the_old_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_static(tmp_path / "whole")
    trim(folder, tmp_path / "smaller", texts=GERMAN)
    before = {file.name: file.read_bytes() for file in (tmp_path / "smaller").iterdir()}

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Card, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trim(folder, tmp_path / "smaller", texts=SAID)
    assert {file.name: file.read_bytes() for file in (tmp_path / "smaller").iterdir()} == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"whole", "smaller"}


def test_what_is_no_encoder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "smaller").mkdir()
    (tmp_path / "smaller" / "thesis.tex").write_text("years of work")
    with pytest.raises(EncoderError, match=r"smaller: 'thesis.tex' is in the way and not part of an encoder"):
        trim(write_static(tmp_path / "whole"), tmp_path / "smaller", texts=GERMAN)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_model_of_sentence_transformers_is_one_again(tmp_path: Path, dtype: torch.dtype) -> None:
    folder = write_tiny_gemma(tmp_path / "whole")
    model = SentenceTransformerEncoder(str(folder)).model
    model[0].auto_model.config.dtype = dtype
    model[0].auto_model.to(dtype)
    model.save(str(folder), create_model_card=False)
    whole = SentenceTransformerEncoder(str(folder))
    fingerprint = whole.fingerprint
    texts = ["wake me at half past six", "turn it up!"]
    done = trim(whole, tmp_path / "smaller", texts=texts)
    smaller = SentenceTransformerEncoder(str(tmp_path / "smaller"))
    assert len(smaller.model.tokenizer) == len(done.kept) < done.pieces == len(whole.model.tokenizer)
    assert (done.bytes_before, done.bytes_after) == (whole.size, smaller.size)
    assert done.bytes_after < done.bytes_before
    assert smaller.model[0].auto_model.config.vocab_size == len(done.kept)
    assert smaller.tasks == whole.tasks
    for prefix in ("", whole.prefixes.utterance):
        said = [prefix + text for text in texts]
        assert smaller.encode(said).tobytes() == whole.encode(said).tobytes()
    assert SentenceTransformerEncoder(str(folder)).fingerprint == fingerprint
    assert smaller.encode(["play some jazz 🔦", ""]).shape == (2, whole.dim)
    assert share_changed(whole, done.kept, texts) == 0
    export(smaller, tmp_path / "exported", "fp32", texts)


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_so_is_one_whose_pieces_are_kept_otherwise(tmp_path: Path, kind: str) -> None:
    whole = SentenceTransformerEncoder(str(write_tiny_bert(tmp_path / "whole", kind=kind)))
    done = trim(whole, tmp_path / "smaller", texts=["wake me"])
    assert {whole.model.tokenizer.convert_tokens_to_ids(word) for word in ("at", "six")}.isdisjoint(done.kept)
    smaller = SentenceTransformerEncoder(str(tmp_path / "smaller"))
    for text in ("wake me", "a b c", "", "[SEP] me"):
        assert smaller.encode([text]).tobytes() == whole.encode([text]).tobytes()
    assert smaller.model.max_seq_length == whole.model.max_seq_length


def test_a_model_whose_padding_would_move_is_refused(tmp_path: Path) -> None:
    whole = SentenceTransformerEncoder(str(write_tiny_bert(tmp_path / "whole", pad_token_id=6)))
    with pytest.raises(EncoderError, match="has its padding among other pieces, so that it cannot be made smaller"):
        trim(whole, tmp_path / "smaller", texts=["wake me"])
    assert not (tmp_path / "smaller").exists()
