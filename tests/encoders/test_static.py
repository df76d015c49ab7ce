from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from router.encoders import load_encoder
from router.encoders.card import CARD, PIECES, TOKENIZER
from router.encoders.safetensors import open_arrays, write_arrays
from router.encoders.static import TABLE, StaticEncoder
from router.errors import EncoderError
from tests.encoder_making.small_encoders import DIM, TOKENIZERS, write_static

TEXT = "wake me at half past six"


def test_it_opens_by_name(tmp_path: Path) -> None:
    encoder = load_encoder(f"static:{write_static(tmp_path / 'small')}")
    assert (encoder.name, encoder.dim) == ("small", DIM)
    assert "'small', 16 dims" in repr(encoder)


@pytest.mark.parametrize("dtype", [np.int8, np.float16, np.float32])
def test_a_row_is_the_weighted_sum_of_its_tokens_vectors(tmp_path: Path, dtype: Any) -> None:
    encoder = StaticEncoder(write_static(tmp_path / "small", dtype=dtype))
    arrays = load_file(encoder.folder / TABLE)
    ids = encoder._tokenizer.encode(TEXT, add_special_tokens=False).ids
    expected = arrays["weights"][ids] @ arrays["embeddings"][ids].astype(np.float64)
    np.testing.assert_allclose(encoder.encode([TEXT])[0], expected / np.linalg.norm(expected), atol=1e-6)


def test_the_order_of_words_does_not_matter(tmp_path: Path) -> None:
    a, b = StaticEncoder(write_static(tmp_path / "small")).encode(["wake me at six", "six at me wake"])
    assert a @ b == pytest.approx(1)


def test_the_marks_that_the_tokenizer_adds_have_no_part_in_it(tmp_path: Path) -> None:
    [found] = StaticEncoder(write_static(tmp_path / "small", "BPE with bytes")).encode_tokens(["wake"])
    assert np.array_equal(found.spans[[0, -1], [0, 1]], [0, 4])


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_what_looks_like_a_mark_is_text(tmp_path: Path, kind: str) -> None:
    encoder = StaticEncoder(write_static(tmp_path / "small", kind))
    for mark in ("[SEP]", "</s>", "<eos>"):
        assert encoder.encode_tokens([f"{mark} wake me"])[0].spans[0].tolist()[1] < len(mark)


def test_a_piece_that_stands_for_nothing_said_is_no_token(tmp_path: Path) -> None:
    spans = StaticEncoder(write_static(tmp_path / "small", "Unigram")).encode_tokens(["zzz wake"])[0].spans
    assert (spans[:, 0] < spans[:, 1]).all()


def test_unknown_words_have_no_part_in_a_row(tmp_path: Path) -> None:
    encoder = StaticEncoder(write_static(tmp_path / "small"))
    known, more, nothing, empty = encoder.encode(["wake me", "wake me ₿", "₿ ₿", ""])
    assert np.array_equal(known, more)
    assert np.array_equal(nothing, empty)


def test_tokens_have_their_vector_of_the_table_at_unit_length(tmp_path: Path) -> None:
    encoder = StaticEncoder(write_static(tmp_path / "small"))
    alone, within = encoder.encode_tokens(["wake", "wake me"])
    assert np.array_equal(within.vectors[0], alone.vectors[0])
    np.testing.assert_allclose(np.linalg.norm(within.vectors, axis=1), 1, atol=1e-6)


