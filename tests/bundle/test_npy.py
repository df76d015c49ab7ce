import io
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from router.bundle.npy import dump_npy, load_npy

_NUMBERS = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes()
    | hnp.unsigned_integer_dtypes()
    | hnp.floating_dtypes(sizes=(16, 32, 64))
)


@given(hnp.arrays(_NUMBERS, hnp.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=5)))
def test_what_was_dumped_is_loaded(array: NDArray[Any]) -> None:
    loaded = load_npy(dump_npy(array))
    assert loaded.shape == array.shape
    assert loaded.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(loaded, array)
    assert not loaded.flags.writeable


def test_memory_order_changes_no_byte() -> None:
    array = np.arange(12.0).reshape(3, 4)
    assert dump_npy(np.asfortranarray(array)) == dump_npy(array) == dump_npy(array.astype(">f8"))


def test_numpy_reads_it() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(np.load(io.BytesIO(dump_npy(array))), array)


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([object()]), np.array([1j]), np.zeros(1, "M8[s]")])
def test_what_is_no_number_is_not_dumped(array: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"holds .*; expected booleans or numbers"):
        dump_npy(array)


def _saved(array: NDArray[Any], version: tuple[int, int] = (1, 0)) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an array"),
        (b"{}", "not an array"),
        (_saved(np.array([{}], dtype=object)), "holds object in C order"),
        (_saved(np.ones((2, 3)).T), "holds float64 in Fortran order"),
        (_saved(np.ones(3, ">f4")), "holds >f4"),
        (_saved(np.array(["abc"])), "holds <U3"),
        (_saved(np.ones(3, "f4,i4")), "holds "),
        (_saved(np.ones(3), (2, 0)), "not version 1.0"),
        (_saved(np.ones(3))[:-1], r"not the size of an array of shape \(3,\)"),
        (_saved(np.ones(3)) + b"\0", r"not the size of an array of shape \(3,\)"),
        (b"\x93NUMPY\x01\x00\xff\xff" + b"{" * 65535, "not an array"),
        (b"\x93NUMPY\x01\x00\x10\x27" + b"(" * 10000, "not an array"),
        (_saved(np.ones(1)).replace(b"(1,)", b"(-1,)"), "not an array"),
        (_saved(np.ones(0)).replace(b"(0,)", b"(0, 9999999999999999999)"), "not an array"),
    ],
)
def test_what_dump_npy_would_not_write_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        load_npy(data)


@given(st.integers(0, 127), st.binary(max_size=20))
def test_any_header_gives_an_array_or_a_value_error(place: int, patch: bytes) -> None:
    data = dump_npy(np.arange(4.0))
    with suppress(ValueError):
        load_npy(data[:place] + patch + data[place + len(patch) :])
