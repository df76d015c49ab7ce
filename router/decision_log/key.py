"""The secret of a log that hashes utterances."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_BYTES = 32


def open_key(log: Path) -> bytes:
    """Return the key in `LOG.key`, which only its owner can read; one is made where there is none.

    Raises OSError, and ValueError if the file holds something else.
    """
    file = log.with_name(f"{log.name}.key")
    try:
        text = file.read_text("ascii", "replace")
    except FileNotFoundError:
        return _made(file)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"{file.name} beside it holds no key. Put it back, or delete it: hashes then begin anew.")
    return key


def _made(file: Path) -> bytes:
    """Write a new key, so that after a crash there is a whole one or none."""
    key = secrets.token_bytes(KEY_BYTES)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(f"{key.hex()}\n")
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
    return key
