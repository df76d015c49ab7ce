import logging
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.encoders import HashingEncoder
from router.encoders.cache import CACHE_DIR_VARIABLE, CachedEncoder
from router.encoders.onnx import OnnxEncoder
from router.errors import MissingExtraError
from tests.encoders.conftest import write_tiny_encoder

TEXTS = ["wake me at six", "play jazz", "", "🔦 on"]


class _Counting(HashingEncoder):
    """Remembers what it was asked."""

    def __init__(self, dim: int = 16) -> None:
        super().__init__(dim)
        self.asked: list[str] = []

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        self.asked += utterances
        return super().encode(utterances)


def test_a_text_is_encoded_once_and_its_row_stays_the_same(tmp_path: Path) -> None:
    first, second = _Counting(), _Counting()
    expected = HashingEncoder(16).encode(TEXTS)
    assert np.array_equal(CachedEncoder(first, tmp_path).encode(TEXTS), expected)
    assert np.array_equal(CachedEncoder(second, tmp_path).encode(TEXTS[::-1]), expected[::-1])
    assert first.asked == TEXTS
    assert second.asked == []


def test_only_what_changed_is_encoded(tmp_path: Path) -> None:
    encoder = _Counting()
    cached = CachedEncoder(encoder, tmp_path)
    cached.encode(TEXTS)
    cached.encode([*TEXTS, "play rock", "play rock"])
    assert encoder.asked == [*TEXTS, "play rock"]


def test_encoders_do_not_share_rows(tmp_path: Path) -> None:
    CachedEncoder(_Counting(16), tmp_path).encode(TEXTS)
    other = _Counting(8)
    assert CachedEncoder(other, tmp_path).encode(TEXTS).shape == (4, 8)
    assert other.asked == TEXTS


def test_it_is_the_encoder_it_caches(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    cached = CachedEncoder(encoder, tmp_path)
    assert (cached.name, cached.dim, cached.prefixes) == (encoder.name, encoder.dim, encoder.prefixes)
    assert cached.fingerprint == encoder.fingerprint
    assert encoder.fingerprint in str(cached.file)


def test_tokens_are_encoded_once_and_stay_the_same_and_so_are_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = OnnxEncoder(write_tiny_encoder(tmp_path / "tiny", hidden_output="looked_up"))
    cached = CachedEncoder(encoder, tmp_path / "cache")
    assert cached.gives_tokens
    expected, rows = encoder.encode_tokens(TEXTS), encoder.encode(TEXTS)
    cached.encode_tokens(TEXTS)
    monkeypatch.setattr(encoder, "encode_tokens", None)
    monkeypatch.setattr(encoder, "encode", None)
    for found, one in zip(cached.encode_tokens(TEXTS), expected, strict=True):
        assert np.array_equal(found.row, one.row)
        assert np.array_equal(found.vectors, one.vectors)
        assert np.array_equal(found.spans, one.spans)
        assert (found.vectors.dtype, found.spans.dtype) == (one.vectors.dtype, one.spans.dtype)
    assert np.array_equal(cached.encode(TEXTS), rows)
    assert not CachedEncoder(HashingEncoder(), tmp_path).gives_tokens


def test_progress_counts_the_texts_that_are_new(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    cached = CachedEncoder(HashingEncoder(), tmp_path, progress=lambda done, total: seen.append((done, total)))
    cached.encode([f"text {n}" for n in range(100)])
    cached.encode([f"text {n}" for n in range(100)])
    assert seen == [(0, 100), (64, 100), (100, 100)]


def test_texts_are_not_kept(tmp_path: Path) -> None:
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.encode(["call my doctor about the results"])
    assert b"doctor" not in cached.file.read_bytes()


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_DIR_VARIABLE, str(tmp_path / "here"))
    assert CachedEncoder(HashingEncoder()).file.parent == tmp_path / "here"


def test_the_platform_names_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_DIR_VARIABLE, raising=False)
    pytest.importorskip("platformdirs")
    assert "intent-router" in str(CachedEncoder(HashingEncoder()).file)


def test_without_platformdirs_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_DIR_VARIABLE, raising=False)
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(MissingExtraError, match=r"needs 'platformdirs'.*intent-router\[train\]"):
        CachedEncoder(HashingEncoder())


def test_threads_share_it(tmp_path: Path) -> None:
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    texts = [f"text {n % 70}" for n in range(300)]
    expected = HashingEncoder().encode(texts)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(cached.encode, [texts] * 16))
    assert all(np.array_equal(rows, expected) for rows in results)


_PROGRAM = """
import sys
from router.encoders import HashingEncoder
from router.encoders.cache import CachedEncoder
for start in range(0, 400, 20):
    CachedEncoder(HashingEncoder(), sys.argv[1]).encode([f"text {n}" for n in range(start, start + 40)])
"""


def test_processes_share_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        assert process.communicate(timeout=120)[1] == ""
        assert process.returncode == 0
    texts = [f"text {n}" for n in range(420)]
    encoder = _Counting(256)
    assert np.array_equal(CachedEncoder(encoder, tmp_path).encode(texts), HashingEncoder().encode(texts))
    assert encoder.asked == []
    assert not caplog.records


@pytest.mark.parametrize("content", [b"", b"not a database at all " * 99, b"SQLite format 3\x00" + b"\xff" * 8192])
def test_a_damaged_cache_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    CachedEncoder(HashingEncoder(), tmp_path).file.write_bytes(content)
    expected = HashingEncoder(256).encode(TEXTS)
    for _ in range(2):
        assert np.array_equal(CachedEncoder(HashingEncoder(), tmp_path).encode(TEXTS), expected)
    encoder = _Counting(256)
    assert np.array_equal(CachedEncoder(encoder, tmp_path).encode(TEXTS), expected)
    assert encoder.asked == []


def test_a_cache_with_another_table_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    encoder = _Counting()
    cached = CachedEncoder(encoder, tmp_path)
    with closing(sqlite3.connect(cached.file)) as connection:
        connection.execute("CREATE TABLE embedding (text, vector)")
    for _ in range(2):
        cached.encode(TEXTS)
    assert encoder.asked == TEXTS
    assert caplog.text.count("begun anew") == 1


@settings(max_examples=60)
@given(data=st.data())
def test_no_altered_byte_changes_a_row(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    cached = CachedEncoder(HashingEncoder(), tmp_path_factory.mktemp("cache"))
    expected = cached.encode(TEXTS)
    content = bytearray(cached.file.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=20)):
        content[place] ^= data.draw(st.integers(1, 255))
    cached.file.write_bytes(content)
    assert np.array_equal(cached.encode(TEXTS), expected)
    assert np.array_equal(cached.encode(TEXTS), expected)


def test_a_locked_cache_is_bypassed_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("router.encoders.cache._TIMEOUT", 0.01)
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.encode(TEXTS[:1])
    with closing(sqlite3.connect(cached.file)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        texts = [f"text {n}" for n in range(300)]
        assert np.array_equal(cached.encode(texts), HashingEncoder().encode(texts))
    assert caplog.text.count("is locked") == 1
    assert cached.file.exists()


def test_a_folder_that_cannot_be_made_is_bypassed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    cached = CachedEncoder(HashingEncoder(), tmp_path / "file" / "cache")
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(cached.encode(TEXTS), HashingEncoder().encode(TEXTS))
    assert "this cache of embeddings is not used" in caplog.text


def test_a_folder_in_the_place_of_the_file_is_bypassed(tmp_path: Path) -> None:
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.file.mkdir()
    assert np.array_equal(cached.encode(TEXTS), HashingEncoder().encode(TEXTS))
