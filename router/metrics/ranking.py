"""How well a number tells what is inside from what is outside, whatever threshold is set to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def auroc(inside: Floats, outside: Floats) -> float | None:
    """Return the probability that a row inside [n] has a higher number than one outside [m]; ties count half.

    This is the area under the receiver operating characteristic, as the
    statistic of Mann and Whitney (1947): exact counts, O((n + m) log m).
    """
    if not len(inside) or not len(outside):
        return None
    ordered, asked = np.sort(outside), np.sort(inside)
    below = int(np.searchsorted(ordered, asked, "left").sum())
    not_above = int(np.searchsorted(ordered, asked, "right").sum())
    return (below + not_above) / (2 * len(inside) * len(outside))


def fpr_at_tpr(inside: Floats, outside: Floats, tpr: float = 0.95) -> float | None:
    """Return the share of rows outside [m] accepted at the highest threshold that accepts `tpr` of those inside [n].

    A row is accepted whose number is at least the threshold, so ties are accepted
    together and more than `tpr`, in (0, 1], may be.
    """
    if not 0 < tpr <= 1:
        raise ValueError(f"tpr is {tpr!r}. It is a share of the rows inside: above 0, at most 1.")
    if not len(inside) or not len(outside):
        return None
    needed = int(np.searchsorted(np.arange(1, len(inside) + 1) / len(inside), tpr)) + 1
    threshold = np.partition(inside, len(inside) - needed)[len(inside) - needed]
    return float((outside >= threshold).mean())
