"""What a call was given against what it should have been given.

Each case is a mapping from parameter to JSON value. Two values are equal as
JSON is: true is not 1, but 1 is 1.0; the keys of an object have no order, and
the items of an array have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def exact_match(expected: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> NDArray[np.bool_]:
    """Say of each case whether it was given just what was expected, and nothing more: bool [n]."""
    return np.array([_same(*case) for case in zip(expected, given, strict=True)], bool)


def slot_f1(expected: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any]]) -> float | None:
    """Return F1 over all cases' pairs of name and value; None where there is no pair on either side.

    Pairs are pooled over the cases (a micro-average), so a case counts as much as
    it has pairs. A wrong value is both a pair too many and a pair missing.
    """
    cases = list(zip(expected, given, strict=True))
    pairs = sum(len(wanted) + len(got) for wanted, got in cases)
    hits = sum(name in got and _same(value, got[name]) for wanted, got in cases for name, value in wanted.items())
    return 2 * hits / pairs if pairs else None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(isinstance(one, bool) == isinstance(other, bool) and one == other)
