"""How a router did on utterances it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HeldOut:
    """Figures from cross-validation over the declarations' own utterances.

    The thresholds are fitted to the same predictions, so the shares that they
    govern flatter a little. A share of nothing is None.
    """

    examples: int
    """So many examples were held out in turn; those of a tool with fewer than four are not."""
    accuracy: float | None
    """Share of them whose first candidate is their tool."""
    calibration_error: float | None
    """Expected calibration error of the first candidate's probability, in 15 bins."""
    called: float | None
    """Share of them that call a tool, the right one or not."""
    wrong_calls: float | None
    """Share of these calls that are to the wrong tool."""
    out_of_scope: int
    """So many out-of-scope utterances were held out in turn."""
    false_accepts: float | None
    """Share of them that call a tool."""
