"""A table of which only some rows are read changes none."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from router.encoder_making.graph import Graph
from router.encoders.card import MODEL
from router.encoders.safetensors import open_arrays, write_arrays
from router.encoders.tables import WEIGHTS, Tables, open_tables
from router.errors import EncoderError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("router.encoder_making.graph.BESIDE", 0)
    graph = Graph("int4", "int4")
    table = np.random.default_rng(0).normal(size=(5000, 96)).astype(np.float32)
    graph.node("Identity", [graph.rows(table, "input_ids")], "rows")
    graph.save(tmp_path, "lookup", {"rows": [1, "tokens", 96]})
    return tmp_path


def _opened(folder: Path) -> tuple[Tables, onnxruntime.InferenceSession]:
    tables = open_tables(folder)
    assert tables is not None
    options = onnxruntime.SessionOptions()
    tables.give(options)
    return tables, onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])


def test_rows_are_those_that_the_runtime_reads_by_itself(folder: Path) -> None:
    tables, mapped = _opened(folder)
    plain = onnxruntime.InferenceSession(str(folder / MODEL), providers=["CPUExecutionProvider"])
    for seed in range(3):
        ids = np.random.default_rng(seed).integers(0, 5000, (1, 40))
        with tables.holding(ids):
            rows = mapped.run(None, {"input_ids": ids})[0]
        assert np.array_equal(rows, plain.run(None, {"input_ids": ids})[0])


def test_rows_stay_as_long_as_somebody_needs_them(folder: Path) -> None:
    tables, session = _opened(folder)
    ids = np.array([[7, 4999]])
    with tables.holding(ids):
        held = session.run(None, {"input_ids": ids})[0]
        with tables.holding(np.array([[7, 8]])):
            pass
        assert np.array_equal(session.run(None, {"input_ids": ids})[0], held)
        assert held.any()


def test_another_encoder_that_takes_the_place_of_this_one_changes_no_row(folder: Path) -> None:
    tables, session = _opened(folder)
    ids = np.array([[7, 4999]])
    with tables.holding(ids):
        before = session.run(None, {"input_ids": ids})[0]
    other = folder / "other"
    other.write_bytes((folder / WEIGHTS).read_bytes()[::-1])
    other.replace(folder / WEIGHTS)
    with tables.holding(ids):
        assert np.array_equal(session.run(None, {"input_ids": ids})[0], before)


def test_a_row_that_is_gone_is_an_error_and_not_zeros(folder: Path) -> None:
    tables, _ = _opened(folder)
    with (folder / WEIGHTS).open("r+b") as file:
        file.truncate(4096)
    with pytest.raises((IndexError, ValueError), match="slice assignment"), tables.holding(np.array([[4999]])):
        pass


def test_the_file_beside_the_model_is_safetensors_too(folder: Path) -> None:
    assert {"token.blocks", "token.scales"} <= open_arrays(folder / WEIGHTS).keys()


def test_a_folder_that_keeps_its_weights_in_the_model_has_no_table(tmp_path: Path) -> None:
    assert open_tables(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"?" * 999, b"\x08" + bytes(7) + b"weights"])
def test_weights_that_another_exporter_laid_out_are_left_to_the_runtime(folder: Path, content: bytes) -> None:
    (folder / WEIGHTS).write_bytes(content)
    assert open_tables(folder) is None


def test_a_header_that_is_broken_is_named(folder: Path) -> None:
    file = folder / WEIGHTS
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(EncoderError, match=f"{WEIGHTS}: not a safetensors file"):
        open_tables(folder)


@pytest.mark.parametrize("shape", [(), (0,), (0, 4)])
def test_a_table_without_rows_is_named(folder: Path, shape: tuple[int, ...]) -> None:
    write_arrays(folder / WEIGHTS, {"token.blocks": np.zeros(shape, np.uint8)})
    with pytest.raises(EncoderError, match=rf"{WEIGHTS}: 'token.blocks' has the shape .*; expected rows"):
        open_tables(folder)
