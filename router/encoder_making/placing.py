"""The folder of an encoder that is made: in its place as a whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from router.encoders.card import CARD, MODEL, PIECES, TOKENIZER
from router.encoders.static import TABLE
from router.encoders.tables import WEIGHTS
from router.errors import EncoderError

_OWN = {MODEL, WEIGHTS, TABLE, TOKENIZER, PIECES, CARD}


@contextmanager
def placed(out: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of `out` in the end: whatever stops that, what was there stays.

    It is beside `out`, in a hidden folder that nothing is left of, unless the
    process is killed. Raises EncoderError, before anything is made, if what is
    there is no encoder.
    """
    check_replaceable(out)
    out = Path(os.path.realpath(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    new, old = beside / "new", beside / "old"
    try:
        new.mkdir()
        yield new
        _exchange(new, out, old)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def check_replaceable(out: Path) -> None:
    """Raise EncoderError if writing here would destroy anything but an encoder."""
    if not out.exists():
        return
    if out.samefile("."):
        raise EncoderError(f"{out}: is the folder that you are in, which cannot be replaced. Name another.")
    foreign = sorted({entry.name for entry in out.iterdir()} - _OWN) if out.is_dir() else [out.name]
    if foreign:
        raise EncoderError(f"{out}: {foreign[0]!r} is in the way and not part of an encoder")


def _exchange(new: Path, out: Path, old: Path) -> None:
    try:
        if out.exists():
            out.rename(old)
        new.rename(out)
    except BaseException:
        if old.exists() and not out.exists():
            old.rename(out)
        raise
