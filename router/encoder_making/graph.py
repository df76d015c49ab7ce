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

WEIGHTS = f"{MODEL}.data"
"""The file of the weights where they are not in the model's own."""
BESIDE = 64 * 1024 * 1024
"""From so many bytes on weights are in a file of their own, which ONNX Runtime maps into memory and reads as needed."""
_SMALL = 1024
"""Constants of fewer bytes stay in the graph, which shapes are inferred from."""
_PAGE = 4096


class Graph:
    """Operators and constants, appended in order. Each method returns the name of what it gives."""

    def __init__(self, precision: Precision) -> None:
        self.precision = precision
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, tuple[NDArray[Any], int]] = {}

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

    def constant(self, name: str, value: NDArray[Any], kind: int | None = None) -> str:
        """Add an array once; `kind` is the type of its elements where numpy has none for it: `[rows, bytes]`."""
        if name not in self._constants:
            value = np.asarray(value, order="C")
            self._constants[name] = (value, kind or helper.np_dtype_to_tensor_dtype(value.dtype))
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

    def rows(self, name: str, table: NDArray[np.float32], ids: str) -> str:
        """Look rows up in a table `[rows, width]`. Of a quantised one only these are made floats."""
        if self.precision == "fp32":
            return self.node("Gather", [self.constant(f"{name}.table", table), ids], name)
        size = BLOCK["int4"]
        if self.precision == "int4" and table.shape[1] % size == 0:
            blocks = matrix_in_blocks(table, "int4")
            values = (blocks.values ^ 0x88).reshape(len(table), -1)  # signed: 8 less, so that none has a zero point
            kept = [self.constant(f"{name}.blocks", values, TensorProto.INT4), ids]
            kept.append(self.constant(f"{name}.scales", blocks.scales))
            return self.fused("GatherBlockQuantized", kept, name, block_size=size, gather_axis=0, quantize_axis=1)
        values8, scales = rows_in_int8(table)
        found = self.node("Gather", [self.constant(f"{name}.int8", values8), ids], f"{name}.rows")
        scale = self.node("Gather", [self.constant(f"{name}.scales", scales), ids], f"{name}.row_scales")
        found = self.node("Cast", [found], f"{name}.float", to=TensorProto.FLOAT)
        return self.node("Mul", [found, scale], name)

    def save(self, folder: Path, name: str, outputs: dict[str, Sequence[str | int]]) -> None:
        """Write the model with the input `input_ids` and these outputs of float32."""
        beside = sum(value.nbytes for value, _ in self._constants.values()) >= BESIDE
        given = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
        made = [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()]
        graph = helper.make_graph(self._nodes, name, [given], made)
        if beside:
            with (folder / WEIGHTS).open("wb") as file:
                for key, (value, kind) in self._constants.items():
                    if value.nbytes < _SMALL:
                        graph.initializer.append(_tensor(key, value, kind))
                        continue
                    file.write(bytes(-file.tell() % _PAGE))
                    graph.initializer.append(_reference(key, value, kind, file.tell()))
                    value.tofile(file)
        else:
            graph.initializer.extend(_tensor(key, value, kind) for key, (value, kind) in self._constants.items())
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="intent-router")
        onnx.save(model, folder / MODEL)


def _tensor(name: str, value: NDArray[Any], kind: int) -> onnx.TensorProto:
    if kind == TensorProto.INT4:
        return TensorProto(name=name, data_type=kind, dims=_dims(value, kind), raw_data=value.tobytes())
    return numpy_helper.from_array(value, name)


def _reference(name: str, value: NDArray[Any], kind: int, offset: int) -> onnx.TensorProto:
    tensor = TensorProto(name=name, data_type=kind, dims=_dims(value, kind), data_location=TensorProto.EXTERNAL)
    for key, stated in (("location", WEIGHTS), ("offset", str(offset)), ("length", str(value.nbytes))):
        tensor.external_data.add(key=key, value=stated)
    return tensor


def _dims(value: NDArray[Any], kind: int) -> list[int]:
    if kind == TensorProto.INT4:
        return [*value.shape[:-1], value.shape[-1] * 2]
    return list(value.shape)
