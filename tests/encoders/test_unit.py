import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from router.encoders.unit import unit, unit_or_first
from router.errors import EncoderError

_NUMBERS = st.floats(-1e3, 1e3, width=32).filter(lambda number: not 0 < abs(number) < 1e-3)
_ROWS = arrays(np.float32, st.integers(1, 40), elements=_NUMBERS)


@given(_ROWS)
def test_a_row_keeps_its_direction_and_has_length_one(row: NDArray[np.float32]) -> None:
    before, found = row.copy(), unit_or_first(row, "x")
    assert found.dtype == np.float32
    assert np.array_equal(row, before)
    if row.any():
        np.testing.assert_allclose(found * np.linalg.norm(row), row, rtol=1e-5)
        np.testing.assert_allclose(unit(row, "x", "a"), found, rtol=1e-6)
    else:
        assert found.tolist() == [1.0] + [0.0] * (len(row) - 1)


@pytest.mark.parametrize("number", [0.0, np.nan, np.inf, 1e30])
def test_a_row_without_a_length_is_an_error_that_says_where_it_is_from(number: float) -> None:
    with pytest.raises(EncoderError, match=r"^model\.onnx: gave a row of length (0\.0|nan|inf) on 'wake me'$"):
        unit(np.full(3, number, np.float32), "model.onnx", "wake me")


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_sum_that_is_not_finite_is_an_error(number: float) -> None:
    with pytest.raises(EncoderError, match=r"^table: gave a row of length (nan|inf)$"):
        unit_or_first(np.full(3, number, np.float32), "table")
