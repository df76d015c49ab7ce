"""Quantised weights are near the given ones, and ONNX Runtime reads them as we mean them."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.encoder_making.graph import Graph
from router.encoder_making.quantize import BLOCK, Precision, matrix_in_blocks, rows_in_int8


def _values(matrix: NDArray[np.float32], precision: Precision) -> NDArray[np.float32]:
    """Return the matrix that the blocks stand for."""
    blocks = matrix_in_blocks(matrix, precision)
    values = blocks.values
    if precision == "int4":
        values = np.stack([values & 15, values >> 4], axis=-1).reshape(*values.shape[:2], -1)
    floats = (values.astype(np.float32) - (128 if precision == "int8" else 8)) * blocks.scales[..., None]
    return floats.reshape(len(matrix), -1)[:, : matrix.shape[1]]


def _random(rows: int, width: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32)


@given(st.integers(1, 5), st.integers(1, 300), st.sampled_from([1e-20, 1.0, 1e20]), st.integers(0, 99))
def test_each_weight_in_8_bits_is_within_half_a_step(rows: int, width: int, size: float, seed: int) -> None:
    matrix = _random(rows, width, seed) * np.float32(size)
    steps = np.repeat(matrix_in_blocks(matrix, "int8").scales, BLOCK["int8"], axis=1)[:, :width]
    assert (np.abs(_values(matrix, "int8") - matrix) <= steps * 0.5001).all()


@given(st.integers(1, 5), st.integers(1, 99), st.integers(0, 99))
def test_4_bits_lose_no_more_than_without_cutting_the_greatest_weight(rows: int, width: int, seed: int) -> None:
    matrix = _random(rows, width, seed)
    size = BLOCK["int4"]
    blocks = np.pad(matrix, ((0, 0), (0, -width % size))).reshape(rows, -1, size)
    peaks = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[..., None], axis=2)
    plain = np.clip(np.rint(blocks / (peaks / -8)), -8, 7) * (peaks / -8)
    assert np.square(_values(matrix, "int4") - matrix).sum() <= np.square(plain - blocks).sum() * 1.0001


@pytest.mark.parametrize("precision", ["int8", "int4"])
def test_nothing_but_zeros_stays_so(precision: Precision) -> None:
    assert not _values(np.zeros((2, 40), np.float32), precision).any()
    assert not rows_in_int8(np.zeros((2, 40), np.float32))[0].any()


@pytest.mark.parametrize("precision", ["fp32", "int8", "int4"])
@pytest.mark.parametrize("width", [32, 50, 128, 200])
def test_the_runtime_multiplies_with_the_values_that_are_meant(
    tmp_path_factory: pytest.TempPathFactory, precision: Precision, width: int
) -> None:
    matrix, table = _random(24, width), _random(7, width, 1)
    graph = Graph(precision, precision)
    rows = graph.rows(table, "input_ids")
    graph.node("Identity", [rows], "rows")
    graph.node("Identity", [graph.matmul(rows, "product", matrix)], "multiplied")
    folder = tmp_path_factory.mktemp("graph")
    graph.save(folder, "product", {"rows": [1, "tokens", width], "multiplied": [1, "tokens", 24]})
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = np.array([[3, 0, 6, 6]], np.int64)
    found, multiplied = session.run(["rows", "multiplied"], {"input_ids": ids})
    if precision == "int8":
        whole, scales = rows_in_int8(table)
        table = whole * scales
    elif precision == "int4":
        table = _values(table, "int4")
    np.testing.assert_allclose(found, table[ids], rtol=1e-6, atol=1e-6)
    meant = matrix if precision == "fp32" else _values(matrix, precision)
    # What is multiplied is rounded to 8 bits for each token and block.
    np.testing.assert_allclose(multiplied, table[ids] @ meant.T, rtol=0, atol=1e-4 if precision == "fp32" else 0.3)
