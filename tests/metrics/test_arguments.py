"""Arguments are compared as JSON compares them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.metrics.arguments import exact_match, slot_f1
from tests.strategies import json_values

small = st.sampled_from([0, 1, 1.0, True, False, None, "1", "", [], [1], [True], {}, {"a": 1}, {"a": 1.0}, [[1], "a"]])
arguments = st.dictionaries(st.sampled_from("abc"), small | json_values, max_size=3)
"""What a call is given: often nearly the same."""
cases = st.lists(st.tuples(arguments, arguments), max_size=8)


def _canonical(value: Any) -> Any:
    """The value in a form that Python compares as JSON should."""
    if isinstance(value, Mapping):
        return "object", frozenset((key, _canonical(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "array", tuple(map(_canonical, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number", Fraction(value)
    return type(value).__name__, value


def _said_differently(value: Any) -> Any:
    """The same JSON value, with keys in another order, tuples for lists and other types of number."""
    if isinstance(value, Mapping):
        return {key: _said_differently(item) for key, item in reversed(list(value.items()))}
    if isinstance(value, (list, tuple)):
        return tuple(map(_said_differently, value))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


@given(cases)
def test_a_case_matches_where_its_canonical_forms_do(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    matches = exact_match([expected for expected, _ in pairs], [given for _, given in pairs])
    assert matches.dtype == np.bool_
    assert matches.tolist() == [_canonical(expected) == _canonical(given) for expected, given in pairs]


@given(st.lists(arguments, max_size=8))
def test_how_a_value_is_written_makes_no_difference(said: list[dict[str, Any]]) -> None:
    assert exact_match(said, [_said_differently(case) for case in said]).all()
    assert slot_f1(said, [_said_differently(case) for case in said]) == (1.0 if any(said) else None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (False, 0),
        (None, False),
        ("1", 1),
        ([1, 2], [2, 1]),
        ([True], [1]),
        ({"a": 1}, {}),
        ([], {}),
        ("a", ["a"]),
    ],
)
def test_what_json_tells_apart_is_not_the_same(one: Any, other: Any) -> None:
    assert not exact_match([{"x": one}, {"x": other}], [{"x": other}, {"x": one}]).any()
    assert slot_f1([{"x": one}], [{"x": other}]) == 0


@given(cases)
def test_slot_f1_counts_the_pairs_of_all_cases_together(
    pairs: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    hits = missing = extra = 0
    for expected, said in pairs:
        wanted = {(name, _canonical(value)) for name, value in expected.items()}
        got = {(name, _canonical(value)) for name, value in said.items()}
        hits, missing, extra = hits + len(wanted & got), missing + len(wanted - got), extra + len(got - wanted)
    found = slot_f1([expected for expected, _ in pairs], [given for _, given in pairs])
    if not hits + missing + extra:
        assert found is None
    elif not hits:
        assert found == 0
    else:
        exact, complete = hits / (hits + extra), hits / (hits + missing)
        assert found == pytest.approx(2 / (1 / exact + 1 / complete))


def test_cases_that_do_not_pair_up_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        exact_match([{}, {}], [{}])
    with pytest.raises(ValueError, match="shorter"):
        slot_f1([{}, {}], [{}])