def _as_model2vec_writes_it(folder: Path, **arrays: Any) -> Path:
    """As its `save_pretrained`: no card, but a configuration and a table in float16."""
    write_static(folder)
    (folder / CARD).unlink()
    (folder / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    save_file(arrays, folder / TABLE)
    return folder


def test_a_folder_of_model2vec_opens_without_a_card(tmp_path: Path) -> None:
    ours = StaticEncoder(write_static(tmp_path / "small"))
    arrays = load_file(ours.folder / TABLE)
    table = (arrays["embeddings"] * arrays["weights"][:, None]).astype(np.float16)
    folder = _as_model2vec_writes_it(tmp_path / "theirs", embeddings=table)
    theirs = StaticEncoder(folder)
    assert theirs.name == "theirs"
    assert theirs.fingerprint == StaticEncoder(folder).fingerprint != ours.fingerprint
    np.testing.assert_allclose(theirs.encode([TEXT]), ours.encode([TEXT]), atol=2e-3)


def test_tokens_may_share_vectors(tmp_path: Path) -> None:
    pieces = TOKENIZERS["WordPiece"]().get_vocab_size()
    mapping = np.arange(pieces) % 7
    table = np.random.default_rng(5).normal(size=(7, DIM)).astype(np.float32)
    shared = _as_model2vec_writes_it(tmp_path / "shared", embeddings=table, mapping=mapping)
    spelled_out = _as_model2vec_writes_it(tmp_path / "spelled_out", embeddings=table[mapping])
    assert np.array_equal(StaticEncoder(shared).encode([TEXT]), StaticEncoder(spelled_out).encode([TEXT]))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"vectors": np.ones((3, 2), np.float32)}, r"holds 'vectors' float32 \[3, 2\]; expected 'embeddings' \[n, D\]"),
        ({"embeddings": np.ones((3, DIM), np.float32)}, r"too few for the \d+ tokens of tokenizer.json"),
        (
            {"embeddings": np.ones((900, DIM), np.float32), "weights": np.ones(2, np.float32)},
            r"holds .*'weights' float32 \[2\].*; expected 'weights' and 'mapping' of \d+ tokens",
        ),
        (
            {"embeddings": np.ones((900, DIM), np.float32), "mapping": np.zeros(900, np.float32)},
            r"holds .*'mapping' float32 \[900\].*; expected 'weights' and 'mapping' of \d+ tokens",
        ),
    ],
)
def test_a_table_that_does_not_fit_is_described(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        StaticEncoder(_as_model2vec_writes_it(tmp_path / "wrong", **arrays))


def test_the_card_must_be_of_this_table(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "small")
    card = json.loads((folder / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps(card | {"dim": 99}))
    with pytest.raises(EncoderError, match=r"says 99 dimensions in 'model.safetensors'; expected 16 in 'model.safe"):
        StaticEncoder(folder)


def test_a_vector_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    pieces = TOKENIZERS["WordPiece"]().get_vocab_size()
    folder = _as_model2vec_writes_it(tmp_path / "nan", embeddings=np.full((pieces, DIM), np.nan, np.float32))
    with pytest.raises(EncoderError, match="gave a row of length nan"):
        StaticEncoder(folder).encode([TEXT])


@pytest.mark.parametrize("name", [TABLE, TOKENIZER])
def test_a_missing_or_altered_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_static(tmp_path / "small")
    with (folder / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(EncoderError, match=rf"{name}: has \d+ bytes, but encoder.json says \d+"):
        StaticEncoder(folder)
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=f"{name}: No such file"):
        StaticEncoder(folder)


def test_arrays_are_written_as_others_read_them_and_read_as_others_write_them(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    arrays: dict[str, NDArray[Any]] = {
        "weights": random.normal(size=5).astype(np.float32),
        "embeddings": random.integers(-127, 128, size=(5, 3)).astype(np.int8),
        "mapping": np.arange(5),
    }
    write_arrays(tmp_path / "ours", arrays)
    save_file(arrays, tmp_path / "theirs", metadata={"format": "np"})
    for found in (load_file(tmp_path / "ours"), open_arrays(tmp_path / "ours"), open_arrays(tmp_path / "theirs")):
        assert found.keys() == arrays.keys()
        assert all(np.array_equal(found[name], array) for name, array in arrays.items())
        assert all(found[name].dtype == array.dtype for name, array in arrays.items())


def _safetensors(header: bytes, length: int | None = None) -> bytes:
    return (len(header) if length is None else length).to_bytes(8, "little") + header + bytes(12)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"abc",
        _safetensors(b"{}", 1 << 60),
        _safetensors(b"[]"),
        _safetensors(b"not json"),
        _safetensors(b'{"a": 3}'),
        _safetensors(b'{"a": {"dtype": "BF16", "shape": [6], "data_offsets": [0, 12]}}'),
        _safetensors(b'{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 12]}}'),
        _safetensors(b'{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}'),
        _safetensors(b'{"a": {"dtype": "F32", "shape": [3], "data_offsets": ["0", 12]}}'),
        _safetensors(b'{"a": {"dtype": "F32", "shape": 3, "data_offsets": [0, 12]}}'),
        _safetensors(b'{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 12]}}'),
    ],
)
def test_what_is_no_safetensors_file_is_an_encoder_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TABLE).write_bytes(content)
    with pytest.raises(EncoderError, match=TABLE):
        open_arrays(tmp_path / TABLE)


def test_an_array_of_a_kind_that_is_not_known_is_named(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_bytes(_safetensors(b'{"a": {"dtype": "BF16", "shape": [6], "data_offsets": [0, 12]}}'))
    with pytest.raises(EncoderError, match=r"an array of the kind 'BF16'; these are known: U8, I8, F16, F32"):
        open_arrays(tmp_path / TABLE)


def test_the_arrays_of_a_large_tokenizer_are_not_for_it(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "small")
    rows = StaticEncoder(folder).encode([TEXT])
    write_arrays(folder / PIECES, {"pairs": np.zeros(1, np.int64)})
    assert np.array_equal(StaticEncoder(folder).encode([TEXT]), rows)


def test_it_imports_numpy_and_tokenizers_only(tmp_path: Path) -> None:
    folder = write_static(tmp_path / "small")
    program = (
        f"from router.encoders import load_encoder; load_encoder('static:{folder}').encode(['wake me']);"
        "import sys; heavy = {'onnxruntime', 'safetensors', 'torch', 'scipy', 'onnx'} & set(sys.modules);"
        "assert 'tokenizers' in sys.modules and not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
