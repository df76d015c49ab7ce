"""Minimise a smooth convex function with numpy alone: a device that adds a tool has no scipy.

Limited-memory BFGS (Liu and Nocedal, 1989) with backtracking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def minimized(loss: Callable[[Doubles], tuple[float, Doubles]], start: Doubles, iterations: int) -> Doubles:
    """Return the minimum of a smooth convex function, or what so many iterations reach.

    `loss` gives the value and the slope at a place.
    """
    weights = start
    value, slope = loss(weights)
    moved: list[tuple[Doubles, Doubles, float]] = []
    for _ in range(iterations):
        direction = _direction(slope, moved)
        descent, rate = float(direction @ slope), 1.0 if moved else 1.0 / max(float(np.abs(slope).sum()), 1.0)
        for _ in range(_HALVINGS):
            new_value, new_slope = loss(weights + rate * direction)
            if new_value <= value + 1e-4 * rate * descent:
                break
            rate *= 0.5
        else:
            break
        step, change = rate * direction, new_slope - slope
        curvature = float(step @ change)
        if curvature > 1e-10:
            moved = [*moved[1 - _MEMORY :], (step, change, 1.0 / curvature)]
        gained = value - new_value
        weights, value, slope = weights + step, new_value, new_slope
        if gained <= _TOLERANCE * max(abs(value), 1.0):
            break
    return weights


def as_shipped(weights: Doubles) -> NDArray[np.float32]:
    """Return weights with the precision of half floats, in which a bundle keeps them."""
    return weights.astype(np.float16).astype(np.float32)


def _direction(slope: Doubles, moved: Sequence[tuple[Doubles, Doubles, float]]) -> Doubles:
    """Return the two-loop recursion's product of the inverse Hessian and the slope, downhill."""
    direction = -slope
    shares = []
    for step, change, inverse in reversed(moved):
        share = inverse * float(step @ direction)
        shares.append(share)
        direction = direction - share * change
    if moved:
        step, change, inverse = moved[-1]
        direction = direction / (inverse * float(change @ change))
    for (step, change, inverse), share in zip(moved, reversed(shares), strict=True):
        direction = direction + (share - inverse * float(change @ direction)) * step
    return direction


_MEMORY = 10
_HALVINGS = 20
_TOLERANCE = 1e-5
"""It ends where a step gains less than this share of the loss."""
