from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from router import Router
from router.encoders import AdaptedEncoder, HashingEncoder, Prefixes, TokenVectors, adapted, load_encoder
from router.encoders.cache import CachedEncoder, uncached
from router.encoders.families import dimensions_of, tasks_of
from router.encoders.onnx import OnnxEncoder
from router.errors import EncoderError, EncoderMismatchError
from tests.encoders.conftest import write_tiny_encoder


class _Trained(HashingEncoder):
    """Says that its rows may be cut, and what it was trained to see."""

    matryoshka_dimensions = (16, 8)
    tasks = {"classification": Prefixes("task: ", "task: ")}  # noqa: RUF012
    gives_tokens = True

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        one, spans = np.ones((1, 3), np.float32), np.array([[0, 1]], np.intp)
        return [TokenVectors(row, one, spans) for row in self.encode(utterances)]


def test_a_cut_row_is_the_beginning_of_the_whole_at_unit_length() -> None:
    whole, cut = _Trained(32), load_encoder(_Trained(32), dimensions=8)
    texts = ["wake me at seven", "play some jazz", ""]
    expected = whole.encode(texts)[:, :8]
    lengths = np.linalg.norm(expected, axis=1, keepdims=True)
    rows = cut.encode(texts)
    assert (rows.shape, cut.dim) == ((3, 8), 8)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows[lengths[:, 0] > 0], (expected / lengths)[lengths[:, 0] > 0], atol=1e-6)


def test_a_cut_that_is_empty_is_a_unit_row_too() -> None:
    encoder = AdaptedEncoder(HashingEncoder(256), dimensions=1)
    np.testing.assert_array_equal(np.abs(encoder.encode(["wake me", ""])), [[1.0], [1.0]])


def test_tokens_keep_their_vectors_beside_a_cut_row() -> None:
    cut = AdaptedEncoder(_Trained(32), dimensions=8)
    (found,) = cut.encode_tokens(["wake me"])
    assert cut.gives_tokens
    assert found.vectors.shape == (1, 3)
    assert np.array_equal(found.row, cut.encode(["wake me"])[0])


def test_an_encoder_that_is_left_as_it_is_is_the_same_object() -> None:
    encoder = _Trained(32)
    assert adapted(encoder, dimensions=32, prefixes="none") is encoder


def test_what_changes_rows_changes_the_fingerprint() -> None:
    encoder = _Trained(32)
    all_of_them = [
        encoder,
        adapted(encoder, dimensions=16),
        adapted(encoder, dimensions=8),
        adapted(encoder, prefixes="classification"),
        adapted(encoder, dimensions=8, prefixes="classification"),
    ]
    assert len({each.fingerprint for each in all_of_them}) == len(all_of_them)
    assert [each.name for each in all_of_them] == ["hashing", "hashing@16", "hashing@8", "hashing", "hashing@8"]
    assert all_of_them[-1].prefixes == Prefixes("task: ", "task: ")


def test_a_length_that_an_encoder_was_not_trained_for_is_refused() -> None:
    with pytest.raises(EncoderError, match="'hashing' was trained for 32, 16, 8 dimensions, not for 12"):
        load_encoder(_Trained(32), dimensions=12)
    with pytest.raises(
        EncoderError, match=r"'minilm-l6-int8' gives 384 .*declare it: \"matryoshka_dimensions\": \[64\]"
    ):
        load_encoder("minilm", dimensions=64)


@pytest.mark.parametrize("dimensions", [0, -1, 257])
def test_a_length_that_no_part_of_a_row_has_is_not_one_to_declare(dimensions: int) -> None:
    with pytest.raises(EncoderError, match=rf"'hashing' gives 256 dimensions, which cannot become {dimensions}\.$"):
        load_encoder("hashing", dimensions=dimensions)


def test_a_card_may_say_that_rows_can_be_cut(tmp_path: Path) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", matryoshka_dimensions=(4,)))
    assert adapted(encoder, dimensions=4).dim == 4


def test_what_may_be_changed_is_known_through_a_cache_and_of_what_is_adapted(tmp_path: Path) -> None:
    cached = CachedEncoder(AdaptedEncoder(_Trained(32), dimensions=16), tmp_path)
    assert dimensions_of(cached) == (8,)
    assert list(tasks_of(cached)) == ["classification", "none"]


def test_a_task_without_prefixes_is_refused_and_the_others_named() -> None:
    with pytest.raises(EncoderError, match=r"for 'clasification'. Did you mean 'classification'.*classification, none"):
        load_encoder(_Trained(32), prefixes="clasification")


def test_only_rows_of_a_models_own_length_are_known_to_be_cut() -> None:
    gemma, distilled = HashingEncoder(768), HashingEncoder(256)
    gemma.name = distilled.name = "embeddinggemma-300m"
    assert dimensions_of(gemma) == (512, 256, 128)
    assert dimensions_of(distilled) == ()
    assert list(tasks_of(gemma)) == ["classification", "similarity", "retrieval", "none"]


def test_a_bundle_is_opened_as_it_was_built(tmp_path: Path, small_tools: Path) -> None:
    encoder = load_encoder(_Trained(32), dimensions=16, prefixes="classification")
    router = Router.from_specs(small_tools, encoder=encoder)
    router.save(tmp_path / "b")
    for given in (_Trained(32), encoder):
        loaded = Router.load(tmp_path / "b", given)
        assert loaded.encoder.fingerprint == encoder.fingerprint
        assert loaded.route("wake me up").to_dict() == router.route("wake me up").to_dict()
    for other in (HashingEncoder(8), HashingEncoder(64)):
        with pytest.raises(EncoderMismatchError, match="built with encoder 'hashing@16'"):
            Router.load(tmp_path / "b", other)


def test_prefixes_of_the_encoder_that_ships_are_remembered_without_naming_it(tmp_path: Path, small_tools: Path) -> None:
    asked = AdaptedEncoder(HashingEncoder(), prefixes=Prefixes("say: ", ""))
    Router.from_specs(small_tools, encoder=asked).save(tmp_path / "b")
    assert Router.load(tmp_path / "b").encoder.prefixes == Prefixes("say: ", "")


def test_a_router_keeps_no_cache_below_what_adapts_it(tmp_path: Path) -> None:
    plain = _Trained(32)
    assert uncached(AdaptedEncoder(CachedEncoder(plain, tmp_path), dimensions=8)).encoder is plain  # type: ignore[attr-defined]
    assert uncached(adapted_plain := AdaptedEncoder(plain, dimensions=8)) is adapted_plain


@pytest.fixture
def small_tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    for name, said in {"set_alarm": ("wake me at six", "wake me up"), "play": ("play jazz", "some music")}.items():
        examples = "".join(f"  - {each}\n" for each in said)
        (folder / f"{name}.yaml").write_text(f"name: {name}\ndescription: {name}.\nexamples:\n{examples}", "utf-8")
    return folder
