"""A folder of plain files: written as a whole or not at all, verified when read."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from router.bundle.npy import dump_npy, load_npy
from router.errors import BundleError

FORMAT = "intent-router-bundle"
FORMAT_VERSION = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Folder:
    """What a bundle folder holds."""

    manifest: Mapping[str, Any]
    """What the writer put in, and `format`, `format_version`, `files` and `sha256`."""
    documents: Mapping[str, Any]
    """Parsed JSON, by file name without `.json`."""
    arrays: Mapping[str, NDArray[Any]]
    """By file name without `.npy`. They cannot be written to."""


def write_folder(
    path: str | os.PathLike[str],
    documents: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    manifest: Mapping[str, Any] | None = None,
) -> None:
    """Write a bundle folder. The same input gives the same bytes.

    The files are written and synced in a hidden folder beside `path`, which then
    takes its place. Where there is nothing yet, that is one rename. Where there
    is a bundle it is two: the old one is renamed to `.NAME.replaced`, and removed
    in the end. So after a crash at any moment `read_folder(path)` gives the old
    bundle or the new one; if the crash fell between the two renames, `path` is
    missing and the old one is read from where it was moved. The next write clears
    that up. A crash may also leave a hidden folder `.NAME.*.new`, which nothing
    reads. Let only one process at a time write to the same path.

    Raises BundleError if something other than a bundle or an empty folder is in
    the place, ValueError if a name or a value cannot be stored, OSError if the
    disk refuses.
    """
    import shutil  # reading needs it not, and it imports much

    path = Path(os.path.realpath(path))
    files = {f"{name}.json": _canonical(document) for name, document in documents.items()}
    files |= {f"{name}.npy": dump_npy(array) for name, array in arrays.items()}
    for name in files:
        if not _FILE_NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a file of a bundle; expected lower-case letters, digits and '_'")
    files[MANIFEST] = _manifest(files, manifest or {})
    _check_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.urandom(4).hex()}.new")
    try:
        new.mkdir()
        for name, data in files.items():
            with (new / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        _sync(new)
        _put_in_place(new, path)
    finally:
        shutil.rmtree(new, ignore_errors=True)  # if it did not get into its place


def read_folder(path: str | os.PathLike[str]) -> Folder:
    """Read a bundle folder and verify the size and the SHA-256 of every file.

    Other files in the folder are not looked at. A folder that is replaced while
    it is read is read again. Raises BundleError, which says which file is wrong
    and why, if this is not a whole bundle of this format.
    """
    path = Path(path)
    for _ in range(_ATTEMPTS - 1):
        place = _place(path)
        before = _identity(place)
        try:
            return _read(place)
        except BundleError:
            # Nothing there may be the moment between two renames, even twice in a row.
            now = _place(path)
            if before is not None and (now, _identity(now)) == (place, before):
                raise
    return _read(_place(path))


def _read(folder: Path) -> Folder:
    if not folder.is_dir():
        raise BundleError(folder, "not a folder" if os.path.lexists(folder) else "no such folder")
    manifest = _parse_manifest(folder / MANIFEST)
    documents: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for name, entry in manifest["files"].items():
        file = folder / name
        data = _read_file(file)
        if len(data) != entry["size"]:
            raise BundleError(file, f"has {len(data)} bytes, but the manifest says {entry['size']!r:.40}")
        if _digest(data) != entry["sha256"]:
            raise BundleError(file, "was altered: its SHA-256 is not the one in the manifest")
        if file.suffix == ".json":
            documents[file.stem] = _parse_json(file, data)
            continue
        try:
            arrays[file.stem] = load_npy(data)
        except ValueError as error:
            raise BundleError(file, str(error)) from error
    return Folder(manifest, documents, arrays)


def _read_file(file: Path) -> bytes:
    """Read a plain file; a link could lead out of the folder."""
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            raise BundleError(file, "not a plain file")
        return file.read_bytes()
    except FileNotFoundError:
        raise BundleError(file, "is missing") from None
    except OSError as error:
        raise BundleError(file, f"cannot be read: {error.strerror}") from error


def _parse_manifest(file: Path) -> dict[str, Any]:
    """Return the manifest once it is proved to be of this format, unaltered and well-formed."""
    data = _read_file(file)
    manifest = _parse_json(file, data)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleError(file, f"not the manifest of an {FORMAT}")
    version = manifest.get("format_version")
    if type(version) is not int or version != FORMAT_VERSION:
        newer = isinstance(version, int) and version > FORMAT_VERSION
        hint = "It needs a newer intent-router." if newer else "Compile it again."
        raise BundleError(file, f"has format version {version!r:.40}; this one reads {FORMAT_VERSION}. {hint}")
    unsigned = {key: value for key, value in manifest.items() if key != "sha256"}
    try:
        whole = manifest.get("sha256") == _digest(_canonical(unsigned)) and data == _canonical(manifest)
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise BundleError(file, "was altered: its SHA-256 is not the one it states")
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise BundleError(file, "'files' is not an object")
    for name, entry in files.items():
        if not _FILE_NAME.fullmatch(name):
            raise BundleError(file, f"lists {name!r:.80}, which cannot name a file of a bundle")
        if not isinstance(entry, dict) or not {"size", "sha256"} <= entry.keys():
            raise BundleError(file, f"does not state size and sha256 of {name!r}")
    return manifest


def _parse_json(file: Path, data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError(file, f"not JSON: {error}") from error


def _manifest(files: Mapping[str, bytes], extra: Mapping[str, Any]) -> bytes:
    own = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "files": {name: {"size": len(data), "sha256": _digest(data)} for name, data in files.items()},
    }
    if taken := sorted({"sha256", *own} & extra.keys()):
        raise ValueError(f"the manifest has its own {', '.join(map(repr, taken))}")
    unsigned = own | dict(extra)
    return _canonical(unsigned | {"sha256": _digest(_canonical(unsigned))})


def _canonical(value: Any) -> bytes:
    """Return JSON that is the same for equal values. Raises ValueError for NaN and lone surrogates."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _check_replaceable(path: Path) -> None:
    """Raise BundleError if writing here would destroy anything but a bundle."""
    if not os.path.lexists(path):
        return
    if not path.is_dir():
        raise BundleError(path, "is in the way and not a bundle")
    present = {entry.name for entry in path.iterdir()}
    if foreign := sorted(present - _own_files(path / MANIFEST)):
        raise BundleError(path / foreign[0], "is in the way and not part of a bundle")


