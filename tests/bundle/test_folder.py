"""A bundle folder is whole or an error, whatever happens to its bytes and whenever its writer dies."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.bundle import folder
from router.bundle.folder import FORMAT_VERSION, MANIFEST, read_folder, write_folder
from router.errors import BundleError

DOCUMENTS: dict[str, Any] = {"tools": {"name": "wake_me", "said": ["Straße", "🔦"]}, "policy": {"threshold": 0.25}}
ARRAYS: dict[str, NDArray[Any]] = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "labels": np.array([1, 2], np.int64),
}
EXTRA = {"encoder": {"name": "hashing", "fingerprint": "0123456789ab"}}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "assistant.bundle"
    write_folder(path, DOCUMENTS, ARRAYS, EXTRA)
    return path


def _contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def _sign(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a manifest as someone would who knows the format: its own digest fits."""
    manifest = json.loads((path / MANIFEST).read_bytes())
    change(manifest)
    manifest.pop("sha256")
    manifest["sha256"] = hashlib.sha256(folder._canonical(manifest)).hexdigest()
    (path / MANIFEST).write_bytes(folder._canonical(manifest))


def _replace_file(path: Path, name: str, data: bytes) -> None:
    """Put other bytes in a file and sign them."""
    (path / name).write_bytes(data)
    entry = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    _sign(path, lambda manifest: manifest["files"].update({name: entry}))


def test_what_was_written_is_read(bundle: Path) -> None:
    read = read_folder(bundle)
    assert read.documents == DOCUMENTS
    assert read.arrays.keys() == ARRAYS.keys()
    assert all(np.array_equal(read.arrays[name], ARRAYS[name]) for name in ARRAYS)
    assert read.manifest["encoder"] == EXTRA["encoder"]
    assert read.manifest["format_version"] == FORMAT_VERSION


def test_files_are_plain_and_named_by_what_they_hold(bundle: Path) -> None:
    assert sorted(_contents(bundle)) == ["labels.npy", "manifest.json", "policy.json", "tools.json", "weights.npy"]
    assert "Straße" in (bundle / "tools.json").read_text(encoding="utf-8")
    assert np.array_equal(np.load(bundle / "weights.npy"), ARRAYS["weights"])


def test_the_same_input_gives_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    documents = {"policy": DOCUMENTS["policy"], "tools": dict(reversed(DOCUMENTS["tools"].items()))}
    arrays = {name: np.asfortranarray(array) for name, array in reversed(ARRAYS.items())}
    write_folder(tmp_path / "again", documents, arrays, EXTRA)
    assert _contents(tmp_path / "again") == _contents(bundle)


def test_nothing_is_left_beside_it(bundle: Path) -> None:
    write_folder(bundle, {"policy": {}}, {})
    assert list(bundle.parent.iterdir()) == [bundle]
    assert read_folder(bundle).documents == {"policy": {}}


def test_parents_are_made_and_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", DOCUMENTS, ARRAYS)
    write_folder(tmp_path / "a" / "b", DOCUMENTS, ARRAYS)
    assert read_folder(tmp_path / "a" / "b").documents == read_folder(tmp_path / "empty").documents == DOCUMENTS


