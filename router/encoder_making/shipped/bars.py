"""How far a recipe is, where a person looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never

from tqdm import tqdm


def bars() -> Callable[[str, int, int], None]:
    """Return what shows how far each stage is: the stage, what is done, and of how much."""
    shown: dict[str, tqdm[Never]] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in shown:
            shown[stage] = tqdm(total=total, desc=stage, disable=None)
        shown[stage].update(done - shown[stage].n)

    return show