def _own_files(file: Path) -> set[str]:
    """Return the names that a manifest lists, and its own; none if it is not that of a bundle."""
    try:
        manifest = _parse_json(file, _read_file(file))
        return {MANIFEST, *manifest["files"]} if manifest["format"] == FORMAT else set()
    except (BundleError, LookupError, TypeError):
        return set()


def _put_in_place(new: Path, path: Path) -> None:
    import shutil

    replaced = _replaced(path)
    if path.exists():
        shutil.rmtree(replaced, ignore_errors=True)  # of a crash
        path.rename(replaced)
    new.rename(path)
    _sync(path.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def _replaced(path: Path) -> Path:
    real = Path(os.path.realpath(path))
    return real.with_name(f".{real.name}.replaced")


def _place(path: Path) -> Path:
    """Return where the bundle is: at its path, or where an interrupted write has moved it."""
    return path if _identity(path) or not _identity(_replaced(path)) else _replaced(path)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells this folder from one that takes its place; the time, because inode numbers come again."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _sync(folder: Path) -> None:
    """Ask the disk to keep the names in a folder, where the platform can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_FILE_NAME = re.compile(r"(?!manifest\.json)[a-z0-9][a-z0-9_]*\.(json|npy)")
"""A file in the folder itself, and no other where upper and lower case are one."""
_ATTEMPTS = 10
"""So often a folder that is being replaced is read."""
