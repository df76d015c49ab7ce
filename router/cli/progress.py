"""Progress bars on standard error, where a person looks at it and tqdm is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from tqdm import tqdm


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows how far a stage is: its name, how much is done, how much there is."""
    bar: tqdm[Never] | None = None
    shown: tuple[str, int] | None = None

    def show(stage: str, done: int, total: int) -> None:
        nonlocal bar, shown
        if shown != (stage, total):
            if bar is not None:
                bar.close()
            bar, shown = _bar(total=total, desc=stage), (stage, total)
        if bar is not None:
            bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()


@contextmanager
def counter(unit: str, *, shown: bool = True) -> Iterator[Callable[[int], object]]:
    """Give a function that shows that so many more units are done, of nobody knows how many."""
    bar = _bar(unit=f" {unit}") if shown else None
    if bar is None:
        yield lambda _: None
        return
    with closing(bar):
        yield bar.update


def _bar(total: int | None = None, desc: str | None = None, unit: str = "it") -> tqdm[Never] | None:
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, desc=desc, unit=unit, file=sys.stderr, leave=False, dynamic_ncols=True)
