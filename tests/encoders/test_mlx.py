import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from router.encoders import encode_utterances, load_encoder
from router.errors import EncoderError, MissingExtraError

TEXTS = ["wake me at half past six", "play some jazz", "<eos> and <bos>", ""]


@pytest.fixture(scope="module")
def folder(gemma_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mlx_embeddings", reason="mlx-embeddings is not installed")
    return write_mlx_folder(gemma_folder, tmp_path_factory.mktemp("mlx") / "tiny-gemma")


def write_mlx_folder(gemma_folder: Path, folder: Path) -> Path:
    """Write the small EmbeddingGemma as MLX reads it.

    mlx-embeddings counts on an older key for the layers, and lets each see the whole
    text: the same where, as in the real one, no text is longer than the window.
    """
    shutil.copytree(gemma_folder, folder)
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(
        json.dumps(config | {"sliding_window_pattern": 2, "sliding_window": 256}), "utf-8"
    )
    return folder


def test_rows_are_those_of_sentence_transformers(folder: Path) -> None:
    ours, theirs = load_encoder(f"mlx:{folder}"), load_encoder(f"st:{folder}")
    assert ours.prefixes == theirs.prefixes
    np.testing.assert_allclose(ours.encode(TEXTS), theirs.encode(TEXTS), atol=1e-4)
    np.testing.assert_allclose(encode_utterances(ours, TEXTS), encode_utterances(theirs, TEXTS), atol=1e-4)


def test_what_it_cannot_open_is_an_encoder_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds no config.json"):
        load_encoder(f"mlx:{tmp_path}")
    shutil.copy(folder / "tokenizer.json", tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "unheard_of"}', "utf-8")
    with pytest.raises(EncoderError, match=r"mlx-embeddings cannot open it"):
        load_encoder(f"mlx:{tmp_path}")


def test_without_mlx_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlx_embeddings", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'intent-router\[mlx\]'"):
        load_encoder("mlx:folder")
