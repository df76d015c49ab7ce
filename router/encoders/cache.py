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
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from router.encoders.adapted import AdaptedEncoder
from router.encoders.families import dimensions_of, tasks_of
from router.encoders.protocol import Encoder, Prefixes, TokenVectors, can_give_tokens
from router.errors import MissingExtraError

CACHE_DIR_VARIABLE = "ROUTER_CACHE_DIR"
"""This environment variable names the folder of the cache, in place of the platform's."""

_BATCH = 64
"""After so many new rows they are written down and progress is reported."""
_TIMEOUT = 5.0
"""So many seconds a process waits for another that is writing."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class CachedEncoder:
    """Encode with another encoder, and ask it only once for each text.

    Rows and tokens are the same bits as without the cache. They are kept in one
    SQLite file for each encoder's fingerprint, found by the SHA-256 of the text
    (the text itself is not kept), and each has a checksum: 2 kB for the row of a
    text, and for its tokens about as much a word. Threads and processes may share
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

    @property
    def tasks(self) -> dict[str, Prefixes]:
        """What may be put before texts of the encoder that is cached."""
        return tasks_of(self.encoder)

    @property
    def matryoshka_dimensions(self) -> tuple[int, ...]:
        """At which lengths rows of the encoder that is cached may be cut."""
        return dimensions_of(self.encoder)

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row for each text: float32 `[len(utterances), dim]`."""
        rows = self._each(utterances, _row_key, self.encoder.encode, _pack_row, _unpack_row)
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    @property
    def gives_tokens(self) -> bool:
        """Whether the encoder that is cached does."""
        return can_give_tokens(self.encoder)

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return the row of each text and its tokens."""
        return self._each(utterances, _tokens_key, self._encode_tokens, _pack_tokens, _unpack_tokens)

    def _encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        assert can_give_tokens(self.encoder)
        found = self.encoder.encode_tokens(utterances)
        self._write({_row_key(text): _pack_row(each.row) for text, each in zip(utterances, found, strict=True)})
        return found

    def _each(
        self,
        utterances: Sequence[str],
        key_of: Callable[[str], bytes],
        encode: Callable[[Sequence[str]], Iterable[_T]],
        pack: Callable[[_T], bytes],
        unpack: Callable[[bytes, int], _T | None],
    ) -> list[_T]:
        """Return what is kept for each text, and encode and keep what is not there."""
        keys = [key_of(utterance) for utterance in utterances]
        found = {key: value for key, data in self._read(keys).items() if (value := unpack(data, self.dim)) is not None}
        missing = {key: text for key, text in zip(keys, utterances, strict=True) if key not in found}
        new_keys = list(missing)
        self._report(0, len(missing))
        for start in range(0, len(missing), _BATCH):
            batch = new_keys[start : start + _BATCH]
            new = dict(zip(batch, encode([missing[key] for key in batch]), strict=True))
            self._write({key: pack(value) for key, value in new.items()})
            found |= new
            self._report(start + len(batch), len(missing))
        return [found[key] for key in keys]

    def _report(self, done: int, total: int) -> None:
        if self._progress and total:
            self._progress(done, total)

    def _read(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the values that are there and whole."""
        values: dict[bytes, bytes] = {}
        if not self._usable:
            return values
        try:
            with closing(self._connect()) as connection:
                for key in set(keys):
                    for (value,) in connection.execute("SELECT value FROM embedding WHERE key = ?", (key,)):
                        if isinstance(value, bytes) and _checksum(key, value[:-4]) == value[-4:]:
                            values[key] = value[:-4]
        except _FAILURES as error:
            self._give_up(error)
        return values

    def _write(self, values: Mapping[bytes, bytes]) -> None:
        """Add values in one transaction, in place of damaged ones."""
        if not self._usable:
            return
        try:
            with closing(self._connect()) as connection, connection:
                rows = [(key, value + _checksum(key, value)) for key, value in values.items()]
                connection.executemany("INSERT OR REPLACE INTO embedding VALUES (?, ?)", rows)
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


def uncached(encoder: Encoder) -> Encoder:
    """Return an encoder without its cache: what people say is not for keeping."""
    if isinstance(encoder, CachedEncoder):
        return uncached(encoder.encoder)
    if isinstance(encoder, AdaptedEncoder):
        inner = uncached(encoder.encoder)
        return encoder if inner is encoder.encoder else AdaptedEncoder.restore(inner, encoder.settings)
    return encoder


def default_folder() -> Path:
    """Return where embeddings are cached: `$ROUTER_CACHE_DIR`, or else the platform's folder for caches."""
    if stated := os.environ.get(CACHE_DIR_VARIABLE):
        return Path(stated)
    try:
        import platformdirs
    except ImportError:
        raise MissingExtraError("platformdirs", "train", "finding the folder of the embedding cache") from None
    return platformdirs.user_cache_path("intent-router")


def _row_key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _tokens_key(text: str) -> bytes:
    return hashlib.sha256(b"tokens of " + text.encode()).digest()


def _checksum(key: bytes, data: bytes) -> bytes:
    return zlib.crc32(key + data).to_bytes(4, "little")


def _pack_row(row: NDArray[np.float32]) -> bytes:
    return row.astype("<f4").tobytes()


def _unpack_row(data: bytes, dim: int) -> NDArray[np.float32] | None:
    return np.frombuffer(data, "<f4").astype(np.float32) if len(data) == 4 * dim else None


def _pack_tokens(tokens: TokenVectors) -> bytes:
    """Return the number of tokens and the length of their vectors, the row, the spans, the vectors."""
    shape = np.array(tokens.vectors.shape, "<i4").tobytes()
    return shape + _pack_row(tokens.row) + tokens.spans.astype("<i4").tobytes() + _pack_row(tokens.vectors)


def _unpack_tokens(data: bytes, dim: int) -> TokenVectors | None:
    if len(data) < 8:
        return None
    count, length = np.frombuffer(data[:8], "<i4").tolist()
    spans_at, vectors_at = 8 + 4 * dim, 8 + 4 * dim + 8 * count
    if count < 0 or length < 0 or len(data) != vectors_at + 4 * count * length:
        return None
    spans = np.frombuffer(data[spans_at:vectors_at], "<i4").astype(np.intp).reshape(count, 2)
    vectors = np.frombuffer(data[vectors_at:], "<f4").astype(np.float32).reshape(count, length)
    return TokenVectors(np.frombuffer(data[8:spans_at], "<f4").astype(np.float32), vectors, spans)


_FAILURES = (sqlite3.Error, OSError, UnicodeDecodeError)
"""The last comes from sqlite3 when a damaged file spoils its own error message."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT}
"""SQLITE_ERROR is a statement that does not fit the file: its table is another."""
