"""Embeddings that were computed before, kept on disk: recompiling embeds only what changed."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from router.encoders.protocol import Encoder, Prefixes, TokenVectors, can_give_tokens
from router.errors import MissingExtraError

CACHE_DIR_VARIABLE = "ROUTER_CACHE_DIR"
"""This environment variable names the folder of the cache, in place of the platform's."""

_BATCH = 64
"""After so many new rows they are written down and progress is reported."""
_TIMEOUT = 5.0
"""So many seconds a process waits for another that is writing."""

_log = logging.getLogger(__name__)


class CachedEncoder:
    """Encode with another encoder, and ask it only once for each text.

    Rows are the same bits as without the cache. They are kept in one SQLite file
    for each encoder's fingerprint, found by the SHA-256 of the text (the text
    itself is not kept), and each has a checksum. Threads and processes may share
    it. A cache that is damaged is begun anew; one that cannot be used is bypassed
    from then on. The log has a line about it; neither is ever an error.

    `progress(done, total)` is called while texts are encoded that were not in
    the cache, first with 0.

    Raises MissingExtraError if no folder is given and platformdirs is not
    installed, which knows the platform's folder.
    """

    def __init__(
        self,
        encoder: Encoder,
        folder: str | os.PathLike[str] | None = None,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.encoder = encoder
        self.file = Path(default_folder() if folder is None else folder) / f"embeddings-{encoder.fingerprint}.sqlite"
        self._progress = progress
        self._usable = True

    def __repr__(self) -> str:
        return f"<CachedEncoder of {self.encoder!r} in {str(self.file)!r}>"

    @property
    def name(self) -> str:
        """The name of the encoder that is cached."""
        return self.encoder.name

    @property
    def dim(self) -> int:
        """The length of a row."""
        return self.encoder.dim

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the encoder that is cached, because the rows are the same."""
        return self.encoder.fingerprint

    @property
    def prefixes(self) -> Prefixes:
        """The prefixes of the encoder that is cached."""
        return self.encoder.prefixes

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        keys = [hashlib.sha256(utterance.encode()).digest() for utterance in utterances]
        rows = self._read(keys)
        missing = {key: text for key, text in zip(keys, utterances, strict=True) if key not in rows}
        new_keys = list(missing)
        self._report(0, len(missing))
        for start in range(0, len(missing), _BATCH):
            batch = new_keys[start : start + _BATCH]
            new = dict(zip(batch, self.encoder.encode([missing[key] for key in batch]), strict=True))
            self._write(new)
            rows |= new
            self._report(start + len(batch), len(missing))
        return np.stack([rows[key] for key in keys]) if keys else np.empty((0, self.dim), np.float32)

    @property
    def gives_tokens(self) -> bool:
        """Whether the encoder that is cached does."""
        return can_give_tokens(self.encoder)

    def encode_tokens(self, text: str) -> TokenVectors:
        """Return the row of a text and its tokens. These are not kept."""
        assert can_give_tokens(self.encoder)
        return self.encoder.encode_tokens(text)

    def _report(self, done: int, total: int) -> None:
        if self._progress and total:
            self._progress(done, total)

    def _read(self, keys: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the rows that are there and whole."""
        rows: dict[bytes, NDArray[np.float32]] = {}
        if not self._usable:
            return rows
        try:
            with closing(self._connect()) as connection:
                for key in set(keys):
                    for (value,) in connection.execute("SELECT value FROM embedding WHERE key = ?", (key,)):
                        row = _unpack(key, value, self.dim)
                        if row is not None:
                            rows[key] = row
        except _FAILURES as error:
            self._give_up(error)
        return rows

    def _write(self, rows: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Add rows in one transaction, in place of damaged ones."""
        if not self._usable:
            return
        try:
            with closing(self._connect()) as connection, connection:
                values = [(key, _pack(key, row)) for key, row in rows.items()]
                connection.executemany("INSERT OR REPLACE INTO embedding VALUES (?, ?)", values)
        except _FAILURES as error:
            self._give_up(error)

    def _connect(self) -> sqlite3.Connection:
        """Open the file for one use. A connection that is kept could not be shared by threads or survive a fork."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.file, timeout=_TIMEOUT)
        connection.execute("CREATE TABLE IF NOT EXISTS embedding (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        return connection

    def _give_up(self, error: Exception) -> None:
        """Remove the file if it is damaged, so that the next use begins anew; otherwise use it no more."""
        damaged = isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        _log.warning(
            "%s: this cache of embeddings is %s: %s", self.file, "begun anew" if damaged else "not used", error
        )
        try:
            if damaged:
                self.file.unlink(missing_ok=True)
                self.file.with_name(f"{self.file.name}-journal").unlink(missing_ok=True)
        except OSError:
            damaged = False
        self._usable = damaged


def default_folder() -> Path:
    """Return where embeddings are cached: `$ROUTER_CACHE_DIR`, or else the platform's folder for caches."""
    if stated := os.environ.get(CACHE_DIR_VARIABLE):
        return Path(stated)
    try:
        import platformdirs
    except ImportError:
        raise MissingExtraError("platformdirs", "train", "finding the folder of the embedding cache") from None
    return platformdirs.user_cache_path("intent-router")


def _pack(key: bytes, row: NDArray[np.float32]) -> bytes:
    """Return the row as little-endian float32, then the CRC-32 of key and row."""
    data = row.astype("<f4").tobytes()
    return data + zlib.crc32(key + data).to_bytes(4, "little")


def _unpack(key: bytes, value: object, dim: int) -> NDArray[np.float32] | None:
    """Return the row that `_pack` packed, or None if this is not it."""
    if not isinstance(value, bytes) or len(value) != 4 * dim + 4:
        return None
    data = value[:-4]
    if zlib.crc32(key + data).to_bytes(4, "little") != value[-4:]:
        return None
    return np.frombuffer(data, "<f4").astype(np.float32)


_FAILURES = (sqlite3.Error, OSError, UnicodeDecodeError)
"""The last comes from sqlite3 when a damaged file spoils its own error message."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT}
"""SQLITE_ERROR is a statement that does not fit the file: its table is another."""
