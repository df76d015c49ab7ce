"""The rows that a graph has for each token, taken out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from router.encoders.safetensors import is_safetensors, open_arrays, write_arrays
from router.encoders.tables import WEIGHTS
from router.errors import EncoderError, MissingExtraError

_LARGEST = (1 << 31) - (1 << 20)
"""More does not fit into one file of protobuf."""
_PASSING = {"Cast", "Identity", "DequantizeLinear", "Reshape", "Squeeze", "Unsqueeze"}
"""Operators whose output has the rows, or the numbers, of their input in the same order."""
_LOOKING_UP = {"Gather", "GatherBlockQuantized"}


def keep_rows(source: Path, out: Path, order: Sequence[int], rows: int) -> None:
    """Write a graph whose token tables hold only these of their rows, in this order.

    A table is what `input_ids` are looked up in: an initialiser with at least
    `rows` rows, and what belongs to it, such as scales. Weights that lie in a
    file which a device maps lie in one again. Raises EncoderError if there is no
    table.
    """
    try:
        import onnx

        from router.encoder_making.graph import reference
    except ImportError:
        raise MissingExtraError("onnx", "trim", f"changing {source}") from None
    try:
        model = onnx.load(source)
        beside = source.with_name(WEIGHTS)
        mapped = open_arrays(beside) if beside.exists() and is_safetensors(beside) else {}
    except Exception as error:  # a DecodeError of protobuf's, or an OSError
        raise EncoderError(f"{source}: not a graph: {error}") from error
    initialisers = {tensor.name: tensor for tensor in model.graph.initializer}
    tables = dict.fromkeys(_tables(model.graph, initialisers, rows))
    if not tables:
        raise EncoderError(f"{source}: no table of at least {rows} rows is looked up with 'input_ids'")
    for name in tables:
        array = onnx.numpy_helper.to_array(initialisers[name])
        initialisers[name].CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(array[list(order)]), name))
    kept = {name: onnx.numpy_helper.to_array(initialisers[name]) for name in mapped}
    offsets = write_arrays(out.with_name(WEIGHTS), kept) if kept else {}
    for name, offset in offsets.items():
        initialisers[name].CopyFrom(reference(name, kept[name], offset))
    if model.ByteSize() > _LARGEST:
        raise EncoderError(f"{source}: is too large for one file even without those pieces. Quantize it first.")
    onnx.save(model, out)


def _tables(graph: Any, initialisers: dict[str, Any], rows: int) -> Iterator[str]:
    """Yield the initialisers that are looked up with the tokens, and those that belong to them."""
    made_by = {output: node for node in graph.node for output in node.output}
    numbers = {"input_ids"}
    for node in graph.node:  # they are sorted: what makes a value stands before what uses it
        if node.op_type in _PASSING and node.input[0] in numbers:
            numbers.update(node.output)
    for node in graph.node:
        if node.op_type in _LOOKING_UP and node.input[1] in numbers and _axis(node) == 0:
            for given in node.input[:1] + node.input[2:]:
                yield from _large(given, made_by, initialisers, rows)


def _large(value: str, made_by: dict[str, Any], initialisers: dict[str, Any], rows: int) -> Iterator[str]:
    if value in initialisers:
        if len(initialisers[value].dims) and initialisers[value].dims[0] >= rows:
            yield value
    elif value in made_by and made_by[value].op_type in _PASSING:
        for given in made_by[value].input:
            yield from _large(given, made_by, initialisers, rows)


def _axis(node: Any) -> int:
    key = "gather_axis" if node.op_type == "GatherBlockQuantized" else "axis"
    return next((attribute.i for attribute in node.attribute if attribute.name == key), 0)
