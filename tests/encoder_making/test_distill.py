from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from sentence_transformers import SentenceTransformer

from router.encoder_making.distill import _smooth_inverse_frequency, distill
from router.encoder_making.fitting import Floats, unit
from router.encoders import load_encoder
from router.encoders.card import CARD, Card
from router.encoders.static import StaticEncoder
from router.errors import EncoderError, MissingExtraError
from tests.encoders.gemma import DIM, write_tiny_gemma

TEXTS = ["wake me at half past six", "play some jazz", "turn off the lights in the kitchen", "what is the weather"] * 5


@pytest.fixture(scope="session")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EmbeddingGemma made small, as a sentence-transformers folder."""
    return write_tiny_gemma(tmp_path_factory.mktemp("distill") / "tiny-gemma")


@pytest.fixture(scope="session")
def whole(gemma: Path, tmp_path_factory: pytest.TempPathFactory) -> StaticEncoder:
    """Distilled without texts and without losing dimensions."""
    folder = tmp_path_factory.mktemp("distill") / "static"
    made = distill(str(gemma), folder, dimensions=DIM)
    assert (made.dimensions, made.cosine) == (DIM, None)
    return StaticEncoder(folder)


def test_a_vector_is_what_the_model_makes_of_the_token_at_its_place(gemma: Path, whole: StaticEncoder) -> None:
    model = SentenceTransformer(str(gemma), device="cpu")
    words = ["wake", "play", "jazz"]
    hidden = np.stack([each[1].numpy() for each in model.encode(words, output_value="token_embeddings")])
    for module in (model[2], model[3]):
        hidden = hidden @ module.state_dict()["linear.weight"].numpy().T
    expected = unit(hidden)
    numbers = [whole._tokenizer.token_to_id(word) for word in words]
    weights = whole._weights[numbers, None] / _smooth_inverse_frequency(len(whole._weights))[numbers]
    found = whole._table[numbers] * weights
    # Neither centring nor turning changes a difference's length; 8 bits do, a little.
    for one, other in itertools.combinations(range(len(words)), 2):
        distance = np.linalg.norm(expected[one] - expected[other])
        assert np.linalg.norm(found[one] - found[other]) == pytest.approx(distance, rel=0.03)


def test_the_card_says_what_it_was_made_of(whole: StaticEncoder) -> None:
    card = json.loads((whole.folder / CARD).read_text("utf-8"))
    assert card["name"] == "tiny-gemma-static"
    assert (card["distilled_from"], card["texts"]) == ("tiny-gemma", 0)


def test_rows_may_be_cut_to_half_their_length(whole: StaticEncoder) -> None:
    half = load_encoder(f"static:{whole.folder}", dimensions=DIM // 2)
    row = whole.encode(["wake me"])[:, : DIM // 2]
    np.testing.assert_allclose(half.encode(["wake me"]), unit(row), atol=1e-6)


def test_frequent_tokens_weigh_less(whole: StaticEncoder) -> None:
    weights = whole._weights * np.abs(whole._table).max(axis=1)
    known = weights > 0
    assert weights[known][:20].mean() < weights[known][-20:].mean()


def test_texts_bring_it_nearer_to_the_model(gemma: Path, whole: StaticEncoder, tmp_path: Path) -> None:
    made = distill(str(gemma), tmp_path / "fitted", dimensions=DIM, texts=TEXTS)
    assert made.cosine is not None
    wanted = SentenceTransformer(str(gemma), device="cpu").encode(TEXTS[:4], normalize_embeddings=True)
    wanted = unit(wanted - wanted.mean(axis=0))
    fitted = StaticEncoder(tmp_path / "fitted")

    def disagreement(encoder: StaticEncoder) -> float:
        rows = encoder.encode(TEXTS[:4])
        return float(np.square(rows @ rows.T - wanted @ wanted.T).sum())

    assert disagreement(fitted) < disagreement(whole) / 2
    assert made.cosine > 0.9


def test_the_same_model_and_texts_give_the_same_bytes(gemma: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        distill(str(gemma), tmp_path / name, dimensions=8, texts=TEXTS)
    one, other = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other
    assert StaticEncoder(tmp_path / "one").dim == 8


def test_the_model_sees_the_prefix_and_the_static_encoder_does_not(
    gemma: Path, whole: StaticEncoder, tmp_path: Path
) -> None:
    distill(str(gemma), tmp_path / "prefixed", dimensions=DIM, prefix="task: classification | query: ")
    prefixed = StaticEncoder(tmp_path / "prefixed")
    assert prefixed.prefixes.utterance == ""
    assert not np.allclose(prefixed._table, whole._table)


def test_it_tells_how_far_it_is(gemma: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    distill(str(gemma), tmp_path / "static", texts=TEXTS, progress=lambda *state: told.append(state))
    assert {what for what, _, _ in told} == {"tokens", "texts", "comparing"}
    assert ("texts", len(TEXTS), len(TEXTS)) in told


@pytest.mark.parametrize("texts", [[], TEXTS])
def test_the_table_in_8_bits_is_compared_with_the_one_in_32(gemma: Path, tmp_path: Path, texts: list[str]) -> None:
    unrounded = tmp_path / "making" / "unrounded"
    parity = distill(str(gemma), tmp_path / "static", texts=texts, unrounded=unrounded).parity
    rounded, whole = StaticEncoder(tmp_path / "static"), StaticEncoder(unrounded)
    compared = texts or [piece for piece, _ in sorted(whole._tokenizer.get_vocab().items(), key=lambda item: item[1])]
    cosines = np.vecdot(rounded.encode(compared), whole.encode(compared))
    assert whole._table.dtype == np.float32
    assert parity.texts == len(compared)
    assert (parity.mean_cosine, parity.min_cosine) == pytest.approx((cosines.mean(), cosines.min()), abs=1e-5)
    assert json.loads((rounded.folder / CARD).read_text("utf-8"))["parity"] == parity.to_dict()


def test_a_table_that_8_bits_spoil_is_not_written(gemma: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(vectors: Floats) -> dict[str, Floats]:
        return {"embeddings": np.sign(vectors).astype(np.int8)}

    monkeypatch.setattr("router.encoder_making.distill._quantized", coarse)
    with pytest.raises(EncoderError, match=r"too far from the original, so nothing was written:\n  the mean cosine is"):
        distill(str(gemma), tmp_path / "static", texts=TEXTS)
    assert not list(tmp_path.iterdir())


def test_what_is_no_model_is_an_encoder_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="sentence-transformers cannot open"):
        distill(str(tmp_path), tmp_path / "out")


def test_what_the_hub_refuses_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", refuse)
    with pytest.raises(EncoderError, match=r"no folder 'owner/model' here, .* 'hf download owner/model' puts it into"):
        distill("owner/model", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_missing_package_comes_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'intent-router\[distill\]'"):
        distill("model", tmp_path / "out")


def test_an_interrupt_leaves_the_old_folder_as_it_was(
    gemma: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distill(str(gemma), tmp_path / "static", dimensions=8)
    before = {file.name: file.read_bytes() for file in (tmp_path / "static").iterdir()}

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Card, "write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        distill(str(gemma), tmp_path / "static", dimensions=4)
    assert {file.name: file.read_bytes() for file in (tmp_path / "static").iterdir()} == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["static"]


def test_what_is_no_encoder_is_never_replaced(gemma: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(EncoderError, match=r"'thesis\.tex' is in the way and not part of an encoder"):
        distill(str(gemma), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]
