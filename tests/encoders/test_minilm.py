"""The encoder `minilm`: what was published, and rebuilt byte for byte. `test_shipped` has what holds for others too."""

import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

import router.encoders
from router.encoders import load_encoder
from router.encoders.card import CARD, MODEL, TOKENIZER, Card
from router.encoders.onnx import OnnxEncoder
from tests.encoders.samples import cosines_to_original, texts_of

pytest.importorskip("router.encoders.minilm", reason="this is not a checkout")
FOLDER = Path(router.encoders.__file__).parent / "minilm"


def test_the_card_has_the_name_that_bundles_know() -> None:
    card = Card.read(FOLDER)
    assert (card.name, card.dim, card.max_tokens) == ("minilm-l6-int8", 384, 256)


def test_the_notice_names_what_it_was_made_from() -> None:
    assert "Apache License" in (FOLDER / "LICENSE").read_text(encoding="utf-8")
    notice = (FOLDER / "NOTICE").read_text(encoding="utf-8")
    for named in ("sentence-transformers/all-MiniLM-L6-v2", "nreimers/MiniLM-L6-H384-uncased", "Microsoft", "changed"):
        assert named in notice


def test_the_graph_gives_token_embeddings_whose_normalised_mean_is_the_row() -> None:
    encoder = load_encoder("minilm")
    tokenizer = Tokenizer.from_file(str(FOLDER / TOKENIZER))
    ids = np.array([tokenizer.encode("wake me at half past six").ids], np.int64)
    tokens = onnxruntime.InferenceSession(str(FOLDER / MODEL)).run(["token_embeddings"], {"input_ids": ids})[0]
    assert tokens.shape == (1, ids.shape[1], 384)
    mean = tokens.mean(axis=1)
    np.testing.assert_allclose(
        encoder.encode(["wake me at half past six"]), mean / np.linalg.norm(mean), rtol=0, atol=1e-6
    )


def test_tokens_are_pieces_of_words_and_their_mean_is_nearly_the_row() -> None:
    text = "Wake me: unbelievably [SEP] jazzy naïve 🔦"
    found = load_encoder("minilm").encode_tokens([text])[0]  # type: ignore[attr-defined]
    pieces = [text[start:end] for start, end in found.spans]
    assert "".join(pieces) == text.replace(" ", "")
    assert pieces[:4] == ["Wake", "me", ":", "un"]
    mean = found.vectors.mean(axis=0)
    assert found.row @ mean / np.linalg.norm(mean) > 0.95


def test_the_recipe_gives_the_shipped_bytes(minilm_source: Path, tmp_path: Path) -> None:
    recipe = pytest.importorskip("router.encoders.minilm.recipe")
    recipe.main(["--source", str(minilm_source), str(tmp_path / "again")])
    for name in (MODEL, TOKENIZER, CARD):
        assert (tmp_path / "again" / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_the_recipe_takes_no_other_weights(tmp_path: Path) -> None:
    recipe = pytest.importorskip("router.encoders.minilm.recipe")
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ValueError, match="not the published weights"):
        recipe.build(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_recipe_in_fp32_gives_the_published_rows(minilm_source: Path, tmp_path: Path) -> None:
    recipe = pytest.importorskip("router.encoders.minilm.recipe")
    recipe.main(["--source", str(minilm_source), "--precision", "fp32", str(tmp_path)])
    cosines = cosines_to_original("minilm", OnnxEncoder(tmp_path))
    assert cosines.min() > 0.999999


def test_the_smaller_vocabulary_splits_every_text_as_the_published_one(minilm_source: Path) -> None:
    ours = Tokenizer.from_file(str(FOLDER / TOKENIZER))
    published = Tokenizer.from_file(str(minilm_source / TOKENIZER))
    published.no_padding()
    published.no_truncation()
    ours.encode_special_tokens = published.encode_special_tokens = True
    pieces = sorted(published.get_vocab())
    words = [re.sub("^##", "", piece) for piece in pieces]
    glued = [first + second for first, second in zip(words, words[1:] + words[:1], strict=True)]
    characters = [chr(code) for code in range(0x20, 0x30000, 3) if not 0xD800 <= code < 0xE000]
    texts = [*texts_of("minilm"), *pieces, *words, *glued, *(f"a{c}b {c}" for c in characters)]
    for text in texts:
        assert ours.encode(text).tokens == published.encode(text).tokens, text
