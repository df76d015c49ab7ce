import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from router.encoders import Prefixes, encode_declarations, encode_utterance_tokens, encode_utterances, load_encoder
from router.encoders.families import tasks_of
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.errors import EncoderError
from tests.encoders.gemma import DIM, PROMPTS

TEXTS = ["wake me at half past six", "spiel etwas Jazz 🔦", "<eos> <bos> [SEP]", ""]


@pytest.fixture(scope="module")
def gemma(gemma_folder: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(gemma_folder))


def _copied(folder: Path, to: Path, **settings: Any) -> Path:
    copied = shutil.copytree(folder, to)
    file = copied / "config_sentence_transformers.json"
    file.write_text(json.dumps(json.loads(file.read_bytes()) | settings), "utf-8")
    return copied


def test_rows_are_those_of_the_model_with_its_prompt(gemma: SentenceTransformerEncoder, gemma_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gemma_folder), device="cpu")
    plain = TEXTS[:2]  # with its own tokenizer a mark that is typed is a mark
    expected = model.encode(plain, prompt_name="Classification", batch_size=1)
    np.testing.assert_allclose(encode_utterances(gemma, plain), expected, atol=1e-6)
    np.testing.assert_allclose(encode_declarations(gemma, plain), expected, atol=1e-6)


def test_prompts_of_its_settings_are_its_prefixes(gemma: SentenceTransformerEncoder) -> None:
    assert gemma.prefixes == Prefixes(PROMPTS["Classification"], PROMPTS["Classification"])
    assert tasks_of(gemma)["retrieval"] == Prefixes(PROMPTS["query"], PROMPTS["document"])
    assert load_encoder(gemma, prefixes="none").prefixes == Prefixes()


def test_a_default_prompt_is_not_put_before_texts_twice(gemma_folder: Path, tmp_path: Path) -> None:
    by_default = _copied(gemma_folder, tmp_path / "tiny-gemma", default_prompt_name="Classification")
    ours, other = SentenceTransformerEncoder(str(gemma_folder)), SentenceTransformerEncoder(str(by_default))
    assert np.array_equal(ours.encode(TEXTS), other.encode(TEXTS))


def test_it_attends_both_ways_and_marks_both_ends(gemma: SentenceTransformerEncoder) -> None:
    model = gemma._model
    assert model[0].auto_model.config.use_bidirectional_attention
    assert model[0].auto_model.dtype.is_floating_point
    ids = model.tokenizer("wake me <eos>")["input_ids"]
    marks = model.tokenizer.convert_tokens_to_ids(["<bos>", "<eos>"])
    assert [ids[0], ids[-1]] == marks
    assert not {*ids[1:-1]}.intersection(marks)


def test_tokens_are_pieces_of_the_text_in_their_context(gemma: SentenceTransformerEncoder) -> None:
    said = "wake me at half past six"
    found, other = encode_utterance_tokens(gemma, [said, "play me jazz"])
    assert [said[start:end] for start, end in found.spans] == ["wake", " me", " at", " half", " past", " six"]
    assert found.vectors.shape == (6, DIM)
    assert not np.array_equal(found.vectors[1], other.vectors[1])


def test_weights_in_half_precision_are_computed_in_float32(gemma_folder: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(gemma_folder), device="cpu").half().save(str(tmp_path / "half"), create_model_card=False)
    half = SentenceTransformerEncoder(str(tmp_path / "half"))
    assert {str(weight.dtype) for weight in half._model.state_dict().values()} == {"torch.float32"}
    cosines = (half.encode(TEXTS) * SentenceTransformerEncoder(str(gemma_folder)).encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize("declared", [{"matryoshka_dimensions": [16, 8]}, {"truncate_dim": 16}])
def test_rows_are_cut_where_its_settings_declare_it(
    gemma_folder: Path, tmp_path: Path, declared: dict[str, Any]
) -> None:
    encoder = load_encoder(f"st:{_copied(gemma_folder, tmp_path / 'cut', **declared)}", dimensions=16)
    assert encoder.encode(TEXTS).shape == (len(TEXTS), 16)


def test_rows_are_cut_where_its_card_says_that_it_was_trained_for_it(gemma_folder: Path, tmp_path: Path) -> None:
    copied = _copied(gemma_folder, tmp_path / "cut")
    (copied / "README.md").write_text('```json\n{\n "matryoshka_dims": [\n 32,\n 16\n ]\n}\n```\n', "utf-8")
    assert load_encoder(f"st:{copied}", dimensions=16).dim == 16


def test_a_card_that_is_badly_written_says_nothing_else(gemma_folder: Path, tmp_path: Path) -> None:
    copied = _copied(gemma_folder, tmp_path / "cut")
    (copied / "README.md").write_text('"matryoshka_dims": [16,, 0, 8,]', "utf-8")
    assert SentenceTransformerEncoder(str(copied)).matryoshka_dimensions == (16, 8)


def test_rows_are_not_cut_where_nothing_says_so(gemma: SentenceTransformerEncoder) -> None:
    with pytest.raises(EncoderError, match="nothing says that 16 of them can stand alone"):
        load_encoder(gemma, dimensions=16)


def test_a_mean_without_its_prompt_is_refused(gemma_folder: Path, tmp_path: Path) -> None:
    copied = _copied(gemma_folder, tmp_path / "without")
    pooling = copied / "1_Pooling" / "config.json"
    pooling.write_text(json.dumps(json.loads(pooling.read_bytes()) | {"include_prompt": False}), "utf-8")
    with pytest.raises(EncoderError, match="leave the prompt out of the mean"):
        SentenceTransformerEncoder(str(copied))


def test_a_licence_that_is_not_accepted_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    import sentence_transformers
    from huggingface_hub.errors import GatedRepoError

    response: Any = SimpleNamespace(headers={}, request=None, status_code=403)

    def refuse(*_: object, **__: object) -> None:
        try:
            raise GatedRepoError("403", response=response)
        except GatedRepoError as error:
            raise OSError("You are trying to access a gated repo.") from error

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", refuse)
    with pytest.raises(EncoderError, match=r"gated.*Accept it at https://huggingface.co/google/embeddinggemma-300m"):
        load_encoder("st:google/embeddinggemma-300m")


def test_its_size_is_that_of_its_weights(gemma: SentenceTransformerEncoder, gemma_folder: Path) -> None:
    files = sum(file.stat().st_size for file in gemma_folder.rglob("*.safetensors"))
    assert gemma.size == pytest.approx(files, rel=0.05)