def test_a_relative_path_and_a_link_lead_to_the_bundle(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = bundle.parent / "current"
    link.symlink_to(bundle.name)
    write_folder(link, {"policy": {}}, {})
    assert link.is_symlink()
    assert read_folder(link).documents == read_folder(bundle).documents == {"policy": {}}
    monkeypatch.chdir(bundle)
    assert read_folder(".").documents == {"policy": {}}


@settings(max_examples=300)
@given(st.data())
def test_any_altered_byte_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "altered.bundle"
    write_folder(path, DOCUMENTS, ARRAYS, EXTRA)
    file = path / data.draw(st.sampled_from(sorted(_contents(path))))
    content = file.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut", "insert", "swap"]))
    if kind == "flip":
        altered = bytearray(content)
        altered[place] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        altered = bytearray(content[:place])
    elif kind == "insert":
        altered = bytearray(content[:place] + data.draw(st.binary(min_size=1, max_size=9)) + content[place:])
    else:
        altered = bytearray(
            (path / data.draw(st.sampled_from(sorted(set(_contents(path)) - {file.name})))).read_bytes()
        )
    file.write_bytes(altered)
    try:
        with pytest.raises(BundleError):
            read_folder(path)
    finally:
        file.write_bytes(content)


@pytest.mark.parametrize("name", ["tools.json", "weights.npy", MANIFEST])
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: is missing") as caught:
        read_folder(bundle)
    assert caught.value.path == bundle / name


def test_a_truncated_and_an_altered_file_are_told_apart(bundle: Path) -> None:
    content = (bundle / "weights.npy").read_bytes()
    (bundle / "weights.npy").write_bytes(content[:-1])
    with pytest.raises(BundleError, match=r"weights.npy: has 151 bytes, but the manifest says 152"):
        read_folder(bundle)
    (bundle / "weights.npy").write_bytes(content[:-1] + b"?")
    with pytest.raises(BundleError, match=r"weights.npy: was altered"):
        read_folder(bundle)


def test_what_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BundleError, match="nowhere: no such folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(BundleError, match="file: not a folder"):
        read_folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not the manifest of an intent-router-bundle"),
        (b'{"format": "zip"}', "not the manifest of an intent-router-bundle"),
        (b'{"format": "intent-router-bundle"}', "has format version None; this one reads 2. Compile it again"),
        (b'{"format": "intent-router-bundle", "format_version": true}', "has format version True"),
        (b'{"format": "intent-router-bundle", "format_version": "1"}', "has format version '1'"),
        (
            b'{"format": "intent-router-bundle", "format_version": 3}',
            "has format version 3.* needs a newer intent-router",
        ),
        (
            b'{"format": "intent-router-bundle", "format_version": 1}',
            "has format version 1; this one reads 2. Compile it again",
        ),
        (b'{"format": "intent-router-bundle", "format_version": 2.0}', "has format version 2.0"),
        (b'{"format": "intent-router-bundle", "format_version": 2}', "was altered"),
        (
            b'{"format": "intent-router-bundle", "format_version": 2, "x": ' + b"[" * 900 + b"]" * 900 + b"}",
            "was altered",
        ),
        (b'{"format": "intent-router-bundle", "format_version": 2, "x": NaN}', "was altered"),
        (b'{"format": "intent-router-bundle", "format_version": 2, "x": "\\ud800"}', "was altered"),
    ],
)
def test_a_manifest_that_is_wrong_says_how(bundle: Path, content: bytes, reason: str) -> None:
    (bundle / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match=f"manifest.json: {reason}"):
        read_folder(bundle)


_ESCAPING = ["../stolen.json", "/etc/passwd", "..", "sub/tools.json", "a\\b.json", "C:x.json", "tools.json/"]
_ODD = ["", "tools", ".json", "Tools.json", "manifest.json", "tools.json\n", "weights.pickle"]


@pytest.mark.parametrize("name", _ESCAPING + _ODD)
def test_a_name_that_could_leave_the_folder_is_refused(bundle: Path, name: str) -> None:
    _sign(bundle, lambda manifest: manifest["files"].update({name: {"size": 1, "sha256": ""}}))
    with pytest.raises(BundleError, match=r"manifest.json: lists .*, which cannot name a file of a bundle"):
        read_folder(bundle)


def test_a_link_out_of_the_folder_is_not_followed(bundle: Path) -> None:
    (bundle / "policy.json").rename(bundle.parent / "policy.json")
    (bundle / "policy.json").symlink_to(bundle.parent / "policy.json")
    with pytest.raises(BundleError, match=r"policy.json: not a plain file"):
        read_folder(bundle)


def test_a_folder_in_the_place_of_a_file_is_refused(bundle: Path) -> None:
    (bundle / "policy.json").unlink()
    (bundle / "policy.json").mkdir()
    with pytest.raises(BundleError, match=r"policy.json: not a plain file"):
        read_folder(bundle)


@pytest.mark.parametrize("entry", [None, [], {"size": 1}, {"sha256": "x"}])
def test_a_listed_file_needs_size_and_digest(bundle: Path, entry: object) -> None:
    _sign(bundle, lambda manifest: manifest["files"].update({"tools.json": entry}))
    with pytest.raises(BundleError, match=r"does not state size and sha256 of 'tools.json'"):
        read_folder(bundle)


def test_a_manifest_lists_its_files_in_an_object(bundle: Path) -> None:
    _sign(bundle, lambda manifest: manifest.update(files=["tools.json"]))
    with pytest.raises(BundleError, match="'files' is not an object"):
        read_folder(bundle)


def test_a_key_that_appears_twice_is_refused(bundle: Path) -> None:
    content = (bundle / MANIFEST).read_bytes()
    (bundle / MANIFEST).write_bytes(
        content.replace(b'"format_version": 2,', b'"format_version": 2, "format_version": 2,')
    )
    with pytest.raises(BundleError, match="was altered"):
        read_folder(bundle)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("tools.json", b"{", "not JSON"),
        ("tools.json", b"[" * 100_000, "not JSON"),
        ("weights.npy", b"{}", "not an array"),
        ("weights.npy", b"\x93NUMPY\x01\x00\xff\xff" + b" " * 65535, "not an array"),
    ],
)
def test_a_file_of_another_kind_is_refused_though_its_digest_fits(
    bundle: Path, name: str, data: bytes, reason: str
) -> None:
    _replace_file(bundle, name, data)
    with pytest.raises(BundleError, match=f"{name}: {reason}"):
        read_folder(bundle)


