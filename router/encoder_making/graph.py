"""An ONNX graph, written operator by operator, with its weights beside it where they are many.

The graph is ours and not traced: it has ONNX Runtime's fused operators, weights
in blocks where that is asked for, and no padding, because a device runs one
utterance at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from router.encoder_making.quantize import BLOCK, Precision, matrix_in_blocks, rows_in_int8
from router.encoders.card import MODEL
from router.encoders.safetensors import write_arrays
from router.encoders.tables import TABLES, WEIGHTS

BESIDE = 32 * 1024 * 1024
"""From so many bytes on weights are in a file of their own, to be mapped into memory."""
_SMALL = 1024
"""Constants of fewer bytes stay in the graph, which shapes are inferred from."""


class Graph:
    """Operators and constants, appended in order. Each method returns the name of what it gives.

    `table` is the precision of what tokens are looked up in.
    """

    def __init__(self, precision: Precision, table: Precision) -> None:
        self.precision, self.table = precision, table
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append an operator with one output."""
        return self.nodes(operator, inputs, [output], **attributes)[0]

    def nodes(self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Sequence[str]:
        """Append an operator with several outputs; the name of one that nobody needs is empty."""
        self._nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs

    def fused(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Append one of ONNX Runtime's own operators."""
        return self.node(operator, inputs, output, domain="com.microsoft", **attributes)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add an array, once."""
        if name not in self._constants:
            self._constants[name] = np.asarray(value, order="C")
        return name

    def integers(self, name: str, *values: int) -> str:
        """Add a list of numbers, such as a shape."""
        return self.constant(name, np.array(values, np.int64))

    def matmul(self, value: str, name: str, matrix: NDArray[np.float32]) -> str:
        """Multiply with a matrix `[outputs, inputs]` in the precision of the graph."""
        if self.precision == "fp32":
            return self.node("MatMul", [value, self.constant(f"{name}.weight", matrix.T)], f"{name}.out")
        blocks = matrix_in_blocks(matrix, self.precision)
        quantized = [self.constant(f"{name}.blocks", blocks.values), self.constant(f"{name}.scales", blocks.scales)]
        # Accuracy level 4: activations become int8 too, with a scale for each token and block.
        shape = {"N": matrix.shape[0], "K": matrix.shape[1], "block_size": BLOCK[self.precision], "accuracy_level": 4}
        bits = 8 if self.precision == "int8" else 4
        return self.fused("MatMulNBits", [value, *quantized], f"{name}.out", bits=bits, **shape)

    def rows(self, table: NDArray[np.float32], ids: str) -> str:
        """Look tokens up in a table `[rows, width]`. Of a quantised one only these are made floats.

        What it is kept in has names by which a device finds it, to map it into memory.
        """
        name = TABLES
        if self.table == "fp32":
            return self.node("Gather", [self.constant(f"{name}.table", table), ids], name)
        if self.table == "int4":
            return self._rows_of_int4(table, ids)
        values, scales = rows_in_int8(table)
        found = self.node("Gather", [self.constant(f"{name}.int8", values), ids], f"{name}.rows")
        scale = self.node("Gather", [self.constant(f"{name}.scales", scales), ids], f"{name}.row_scales")
        found = self.node("Cast", [found], f"{name}.float", to=TensorProto.FLOAT)
        return self.node("Mul", [found, scale], name)

    def _rows_of_int4(self, table: NDArray[np.float32], ids: str) -> str:
        """Look rows up in blocks of 4 bits, by operators that every version of ONNX Runtime has."""
        name, size, width = TABLES, BLOCK["int4"], table.shape[1]
        blocks = matrix_in_blocks(table, "int4")
        found = self.node("Gather", [self.constant(f"{name}.blocks", blocks.values), ids], f"{name}.bytes")
        scales = self.constant(f"{name}.scales", blocks.scales[..., None])
        scale = self.node("Gather", [scales, ids], f"{name}.row_scales")
        low = self.node("BitwiseAnd", [found, self.constant("low_half", np.array(15, np.uint8))], f"{name}.low")
        shift = self.constant("four_bits", np.array(4, np.uint8))
        high = self.node("BitShift", [found, shift], f"{name}.high", direction="RIGHT")
        apart = [
            self.node("Unsqueeze", [half, self.integers("halves_axis", -1)], f"{half}.apart") for half in (low, high)
        ]
        pairs = self.node("Concat", apart, f"{name}.pairs", axis=-1)
        whole = self.node("Reshape", [pairs, self.integers(f"{name}.by_block", 0, 0, -1, size)], f"{name}.whole")
        floats = self.node("Cast", [whole], f"{name}.float", to=TensorProto.FLOAT)
        signed = self.node("Sub", [floats, self.constant("zero_point", np.array(8, np.float32))], f"{name}.signed")
        scaled = self.node("Mul", [signed, scale], f"{name}.scaled")
        padded = -(-width // size) * size
        rows = self.node("Reshape", [scaled, self.integers(f"{name}.by_row", 0, 0, padded)], name)
        if padded == width:
            return rows
        cut = [self.integers(f"{name}.{at}", place) for at, place in (("first", 0), ("width", width), ("axis", 2))]
        return self.node("Slice", [rows, *cut], f"{name}.cut")

    def save(self, folder: Path, name: str, outputs: dict[str, Sequence[str | int]]) -> None:
        """Write the model with the input `input_ids` and these outputs of float32."""
        given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
        made = [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()]
        graph = helper.make_graph(self._nodes, name, [given], made)
        beside: dict[str, NDArray[Any]] = {}
        if sum(value.nbytes for value in self._constants.values()) >= BESIDE:
            beside = {key: value for key, value in self._constants.items() if value.nbytes >= _SMALL}
        offsets = write_arrays(folder / WEIGHTS, beside) if beside else {}
        for key, value in self._constants.items():
            inside = key not in offsets
            graph.initializer.append(
                numpy_helper.from_array(value, key) if inside else reference(key, value, offsets[key])
            )
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="intent-router")
        onnx.save(model, folder / MODEL)


def reference(name: str, value: NDArray[Any], offset: int) -> onnx.TensorProto:
    """Say where in the file beside the model an array is."""
    kind = helper.np_dtype_to_tensor_dtype(value.dtype)
    tensor = TensorProto(name=name, data_type=kind, dims=value.shape, data_location=TensorProto.EXTERNAL)
    for key, stated in (("location", WEIGHTS), ("offset", str(offset)), ("length", str(value.nbytes))):
        tensor.external_data.add(key=key, value=stated)
    return tensor