def test_an_array_of_objects_is_not_unpickled(bundle: Path) -> None:
    np.save(bundle / "weights.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    _replace_file(bundle, "weights.npy", (bundle / "weights.npy").read_bytes())
    with pytest.raises(BundleError, match=r"weights.npy: not an array of numbers: holds object"):
        read_folder(bundle)


@pytest.mark.parametrize(
    ("documents", "arrays", "extra", "reason"),
    [
        ({"../x": 1}, {}, {}, "'../x.json' cannot name a file of a bundle"),
        ({"manifest": 1}, {}, {}, "'manifest.json' cannot name a file of a bundle"),
        ({"Tools": 1}, {}, {}, "'Tools.json' cannot name"),
        ({"x": float("nan")}, {}, {}, "not JSON compliant"),
        ({"x": "\ud800"}, {}, {}, "surrogates not allowed"),
        ({}, {"x": np.array([None])}, {}, "holds object"),
        ({}, {}, {"files": {}}, "the manifest has its own 'files'"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_leaves_the_old(
    bundle: Path, documents: dict[str, Any], arrays: dict[str, Any], extra: dict[str, Any], reason: str
) -> None:
    before = _contents(bundle)
    with pytest.raises(ValueError, match=reason):
        write_folder(bundle, documents, arrays, extra)
    assert _contents(bundle) == before


@pytest.mark.parametrize("name", ["notes.txt", MANIFEST, "tools.json"])
def test_a_folder_that_is_no_bundle_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(BundleError, match=f"{name}: is in the way and not part of a bundle"):
        write_folder(tmp_path, DOCUMENTS, ARRAYS)
    assert _contents(tmp_path) == {name: b"{}"}


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(BundleError, match="mine: is in the way and not a bundle"):
        write_folder(tmp_path / "mine", DOCUMENTS, ARRAYS)
    assert (tmp_path / "mine").read_text() == "precious"


def test_a_file_of_the_user_in_a_bundle_is_never_lost(bundle: Path) -> None:
    (bundle / "notes.txt").write_text("precious")
    assert read_folder(bundle).documents == DOCUMENTS
    with pytest.raises(BundleError, match=r"notes.txt: is in the way"):
        write_folder(bundle, DOCUMENTS, ARRAYS)
    assert (bundle / "notes.txt").read_text() == "precious"


def test_a_damaged_bundle_may_be_replaced(bundle: Path) -> None:
    (bundle / "weights.npy").unlink()
    write_folder(bundle, DOCUMENTS, ARRAYS)
    assert read_folder(bundle).documents == DOCUMENTS


class _PowerCut(BaseException):
    """Ends a write at some step."""


def _cut_power_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Let `step` calls that touch the disk succeed; the next one and all after it never happen."""
    left = [step]

    def limited(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise _PowerCut
            return call(*args, **kwargs)

        return run

    for owner, name in [(Path, "mkdir"), (Path, "open"), (Path, "rename"), (os, "fsync"), (shutil, "rmtree")]:
        patch.setattr(owner, name, limited(getattr(owner, name)))


def test_a_crash_at_any_step_leaves_the_old_bundle_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = {"policy": {"is": "old"}}, {"policy": {"is": "new"}}
    seen = []
    for step in range(100):
        path = tmp_path / str(step) / "assistant.bundle"
        write_folder(path, old, ARRAYS)
        with monkeypatch.context() as patch:
            _cut_power_at(step, patch)
            try:
                write_folder(path, new, {})
            except _PowerCut:
                finished = False
            else:
                finished = True
        seen.append(read_folder(path).documents)
        assert seen[-1] in (old, new)
        write_folder(path, {"policy": "after"}, {})
        assert read_folder(path).documents == {"policy": "after"}
        assert not (path.parent / ".assistant.bundle.replaced").exists()
        if finished:
            break
    assert seen[0] == old
    assert seen[-1] == new
    assert step > 8


def test_a_crash_of_the_first_write_leaves_nothing_or_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in range(20):
        path = tmp_path / str(step) / "assistant.bundle"
        with monkeypatch.context() as patch:
            _cut_power_at(step, patch)
            with suppress(_PowerCut):
                write_folder(path, DOCUMENTS, ARRAYS)
        if path.exists():
            assert read_folder(path).documents == DOCUMENTS
        else:
            with pytest.raises(BundleError, match="no such folder"):
                read_folder(path)
    assert path.exists()


def test_a_full_disk_leaves_the_old_bundle_and_no_litter(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _contents(bundle)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        write_folder(bundle, {"policy": "new"}, {})
    assert _contents(bundle) == before
    assert list(bundle.parent.iterdir()) == [bundle]


def test_readers_never_see_a_bundle_in_between(bundle: Path) -> None:
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                found = read_folder(bundle)
            except BundleError as error:
                wrong.append(error)
            else:
                if found.documents["tools"] != found.arrays["weights"].tolist():
                    wrong.append(found)

    write_folder(bundle, {"tools": [0]}, {"weights": np.array([0])})
    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(60):
        write_folder(bundle, {"tools": [number]}, {"weights": np.array([number])})
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong
